"""Make slides from the chapters that `make book` has run, and from the quizzes: HTML files that need no network.

    python book/build_slides.py                 the decks, in _build/slides
    python book/build_slides.py --out DIR       from the book in DIR/_build, into DIR/_build/slides

nbconvert can make slides too, but they fetch reveal.js, MathJax and fonts from the network whenever they are shown.
`book/slides/choose.py` says what becomes a slide, and `book/slides/votes.py` how a quiz becomes votes.
"""

import argparse
import os
from pathlib import Path

import nbformat
import yaml
from slides.choose import Slide, choose, takeaways
from slides.markup import cited_names
from slides.page import contents, deck
from slides.votes import votes

from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import ROOT


def pages(root: Path) -> list[Path]:
    """Every page of the table of contents but its root, in order, notebook or Markdown."""
    toc = yaml.safe_load((root / "_toc.yml").read_text())
    entries = [root / chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    found = [path.with_suffix(suffix) for path in entries for suffix in (".ipynb", ".md")]
    return [path for path in found if path.is_file()]


def chapters(root: Path) -> list[Path]:
    """The book's notebooks, in the order of its table of contents."""
    return [path for path in pages(root) if path.suffix == ".ipynb"]


def executed(path: Path, build: Path) -> nbformat.NotebookNode:
    """A chapter with its outputs, from the cache of the book in ``build``. Raises BadInput where it was not run."""
    from jupyter_cache import get_cache

    notebook = nbformat.read(path, as_version=4)
    try:
        if not (build / ".jupyter_cache").is_dir():
            raise KeyError
        return get_cache(str(build / ".jupyter_cache")).merge_match_into_notebook(notebook)[1]
    except KeyError:
        raise BadInput(f"{path.name} has not been run as it is now: run `make book` first") from None


def decks(root: Path, build: Path) -> dict[str, list[Slide]]:
    """The slides of each chapter and of each quiz, by the page's name. Raises BadInput where a chapter was not run."""
    taken, found = takeaways(), {}
    for path in pages(root):
        if path.suffix == ".ipynb":
            found[path.stem] = choose(executed(path, build), taken)
        elif path.stem.startswith("quiz_"):
            found[path.stem] = votes(path.read_text(encoding="utf-8"))
    return found


def build_slides(build: Path, root: Path = ROOT) -> Path:
    """Write a deck for each chapter and quiz, and a page that lists them, into ``build``/slides; give that page.

    All chapters are looked up before the first deck is written. Raises BadInput where one was not run.
    """
    names = cited_names(root / "book" / "references.bib")
    ready = decks(root, build)
    out = build / "slides"
    for name, slides in ready.items():
        with written_whole(out / f"{name}.html") as partial:
            partial.write_text(deck(slides, names), encoding="utf-8")
    with written_whole(out / "index.html") as partial:
        partial.write_text(contents({f"{n}.html": (s[0].title, len(s)) for n, s in ready.items()}), encoding="utf-8")
    return out / "index.html"


@command
def main() -> None:
    """Build, and say where to look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT, help="the folder that holds _build/ (default: the project)")
    page = build_slides(parser.parse_args().out.resolve() / "_build")
    print(f"The slides are ready. Open them in a browser:\n    {os.path.relpath(page)}")


if __name__ == "__main__":
    raise SystemExit(main())
