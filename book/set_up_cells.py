"""Put the set-up cell for Colab, and the repository's address, where they belong: python book/set_up_cells.py

Colab opens a notebook without the files around it. The cell, after the parameters of every chapter, fetches the course
there; anywhere else it does nothing, and the book's pages leave it out. It is written here and nowhere else.

The address stands in _config.yml. Whoever publishes the course elsewhere changes it there and runs this: it renews the
chapters, the pages and CITATION.cff, which remembers the old one until the end.
"""

from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
CELL_ID = "colab-set-up"
SOURCE = Path(__file__).with_name("set_up_cell.txt").read_text(encoding="utf-8").rstrip("\n")


def address() -> str:
    """The repository's, from _config.yml."""
    return yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]


def source() -> str:
    """The cell's text."""
    return SOURCE.format(address=address())


def with_cell(notebook: NotebookNode) -> NotebookNode:
    """The chapter with the cell, right after the one tagged `parameters`; an older one is replaced."""
    notebook.cells = [cell for cell in notebook.cells if cell.id != CELL_ID]
    after = next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])) + 1
    cell = nbformat.v4.new_code_cell(source(), id=CELL_ID, metadata={"tags": ["remove-cell"]})
    notebook.cells.insert(after, cell)
    return notebook


def main() -> None:
    """Write every chapter and page that changes."""
    citation = ROOT / "CITATION.cff"
    old = yaml.safe_load(citation.read_text())["repository-code"]
    for path in [*sorted((ROOT / "book").glob("*.ipynb")), *sorted((ROOT / "book").glob("*.md")), citation]:
        before = path.read_text(encoding="utf-8")
        after = before.replace(old, address())
        if path.suffix == ".ipynb":
            after = nbformat.writes(with_cell(nbformat.reads(after, as_version=4))) + "\n"
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(path.name)


if __name__ == "__main__":
    main()
