"""A chapter and its pages: the name of a page's file says its chapter's number, and of several pages each has a letter.

`15_claims` is chapter 15; `02a_...` and `02b_...` are the two pages of chapter 2. Nothing else says so.
"""

import re
from pathlib import Path

from lib.tools.paths import ROOT

FILE = re.compile(r"(?:^|/)0*(?P<number>\d+)(?P<part>[a-z]?)_\w+$")


def chapter_of(page: str) -> str | None:
    """ "book/15_claims" -> "15", "book/02b_splits" -> "2b", "book/glossary" -> None."""
    found = FILE.search(page)
    return found and found["number"] + found["part"]


def numbered_pages(book: Path = ROOT / "book") -> list[Path]:
    """The notebooks of all chapters, in the order in which they are read."""
    return sorted(path for path in book.glob("*.ipynb") if chapter_of(path.stem))


def pages_of(chapter: int | str, book: Path = ROOT / "book") -> list[Path]:
    """The notebooks of one chapter: 2 or "2" gives all of its pages, "2b" that one; [] where there is none."""
    wanted = str(chapter)
    return [
        path for path in numbered_pages(book) if wanted in (found := chapter_of(path.stem), found.rstrip("abcdefgh"))
    ]
