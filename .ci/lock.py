"""Write requirements.lock: every package of the course, in versions that uv finds to work together.

    python .ci/lock.py              keep today's pins, add what pyproject.toml newly asks for
    python .ci/lock.py --upgrade    take the newest versions that pyproject.toml allows

`[tool.uv]` in pyproject.toml says for which machines. A package that only some of them need keeps a marker.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
UV = "uv==0.13.9"  # a tool of this command, no package of the course
GPU_LIBRARIES = ("nvidia-", "cuda-", "triton")
# the stand-in, and what builds the editable package `lib` itself, so that no build needs the network
BESIDE = "opencv-contrib-python-headless<4.12\nsetuptools>=77\n"
TARGETS = [
    {"sys_platform": system, "platform_machine": chip, "python_version": python, "python_full_version": f"{python}.0"}
    for system, chip in [("linux", "x86_64"), ("darwin", "arm64")]
    for python in ["3.11", "3.12"]
]
MARKERS = {  # which of the targets need a package -> how its line says so
    (0, 1, 2, 3): "",
    (1, 3): ' ; python_version >= "3.12"',
    (0, 2): ' ; python_version < "3.12"',
    (2, 3): ' ; sys_platform == "darwin"',
    (0, 1): ' ; sys_platform == "linux"',
}


def resolve(options: list[str]) -> list[Requirement]:
    """uv's choice for all machines. It keeps the pins that it finds in the file it writes.

    It chooses for 3.11.0, since some packages ask for a later 3.11 than a machine has (Debian 12 has 3.11.2).
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, LOCK.name)
        shutil.copy(LOCK, out)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, UV], check=True)
        command = [Path(folder, "bin", "uv"), "pip", "compile", "pyproject.toml", "-", "--universal", "--quiet"]
        command += ["--python-version", "3.11", "--only-binary", ":all:", "--no-annotate", "--no-header"]
        command += ["--fork-strategy", "fewest"]  # one version of a package for all machines
        subprocess.run([*command, "--output-file", out, *options], input=BESIDE, text=True, cwd=ROOT, check=True)
        return [Requirement(line) for line in out.read_text().splitlines()]


def line_of(pin: Requirement) -> str:
    """The pin, with a short marker that says of `TARGETS` what uv's long one does."""
    where = tuple(i for i, target in enumerate(TARGETS) if pin.marker is None or pin.marker.evaluate(target))
    return f"{pin.name}{pin.specifier}{MARKERS[where]}\n"


def main() -> None:
    """Rewrite the lock file, if anything changes: a newer file would have .venv made anew."""
    pins = [pin for pin in resolve(sys.argv[1:]) if not pin.name.startswith(GPU_LIBRARIES)]
    before = LOCK.read_text()
    about = [line for line in before.splitlines(keepends=True) if line.startswith("#")]  # said there alone, and kept
    text = "".join([*about, *map(line_of, pins)])
    if text != before:
        LOCK.write_text(text)


if __name__ == "__main__":
    main()
