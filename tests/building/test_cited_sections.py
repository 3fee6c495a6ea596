"""Whoever cites a section or an exercise of a chapter names one that is there, under today's title.

A citation is a quoted title in the same sentence (or half of one, or cell of a table) as the chapter: `[chapter
8a](08a_pose_estimators.ipynb), "Red and blue"`, or `"Did it help?" in chapter 14`, which means its
first page, as in the book. Where a chapter's page speaks of a part of its own, the chapter is left out: `the list under
*Clip by clip*`. The code's docstrings, messages, hints and comments may cite as well.
"""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from book.shared.pages import pages_of

BOOK = ROOT / "book"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
PAGES = [*CHAPTERS, *sorted(BOOK.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
MODULES = [path for folder in ("lib", "data_scripts", "book") for path in sorted((ROOT / folder).rglob("*.py"))]
CHAPTER = re.compile(r"\[[^\]]*\]\((?:book/)?([\w-]+\.(?:ipynb|md))[^)]*\)|\b[Cc]hapter (\d+[a-z]?\b)")
QUOTED = re.compile(r'"([A-Z0-9][^"]*)"')
OWN = re.compile(r"""\b(?:under|is in|[Ss]ection|[Ss]ee|[Bb]ox|[Ll]ist|[Tt]able|picture of) (["*])([A-Z][^"*]*)\1""")
EXERCISE = re.compile(r"\b[Ee]xercises? (\d)(?: and (\d))?")


@cache
def read(path: Path, kind: str = "markdown") -> str:
    """A file's text; of a notebook its cells of one kind."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == kind)


def spoken(source: str) -> str:
    """What Python code says in words: its strings, docstrings among them, and each block of comments."""
    strings = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    lines = {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    comments = "".join(("" if row - 1 in lines else "\n\n") + line + "\n" for row, line in lines.items())
    return "\n\n".join([*(text for text in strings if isinstance(text, str)), comments])


@cache
def titles(path: Path) -> frozenset[str]:
    """A page's headings and boxes as one may cite them: without a number, also without what follows a colon."""
    found = re.findall(r"^(?:#{1,6}|:{3,}\{\w+\}) +(?:\d+\. )?(.+?) *$", read(path), re.M)
    numbers = re.findall(r"^\*\*Exercise (\d)", read(path), re.M)
    return frozenset([*found, *(title.partition(":")[0] for title in found), *(f"exercise {n}" for n in numbers)])


def meant_by(match: re.Match) -> list[Path]:
    """The page that a link means, or that "chapter 8" leads to in the book: its first; also if there is none."""
    name, number = match.groups()
    if number:
        return pages_of(number)[:1] or [BOOK / f"chapter {number}"]
    return [next((folder / name for folder in (BOOK, ROOT) if (folder / name).is_file()), BOOK / name)]


def pieces(text: str) -> Iterator[str]:
    """Sentences, their halves around a semicolon, and cells of tables, each on one line."""
    for paragraph in re.split(r"\n\s*\n|\n(?=[-|#:])", text):
        line = " ".join(paragraph.split())
        closed = re.compile(r'"[^"]*"|\*[^*]+\*|\[[^\]]*\]\([^)]*\)')  # a full stop in there ends no sentence
        hidden = closed.sub(lambda match: re.sub(r"[.?!;|]", "_", match.group()), line)
        ends = [0, *(match.end() for match in re.finditer(r"[.?!;]\)? |\|", hidden)), len(line)]
        yield from (line[start:end] for start, end in pairwise(ends))


def citations(text: str) -> Iterator[tuple[list[Path], str]]:
    """Each title that a text cites, and the pages that may be meant: none where the text names none."""
    for piece in pieces(text):
        if meant := [page for match in CHAPTER.finditer(piece) for page in meant_by(match)]:
            yield from ((meant, title) for title in QUOTED.findall(piece))
            yield from ((meant, f"exercise {n}") for numbers in EXERCISE.findall(piece) for n in numbers if n)
        else:
            yield from (([], title) for _, title in OWN.findall(piece))


def unknown(text: str, *own: Path) -> list[str]:
    """Titles that are cited and not there; without a page's name they stand on ``own``, or in any chapter."""
    return [
        title
        for meant, title in citations(text)
        if not any(title in titles(path) for path in meant or own or CHAPTERS if path.is_file())
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_cites_is_there(path):
    own = [path] if path in CHAPTERS else [path, *CHAPTERS]
    code = spoken(read(path, "code")) if path.suffix == ".ipynb" else ""
    assert not unknown(read(path), *own) + unknown(code, *own)


def test_what_the_code_cites_is_there():
    missing = {path.name: unknown(spoken(read(path))) for path in MODULES}
    assert not {name: cited for name, cited in missing.items() if cited}


def test_a_link_to_a_chapter_says_its_number():
    """And one that says a title begins as the page does."""
    for path in PAGES:
        for text, name in re.findall(
            r"\[([^\]]*)\]\((?:book/)?(\d\d[a-z]?_\w+\.ipynb)\)", " ".join(read(path).split())
        ):
            number = re.fullmatch(r"[Cc]hapter (\d+[a-z]?)", text)
            right = BOOK / name in pages_of(number[1]) if number else read(BOOK / name).startswith(f"# {text}")
            assert right, f"{path.name}: [{text}]({name})"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('See [chapter 8a](08a_pose_estimators.ipynb), "Red and\nblue".', []),
        ('See [chapter 8a](08a_pose_estimators.ipynb), "Green and blue".', ["Green and blue"]),
        ('See [chapter 9](09a_gaps_and_lines.ipynb), "Red and blue".', ["Red and blue"]),
        ('chapter 6, "One training, or two?"', ["One training, or two?"]),  # which is on its second page
        ('as [chapter 8a](08a_pose_estimators.ipynb) says, in the box "A bug without an error message".', []),
        ('See "Did it help?" in chapter 14. "Nobody", says chapter\n3.', ["Nobody"]),
        ('| vote | chapter 1, "Look first"; chapter 1, "Look last" |', ["Look last"]),
        ('| chapter 1 | "It is not cited" |', []),
        ("Exercises 1 and 9 of [chapter 6a](06a_a_fair_count.ipynb).", ["exercise 9"]),
        ("The list under *Clip by clip* answers. *Asked:* what is *Meant*?", []),
        ("The list under *Film by film* answers.", ["Film by film"]),
        ('chapter 99, "Further reading"', ["Further reading"]),
    ],
)
def test_the_search_sees_what_is_missing(text, missing):
    assert unknown(text) == missing


def test_code_is_heard_out():
    source = '"""Chapter 8, "One"."""\nx = 1  # See chapter\n       # 8, "Two".\nhint = \'See chapter 8, "3".\'\n'
    assert sorted(unknown(spoken(source))) == ["3", "One", "Two"]


def test_the_course_is_full_of_citations():
    assert sum(len(list(citations(read(path)))) for path in PAGES) > 50
