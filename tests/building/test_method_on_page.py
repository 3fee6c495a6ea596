"""What the course is about stands on its pages: each core definition in a `method` cell, equal to the code's own.

A page explains a method, defines it before the reader's eyes, uses it once, and goes on with `lib`'s. The two
definitions cannot drift: their syntax trees are compared, decorators and annotations included, docstrings and comments
left out, so that a page may say in prose what the code says in a docstring.
"""

import ast
from functools import cache
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

PAGES = sorted((ROOT / "book").glob("*.ipynb"))
SOURCES = [*(ROOT / "lib").rglob("*.py"), *(ROOT / "book" / "shared").glob("*.py")]
CORE = {
    "undetected_hand_presence", "clip_bootstrap", "false_hands",  # measure
    "flow_blur", "software_blur",  # spoil
    "UNet", "AttentionGate", "ssim_map", "hand_weights", "Guidance",  # sharpen
    "second_look", "third_look",  # look again
    "impute", "normalize", "one_euro",  # repair
    "PTN", "VTN", "transfer",  # read signs
    "to_polar", "Joins2Sign", "dynamic_loss",  # read letters
}  # fmt: skip
MOST_LINES = {ast.FunctionDef: 30, ast.ClassDef: 45}
FOLDED = {"hide-input", "hide-output", "hide-cell", "remove-input", "remove-output", "remove-cell"}
EXERCISE = {"stub", "solution"}  # a student may be asked to write one again

Cell = tuple[str, nbformat.NotebookNode]


def bare(source: str | ast.AST) -> str:
    """The syntax tree of a definition as text, without any docstring."""
    tree = ast.parse(source) if isinstance(source, str) else source
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


@cache
def in_the_code() -> dict[str, list[tuple[Path, str]]]:
    """File and bare syntax tree of each top-level definition of the code, by its name."""
    found = {}
    for path in sorted(SOURCES):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, tuple(MOST_LINES)):
                found.setdefault(node.name, []).append((path, bare(node)))
    return found


def tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


@cache
def code_cells() -> list[Cell]:
    return [
        (path.stem, cell)
        for path in PAGES
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]


def named(cell: nbformat.NotebookNode) -> set[str]:
    """What a cell defines at its top level."""
    return {node.name for node in ast.parse(cell.source).body if isinstance(node, tuple(MOST_LINES))}


METHODS = [(page, cell) for page, cell in code_cells() if "method" in tags(cell)]
each_method = pytest.mark.parametrize("page, cell", METHODS, ids=[f"{page}: {cell.id}" for page, cell in METHODS])


def drifted(source: str) -> str:
    """What is wrong with the source of a `method` cell; "" where it is equal to the code's."""
    body = ast.parse(source).body
    if len(body) != 1 or not isinstance(body[0], tuple(MOST_LINES)):
        return "a `method` cell is one function or one class, and nothing else"
    (node,) = body
    lines, most = len(source.strip().splitlines()), MOST_LINES[type(node)]
    if lines > most:
        return f"{node.name} has {lines} lines, {most} at most: shorten its docstring, or divide it in lib first"
    known = in_the_code().get(node.name, [])
    if len(known) != 1:
        return f"{node.name} is defined {len(known)} times in lib and book/shared, not once"
    path, tree = known[0]
    return "" if bare(node) == tree else f"{node.name} is no longer what {path.relative_to(ROOT)} has: copy it anew"


@each_method
def test_the_page_has_what_the_code_has(page, cell):
    assert not drifted(cell.source), f"{page}, cell {cell.id}: {drifted(cell.source)}"


@each_method
def test_a_definition_is_never_folded(page, cell):
    assert not FOLDED & tags(cell), f"{page}, cell {cell.id}: a `method` cell is there to be read"


@each_method
def test_prose_comes_before_a_definition(page, cell):
    cells = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4).cells
    at = next(i for i, other in enumerate(cells) if other.id == cell.id)
    before = [other for other in cells[:at] if not FOLDED & tags(other)][-3:]
    assert any(other.cell_type == "markdown" for other in before), f"{page}, cell {cell.id}: say the idea first"


@pytest.mark.parametrize("name", sorted(CORE))
def test_every_core_name_is_on_a_page(name):
    assert len(in_the_code()[name]) == 1
    pages = [page for page, cell in METHODS if name in named(cell)]
    assert len(pages) == 1, f"{name} is defined on {pages or 'no page'}"


def test_what_defines_a_core_name_is_tagged():
    loose = [
        (page, cell.id) for page, cell in code_cells() if named(cell) & CORE and not tags(cell) & {"method", *EXERCISE}
    ]
    assert not loose, "tag these cells `method`"


def test_there_are_twenty_one():
    assert len(CORE) == 21


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("return", "return", ""),
        ('"""Halves."""', '"""Half of it."""\n    # as before', ""),
        ("x / 2", "x / 2.5", "no longer"),
        ("x: float", "x", "no longer"),
        ("def half", "def third", "0 times"),
        ("def half", "limit = 1\n\n\ndef half", "nothing else"),
        ("    return", "\n" * 30 + "    return", "at most"),
    ],
)
def test_a_change_is_seen(monkeypatch, old, new, said):
    source = 'def half(x: float) -> float:\n    """Halves."""\n    return x / 2\n'
    monkeypatch.setitem(in_the_code(), "half", [(ROOT / "lib" / "half.py", bare(ast.parse(source).body[0]))])
    assert old in source
    assert said in drifted(source.replace(old, new)) and bool(said) == bool(drifted(source.replace(old, new)))
