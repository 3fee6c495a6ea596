"""Make a Colab session ready for a chapter; the chapters' set-up cell runs this file there, and only there.

Colab opens a notebook alone, in a Python of its own with hundreds of packages, some too new for MediaPipe 0.10.21, the
last version with Holistic. So the packages that the chapters use are installed in the versions of requirements.lock.
Colab keeps its own torch, which fits its GPU, and its own Jupyter, which the session runs on.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLABS_OWN = {"torch"}
NOT_FOR_CHAPTERS = {  # what builds and tests the book
    "jupyter-book", "sphinx", "sphinx-mathjax-offline", "jupyterlab", "papermill", "nbmake", "jupyter-cache",
    "nbformat", "beautifulsoup4", "pyyaml", "packaging", "pytest", "ruff", "docutils", "myst-parser", "pybtex",
}  # fmt: skip
NEWEST_PYTHON = (3, 12)  # that MediaPipe 0.10.21 was built for
TOO_NEW = (
    "This Colab session runs Python {}.{}, and the last MediaPipe with Holistic ends at 3.12: choose 'Change runtime "
    "version' in the command palette (Tools menu), take 26.07 or older, and run this cell again"
)


def name_of(line: str) -> str:
    """The name in a line such as "numpy<2" or "tiny==1.0 ; python_version < '3.12'"."""
    end = next((i for i, letter in enumerate(line) if not (letter.isalnum() or letter in "-_.")), len(line))
    return line[:end].lower().replace("_", "-")


def wanted() -> list[str]:
    """The lines of pyproject.toml that the chapters need on Colab."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return [line for line in lines if name_of(line) not in COLABS_OWN | NOT_FOR_CHAPTERS]


def locked() -> list[str]:
    """The lines of requirements.lock that Colab is held to."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#") and name_of(line) not in COLABS_OWN]


def is_installed() -> bool:
    """Whether every wanted package is there in the locked version. (OpenCV's lock has another name: any will do.)"""
    versions = {name_of(line): line.partition("==")[2].partition(";")[0].strip() for line in locked()}
    try:
        here = {name_of(line): metadata.version(name_of(line)) for line in wanted()}
    except metadata.PackageNotFoundError:
        return False
    return all(version == versions.get(name, version) for name, version in here.items())


def install() -> None:
    """Have pip install what is wanted, and what that needs, in the locked versions."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        pins.write("\n".join(locked()))
        pins.flush()
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--constraint", pins.name, *wanted()], check=True)


def set_up(python: tuple[int, int] = sys.version_info[:2]) -> bool:
    """Make `lib` and the chapter's files findable, and install what is missing; True if something was installed."""
    if python > NEWEST_PYTHON:
        raise RuntimeError(TOO_NEW.format(*python))
    os.chdir(ROOT / "book")
    os.environ["PYTHONPATH"] = str(ROOT)  # for the commands that chapters run in processes of their own
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    if is_installed():
        return False
    print("Installing the course's packages: some minutes, once for each session.", flush=True)
    install()
    return True


if __name__ == "__main__" and set_up():
    print("Installed. The session starts anew by itself now; then run the chapter from the top once more.", flush=True)
    os.kill(os.getpid(), 9)  # packages that were loaded before stay loaded otherwise; Colab starts a new process
