"""Nobody reads for long without doing something: an exercise comes after every second section at the latest.

And whoever has read to the end of a page is told which one comes next.
"""

import re
from itertools import groupby, pairwise

import nbformat
import pytest

from book.exercises.make_stubs import tagged
from book.shared.pages import numbered_pages

NUMBERED = re.compile(r"^\*\*Exercise (\d+)\. .+?\*\*", re.M)
OPEN = "**Exercise, open.**"
QUESTION = re.compile(r"^\*\*Your turn\.\*\* [\s\S]+\n\n:::\{dropdown\} Solution\n[\s\S]+\n:::$")
# they close a page, or are tables alone, one for each paper
CLOSING = ("What we found, beside what the paper", "Further reading", "R1:", "R2:", "R3:", "What has no run")
each_page = pytest.mark.parametrize("path", numbered_pages(), ids=lambda path: path.stem)


def sections(notebook: nbformat.NotebookNode) -> list[tuple[str, bool]]:
    """Each section's title, and whether there is an exercise in it: with a checker, or a question with its answer."""
    found: list[tuple[str, bool]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found += [(title, False) for title in re.findall(r"^## (.+)$", cell.source, re.M)]
        if found and (tagged(cell, "stub") or QUESTION.match(cell.source)):
            found[-1] = (found[-1][0], True)
    return [(title, has) for title, has in found if not title.startswith(CLOSING)]


def without(notebook: nbformat.NotebookNode) -> list[str]:
    """Sections in a row, more than one, that have no exercise: after the last of them one is due."""
    rows = [[title for title, _ in row] for has, row in groupby(sections(notebook), lambda one: one[1]) if not has]
    return [" / ".join(titles) for titles in rows if len(titles) > 1]


@each_page
def test_an_exercise_after_every_second_section(path):
    assert not without(nbformat.read(path, as_version=4))


@each_page
def test_there_is_something_to_do_on_every_page(path):
    assert any(has for _, has in sections(nbformat.read(path, as_version=4)))


@pytest.mark.parametrize(("page", "following"), list(pairwise(numbered_pages())), ids=lambda path: path.stem)
def test_the_end_of_a_page_leads_to_the_next(page, following):
    prose = [cell.source for cell in nbformat.read(page, as_version=4).cells if cell.cell_type == "markdown"]
    assert f"({following.name})" in "".join(prose[-2:])


@each_page
def test_a_question_has_its_answer_folded_below(path):
    asked = [cell.source for cell in nbformat.read(path, as_version=4).cells if "**Your turn.**" in cell.source]
    assert not [text for text in asked if not QUESTION.match(text)]


def numbers(notebook: nbformat.NotebookNode) -> list[int]:
    """Of the exercises with a checker, in order."""
    return [int(n) for cell in notebook.cells if cell.cell_type == "markdown" for n in NUMBERED.findall(cell.source)]


@each_page
def test_each_page_counts_its_exercises_from_one(path):
    """One with a checker has a number, an open one has none: a page is what somebody has before their eyes."""
    notebook = nbformat.read(path, as_version=4)
    told = [line for cell in notebook.cells for line in re.findall(r"^\*\*Exercise.*", cell.source, re.M)]
    assert numbers(notebook) == list(range(1, sum(tagged(cell, "stub") for cell in notebook.cells) + 1))
    assert not [line for line in told if not NUMBERED.match(line) and not line.startswith(OPEN)]


def test_a_long_way_without_an_exercise_is_seen():
    question = "**Your turn.** Why?\n\n:::{dropdown} Solution\nSo.\n:::"
    pages = {
        "## A\n|## B\n|" + question + "|## C\n|## Further reading": [],
        "## A\n|## B\n|## C\n|" + question: ["A / B"],
        "## A\n|" + question + "|## B\ntext\n\n## C|## What we found, beside what the paper says": ["B / C"],
        "## A\n|## B\n|**Your turn.** Why?": ["A / B"],
    }
    for text, wanted in pages.items():
        cells = [nbformat.v4.new_markdown_cell(part) for part in text.split("|")]
        assert without(nbformat.v4.new_notebook(cells=cells)) == wanted
