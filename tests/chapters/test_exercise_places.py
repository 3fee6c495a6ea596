"""Nobody reads for long without doing something: an exercise comes after every second section at the latest."""

import re
from itertools import groupby

import nbformat
import pytest

from book.exercises.make_stubs import tagged
from book.shared.pages import numbered_pages

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


@each_page
def test_a_question_has_its_answer_folded_below(path):
    asked = [cell.source for cell in nbformat.read(path, as_version=4).cells if "**Your turn.**" in cell.source]
    assert not [text for text in asked if not QUESTION.match(text)]


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
