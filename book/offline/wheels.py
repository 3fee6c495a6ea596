"""The locked packages as wheels in a folder: fetched one by one, so that an interrupted run goes on."""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from tqdm.auto import tqdm

from lib.tools.files import sha256

from .machines import Machine, this_python

NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "Network is unreachable")
GPU_LIBRARIES = ("nvidia-", "cuda-", "triton")


def pins(lock: Path, machine: Machine | None = None) -> list[Requirement]:
    """The lines of a lock file that hold for such a machine with this Python; None: for this very machine."""
    markers = machine.markers(this_python()) if machine else None
    lines = (line.strip() for line in lock.read_text().splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [pin for pin in found if pin.marker is None or pin.marker.evaluate(markers)]


def wheel_of(pin: Requirement, folder: Path, machine: Machine) -> Path | None:
    """The whole wheel of this very version in ``folder`` that such a machine installs; half a wheel is none."""
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        wanted = name == canonicalize_name(pin.name) and pin.specifier.contains(version)
        if wanted and tags & machine.tags(this_python()) and zipfile.is_zipfile(path):
            return path
    return None


def command(pin: Requirement, folder: Path, machine: Machine) -> list[str]:
    """What pip is asked, to put the wheel of a package into ``folder``.

    `pip wheel` downloads a wheel where there is one. A package that comes as source only is built here, for a room
    without network may have no compiler either, and pip could not fetch what the build needs. For another machine than
    this one only wheels will do; one without machine code, built here, serves it as well.
    """
    options = ["--no-deps", "--disable-pip-version-check", "--quiet", "--retries", "1"]
    pip, package = [sys.executable, "-m", "pip"], f"{pin.name}{pin.specifier}"
    if machine.is_here:
        return [*pip, "wheel", *options, "--wheel-dir", str(folder), package]
    python = "".join(map(str, this_python()))
    options += ["--only-binary=:all:", f"--python-version={python}", "--implementation=cp"]
    options += [f"--abi={abi}" for abi in (f"cp{python}", "abi3", "none")]
    options += [f"--platform={name}" for name in machine.platforms]
    return [*pip, "download", *options, "--dest", str(folder), package]


def fetch(pin: Requirement, folder: Path, machine: Machine) -> str:
    """Have pip put one wheel into ``folder``; "" where it did, else what pip said last."""
    run = subprocess.run(command(pin, folder, machine), capture_output=True, text=True, check=False)
    if run.returncode == 0 and wheel_of(pin, folder, machine):
        return ""
    if any(word in run.stderr for word in NO_NETWORK):
        return "no network"
    return (run.stderr.strip() or "pip made no wheel").splitlines()[-1]


def fetch_all(wanted: list[Requirement], folder: Path, machine: Machine) -> dict[str, str]:
    """Fetch what ``folder`` lacks; what could not be had, with the reason. Without network the first miss ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [pin for pin in wanted if wheel_of(pin, folder, machine) is None]
    missing: dict[str, str] = {}
    for pin in tqdm(lacking, desc=f"wheels, {machine.system}", unit="wheel", disable=not lacking):
        reason = "no network" if "no network" in missing.values() else fetch(pin, folder, machine)
        if reason:
            missing[f"{pin.name}{pin.specifier}"] = reason
    return missing


def listing(lock: Path, folder: Path, machines: Sequence[Machine]) -> str:
    """One line for each package and machine: version, machine, file, bytes, sha256; or that its wheel is missing."""
    lines = []
    for machine in machines:
        for pin in pins(lock, machine):
            wheel = wheel_of(pin, folder, machine)
            facts = f"{wheel.name} {wheel.stat().st_size} sha256:{sha256(wheel)}" if wheel else "missing"
            lines.append(f"{pin.name}{pin.specifier} {machine.system} {facts}\n")
    return "".join(lines)


def wants_gpu_libraries(folder: Path) -> bool:
    """True if torch's Linux wheel in ``folder`` is a build for GPUs, which does not start without their libraries."""
    for wheel in set(folder.glob("torch-*.whl")) - set(folder.glob("torch-*macosx*.whl")):
        with zipfile.ZipFile(wheel) as opened:
            name = next(name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
            asked = HeaderParser().parsestr(opened.read(name).decode()).get_all("Requires-Dist", [])
        if any(Requirement(line).name.startswith(GPU_LIBRARIES) for line in asked):
            return True
    return False
