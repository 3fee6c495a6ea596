"""What a reader of a page sees of its code: little, and none of it cut at the edge.

Drawing and reporting cells are folded (`hide-input`): one click away. What is left are the definitions that the page is
about, and what asks and answers with them. Blank lines do not count.
"""

import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT

PAGES = sorted((ROOT / "book").glob("*.ipynb"))
MOST_LINES, MOST_COLUMNS = 120, 88
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def code_cells(path) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def visible_lines(path) -> int:
    shown = [cell for cell in code_cells(path) if not FOLDED & set(cell.metadata.get("tags", []))]
    return sum(bool(line.strip()) for cell in shown for line in cell.source.splitlines())


def too_wide(path) -> list[str]:
    return [
        f"{cell.id}: {line.strip()}"
        for cell in code_cells(path)
        for line in cell.source.splitlines()
        if len(line) > MOST_COLUMNS
    ]


def laid_out(path) -> bool:
    command = [sys.executable, "-m", "ruff", "format", "--check", "--line-length", str(MOST_COLUMNS), path]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0


@each_page
def test_a_page_shows_little_code_and_cuts_none(path):
    lines, wide, tidy = visible_lines(path), too_wide(path), laid_out(path)
    assert lines <= MOST_LINES, f"{path.stem} shows {lines} lines of code: fold what draws or reports (`hide-input`)"
    assert not wide, f"{path.stem}: lines over {MOST_COLUMNS} characters"
    assert tidy, f"ruff format --line-length {MOST_COLUMNS} book/{path.name}"
