"""Install the benches' rivals beside the course: into a folder that only `make bench` looks into.

    python tests/bench/rivals.py

Each comes alone, without what it asks for, so that the course's own versions stay as they are. One that does not come
gets a sentence, and the benches go on without it.
"""

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LIST = Path(__file__).with_name("rivals.txt")
FOLDER = Path(__file__).resolve().parents[2] / ".venv" / "rivals"


def pins(file: Path = LIST) -> list[Requirement]:
    """The lines of the list that name a rival and its version."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def missing(wanted: list[Requirement], folder: Path) -> list[Requirement]:
    """Those that the folder lacks, or has in another version."""
    there = {canonicalize_name(one.name): one.version for one in distributions(path=[str(folder)])}
    return [pin for pin in wanted if not pin.specifier.contains(there.get(canonicalize_name(pin.name), "0"))]


def install(pin: Requirement, folder: Path) -> str:
    """What went wrong in pip's words; nothing if the rival is there now."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    command += ["--timeout", "15", "--no-deps", "--upgrade", "--target", str(folder), str(pin)]
    run = subprocess.run(command, capture_output=True, text=True)
    return (run.stderr.strip().splitlines() or ["pip did not say why"])[-1] if run.returncode else ""


def main(file: Path = LIST, folder: Path = FOLDER) -> None:
    """Install what is missing; say so, and say what did not come."""
    wanted = missing(pins(file), folder)
    if wanted:
        print(f"Installing the rivals that are not here yet: {', '.join(pin.name for pin in wanted)}.")
    for pin in wanted:
        if trouble := install(pin, folder):
            print(
                f"{pin} cannot be installed, so the benches go on without it; is there a network? pip says: {trouble}"
            )


if __name__ == "__main__":
    main()
