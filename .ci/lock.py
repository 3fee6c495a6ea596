"""Write requirements.lock: every package of the course, with versions that work together.

    python .ci/lock.py              keep today's pins, add what pyproject.toml newly asks for
    python .ci/lock.py --upgrade    take the newest versions that pyproject.toml allows

pip resolves for the machine it runs on. This script then follows every package's own requirements for Linux and
macOS, Python 3.11 and 3.12, so that one file serves all four: a package that only some of them need gets a marker.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
HEADER = """\
# Every package of the course, written by `make lock` from pyproject.toml. Do not edit by hand.
# Serves Linux and macOS, Python 3.11 and 3.12. Install with --no-deps (the Makefile does): nothing else is chosen.
#
# No hashes: a local build of torch (say, one for CPUs only, `2.13.0+cpu`) satisfies `torch==2.13.0` but has its own.
# No GPU libraries: torch's own metadata names the ones that fit it, and the Makefile lets torch fetch them where its
# build wants them; a CPU build has none.
# opencv-contrib-python-headless stands in for opencv-contrib-python, which mediapipe names: the same `cv2` without
# windows, so that a bare Linux machine needs no libGL. Two packages that both bring `cv2` must not meet.
"""
STAND_INS = {"opencv-contrib-python": "opencv-contrib-python-headless"}
GPU_LIBRARIES = ("nvidia-", "cuda-", "triton")
BUILD_TOOLS = ["setuptools>=77"]  # builds the editable package `lib` itself, so that no build needs the network
TARGETS = [
    {"sys_platform": platform, "platform_system": system, "os_name": "posix", "platform_machine": machine, "extra": ""}
    | {"python_version": python, "python_full_version": f"{python}.9", "implementation_name": "cpython"}
    | {"platform_python_implementation": "CPython"}
    for platform, system, machine in [("linux", "Linux", "x86_64"), ("darwin", "Darwin", "arm64")]
    for python in ["3.11", "3.12"]
]
ALL = frozenset(range(len(TARGETS)))
MARKERS = {
    ALL: "",
    frozenset({1, 3}): ' ; python_version >= "3.12"',
    frozenset({0, 2}): ' ; python_version < "3.12"',
    frozenset({2, 3}): ' ; sys_platform == "darwin"',
    frozenset({0, 1}): ' ; sys_platform == "linux"',
}


def direct_requirements() -> list[str]:
    """What pyproject.toml asks for, stand-ins in place, and the build tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [stand_in(Requirement(line)) for line in project["dependencies"] + BUILD_TOOLS]


def stand_in(requirement: Requirement) -> str:
    """The requirement, with the name that this project installs in its place."""
    requirement.name = STAND_INS.get(canonicalize_name(requirement.name), requirement.name)
    return str(requirement)


def resolve(requirements: list[str], pins: dict[str, str]) -> dict[str, tuple[str, list[str]]]:
    """Ask pip: package name -> (version, its own requirements). Nothing is installed.

    It chooses for 3.11.0, since some packages ask for a later 3.11 than a machine has (Debian 12 has 3.11.2).
    """
    with tempfile.TemporaryDirectory() as folder:
        report, constraints = Path(folder, "report.json"), Path(folder, "constraints.txt")
        constraints.write_text("\n".join(f"{name}=={version}" for name, version in pins.items()))
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        command += ["--python-version", "3.11.0", "--only-binary", ":all:", "--target", folder]
        subprocess.run([*command, "--report", report, "-c", constraints, *requirements], check=True)
        packages = [item["metadata"] for item in json.loads(report.read_text())["install"]]
    return {
        canonicalize_name(item["name"]): (item["version"].partition("+")[0], item.get("requires_dist", []))
        for item in packages
    }


def reach(packages: dict[str, tuple[str, list[str]]], target: dict[str, str], direct: list[str]) -> set[str]:
    """Names needed on one target, also those that ``packages`` lacks."""
    found, waiting = set(), [Requirement(line) for line in direct]
    while waiting:
        requirement = Requirement(stand_in(waiting.pop()))
        name = canonicalize_name(requirement.name)
        key = f"{name}[{','.join(sorted(requirement.extras))}]"
        if key in found or name.startswith(GPU_LIBRARIES):
            continue
        found.add(key)
        needs = [Requirement(line) for line in packages.get(name, ("", []))[1]]
        environments = [target | {"extra": extra} for extra in ["", *requirement.extras]]
        waiting += [need for need in needs if not need.marker or any(map(need.marker.evaluate, environments))]
    return {key.partition("[")[0] for key in found}


def lock(pins: dict[str, str]) -> str:
    """The text of the lock file: resolve, then resolve again for what other targets need as well."""
    direct = direct_requirements()
    packages = resolve(direct, pins)
    while missing := set().union(*(reach(packages, target, direct) for target in TARGETS)) - packages.keys():
        known = pins | {name: version for name, (version, _) in packages.items()}
        packages = resolve(sorted(missing), known) | packages
    reached = [reach(packages, target, direct) for target in TARGETS]
    lines = []
    for name in sorted(set().union(*reached)):
        where = frozenset(i for i, names in enumerate(reached) if name in names)
        lines.append(f"{name}=={packages[name][0]}{MARKERS[where]}")
    return HEADER + "\n".join(lines) + "\n"


def main() -> None:
    """Rewrite the lock file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="forget today's pins")
    keep = LOCK.exists() and not parser.parse_args().upgrade
    lines = LOCK.read_text().splitlines() if keep else []
    pins = dict(line.partition(" ;")[0].split("==") for line in lines if line and not line.startswith("#"))
    text = lock(pins)
    if not LOCK.exists() or text != LOCK.read_text():  # a newer file would have .venv made anew
        LOCK.write_text(text)


if __name__ == "__main__":
    main()
