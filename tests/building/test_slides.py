"""Slides: what becomes one, how few words it has, and decks that need nothing but the browser."""

import base64
import io
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

sys.path.insert(0, str(ROOT / "book"))

import build_slides  # noqa: E402
from slides import words  # noqa: E402
from slides.choose import choose  # noqa: E402
from slides.markup import cited_names, to_html, with_names  # noqa: E402
from slides.page import contents, deck  # noqa: E402

from lib.tools.errors import BadInput  # noqa: E402

NAMES = {"one2024": ("Öne et al.", "2024"), "two": ("Two", "")}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TITLE = (
    "# A chapter\n\n**Question.** Who? And why?\n\n**Afterwards you can**\n\n- count,\n- see.\n\n**Time:** 2 minutes."
)


def drawing(alt="A dot.", **metadata):
    output = new_output("display_data", {"image/png": PIXEL + "\n"})
    facts = {"tags": ["figure"], "mystnb": {"image": {"alt": alt}}} | metadata
    return new_code_cell("plot()", outputs=[output], metadata=facts)


def table(**metadata):
    return new_code_cell("t", outputs=[new_output("display_data", {"text/html": "<table></table>"})], metadata=metadata)


def slides_of(*cells):
    return choose(new_notebook(cells=list(cells)), {})


@pytest.mark.parametrize(
    "text",
    [
        "R1 counts the hands that an estimator has lost in every single film.| It is a share.",
        "Short. Then the next sentence comes along as well, for company.| Not this one.",
        "The networks are those of U. M. Taşyürek and of her two colleagues, e.g. B-AE of that kind.| No more.",
        "**In bold, a sentence may well end. And go on in bold letters for a while.**| Not this.",
    ],
)
def test_first_sentence(text):
    assert words.first_sentence(text.replace("|", "")) == text.partition("|")[0]


def test_shortened_keeps_formulas_lists_and_tables_but_no_code():
    parts = ["Long text goes here and it does not want to end at all, or does it. Second.", "$$x^2$$", "    make x"]
    parts += [
        "- **Lead.** More words.\n- a list item that is\n  long",
        "| a |\n|---|",
        "```\ncode\n```",
        "(aside)",
        "rest of it",
    ]
    kept = words.shortened(parts)
    assert kept == [parts[0][:-8], "$$x^2$$", "- **Lead.**\n- a list item that is long", "| a |\n|---|"]


def test_blocks_do_not_cut_fences():
    assert words.blocks("a\n\n```\nb\n\nc\n```\n\nd") == ["a", "```\nb\n\nc\n```", "d"]


def test_title_slide_and_objectives():
    first, second = slides_of(new_markdown_cell(TITLE))
    assert (first.title, first.words) == ("A chapter", ["**Question.** Who? And why?"])
    assert (second.title, second.words) == ("Afterwards you can", ["- count,\n- see."])


def test_a_heading_takes_the_first_picture_and_the_next_gets_its_own_slide():
    slides = slides_of(new_markdown_cell("## Hands\n\nWhere do they go?"), drawing(), drawing("Two dots."))
    assert [(slide.title, bool(slide.words), "dots" in slide.picture) for slide in slides] == [
        ("Hands", True, False),
        ("Hands", False, True),
    ]


def test_a_picture_that_finds_many_words_waits_for_the_next_slide():
    long = "\n".join(f"- item {number} of a list with many words in each of its items" for number in range(8))
    text, picture = slides_of(new_markdown_cell(f"## Hands\n\n{long}"), drawing())
    assert not text.picture and picture.picture and not picture.words


def test_solutions_tables_and_further_reading_stay_out():
    hidden = drawing(tags=["hide-cell"])
    slides = slides_of(
        new_markdown_cell("## Hands\n\nWords."), hidden, table(), new_markdown_cell("## Further reading\n\nX.")
    )
    assert [(slide.title, slide.picture) for slide in slides] == [("Hands", "")]


def test_metadata_decides_as_for_nbconvert():
    def kind(name):
        return {"slideshow": {"slide_type": name}}

    slides = slides_of(
        new_markdown_cell("## Hands\n\nWords."),
        new_markdown_cell("Not me.", metadata=kind("skip")),
        new_markdown_cell("Say this.", metadata=kind("notes")),
        new_markdown_cell("And this.", metadata=kind("fragment")),
        table(**kind("slide")),
        drawing(**kind("skip")),
    )
    assert [(slide.title, slide.words) for slide in slides] == [("Hands", ["Words.", "And this."]), ("Hands", [])]
    assert "Say this." in slides[0].notes and "<table" in slides[1].picture


def test_box_and_exercise_are_slides_and_the_heading_goes_on_after_them():
    box = "## Photos\n\nSome.\n\n:::{admonition} Nobody said\n:class: warning\n- **One.** Two.\n:::\n\nHere is more."
    slides = slides_of(new_markdown_cell(box), drawing(), new_markdown_cell("**Exercise 1. Count.** All. Of it."))
    assert [slide.title for slide in slides] == ["Photos", "Nobody said", "Photos", "Exercise 1. Count"]
    assert slides[1].words == ["- **One.**"] and slides[3].words == ["All. Of it."]


def test_a_question_is_a_slide_and_its_answer_is_not_on_it():
    text = "## A\n\nWords.\n\n**Your turn.** Why?\n\n:::{dropdown} Solution\nSo it is.\n:::"
    found = words.sections(text)
    assert [one.title for one in found] == ["A", "Your turn"] and found[-1].blocks == ["Why?"]


def test_citations_become_names():
    text = with_names("Those of {cite:t}`one2024` {cite:p}`two,one2024`.", NAMES)
    assert text == "Those of Öne et al. (2024) (Two; Öne et al. 2024)."


def test_terms_become_words():
    (html,) = to_html(["a share ({term}`UHP`), each {term}`within the\nclip <paired comparison>`"], {})
    assert html == "<p>a share (UHP), each within the\nclip</p>"


def test_every_role_of_the_book_is_known_to_the_slides():
    """docutils leaves out what only Sphinx knows, and a sentence loses a word."""
    texts = [c.source for path in (ROOT / "book").glob("*.ipynb") for c in nbformat.read(path, 4).cells]
    assert {role for text in texts for role in re.findall(r"\{([a-z:]+)\}`", text)} <= {
        "term",
        "download",
        "cite:t",
        "cite:p",
    }


def test_every_citation_of_the_book_has_a_name():
    names = cited_names(ROOT / "book" / "references.bib")
    texts = "".join(path.read_text() for path in (ROOT / "book").glob("*.ipynb"))
    keys = {key.strip() for cited in re.findall(r"\{cite:[tp]\}`([^`]+)`", texts) for key in cited.split(",")}
    assert keys and all(names[key][0] and "{" not in names[key][0] for key in keys)


def test_every_formula_of_the_book_can_be_drawn_without_the_network():
    texts = [cell.source for path in (ROOT / "book").glob("*.ipynb") for cell in nbformat.read(path, 4).cells]
    formulas = sorted({found for text in texts for found in re.findall(r"\$\$[^$]+\$\$", text)})
    drawn = to_html(formulas, {})
    assert formulas and not [formula for formula, html in zip(formulas, drawn) if "<math" not in html or "<pre" in html]


def test_deck_needs_nothing_from_elsewhere():
    html = deck(
        slides_of(new_markdown_cell(TITLE), new_markdown_cell("## B\n\nSee [a](02_next.ipynb)."), drawing()), NAMES
    )
    page = BeautifulSoup(html, "html.parser")
    assert not page.select("link, script[src], iframe") and "url(" not in page.style.text
    assert all(image["src"].startswith("data:") and image["alt"] == "A dot." for image in page.find_all("img"))
    assert page.find("a")["href"] == "02_next.html" and len(page.select("section.slide")) == 3
    assert page.title.text == "A chapter: slides" and not page.find("pre", class_="problematic")


def test_a_numbered_heading_is_no_list():
    page = BeautifulSoup(deck(slides_of(new_markdown_cell("## 2. Hands\n\nWhere?")), NAMES), "html.parser")
    assert page.section.h1.text == "2. Hands" and not page.find("ol")


def png(width, height):
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 90).save(buffer, "png")  # which has no place to cut at
    return base64.b64encode(buffer.getvalue()).decode()


def test_in_a_browser_words_fit_and_a_tall_picture_stands_beside_them(tmp_path):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not browser:
        pytest.skip("no Chromium on this machine")
    shapes, cells = [(40, 10), (10, 40)], []
    for shape in shapes:
        cells += [new_markdown_cell("## Hands\n\n" + "Where do all of the hands of a film go. " * 3), drawing()]
        cells[-1].outputs[0].data["image/png"] = png(*shape)
    long = "\n".join(f"- **Item {n}** with words, words, words, words, words, words, words, words" for n in range(7))
    page = tmp_path / "deck.html"
    page.write_text(deck(slides_of(*cells, new_markdown_cell(f"## Many words\n\n{long}")), NAMES), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,720", "--dump-dom"]
    command += ["--virtual-time-budget=4000", f"--user-data-dir={tmp_path}/profile", page.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        pytest.skip(f"Chromium does not start here: {run.stderr[-300:]}")
    shown = BeautifulSoup(run.stdout, "html.parser").select("section.slide")
    assert ["beside" in slide["class"] for slide in shown] == [False, True, False]
    assert [slide["data-overflow"] for slide in shown] == ["false"] * 3


def test_contents_link_every_deck():
    assert BeautifulSoup(contents({"a.html": ("A & B", 3)}), "html.parser").find("a", href="a.html").text == "A & B"


def test_a_book_that_was_not_run_is_named_and_nothing_is_written(tmp_path):
    with pytest.raises(BadInput, match=r"tour.ipynb has not been run .* `make book` first"):
        build_slides.build_slides(tmp_path)
    assert not list(tmp_path.iterdir())


def test_decks_take_their_pictures_from_the_book_that_was_run(tmp_path):
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    (tmp_path / "book").mkdir()
    (tmp_path / "_toc.yml").write_text("parts:\n  - chapters:\n      - file: book/01_a\n      - file: book/notes\n")
    (tmp_path / "book" / "references.bib").write_text("@misc{one2024, author = {De One, A.}, year = {2024}}")
    cells = [new_markdown_cell(TITLE), new_markdown_cell("## Hands\n\nSee {cite:t}`one2024`."), drawing()]
    chapter = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    cache = get_cache(str(tmp_path / "_build" / ".jupyter_cache"))
    cache.cache_notebook_bundle(CacheBundleIn(chapter, str(tmp_path / "book" / "01_a.ipynb")), check_validity=False)
    chapter.cells[2].outputs = []
    nbformat.write(chapter, tmp_path / "book" / "01_a.ipynb")

    page = build_slides.build_slides(tmp_path / "_build", tmp_path)
    assert "A chapter" in page.read_text() and {path.name for path in page.parent.iterdir()} == {
        "index.html",
        "01_a.html",
    }
    deck_page = BeautifulSoup((page.parent / "01_a.html").read_text(), "html.parser")
    assert deck_page.find("img")["alt"] == "A dot." and "See De One (2024)." in deck_page.text
