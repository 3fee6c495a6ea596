"""The notebooks of a class: nothing that only the book's builder understands, and nobody's work overwritten."""

import sys

import nbformat
import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))
from build_student import RAW, build_student, for_class, plain  # noqa: E402

NAMES = {"somebody2024": ("Somebody et al.", "2024")}


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    out = tmp_path_factory.mktemp("student")
    written, kept = build_student(out, out / "no-build")
    assert written == 2 * len(list((ROOT / "book").glob("*.ipynb"))) and not kept
    return out


def cells(folder, kind):
    for path in sorted(folder.glob("*.ipynb")):
        yield from ((path.name, cell) for cell in nbformat.read(path, 4).cells if cell.cell_type == kind)


def test_the_chapters_have_what_would_be_raw():
    """Else the next test would see nothing, whatever is made."""
    assert sum(len(RAW.findall(cell.source)) for _, cell in cells(ROOT / "book", "markdown")) > 150


@pytest.mark.parametrize("folder", ["", "solutions"])
def test_nothing_raw(student, folder):
    assert not [
        (name, RAW.findall(cell.source))
        for name, cell in cells(student / folder, "markdown")
        if RAW.search(cell.source)
    ]


def test_solutions_are_apart(student):
    assert not [name for name, cell in cells(student, "code") if "SOLUTION" in cell.source]
    assert len([name for name, cell in cells(student / "solutions", "code") if "SOLUTION" in cell.source]) >= 39
    assert not [name for name, cell in cells(student / "solutions", "code") if "stub" in cell.metadata.get("tags", [])]


def test_answers_to_questions_are_apart_too(student):
    asked, told = ("**Your turn.**", "**Solution.**")
    mine, ours = (list(cells(folder, "markdown")) for folder in (student, student / "solutions"))
    assert sum(asked in cell.source for _, cell in mine) > 20
    assert not [name for name, cell in mine if told in cell.source]
    assert not [name for name, cell in ours if (asked in cell.source) != (told in cell.source)]


def test_titles_have_their_numbers(student):
    assert nbformat.read(student / "06a_a_fair_count.ipynb", 4).cells[0].source.startswith("# 6a. Counting hands")


def test_links_lead_to_notebooks_beside(student):
    import re

    for folder in (student, student / "solutions"):
        for name, cell in cells(folder, "markdown"):
            links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", cell.source)
            assert not [link for link in links if not (folder / link.split("#")[0]).is_file()], name


def test_roles_and_boxes_in_words():
    text = "See {cite:t}`somebody2024` on {term}`false hands <false hand>`, [Notation](notation.md).\n\n"
    text += ":::{admonition} A box\n:class: note\n- one,\n\n- two\n:::\n\nAfter."
    told = plain(text, NAMES)
    assert told.startswith("See Somebody et al. (2024) on false hands, *Notation*.")
    assert "> **A box**\n>\n> - one,\n>\n> - two\n\nAfter." in told


def test_what_a_student_wrote_is_kept(student):
    path = student / "01a_missing_hands.ipynb"
    mine = nbformat.read(path, 4)
    mine.cells[-1].source += "\nmine"
    nbformat.write(mine, path)
    (student / "03c_looking_into_trained_ones.ipynb").write_text("{")
    written, kept = build_student(student, student / "no-build")
    assert [one.name for one in kept] == [path.name, "03c_looking_into_trained_ones.ipynb"]
    assert nbformat.read(path, 4).cells[-1].source.endswith("mine")


def test_pictures_stay_and_other_outputs_go():
    picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})
    text = nbformat.v4.new_output("stream", name="stdout", text="hm")
    one = nbformat.v4.new_code_cell("draw()", outputs=[picture, text], metadata={"tags": ["figure", "hide-input"]})
    chapter = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), one])
    made = for_class(chapter, "07_t", NAMES, "solution")
    assert made.cells[1].outputs == [picture] and made.cells[1].metadata["jupyter"]["source_hidden"]


def test_what_is_to_be_guessed_first_is_not_shown():
    picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})
    tags = ["figure", "hide-input", "hide-output"]
    one = nbformat.v4.new_code_cell("draw()", outputs=[picture], metadata={"tags": tags})
    chapter = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), one])
    assert not for_class(chapter, "tour", NAMES, "solution").cells[1].outputs
