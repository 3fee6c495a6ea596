"""Each opening says how long the page runs, as measured, and how long a reader needs, as estimated by one rule."""

import math
import re
from pathlib import Path

import nbformat
import pytest

from book.exercises.make_stubs import tagged
from book.shared.pages import numbered_pages

PAGES = [*numbered_pages(), Path(__file__).parents[2] / "book" / "tour.ipynb"]
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
TO_RUN = re.compile(r"\*\*Time[:.]\*\* About (\d+) minutes? to run on a laptop", re.I)
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SAID = re.compile(
    r"\*\*Time[:.]\*\* .*?\bto\s+run\b.*?\babout\s+(\d+)\s+minutes\s+to\s+read.*?\(our\s+estimate\)", re.S | re.I
)
MOST = 45  # minutes a page
QUESTION = "**Your turn.**"  # begins a question whose answer is folded below it


def estimate(notebook: nbformat.NotebookNode) -> int:
    """Minutes to read and to do the exercises, to the next five.

    120 words a minute, since some of them are read twice; a minute a picture; three minutes a question, ten minutes an
    exercise with a checker.
    """
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    words, questions = (sum(len(re.findall(what, text)) for text in prose) for what in (r"\w+", re.escape(QUESTION)))
    pictures, exercises = (sum(tagged(cell, tag) for cell in notebook.cells) for tag in ("figure", "solution"))
    return 5 * math.ceil((words / 120 + pictures + 3 * questions + 10 * exercises) / 5)


@each_page
def test_opening_says_how_long_it_takes(path):
    notebook = nbformat.read(path, as_version=4)
    said = SAID.search(notebook.cells[0].source)
    wanted = estimate(notebook)
    assert said, f"say: about ... minutes to run on a laptop, about {wanted} minutes to read ... (our estimate)"
    assert abs(int(said[1]) - wanted) <= 5, f"about {wanted} minutes to read"


@each_page
def test_no_page_takes_longer_than_a_lesson(path):
    minutes = estimate(nbformat.read(path, as_version=4))
    assert minutes <= MOST, f"{path.stem} takes {minutes} minutes: split it"


@each_page
def test_the_readme_says_the_same_minutes_to_run(path):
    listed = re.search(rf"\(book/{path.name}\).*\| (\d+) \|$", README, re.M)
    assert TO_RUN.search(nbformat.read(path, as_version=4).cells[0].source)[1] == listed[1]


def test_what_counts():
    cells = [nbformat.v4.new_markdown_cell("word " * 240 + f"\n\n{QUESTION} Why?")]  # two minutes, and three
    cells += [nbformat.v4.new_code_cell("1", metadata={"tags": [tag]}) for tag in ("figure", "solution", "stub")]
    assert estimate(nbformat.v4.new_notebook(cells=cells)) == 20
