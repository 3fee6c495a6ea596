"""A paper's figure is typed in book/papers.toml alone: code and chapters ask for it by name.

A page of prose may name a figure of a paper; then the same sentence names the paper, or one of its sections where a
sentence before has named the paper, and this looks whether the file has it. In a chapter such a sentence is a cell.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from lib.tools.papers import NONE, WORD, read

PAPERS = read()
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
PAGES = sorted(path for path in (ROOT / "book").glob("*.md") if path.name != "lab-notes.md")
TYPED = [ROOT / "book" / "ledger" / "claims.toml", *sorted((ROOT / "tests").rglob("*.py"))]
NUMBER = re.compile(r"(?<![\w.])\d[\d_,]*(?:\.\d+)?(?!\w)")
LONG = re.compile(
    r"(?<![\w.\-])[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+\.\d{2,}|\d{2,}\.\d+|\d{3,})(?!\w)"
)  # nobody's by chance
SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=[A-Z*(\[-])|\n\n|\n- |\| ")
COINCIDENCE = {"1.15"}  # of chapter 2: a length in the drawing of the body
THEIR_CODE = {"0.75", "536"}  # a threshold and a width in the code of R2's authors
OURS_TOO = {"256", "512", "250"}  # the side of our frame, widths in the code of R2's authors, signs of asl-signs
MEANT = {"0.001", "0.0001"}  # R3 prints its grid as 10e^-3 and 10e^-4: the page of tables shows both
ALLOWED = OURS_TOO | THEIR_CODE | MEANT
CITED = re.compile(r"\b(R[123]),? \(?(?:Sections? )?((?:Tables?|Figures?) [IVX\d]+|[IVX]+-[A-Z]\b|\d\.\d\b)")
SECTION = re.compile(r"\([^()]*(?<![\w.])(?:(?:I{1,3}|I?V|VI)-[A-Z]|[1-9]\.\d|Tables? [IVX\d]+)(?![\w.])")
ROMAN = re.compile(r"\b((?:I{1,3}|I?V|VI)-[A-Z])\b")  # sections of this kind are R1's alone

NAME = re.compile(r"^R[123] (?:abstract|Table|Figure|[IVX]+\b|\d)[^,]*, ")


def plain(number: str) -> str:
    return number.lstrip("+-−").replace(",", "").replace("_", "")


@cache
def cells() -> set[str]:
    """Figures of the tables with three digits or more, of which one that is typed is hardly there by chance."""
    rows = [(table.units, row) for table in PAPERS.tables for row in table.rows.values()]
    pairs = [pair for units, row in rows for pair in zip(units, row)]
    found = {plain(cell) for unit, cell in pairs if unit != WORD and cell not in NONE}
    return {cell for cell in found if len(re.sub(r"\D", "", cell).lstrip("0")) >= (3 if "." in cell else 4)}


@cache
def figures(paper: str) -> set[str]:
    """Those of the paper, and those in the names of its tables' rows, such as sizes of pictures."""
    names = " ".join(row for table in PAPERS.tables if table.name.startswith(paper) for row in table.rows)
    printed = [one.printed for one in PAPERS.figures.values() if one.paper == paper and one.number is not None]
    return {plain(number) for number in [*printed, *NUMBER.findall(names)]}


def typed(text: str) -> list[str]:
    return [number for number in NUMBER.findall(text) if plain(number) in cells() - COINCIDENCE]


def quoted(text: str) -> Iterator[tuple[str, bool]]:
    """Figures of sentences that speak of a paper, and whether one of the papers meant has them."""
    papers: set[str] = set()
    for sentence in SENTENCE.split(text):
        named = set(re.findall(r"\bR[123]\b", sentence))
        papers = named or papers  # a section without a paper is of the one named last
        if named or SECTION.search(sentence):
            known = set().union(*map(figures, papers)) | THEIR_CODE | MEANT
            yield from ((number, plain(number) in known) for number in LONG.findall(sentence))


def misquoted(text: str) -> list[str]:
    """Those that no paper has."""
    return [number for number, known in quoted(text) if not known]


def source(path: Path, kind: str) -> str:
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind)


@pytest.mark.parametrize("path", [*CHAPTERS, *TYPED], ids=lambda path: path.name)
def test_code_claims_and_tests_type_no_figure_of_a_paper(path):
    assert not typed(source(path, "code")), "ask for it by name: lib.tools.papers.look_up, or report(paper=...)"


@pytest.mark.parametrize("path", [*CHAPTERS, *PAGES], ids=lambda path: path.name)
def test_what_prose_quotes_of_a_paper_is_in_its_file(path):
    assert not misquoted(source(path, "markdown")), "book/papers.toml has no such figure of the paper named there"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_no_sentence_of_a_chapter_types_a_figure_of_a_paper(path):
    found = [number for number, known in quoted(source(path, "markdown")) if known and plain(number) not in ALLOWED]
    assert not found, (
        'make a cell of the sentence, Markdown(filled("... {R1 Table I, input, UHP %} ...")), or use words'
    )


def asked_for(code: str) -> Iterator[str]:
    """Names of what a paper says, in a cell's strings: whole ones, and those in braces that `filled` fills."""
    tree = ast.parse(code)
    parts = {part for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one not in parts:
            yield from [one.value] if NAME.match(one.value) else re.findall(r"{(R[123] [^{}]+)}", one.value)


def said_in_words(code: str) -> Iterator[str]:
    """What reports give as their source in words (`source="..."`)."""
    for one in ast.walk(ast.parse(code)):
        for word in one.keywords if isinstance(one, ast.Call) else []:
            if word.arg == "source":
                yield from (text.value for text in ast.walk(word.value) if isinstance(text, ast.Constant))


def code_cells(path: Path) -> Iterator[str]:
    yield from (cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_what_a_chapter_asks_for_by_name_is_in_the_file(path):
    names = [name for code in code_cells(path) for name in asked_for(code) if name not in PAPERS.figures]
    assert not [one for one in names if not any(name.startswith(f"{one}, ") for name in PAPERS.figures)]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_no_report_says_in_words_what_r1_says(path):
    found = [words for code in code_cells(path) for words in said_in_words(code) if re.match(r"R1\b", str(words))]
    assert not found, 'name the passage: report(paper="R1 IV-B, intervals")'


def test_a_wrong_name_and_a_source_in_words_are_seen():
    code = """report("x", 1, paper="R1 IV-B, intervals", source="R1, in words", note=f"R1 IV-B, {x}")
filled("{R1 IV-B, ha}")"""
    assert sorted(asked_for(code)) == ["R1 IV-B, ha", "R1 IV-B, intervals"]
    assert list(said_in_words(code)) == ["R1, in words"]


def test_cited_sections_of_the_papers_exist():
    unknown = []
    for path in [*CHAPTERS, *PAGES, *sorted((ROOT / "lib").rglob("*.py")), *sorted((ROOT / "book").rglob("*.py"))]:
        text = source(path, "markdown") + (source(path, "code") if path.suffix == ".ipynb" else "")
        cited = [(paper, re.sub("^(Table|Figure)s", r"\1", section)) for paper, section in CITED.findall(text)]
        cited += [("R1", section) for section in ROMAN.findall(text)]
        unknown += [(path.name, *one) for one in cited if one[1] not in PAPERS.about[one[0]]["sections"]]
    assert not unknown


def test_a_slip_is_seen():
    table = next(table for table in PAPERS.tables if table.name == "R1 Table I")
    right, wrong = table.rows["input"][2], table.rows["input"][2][:-1] + "9"
    assert typed(f"x = {right}") == [right] and not typed(f"x = {wrong}")
    text = "R1 loses {} % (IV-C). Ours loses 28.61 %."
    assert misquoted(text.format(wrong)) == [wrong] and not misquoted(text.format(right))
    later = "R1 counts them. In the input it loses {} % (Table I). Ours loses 28.61 %."
    assert misquoted(later.format(wrong)) == [wrong] and not misquoted(later.format(right))
    assert CITED.findall("see R1, III-F, and R2 (4.1)") == [("R1", "III-F"), ("R2", "4.1")]
