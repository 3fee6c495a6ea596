"""The exercises as they stand in the chapters: two at least, stubs made from solutions, and nobody leans on them."""

import ast
from pathlib import Path

import nbformat
import pytest
from exercise_cells import bound, dependent, misjudged, used

from book.exercises import make_stubs
from book.exercises.make_stubs import FOLD, stub_of, tagged, with_stubs
from book.shared.pages import chapter_of, numbered_pages, pages_of
from lib.tools.errors import BadInput

CHAPTERS = [*numbered_pages(), Path(__file__).parents[2] / "book" / "tour.ipynb"]
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def notebook(*cells: tuple[str, str]) -> nbformat.NotebookNode:
    """A notebook of code cells, each given as its tag and source."""
    made = [nbformat.v4.new_code_cell(source, metadata={"tags": [tag] if tag else []}) for tag, source in cells]
    return nbformat.v4.new_notebook(cells=made)


@pytest.mark.parametrize("number", sorted({int(chapter_of(path.stem).rstrip("abc")) for path in numbered_pages()}))
def test_two_checked_exercises(number):
    assert sum(tagged(cell, "solution") for path in pages_of(number) for cell in read(path).cells) >= 2


@each_chapter
def test_stubs_are_what_the_solutions_make(path):
    wanted = [cell.source for cell in with_stubs(read(path)).cells]
    assert [cell.source for cell in read(path).cells] == wanted, f"{path.name}: run `make stubs`"


@each_chapter
def test_a_solution_is_hidden_and_ends_with_its_checker(path):
    for cell in read(path).cells:
        if tagged(cell, "solution"):
            assert tagged(cell, "hide-cell"), cell.source
            assert FOLD.items() <= cell.metadata.get("mystnb", {}).items(), f"{path.name}: run `make stubs`"
        if tagged(cell, "solution") or tagged(cell, "stub"):
            last = ast.parse(cell.source).body[-1]
            assert isinstance(last, ast.Expr) and ast.unparse(last).startswith("check_"), cell.source


@each_chapter
def test_no_cell_leans_on_an_exercise(path):
    assert not dependent(read(path))


def test_dependence_is_seen():
    assert not dependent(notebook(("", "a = 1"), ("solution", "b = a"), ("exercise", "print(b)"), ("", "b = 2; b")))
    assert dependent(notebook(("solution", "import cv2 as c\ndef f(): ..."), ("", "[f for _ in range(3)]")))
    assert dependent(notebook(("solution", "last = 3"), ("", 'rows.query("set == @last")')))


def test_names():
    source = "import a.b, c as d\nfor e, f in []:\n    g = [h for h in i]\nwith j() as k:\n    def l(m): n = o"
    assert bound(source) == {"a", "d", "e", "f", "g", "k", "l"}
    assert {"i", "j", "o"} <= used(source) and "g" not in used(source)


def test_verdicts_are_read():
    ran = notebook(("stub", "check_it(None)"), ("solution", "check_it(1)"))
    for cell, verdict in zip(ran.cells, ("Not yet: ...", "Correct."), strict=True):
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": repr(verdict)}, execution_count=1)]
    assert not misjudged(ran)
    ran.cells[0].outputs, ran.cells[1].outputs = ran.cells[1].outputs, []
    assert len(misjudged(ran)) == 2


@pytest.mark.parametrize(
    ("solution", "stub"),
    [
        ("a = 6 * 7  # SOLUTION: your number\ncheck(a)", "a = None  # your number\ncheck(a)"),
        ("a, b = f(\n    1\n)  # SOLUTION\ncheck(a)", "a, b = None, None  # yours\ncheck(a)"),
        ('d = {"x": 1, "y": 2}  # SOLUTION: two', 'd = {"x": None, "y": None}  # two'),
        ("d = {k: 1 for k in e}  # SOLUTION", "d = None  # yours"),
        ('print(f"{a:.1f}")  # SOLUTION\ncheck(a)', "check(a)"),
        ("if a:\n    b = 1\n    c()  # SOLUTION", "if a:\n    b = 1"),
        ("### BEGIN SOLUTION\nb = 1\n### END SOLUTION\ncheck(b)", "...  # your code\ncheck(b)"),
        ("def f(x):\n    ### BEGIN SOLUTION: sort it\n    return x\n    ### END SOLUTION", "def f(x): ...  # sort it"),
        (
            'def f(x):\n    """Doc."""\n    ### BEGIN SOLUTION\n\n    return x\n    ### END SOLUTION\n\n\nf(1)',
            'def f(x):\n    """Doc."""\n    ...  # your code\n\n\nf(1)',
        ),
    ],
)
def test_stub_of(solution, stub):
    assert stub_of(solution) == stub


@pytest.mark.parametrize(
    ("solution", "why"),
    [
        ("a = 1", "no SOLUTION mark"),
        ("### BEGIN SOLUTION\na = 1", "counterpart"),
        ("def f():\n    return 1  # SOLUTION", "assignment"),
        ("if a:\n    c()  # SOLUTION", "not Python"),
    ],
)
def test_bad_marks_are_refused(solution, why):
    with pytest.raises(BadInput, match=why):
        stub_of(solution)


def test_a_missing_stub_is_put_there_and_twice_is_once():
    made = with_stubs(notebook(("", "a = 1"), ("solution", "b = 2  # SOLUTION")))
    assert [(cell.source, cell.metadata.tags[0] if cell.metadata.tags else "") for cell in made.cells] == [
        ("a = 1", ""), ("b = None  # yours", "stub"), ("b = 2  # SOLUTION", "solution"),
    ]  # fmt: skip
    assert [cell.id for cell in with_stubs(made).cells] == [cell.id for cell in made.cells]


def test_the_command_renews_once_and_names_the_chapter_that_is_wrong(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_stubs, "ROOT", tmp_path)
    chapter = tmp_path / "book" / "01_a.ipynb"
    chapter.parent.mkdir()
    nbformat.write(notebook(("solution", "b = 2  # SOLUTION")), chapter)
    make_stubs.main()
    assert "01_a.ipynb" in capsys.readouterr().out and read(chapter).cells[0].source == "b = None  # yours"
    make_stubs.main()
    assert not capsys.readouterr().out
    nbformat.write(notebook(("solution", "b = 2")), chapter)
    assert make_stubs.main() == 1 and "01_a.ipynb: no SOLUTION mark" in capsys.readouterr().err
