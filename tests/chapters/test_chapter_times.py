"""Each opening says how long the chapter runs, as measured, and how long a reader needs, as estimated by one rule."""

import math
import re
from pathlib import Path

import nbformat
import pytest

from book.exercises.make_stubs import tagged

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = [*sorted(BOOK.glob("[01]*.ipynb")), BOOK / "tour.ipynb"]
TO_RUN = re.compile(r"\*\*Time[:.]\*\* About (\d+) minutes? to run on a laptop", re.I)
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SAID = re.compile(
    r"\*\*Time[:.]\*\* .*?\bto\s+run\b.*?\babout\s+(\d+)\s+minutes\s+to\s+read.*?\(our\s+estimate\)", re.S | re.I
)


def estimate(notebook: nbformat.NotebookNode) -> int:
    """Minutes to read and to do the checked exercises, to the next ten.

    120 words a minute, since some of them are read twice; a minute a picture; ten minutes an exercise.
    """
    words = sum(len(re.findall(r"\w+", cell.source)) for cell in notebook.cells if cell.cell_type == "markdown")
    pictures, exercises = (sum(tagged(cell, tag) for cell in notebook.cells) for tag in ("figure", "solution"))
    return 10 * math.ceil((words / 120 + pictures + 10 * exercises) / 10)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_opening_says_how_long_it_takes(path):
    notebook = nbformat.read(path, as_version=4)
    said = SAID.search(notebook.cells[0].source)
    wanted = estimate(notebook)
    assert said, f"say: about ... minutes to run on a laptop, about {wanted} minutes to read ... (our estimate)"
    assert abs(int(said[1]) - wanted) <= 10, f"about {wanted} minutes to read"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_readme_says_the_same_minutes_to_run(path):
    listed = re.search(rf"\(book/{path.name}\).*\| (\d+) \|$", README, re.M)
    assert TO_RUN.search(nbformat.read(path, as_version=4).cells[0].source)[1] == listed[1]
