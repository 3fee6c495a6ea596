"""Put the set-up cell for Colab into every chapter, after the parameters: python book/set_up_cells.py

Colab opens a notebook without the files around it. The cell fetches the course there; anywhere else it does nothing,
and the book's pages leave it out. It is the same in all chapters, written here and nowhere else.
"""

from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
CELL_ID = "colab-set-up"
SOURCE = """\
if "COLAB_RELEASE_TAG" in os.environ:  # Colab opens this page alone: fetch the course and install what it needs
    import runpy
    import subprocess

    course = "{address}"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", course, "/content/course"])
    runpy.run_path("/content/course/book/colab.py", run_name="__main__")"""


def source() -> str:
    """The cell's text, with the repository's address from _config.yml."""
    address = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    return SOURCE.format(address=address)


def with_cell(notebook: NotebookNode) -> NotebookNode:
    """The chapter with the cell, right after the one tagged `parameters`; an older one is replaced."""
    notebook.cells = [cell for cell in notebook.cells if cell.id != CELL_ID]
    after = next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])) + 1
    cell = nbformat.v4.new_code_cell(source(), id=CELL_ID, metadata={"tags": ["remove-cell"]})
    notebook.cells.insert(after, cell)
    return notebook


def main() -> None:
    """Write every chapter that changes."""
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = nbformat.writes(with_cell(nbformat.reads(before, as_version=4))) + "\n"
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(path.name)


if __name__ == "__main__":
    main()
