"""Every chapter: clean as it lies in the repository, and running from top to bottom in the small profile."""

import ast
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from exercise_cells import misjudged
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract

CHAPTERS = sorted((Path(__file__).parents[2] / "book").glob("*.ipynb"))
SECONDS_A_CELL = 600
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def alt_text(cell: nbformat.NotebookNode) -> str:
    """What the book's builder puts beside the pictures of a cell, for readers who do not see them."""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "").strip()


def test_there_are_chapters():
    assert CHAPTERS


@each_chapter
def test_no_outputs(path):
    for cell in code_cells(path):
        assert not cell.outputs and cell.execution_count is None, f"{path.name}: clear all outputs before you commit"


@each_chapter
def test_first_code_cell_holds_the_parameters(path):
    tagged = [i for i, cell in enumerate(code_cells(path)) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [0], f"{path.name}: exactly the first code cell is tagged `parameters`"
    assert 'PROFILE = os.environ.get("HANDS_PROFILE", "laptop")' in code_cells(path)[0].source


@each_chapter
def test_kernel_is_the_environments_own(path):
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"


@each_chapter
def test_what_a_cell_imports_of_ours_is_there(path):
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in ("lib", "book", "data_scripts"):
                module = import_module(node.module)
                for name in (alias.name for alias in node.names):
                    known = hasattr(module, name) or (
                        hasattr(module, "__path__") and find_spec(f"{node.module}.{name}")
                    )
                    assert known, f"{path.name}, cell {cell.id}: {node.module} has no {name}"


@each_chapter
def test_figure_tag_and_alt_text_go_together(path):
    for cell in code_cells(path):
        tagged = "figure" in cell.metadata.get("tags", [])
        assert tagged == bool(alt_text(cell)), (
            f"{path.name}: tag `figure` and mystnb.image.alt belong together:\n{cell.source}"
        )


def keep(notebook: nbformat.NotebookNode, path: Path, seconds: float, cache: JupyterCacheAbstract) -> None:
    """Leave an executed chapter to test_book.py, so that the book does not run it once more."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # nbmake's clock, which the cache would take for a change of the cell
    bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


@pytest.mark.slow
@each_chapter
def test_runs_with_nbmake(path, chapter_cache):
    from nbmake.nb_run import NotebookRun

    start = time.perf_counter()
    result = NotebookRun(path, default_timeout=SECONDS_A_CELL).execute()
    assert result.error is None, f"{path.name}, cell {result.error.failing_cell_index}:\n{result.error.trace}"
    keep(result.nb, path, time.perf_counter() - start, chapter_cache)
    assert not misjudged(result.nb), "each stub gets a hint, each solution is correct"
    for cell in result.nb.cells:
        if cell.cell_type == "code" and any("image/png" in output.get("data", {}) for output in cell.outputs):
            assert alt_text(cell), f"{path.name}: a picture without alt text comes from this cell:\n{cell.source}"


@pytest.mark.slow
@each_chapter
def test_runs_with_papermill(path, tmp_path, monkeypatch):
    """PROFILE is injected over whatever the environment says."""
    import papermill

    monkeypatch.setenv("HANDS_PROFILE", "paper")
    run = papermill.execute_notebook(
        path, tmp_path / path.name, {"PROFILE": "ci"}, cwd=path.parent, progress_bar=False,
        execution_timeout=SECONDS_A_CELL,
    )  # fmt: skip
    injected = [cell for cell in run.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert len(injected) == 1 and "ci" in injected[0].source


@pytest.mark.slow
@pytest.mark.after_chapters
def test_chapters_agree():
    """What several chapters measure is one figure, or says why not; the runs above have left their rows."""
    from book.shared.agreement import disagreements, shared
    from lib.report import gather_rows

    rows = gather_rows("ci")
    if not {"1 Missing hands", "2 Building the data sets", "6 Counting hands"} <= {row.chapter for row in rows}:
        pytest.skip("chapters 1, 2 and 6 have not run")
    both_ends = [what for _, what in shared(rows) if what.startswith("uhp_dominant of bilinear minus input, d1_test")]
    assert both_ends and not disagreements(rows), disagreements(rows)
