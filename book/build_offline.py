"""Bundle the course for a room without network: pages, slides, sources, and all wheels, for Linux and for macOS.

    python book/build_offline.py                 _build/offline, a folder and a .zip
    python book/build_offline.py --no-wheels     without the packages (their list comes along)

Run it with the Python version that the room has, on either system: wheels are gathered for both. What was fetched
already stays, so an interrupted run goes on. torch's GPU libraries (some 2.5 GB) are left out.
"""

import argparse
import os
import shutil
import zipfile
from pathlib import Path
from string import Template

from offline.machines import MACHINES, Machine, this_python
from offline.wheels import fetch_all, listing, pins, wants_gpu_libraries, wheel_of

from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import ROOT

NAME = "hands-in-focus-offline"
COURSE = [
    "README.md", "LICENSE", "CITATION.cff", "CONTRIBUTING.md", "Makefile", "pyproject.toml", "requirements.lock",
    "paper.md", "paper_checklist.md", "paper.bib",
    "_config.yml", "_toc.yml", "book", "lib", "data_scripts", "tests", ".ci", "binder", "content", ".github",
]  # fmt: skip
NOT_COPIED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".partial-*", ".DS_Store")
ROOM = 4 * 2**30  # bytes: the wheels for both systems twice, in the folder and in the .zip, and some air
PACKED = {".whl", ".mp4", ".webm", ".png", ".npz", ".safetensors"}  # compressing these again gains nothing
GPU_TORCH = (
    "torch's wheel is the build for GPUs, which does not start without the GPU libraries that are left out: delete "
    "it, name an index with torch's CPU build in PIP_EXTRA_INDEX_URL, and run again."
)


def copy_course(root: Path, bundle: Path) -> None:
    """Sources, clips, weights and keypoints anew into ``bundle``/course; links are not followed."""
    shutil.rmtree(bundle / "course", ignore_errors=True)
    (bundle / "course").mkdir(parents=True)
    for name in COURSE:
        source, target = root / name, bundle / "course" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=NOT_COPIED, symlinks=True)
        elif source.is_file():
            shutil.copy2(source, target)


def copy_pages(build: Path, bundle: Path) -> None:
    """The built book, and the slides where they were made. Raises BadInput where the book is not built."""
    if not (build / "html" / "index.html").is_file():
        raise BadInput(f"{build / 'html' / 'index.html'} is not there: run `make book` first")
    for made, name in (("html", "book"), ("slides", "slides")):
        shutil.rmtree(bundle / name, ignore_errors=True)
        if (build / made).is_dir():
            shutil.copytree(build / made, bundle / name, ignore=NOT_COPIED)


def size(path: Path) -> int:
    """Bytes of a file or of all files in a folder."""
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def megabytes(count: int) -> str:
    return f"{count / 2**20:,.1f} MB"


def table_of_machines(lock: Path, folder: Path) -> str:
    """Rows: a machine, how many of its packages are in ``folder``, how large they are, which are missing."""
    rows = []
    for machine in MACHINES:
        wanted = pins(lock, machine)
        wheels = {pin.name: wheel_of(pin, folder, machine) for pin in wanted}
        there = [wheel for wheel in wheels.values() if wheel]
        missing = [name for name, wheel in wheels.items() if not wheel]
        told = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "") if missing else "none"
        amount = megabytes(sum(wheel.stat().st_size for wheel in there))
        rows.append(f"| {machine.name} | {len(there)} of {len(wanted)} | {amount} | {told} |")
    return "\n".join(rows)


def write_readme(bundle: Path, state: str) -> None:
    """README.md: for which machines, what is inside and how large, and how to install from it."""
    inside = {
        "book": "the built pages", "slides": "a deck for each chapter and quiz", "wheels": "the packages",
        "course": "sources and notebooks, with clips, weights and keypoints in `course/book`",
    }  # fmt: skip
    rows = [
        f"| `{n}` | {what} | {megabytes(size(bundle / n))} |" for n, what in inside.items() if (bundle / n).is_dir()
    ]
    words = {
        "python": ".".join(map(str, this_python())),
        "sizes": "\n".join(rows),
        "machines": table_of_machines(bundle / "course" / "requirements.lock", bundle / "wheels"),
        "state": state,
    }
    template = Path(__file__).parent / "offline" / "readme.txt"
    (bundle / "README.md").write_text(Template(template.read_text()).substitute(words))


def pack(bundle: Path) -> Path:
    """The folder as one .zip beside it."""
    with written_whole(bundle.with_name(f"{bundle.name}.zip")) as partial, zipfile.ZipFile(partial, "w") as archive:
        for file in sorted(path for path in bundle.rglob("*") if path.is_file()):
            how = zipfile.ZIP_STORED if file.suffix in PACKED else zipfile.ZIP_DEFLATED
            archive.write(file, file.relative_to(bundle.parent), compress_type=how)
    return bundle.with_name(f"{bundle.name}.zip")


def build_offline(root: Path, build: Path, with_wheels: bool = True, room: int = ROOM) -> tuple[Path, str]:
    """Write the bundle below ``build``/offline; its folder, and in a sentence or two what it lacks.

    Raises BadInput, before anything is written, where the book is not built or the disk is too full.
    """
    bundle = build / "offline" / NAME
    if (free := shutil.disk_usage(root).free) < room:
        raise BadInput(f"{build} has {megabytes(free)} left and the bundle may take {megabytes(room)}: make room")
    copy_pages(build, bundle)
    copy_course(root, bundle)
    lock, folder = root / "requirements.lock", bundle / "wheels"
    here_first = sorted(MACHINES, key=lambda machine: not machine.is_here)  # what is built here may serve the others
    missing = {one: fetch_all(pins(lock, one), folder, one) for one in here_first} if with_wheels else {}
    (bundle / "wheels.txt").write_text(listing(lock, folder, MACHINES))
    state = said_of(missing)
    if wants_gpu_libraries(bundle / "wheels"):
        state += " " + GPU_TORCH
    write_readme(bundle, state)
    pack(bundle)
    return bundle, state


def said_of(missing: dict[Machine, dict[str, str]]) -> str:
    """Whether the packages are all there, for each kind of machine; no entry at all: they were not asked for."""
    if not missing:
        return "The packages are not in it: fetch them where there is a network (`wheels.txt` names them)."
    told = []
    for machine, lacking in missing.items():
        some = "; ".join(f"{name} ({reason})" for name, reason in list(lacking.items())[:3])
        told += [f"For {machine.name} **{len(lacking)} are missing**, run it again to fetch them: {some} ..."] * bool(
            some
        )
    return " ".join(told) or f"All packages are in it, for {' and for '.join(machine.name for machine in MACHINES)}."


@command
def main() -> int:
    """Build, and say what is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-wheels", action="store_true", help="leave the packages out")
    parser.add_argument("--out", type=Path, default=ROOT, help="the folder that holds _build/ (default: the project)")
    arguments = parser.parse_args()
    bundle, state = build_offline(ROOT, arguments.out.resolve() / "_build", not arguments.no_wheels)
    for path in [*sorted(p for p in bundle.iterdir() if p.is_dir()), bundle.with_name(f"{bundle.name}.zip")]:
        print(f"{megabytes(size(path)):>12}  {os.path.relpath(path)}")
    print(state)
    return 1 if "are missing" in state or GPU_TORCH in state else 0


if __name__ == "__main__":
    raise SystemExit(main())
