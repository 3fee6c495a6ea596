"""The house: where every line of Python lives, and which way imports run."""

import ast
import graphlib
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

FLOORS = (  # imports run downhill: from a later line to an earlier one, or within a room; single files are the hall
    ("tools",),
    ("video", "keypoints", "losses", "imputation", "training"),
    ("degrade", "normalization", "metrics"),
    ("holistic", "signer"),
    ("ptn",),
    ("upsampler",),
    ("train_upsampler", "evaluation"),
    ("enhance",),
    ("joins2sign", "report"),
)
METHOD = ("upsampler", "ptn", "joins2sign", "keypoints", "holistic")  # with the hall, what the papers are about
BOOK = ("book", "data_scripts")
# When the house was built: 97 and 45, 11,692 and 5,674. Hands' probabilities, a trial of a film's first frames, the
# draft that later looks read, what these refuse, and keypoints of a film's own frames have come since; and, for files
# of others, what readers doubt and where films hide. Who is filmed, who annotates photos and what studies keep have
# gone to the scripts and the book, which alone ask for them. A table of films knows what is still to do. Hands of
# sharpened films are read once more by layers taught by blur, which came from a study, and looked for in the film's own
# frames; whether a film is sharpened is a test's word.
MOST_FILES, MOST_LINES = {"lib": 90, "method": 44}, {"lib": 10_911, "method": 5_750}  # raise them with a reason
MOST_IN_A_FOLDER = 25
FEWEST_LINES = 40
SHORT = {  # and yet files of their own: what everybody imports, commands, and one of a row of alike
    *("lib.tools.errors", "lib.tools.paths", "lib.train_upsampler", "data_scripts.shared.tables"),
    *(f"data_scripts.{language}_words" for language in ("asl", "bhutanese", "bisindo", "dgs", "isl")),
    *("book.exercises.estimators", "book.old_addresses", "book.shared.pages"),
    *(f"book.former.{name}" for name in ("chapters.film_facts", "errors", "evaluate", "extraction")),
}
HEAVY = {"mediapipe", "anny", "warp", "av", "jax"}


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its name; "lib.video" is the room's door, lib/video/__init__.py."""
    files = [*(ROOT / "lib").rglob("*.py"), *(ROOT / "book").rglob("*.py"), *(ROOT / "data_scripts").rglob("*.py")]
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(files)}
    return {name.removesuffix(".__init__"): path for path, name in names.items() if "_build" not in path.parts}


def imports_of(path: Path, everywhere: bool = False) -> set[str]:
    """Which of our modules a file imports: as it is loaded, or ``everywhere``, inside functions too."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            below = {f"{node.module}.{alias.name}" for alias in node.names} & modules().keys()
            found |= below or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules().keys()


def room(module: str) -> str:
    """ "lib.video.film" -> "video", "book.chapters" -> "book"."""
    top, *rest = module.split(".")
    return rest[0] if top == "lib" and rest else top


def floor(module: str) -> int:
    """How high a module lies; the book and the data scripts lie above `lib`."""
    if room(module) in BOOK:
        return len(FLOORS)
    return next(height for height, rooms in enumerate(FLOORS) if room(module) in rooms or module == "lib")


def test_every_room_has_a_floor():
    assert {room(name) for name in modules() if name != "lib"} == {name for rooms in FLOORS for name in rooms} | set(
        BOOK
    )


def test_imports_run_downhill():
    for name, path in modules().items():
        for other in imports_of(path, everywhere=True):
            assert room(name) == room(other) or floor(name) >= floor(other), (
                f"{name} imports {other}, which lies higher"
            )


def test_no_import_runs_in_a_circle():
    """A room's door imports the room's files, which import one another by name, never through the door."""
    graph = {name: imports_of(path, everywhere=True) - {name} for name, path in modules().items()}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


def test_rooms_are_as_small_as_they_are():
    sizes = {path: path.read_text(encoding="utf-8").count("\n") for path in modules().values()}
    lib = {path: lines for path, lines in sizes.items() if path.is_relative_to(ROOT / "lib")}
    hall_and_method = {path: n for path, n in lib.items() if path.parent.name in ("lib", *METHOD)}
    for name, files in {"lib": lib, "method": hall_and_method}.items():
        assert len(files) <= MOST_FILES[name] and sum(files.values()) <= MOST_LINES[name], (name, len(files))
    assert max(Counter(path.parent for path in sizes).values()) <= MOST_IN_A_FOLDER


def test_a_small_file_has_a_reason():
    """One idea a file, but none so small that it could stand with another: doors and a named few apart."""
    sizes = {name: path.read_text(encoding="utf-8").count("\n") for name, path in modules().items()}
    doors = {name for name, path in modules().items() if path.name in ("__init__.py", "__main__.py")}
    assert {name for name, lines in sizes.items() if lines < FEWEST_LINES} - doors == SHORT


@pytest.mark.parametrize(
    "rooms", [("upsampler", "ptn"), ("keypoints", "tools", "video"), ("enhance", "evaluation.intervals")]
)
def test_doors_open_light(rooms):
    """Big libraries are imported by the functions that use them."""
    code = f"import sys, {', '.join(f'lib.{name}' for name in rooms)}; print(*({HEAVY!r} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not said.split()


def test_processes_that_look_at_films_need_no_torch():
    """Each would take a second longer to start, and some hundred megabytes."""
    code = "import sys, lib.holistic.corpus, lib.tools.parallel; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False"]


def test_the_readmes_tree_is_the_tree():
    """Each folder with Python of ours has its line in the README, and each line its folder."""
    (tree,) = re.findall(r"```text\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    told, parents = set(), []
    for line in tree.splitlines():
        depth, name = (len(line) - len(line.lstrip())) // 4, line.split()[0]
        parents = [*parents[:depth], name.rstrip("/")]
        told.add("/".join(parents))
    folders = {str(path.parent.relative_to(ROOT)) for path in modules().values()}
    hall = {str(path.relative_to(ROOT)) for path in (ROOT / "lib").glob("[a-z]*.py")}
    assert told == (folders - {"book/assets"}) | hall | {"tests"}


def test_where_things_are_names_files_that_are_there():
    page = (ROOT / "book" / "where_things_are.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:lib|book|data_scripts)/[\w/]+\.py)`", page)
    assert len(named) >= 10 and all((ROOT / name).is_file() for name in named)
