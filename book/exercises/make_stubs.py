"""Exercises are written once, as their solutions; the stubs that students fill in are generated from them.

    python -m book.exercises.make_stubs            the stubs of all chapters

A cell tagged ``solution`` marks what the student has to write, in one of two ways:

    ### BEGIN SOLUTION: what to do                a block; the stub has `...  # what to do` in its place
    ### END SOLUTION
    answer = 6 * 7  # SOLUTION: your number       a statement; the stub has `answer = None  # your number`

What comes after the colon may be left out. A marked statement that assigns nothing (a print, or the line that mends a
bug) is left out of the stub. All else stays, and the last line calls the checker. The cell tagged ``stub`` stands
directly before; where there is none yet, it is put there. On the fold of the solution stands "Solution".
"""

import ast
import io
import re
import tokenize

import nbformat

from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import ROOT

BLOCK = re.compile(
    r"^(?P<indent> *)### BEGIN SOLUTION(?:: (?P<todo>.*))?\n(?:.*\n)*?(?P=indent)### END SOLUTION$", re.M
)
FOLD = {
    "code_prompt_show": "Solution",
    "code_prompt_hide": "Hide the solution",
}  # on its fold in the book, closed and open
LINE = re.compile(r"# SOLUTION(?:: (?P<todo>.*))?$")


def stub_of(solution: str) -> str:
    """The stub of a solution's source. BadInput if nothing is marked, or a mark has no counterpart."""
    first = repr(solution.partition("\n")[0])
    source = BLOCK.sub(lambda found: f"{found['indent']}...  # {found['todo'] or 'your code'}", solution)
    try:
        stub = _without_marked_statements(source)
        ast.parse(stub)
    except (SyntaxError, tokenize.TokenError) as error:
        raise BadInput(f"what the marks of this solution leave behind is not Python ({error}): {first}") from None
    if stub == solution or "SOLUTION" in stub:
        raise BadInput(f"no SOLUTION mark in this solution, or one without its counterpart: {first}")
    return re.sub(r"(\bdef .*:)\n +(\.\.\.  #)", r"\1 \2", stub)  # as `ruff format` writes it


def _without_marked_statements(source: str) -> str:
    """``source`` with None, or nothing, for each statement that ends in a mark; from the last one to the first."""
    ends = {node.end_lineno: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign | ast.Expr)}
    lines = source.split("\n")
    for number, todo in reversed(_marks(source)):
        node = ends.get(number)
        if node is None:
            raise BadInput(f"`# SOLUTION` stands behind an assignment or a call, not here: {lines[number - 1].strip()}")
        left = [_blank(node, source) + f"  # {todo}"] if isinstance(node, ast.Assign) else []
        lines[node.lineno - 1 : number] = [" " * node.col_offset + line for line in left]
    return "\n".join(lines)


def _marks(source: str) -> list[tuple[int, str]]:
    """Line and text of every `# SOLUTION` comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = [(token.start[0], LINE.match(token.string)) for token in tokens if token.type == tokenize.COMMENT]
    return [(line, mark["todo"] or "yours") for line, mark in found if mark]


def _blank(node: ast.Assign, source: str) -> str:
    """The assignment with None for each value: `a, b = None, None`, `d = {"key": None}`."""
    target, value = node.targets[0], node.value
    left = ast.get_source_segment(source, target)
    if isinstance(target, ast.Tuple):
        return f"{left} = {', '.join(['None'] * len(target.elts))}"
    if isinstance(value, ast.Dict) and value.keys:
        keys = [ast.get_source_segment(source, key) for key in value.keys]
        return f"{left} = {{{', '.join(f'{key}: None' for key in keys)}}}"
    return f"{left} = None"


def tagged(cell: nbformat.NotebookNode, tag: str) -> bool:
    """Whether the cell has that tag."""
    return tag in cell.metadata.get("tags", [])


def with_stubs(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook in which the cell before each solution is its stub (changed in place, and returned)."""
    cells = []
    for cell in notebook.cells:
        if tagged(cell, "solution"):
            if not (cells and tagged(cells[-1], "stub")):
                metadata = nbformat.NotebookNode(tags=["stub"])
                cells.append(nbformat.v4.new_code_cell(id=f"{cell.id}-stub"[:64], metadata=metadata))
            cells[-1].source = stub_of(cell.source)
            cell.metadata.setdefault("mystnb", {}).update(FOLD)
        cells.append(cell)
    notebook.cells = cells
    return notebook


@command
def main() -> None:
    """Renew the stubs of every chapter, and say which chapters changed."""
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        try:
            after = nbformat.writes(with_stubs(nbformat.reads(before, as_version=4))) + "\n"
        except BadInput as error:
            raise BadInput(f"{path.name}: {error}") from None
        if after.strip() != before.strip():
            with written_whole(path) as part:
                part.write_text(after, encoding="utf-8")
            print(f"{path.name}: stubs renewed")


if __name__ == "__main__":
    raise SystemExit(main())
