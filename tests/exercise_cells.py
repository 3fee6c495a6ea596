"""What the exercises of a chapter are, as cells: stub, solution, and what belongs to them."""

import ast
import re

from nbformat import NotebookNode

from book.exercises.answers import CORRECT, NOT_YET
from book.exercises.make_stubs import tagged


def said(cell: NotebookNode) -> str:
    """What the checker at the end of an executed cell said."""
    texts = [output.data["text/plain"] for output in cell.outputs if output.output_type == "execute_result"]
    return ast.literal_eval(texts[-1]) if texts else "nothing"


def misjudged(notebook: NotebookNode) -> list[str]:
    """Stubs of an executed chapter that are not answered with a hint, and solutions that are not found correct."""
    wrong = []
    for cell in notebook.cells:
        wanted = NOT_YET if tagged(cell, "stub") else CORRECT if tagged(cell, "solution") else ""
        if wanted and not said(cell).startswith(wanted):
            wrong.append(f"{said(cell)!r} instead of {wanted!r}:\n{cell.source}")
    return wrong


def is_exercise(cell: NotebookNode) -> bool:
    return any(tagged(cell, tag) for tag in ("stub", "solution", "exercise"))


def bound(source: str) -> set[str]:
    """Names that a cell's code gives to the cells after it."""
    names = set()
    for node in _outside_functions(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def used(source: str) -> set[str]:
    """Names that a cell's code reads, also inside functions."""
    nodes = ast.walk(ast.parse(source))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    return read | set(re.findall(r"@(\w+)", source))  # pandas' query("set == @last")


def _outside_functions(tree: ast.AST):
    """All nodes but those inside functions, classes and comprehensions, whose names stay there."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.comprehension):
            yield from _outside_functions(node)


def dependent(notebook: NotebookNode) -> list[str]:
    """Cells that are no exercise, but read a name that only an exercise before them has given."""
    mine, wrong = set(), []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if is_exercise(cell):
            mine |= bound(cell.source)
            continue
        mine -= bound(cell.source)
        wrong += [f"{', '.join(sorted(needs))}:\n{cell.source}"] if (needs := used(cell.source) & mine) else []
    return wrong
