"""Write the notebooks that a class works in: what only the book's builder understands is put in words and boxes.

    python book/build_student.py        student/, with the solutions apart in student/solutions/

JupyterLab shows a citation such as {cite:t}`somebody` and a box fenced with ::: as they are typed. Here each is put in
words that any notebook viewer shows, cells that only draw are folded, and the pictures of the last `make book` come
along where there was one. Whatever a student has changed is kept.
"""

import argparse
import hashlib
import re
from pathlib import Path

import nbformat
from build_slides import chapters, executed
from nbformat import NotebookNode
from slides.markup import CITATION, TERM, cited_names, with_names

from book.shared.pages import chapter_of
from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import ROOT

MADE = "hands_in_focus"  # where a notebook's metadata say how it was when it was made
ANSWER = re.compile(r"^(?P<fence>:{3,})\{dropdown\} Solution\n(?P<body>[\s\S]*?)\n(?P=fence)$", re.M)
BOX = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{admonition\} (?P<title>.+)\n(?:^:.*\n)*(?P<body>[\s\S]*?)\n?^(?P=fence)$", re.M
)
PAGE = re.compile(r"\[(?P<words>[^\]]+)\]\([\w-]+\.md(?:#[\w-]*)?\)")  # pages of the book that are no notebook
FOLDED = {"hide-input", "hide-cell", "remove-input"}
RAW = re.compile(r"\{[\w:]+\}`|^(?::{3,}|`{3,}\{)", re.M)  # what no reader should see


def plain(markdown: str, names: dict[str, tuple[str, str]]) -> str:
    """Markdown that JupyterLab shows as the book does: names for citations, words for terms, quotes for boxes."""
    text = with_names(TERM.sub(r"\g<shown>", markdown), names) if CITATION.search(markdown) else markdown
    text = PAGE.sub(r"*\g<words>*", TERM.sub(r"\g<shown>", text))
    return BOX.sub(lambda box: _quote(f"**{box['title'].strip()}**\n\n{box['body'].strip()}"), text)


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def for_class(chapter: NotebookNode, page: str, names: dict[str, tuple[str, str]], without: str) -> NotebookNode:
    """A chapter as a class gets it, ``without`` the cells of one tag: "solution" or "stub"."""
    made = nbformat.from_dict({**chapter, "cells": []})
    for cell in chapter.cells:
        tags = set(cell.metadata.get("tags", []))
        if {without, "remove-cell"} & tags:  # the other is what Colab needs
            continue
        cell = nbformat.from_dict(cell)
        if cell.cell_type == "markdown":
            told = r"**Solution.** \g<body>" if without == "stub" else ""
            cell.source = plain(ANSWER.sub(told, cell.source).rstrip(), names)
        else:
            _fold(cell, tags)
        made.cells.append(cell)
    made.cells[0].source = re.sub(
        r"^# ", f"# {number}. " if (number := chapter_of(page)) else "# ", made.cells[0].source
    )
    made.metadata[MADE] = {"made": digest(made)}
    return made


def _fold(cell: NotebookNode, tags: set[str]) -> None:
    """Fold what the book folds, and keep the pictures alone of what was run; none that is to be guessed first."""
    cell.execution_count = None
    shown = "figure" in tags and "hide-output" not in tags
    cell.outputs = [output for output in cell.outputs if shown and "image/png" in output.get("data", {})]
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = None
    if FOLDED & tags:
        cell.metadata["jupyter"] = {"source_hidden": "solution" not in tags}


def digest(notebook: NotebookNode) -> str:
    """A hex number that changes as soon as somebody types into the notebook."""
    return hashlib.sha256("\0".join(cell.source for cell in notebook.cells).encode()).hexdigest()


def is_changed(path: Path) -> bool:
    """Whether there is a notebook that is no longer as it was made."""
    if not path.is_file():
        return False
    try:
        there = nbformat.read(path, as_version=4)
    except (ValueError, OSError):  # half of one, or something else: not ours to throw away
        return True
    return there.metadata.get(MADE, {}).get("made") != digest(there)


def as_run(path: Path, build: Path) -> NotebookNode:
    """A chapter with the outputs of the last `make book`, or without any."""
    try:
        return executed(path, build)
    except BadInput:
        return nbformat.read(path, as_version=4)


def build_student(out: Path, build: Path, root: Path = ROOT) -> tuple[int, list[Path]]:
    """Write the notebooks below ``out``; how many were written, and those that were changed and so are kept."""
    names, written, kept = cited_names(root / "book" / "references.bib"), 0, []
    for path in chapters(root):
        chapter = as_run(path, build)
        for folder, without in ((out, "solution"), (out / "solutions", "stub")):
            target = folder / path.name
            if is_changed(target):
                kept.append(target)
                continue
            with written_whole(target) as partial:
                nbformat.write(for_class(chapter, path.stem, names, without), partial)
            written += 1
    return written, kept


@command
def main() -> None:
    """Write, and say what was left alone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "student", help="default: student, in the project")
    written, kept = build_student(out := parser.parse_args().out.resolve(), ROOT / "_build")
    print(f"{written} notebooks written to {out.name}/, solutions apart.")
    if kept:
        print(f"You have worked in {', '.join(path.name for path in kept)}: kept. Rename one to get a new one.")


if __name__ == "__main__":
    raise SystemExit(main())
