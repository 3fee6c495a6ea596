"""Which words become links to chapters, before any page is built."""

import pytest
from docutils import nodes
from docutils.utils import new_document

from book.chapter_links import MENTION, chapters, join_lines, pieces
from book.shared.pages import chapter_of, pages_of

KNOWN = chapters(
    iter(["book/02a_made", "book/02b_split", "book/06_counting_hands", "book/12_joins2sign", "book/glossary"])
)


@pytest.mark.parametrize(
    ("page", "number"), [("book/06_counting_hands", "6"), ("02b_split", "2b"), ("book/glossary", None)]
)
def test_a_files_name_says_its_number(page, number):
    assert chapter_of(page) == number


def test_a_chapter_that_has_only_parts_begins_with_its_first():
    assert KNOWN["2"] == KNOWN["2a"] == "book/02a_made" and "0" not in KNOWN


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("See chapter 6, and chapter 6 of a book.", ["chapter 6", "chapter 6"]),
        ("Chapters 2, 6 and 12", ["2", "6", "12"]),
        ("chapters 2b to 6: 12 pages", ["2b", "6"]),
        ("chapter 99", []),
        ("chapter\n6", ["chapter\n6"]),
        ("the chapter; 6 hands", []),
    ],
)
def test_what_is_linked(text, linked):
    cut = pieces(text, KNOWN, own=None)
    assert [piece[0] for piece in cut if isinstance(piece, tuple)] == linked
    assert "".join(piece if isinstance(piece, str) else piece[0] for piece in cut) == text


def test_a_chapter_does_not_link_to_itself():
    assert pieces("as chapters 6 and 12 say", KNOWN, own="6") == [
        "as chapters 6 and ",
        ("12", "book/12_joins2sign"),
        " say",
    ]


def test_a_page_does_not_link_to_itself_by_its_chapters_number():
    assert pieces("chapter 2", KNOWN, own="2a") == ["chapter 2"]
    assert pieces("chapter 2", KNOWN, own="2b") == [("chapter 2", "book/02a_made")]


def test_a_chapter_and_its_pages(tmp_path):
    for name in ("02a_made", "02b_split", "06_counting_hands", "12_joins2sign", "papers_tables"):
        (tmp_path / f"{name}.ipynb").touch()

    def names(chapter):
        return [path.stem for path in pages_of(chapter, tmp_path)]

    assert names(2) == names("2") == ["02a_made", "02b_split"] and names("2b") == ["02b_split"]
    assert names(6) == ["06_counting_hands"] and not names(1)


def test_lines_of_a_paragraph_meet():
    paragraph = nodes.paragraph(
        "", "", nodes.Text("in chapter"), nodes.Text("\n"), nodes.Text("6"), nodes.literal("", "x")
    )
    document = new_document("page")
    document += paragraph
    join_lines(document)
    assert len(paragraph) == 2 and paragraph[0].parent is paragraph and MENTION.search(paragraph[0].astext())
