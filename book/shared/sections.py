"""Core and optional sections of a chapter, and the minutes of each, by the rule of every opening.

What no later core section leans on, and no teaching plan takes, says so right below its heading, in the same cell:

    ## How many pixels do hands need?

    *Optional, about 2 minutes.*

All else is core. A mark on `##` holds for the whole section, one on `###` for that part of it.

    python -m book.shared.sections        renew the minutes in these lines, and what the core adds up to on other pages
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book.shared.pages import numbered_pages
from lib.tools.commands import command
from lib.tools.files import written_whole
from lib.tools.paths import ROOT

HEADING = re.compile(r"^(?=#{2,3} )", re.M)
TITLE = re.compile(r"(#{2,3}) (.+)")
MARK = re.compile(r"(?<=\n\n)\*Optional, about (\d+) minutes?\.\*$", re.M)
# of the landing page: number, chapter, question, minutes; minutes of the core; whether the chapter is core
MAP = re.compile(r"^(\| \w+ \| \[[^]]+\]\((\w+)\.ipynb\) \|.*\| (\d+) \|) \d+ (\| (?:core)? ?\|)$", re.M)
QUESTION = "**Your turn.**"  # begins a question whose answer is folded below it
NUMBER = r"\d+(?:\.\d)?"
HOURS = re.compile(f"takes {NUMBER} hours of {NUMBER}, in the core chapters alone {NUMBER} of {NUMBER}")
TELL = ("intro.md", "instructors.md")  # pages with such a sentence


@dataclass
class Piece:
    """What stands from one heading to the next; ``level`` 1 is the opening. ``told`` are the minutes of its mark."""

    level: int
    title: str
    minutes: float = 0.0
    told: int | None = None
    optional: bool = False  # by its own mark, or by that of the section around it


def minutes_of(cell: NotebookNode) -> float:
    """To read and do a cell, as tests/chapters/test_chapter_times.py has it."""
    if cell.cell_type == "markdown":
        return len(re.findall(r"\w+", cell.source)) / 120 + 3 * cell.source.count(QUESTION)
    tags = cell.metadata.get("tags", [])
    return ("figure" in tags) + 10 * ("solution" in tags)


def pieces(notebook: NotebookNode) -> list[Piece]:
    """The page, cut at its headings, in order."""
    found = [Piece(1, "")]
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            found[-1].minutes += minutes_of(cell)
            continue
        for text in HEADING.split(cell.source):
            if heading := TITLE.match(text):
                found.append(_begun(found, len(heading[1]), heading[2].strip(), MARK.search(text)))
            found[-1].minutes += minutes_of(nbformat.v4.new_markdown_cell(text))
    return found


def _begun(before: Sequence[Piece], level: int, title: str, mark: re.Match | None) -> Piece:
    around = next((piece for piece in reversed(before) if piece.level < level), before[0])
    return Piece(level, title, told=int(mark[1]) if mark else None, optional=bool(mark) or around.optional)


def core_minutes(found: Sequence[Piece]) -> float:
    """Of the pieces that are not optional."""
    return sum(piece.minutes for piece in found if not piece.optional)


def told_of_core(found: Sequence[Piece], whole: int) -> int:
    """Minutes of the core as the map says them: up to the next five, no more than the opening says of the ``whole``."""
    return min(whole, 5 * math.ceil(core_minutes(found) / 5))


def marked(found: Sequence[Piece]) -> Iterator[tuple[Piece, int]]:
    """Each piece with a mark, and the whole minutes of it and of what lies below its heading; one at least."""
    for at, piece in enumerate(found):
        if piece.told is not None:
            below = at + 1
            while below < len(found) and found[below].level > piece.level:
                below += 1
            yield piece, max(1, round(sum(part.minutes for part in found[at:below])))


def mark(minutes: int) -> str:
    """The line below the heading."""
    return f"*Optional, about {minutes} minute{'s' * (minutes != 1)}.*"


def renewed(notebook: NotebookNode) -> NotebookNode:
    """The same page (changed in place) with the minutes in its marks as they are now."""
    fresh = (mark(minutes) for _, minutes in marked(pieces(notebook)))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = MARK.sub(lambda _: next(fresh), cell.source)
    return notebook


def renewed_map(text: str, folder: Path) -> str:
    """The landing page with the minutes of each chapter's core."""

    def line(match: re.Match) -> str:
        page = nbformat.read(folder / f"{match[2]}.ipynb", as_version=4)
        return f"{match[1]} {told_of_core(pieces(page), int(match[3]))} {match[4]}"

    return MAP.sub(line, text)


def in_hours(landing: str) -> str:
    """What the map's minutes add up to, to the next half hour up, as a sentence has it (`HOURS`)."""
    rows = [match[0].split("|")[-5:-1] for match in MAP.finditer(landing)]  # question, minutes, core's, core or not
    sums = [
        sum(int(row[place]) for row in rows if every or row[-1].strip()) for every in (True, False) for place in (2, 1)
    ]
    hours = [math.ceil(minutes / 30) / 2 for minutes in sums]
    return "takes {:g} hours of {:g}, in the core chapters alone {:g} of {:g}".format(*hours)


@command
def main() -> None:
    """Renew every chapter and the map, and say what changed and what the core adds up to."""
    folder = ROOT / "book"
    new = {path: nbformat.writes(renewed(nbformat.read(path, as_version=4))) + "\n" for path in numbered_pages(folder)}
    for path, text in new.items():
        _write(path, text)
    landing = renewed_map((folder / TELL[0]).read_text(encoding="utf-8"), folder)
    for name in TELL:
        text = landing if name == TELL[0] else (folder / name).read_text(encoding="utf-8")
        _write(folder / name, HOURS.sub(in_hours(landing), text))
    print(f"The core of all chapters {in_hours(landing)}.")


def _write(path: Path, text: str) -> None:
    if text != path.read_text(encoding="utf-8"):
        with written_whole(path) as partial:
            partial.write_text(text, encoding="utf-8")
        print(f"{path.name}: renewed")


if __name__ == "__main__":
    raise SystemExit(main())
