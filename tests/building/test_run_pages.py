"""Notebooks run several at a time, and the book's builder finds in the cache what ran."""

import nbformat
import pytest
import yaml
from conftest import ROOT
from jupyter_cache import get_cache

from book import run_pages

SMALL = ["import os; ' in '.join((os.environ['HANDS_PROFILE'], os.getcwd()))"]


def notebook(folder, name, cells):
    """A notebook of these cells as a file."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path = folder / name
    path.write_text(nbformat.writes(made))
    return path


def outputs(page, cache):
    """What the builder gets for a page."""
    _, filled = get_cache(str(cache)).merge_match_into_notebook(nbformat.read(page, as_version=4))
    return filled.cells[0].outputs[0].data["text/plain"]


@pytest.fixture
def pages(tmp_path):
    return [notebook(tmp_path, "01.ipynb", SMALL), notebook(tmp_path, "02.ipynb", ["1 / 0"])]


def test_a_page_that_fails_is_told_and_left_to_the_builder(pages, tmp_path, capsys):
    cache = tmp_path / "cache"
    run_pages.run_pages(pages, cache, {"HANDS_PROFILE": "laptop"}, processes=2)
    assert outputs(pages[0], cache) == f"'laptop in {tmp_path}'"
    with pytest.raises(KeyError):
        outputs(pages[1], cache)
    said = capsys.readouterr().out
    assert "2 of 2: " in said and "02.ipynb fails (CellExecutionError)" in said


def test_what_is_kept_does_not_run_again(pages, tmp_path, capsys):
    cache = tmp_path / "cache"
    run_pages.run_pages(pages[:1], cache, {"HANDS_PROFILE": "ci"}, processes=2)
    capsys.readouterr()
    run_pages.run_pages(pages[:1], cache, {"HANDS_PROFILE": "laptop"}, processes=2)
    assert not capsys.readouterr().out
    assert outputs(pages[0], cache).startswith("'ci in ")


def test_cells_have_as_long_as_with_the_builder():
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    assert run_pages.SECONDS_A_CELL == config["execute"]["timeout"]
