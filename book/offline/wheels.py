"""The locked packages as wheels in a folder: fetched one by one, so that an interrupted run goes on."""

import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from tqdm.auto import tqdm

from lib.tools.files import sha256

NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "Network is unreachable")
GPU_LIBRARIES = ("nvidia-", "cuda-", "triton")


def pins(lock: Path) -> list[Requirement]:
    """The lines of a lock file that hold for this machine and this Python."""
    lines = (line.strip() for line in lock.read_text().splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [pin for pin in found if pin.marker is None or pin.marker.evaluate()]


def wheel_of(pin: Requirement, folder: Path) -> Path | None:
    """The whole wheel of this very version in ``folder``, if there is one; half a wheel is none."""
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, _ = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        if name == canonicalize_name(pin.name) and pin.specifier.contains(version) and zipfile.is_zipfile(path):
            return path
    return None


def fetch(pin: Requirement, folder: Path) -> str:
    """Have pip put one wheel into ``folder``; "" where it did, else what pip said last.

    `pip wheel` downloads a wheel where there is one. A package that comes as source only is built here, for a room
    without network may have no compiler either, and pip could not fetch what the build needs.
    """
    options = ["--no-deps", "--disable-pip-version-check", "--quiet", "--retries", "1", "--wheel-dir", str(folder)]
    command = [sys.executable, "-m", "pip", "wheel", *options, f"{pin.name}{pin.specifier}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode == 0 and wheel_of(pin, folder):
        return ""
    if any(word in run.stderr for word in NO_NETWORK):
        return "no network"
    return (run.stderr.strip() or "pip made no wheel").splitlines()[-1]


def fetch_all(wanted: list[Requirement], folder: Path) -> dict[str, str]:
    """Fetch what ``folder`` lacks; what could not be had, with the reason. Without network the first miss ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [pin for pin in wanted if wheel_of(pin, folder) is None]
    missing: dict[str, str] = {}
    for pin in tqdm(lacking, desc="wheels", unit="wheel", disable=not lacking):
        reason = "no network" if "no network" in missing.values() else fetch(pin, folder)
        if reason:
            missing[f"{pin.name}{pin.specifier}"] = reason
    return missing


def listing(wanted: list[Requirement], folder: Path) -> str:
    """One line for each package: version, file, bytes, sha256; or that its wheel is missing."""
    lines = []
    for pin in wanted:
        wheel = wheel_of(pin, folder)
        facts = f"{wheel.name} {wheel.stat().st_size} sha256:{sha256(wheel)}" if wheel else "missing"
        lines.append(f"{pin.name}{pin.specifier} {facts}\n")
    return "".join(lines)


def wants_gpu_libraries(folder: Path) -> bool:
    """True if torch's wheel in ``folder`` is a build for GPUs, which does not start without their libraries."""
    for wheel in folder.glob("torch-*.whl"):
        with zipfile.ZipFile(wheel) as opened:
            name = next(name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
            asked = HeaderParser().parsestr(opened.read(name).decode()).get_all("Requires-Dist", [])
        if any(Requirement(line).name.startswith(GPU_LIBRARIES) for line in asked):
            return True
    return False
