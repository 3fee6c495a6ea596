"""Core and optional sections: each mark says its minutes, nothing of the core leans on what may be left out."""

import re

import nbformat
import pytest
from conftest import ROOT

from book.chapter_links import MENTION
from book.shared import sections
from book.shared.pages import numbered_pages, pages_of
from book.shared.sections import MARK, core_minutes, in_hours, mark, marked, pieces, renewed, renewed_map

BOOK = ROOT / "book"
CHAPTERS = numbered_pages()
LANDING, GUIDE = ((BOOK / name).read_text(encoding="utf-8") for name in sections.TELL)
RENEW = "run: python -m book.shared.sections"
CITED = re.compile(r"\[[^\]]*\]\((\d\d\w+)\.ipynb[^)]*\)[^.|;]*?\"([^\"]+)\"")
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def page(*texts):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text) for text in texts])


def optional_titles(path):
    return {piece.title for piece in pieces(read(path)) if piece.optional}


@each_chapter
def test_every_section_is_core_or_says_that_it_is_optional(path):
    """A mark stands right below its heading, in its form, with its minutes; "optional" in any other form is none."""
    found, text = (
        pieces(read(path)),
        "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown"),
    )
    told = [(piece.title, piece.told) for piece, _ in marked(found)]
    assert told == [(piece.title, minutes) for piece, minutes in marked(found)], RENEW
    assert len(told) == len(MARK.findall(text)) == len(re.findall(r"^\W*Optional\b", text, re.M | re.I))
    assert all(mark(minutes) in text for _, minutes in told)
    core = [piece for piece in found if piece.level == 2 and not piece.optional]
    assert len(core) >= 3


@each_chapter
def test_core_and_optional_add_up_to_the_page(path):
    """The rule of test_chapter_times, applied to the whole page at once."""
    cells = read(path).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    words, questions = sum(len(re.findall(r"\w+", text)) for text in prose), "".join(prose).count(sections.QUESTION)
    tags = [tag for cell in cells for tag in cell.metadata.get("tags", [])]
    whole = words / 120 + 3 * questions + tags.count("figure") + 10 * tags.count("solution")
    found = pieces(read(path))
    optional = sum(piece.minutes for piece in found if piece.optional)
    assert core_minutes(found) + optional == pytest.approx(whole)


def test_most_chapters_have_something_to_leave_out():
    assert sum(bool(optional_titles(path)) for path in CHAPTERS) > len(CHAPTERS) / 2


def leaning(path, text):
    """Optional sections of earlier chapters that a text cites."""
    cited = CITED.findall(" ".join(text.split()))
    earlier = {other.stem: optional_titles(other) for other in CHAPTERS if other.stem < path.stem}
    return [(stem, title) for stem, title in cited if title in {t.partition(":")[0] for t in earlier.get(stem, ())}]


@each_chapter
def test_no_later_core_section_leans_on_an_optional_one(path):
    core = [text for title, text in texts(path) if title not in optional_titles(path)]
    assert not leaning(path, "\n\n".join(core))


def texts(path):
    """(title, text) of each piece of a page."""
    title = ""
    for cell in read(path).cells:
        for text in sections.HEADING.split(cell.source) if cell.cell_type == "markdown" else []:
            if heading := sections.TITLE.match(text):
                title = heading[2].strip()
            yield title, text


def test_what_leans_is_seen():
    by = BOOK / "09a_gaps_and_lines.ipynb"
    assert leaning(by, 'See [chapter 1b](01b_larger_is_not_sharper.ipynb), "How many pixels do hands need?"') == [
        ("01b_larger_is_not_sharper", "How many pixels do hands need?")
    ]
    assert not leaning(by, 'See [chapter 1](01a_missing_hands.ipynb), "Look first"')
    assert not leaning(BOOK / "00_before.ipynb", 'See [chapter 1](01b_larger_is_not_sharper.ipynb), "Your own video"')


def test_no_plan_takes_an_optional_section():
    """Of the chapters that a plan's row links to, or of chapter 1."""
    plans = [row for row in GUIDE.splitlines() if re.match(r"\| \d:\d\d \|", row)]
    assert len(plans) > 20
    for row in plans:
        stems = [*(path.stem for path in pages_of(1)), *re.findall(r"\((\d\d\w+)\.ipynb\)", row)]
        optional = set().union(*(optional_titles(BOOK / f"{stem}.ipynb") for stem in stems))
        assert not optional & set(re.findall(r'"([^"]+)"', row)), row


def test_the_landing_page_and_the_guide_say_what_the_core_takes():
    assert renewed_map(LANDING, BOOK) == LANDING, RENEW
    assert len(sections.MAP.findall(LANDING)) == len(CHAPTERS)
    assert in_hours(LANDING) in LANDING and in_hours(LANDING) in GUIDE, RENEW


def test_hours_are_those_of_the_map():
    line = "| {} | [A]({}.ipynb) | asks | what? | {} | {} | {}|"
    text = "\n".join([line.format(1, "01_a", 60, 35, "core "), line.format("2a", "02a_b", 90, 50, "")])
    assert in_hours(text) == "takes 1.5 hours of 2.5, in the core chapters alone 1 of 1"
    assert not MENTION.search(in_hours(text)), "hours of chapters would become a link to a chapter"


def test_a_mark_holds_for_what_lies_below_its_heading():
    words = " ".join(["word"] * 240)
    found = pieces(
        page(
            f"# T\n\n{words}",
            f"{words}\n\n## A\n\n*Optional, about 9 minutes.*\n\n{words}\n\n### B\n\n{words}",
            f"## C\n\n{words}\n\n### D\n\n*Optional, about 1 minute.*",
            "## E\n\nIt is *Optional, about 1 minute.*",
        )
    )
    assert [(p.title, p.level, p.optional) for p in found] == [
        ("", 1, False), ("A", 2, True), ("B", 3, True), ("C", 2, False), ("D", 3, True), ("E", 2, False)
    ]  # fmt: skip
    assert [(p.title, p.told, minutes) for p, minutes in marked(found)] == [("A", 9, 4), ("D", 1, 1)]
    assert core_minutes(found) == pytest.approx(6, abs=0.2)


def test_minutes_are_renewed_once():
    text = f"## A\n\n*Optional, about 9 minutes.*\n\n{' '.join(['word'] * 100)}\n\n## B\n\n*Optional, about 3 minutes.*"
    made = renewed(page("# T", text))
    assert MARK.findall(made.cells[1].source) == ["1", "1"] and "about 1 minute.*" in made.cells[1].source
    assert renewed(made).cells[1].source == made.cells[1].source
