"""What a class sees on slides: a takeaway above each picture, letters that can be read, votes, all verdicts."""

import base64
import io
import re
import sys
import tomllib

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from book_reader import Reader
from bs4 import BeautifulSoup
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

sys.path.insert(0, str(ROOT / "book"))

from slides.choose import choose, takeaways  # noqa: E402
from slides.columns import columns, points_to_pixels, side_by_side  # noqa: E402
from slides.page import deck  # noqa: E402
from slides.votes import votes  # noqa: E402

BOOK = ROOT / "book"
QUIZZES = sorted(BOOK.glob("quiz_*.md"))
STARTS = 120  # seconds in which a deck is laid out on a machine that is busy
LETTERS, READABLE = 10, 12.5  # points, of axes and rows; pixels of a slide of 1280 x 720


def figure_cells() -> list[str]:
    """The ids of the cells that draw, over all notebooks; one of them is in `TAKEN` or a test fails."""
    cells = [cell for path in BOOK.glob("*.ipynb") for cell in nbformat.read(path, as_version=4).cells]
    return [cell["id"] for cell in cells if "figure" in cell.metadata.get("tags", [])]


def png(height: float, rows: int, width: float = 3.4) -> str:
    """A chart in the manner of the course's, base64: a line of words and a mark for each row."""
    figure, ax = plt.subplots(figsize=(width, height), layout="constrained")
    for row in range(rows):
        ax.text(0, row - 0.3, f"a claim of some words, number {row}", fontsize=9.5)
        ax.plot([-0.4, 0.4], [row, row])
    ax.axvline(0)
    ax.set(ylim=(rows, -1), yticks=[])
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=100)
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def chart(height: float = 3, rows: int = 4, name: str = "drawn", **options):
    output = new_output("display_data", {"image/png": png(height, rows, **options)})
    return new_code_cell("plot()", id=name, outputs=[output], metadata={"tags": ["figure"]})


def test_each_picture_has_its_takeaway_and_each_takeaway_its_picture():
    ids = figure_cells()
    assert len(ids) > 100 and len(set(ids)) == len(ids), "two cells with one id: their pictures would share a takeaway"
    assert set(ids) == set(takeaways()), set(ids) ^ set(takeaways())


def test_a_takeaway_is_a_sentence_and_types_no_result():
    for name, said in takeaways().items():
        assert 40 <= len(said) <= 100 and said[0].isupper() and said[-1] in ".?", name
        assert not re.search(r"(?<![A-Za-z])\d|per ?cent", said), f"{name}: what a run gives belongs into the picture"
    assert len(set(takeaways().values())) == len(takeaways())
    text = (BOOK / "slides" / "takeaways.toml").read_text(encoding="utf-8")
    assert len(tomllib.loads(text)) == sum(" = " in line for line in text.splitlines() if not line.startswith("#"))


def test_a_takeaway_stands_above_its_picture_in_the_place_of_sentences():
    words = new_markdown_cell("## Hands\n\nMany words here.")
    (slide,) = choose(new_notebook(cells=[words, chart()]), {"drawn": "Look at the line."})
    assert slide.takeaway == "Look at the line." and slide.picture and not slide.words
    assert "Many words here." in slide.notes
    page = BeautifulSoup(deck([slide], {}), "html.parser")
    order = [node.name for node in page.section.find_all(["h1", "p", "div"], recursive=False)]
    assert order == ["h1", "p", "div"] and page.section.p.text == "Look at the line."


def test_what_a_takeaway_cannot_say_keeps_a_slide():
    """A formula or a list stays, and the picture comes on the next slide."""
    for block in ("$$x^2$$", "- one,\n- two"):
        words = new_markdown_cell(f"## Hands\n\nMany words here.\n\n{block}")
        first, second = choose(new_notebook(cells=[words, chart()]), {"drawn": "Look at the line."})
        assert block in first.words and not first.picture and second.takeaway and not second.words


def test_a_tall_picture_is_set_in_columns_between_its_rows():
    tall = png(10, 18)
    pieces = columns(tall)
    assert len(pieces) == 3 and len(columns(png(3, 4, width=8))) == len(columns(png(6.5, 17, width=10.3))) == 1
    images = [np.asarray(Image.open(io.BytesIO(base64.b64decode(piece))).convert("L")) for piece in pieces]
    whole = np.asarray(Image.open(io.BytesIO(base64.b64decode(tall))).convert("L"))
    assert len({image.shape for image in images}) == 1, "or each would be shown in a size of its own"
    bare = [image[: np.flatnonzero((image != 255).any(1))[-1] + 1] for image in images]
    at = 0
    for piece in bare:  # nothing is lost, nothing is shown twice, and no letter is cut
        assert np.array_equal(whole[at : at + len(piece)], piece)
        at += len(piece)
        assert piece is bare[-1] or np.array_equal(piece[-1], piece[-2])
    assert (whole[at:] == 255).all()
    assert points_to_pixels(pieces[0]) == points_to_pixels(tall) == pytest.approx(100 / 72, abs=0.01)


def test_many_small_diagrams_come_on_two_slides():
    figure, _ = plt.subplots(4, 3, figsize=(12, 10.5), layout="constrained")
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=100)
    plt.close(figure)
    pieces = columns(base64.b64encode(buffer.getvalue()).decode())
    assert len(pieces) == 2 and side_by_side(pieces) == [[pieces[0]], [pieces[1]]]


def test_a_picture_without_a_quiet_row_stays_whole():
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (900, 200, 3), dtype=np.uint8)).save(buffer, "png")
    noise = base64.b64encode(buffer.getvalue()).decode()
    assert columns(noise) == [noise] and points_to_pixels(noise) == 0


def test_a_cut_parts_no_name_from_its_mark():
    """Rows of black, a narrow gap, black, a broad gap: cut in the broad ones only."""
    row = np.repeat([0, 255, 0, 255], [8, 7, 8, 20]).astype(np.uint8)
    picture = np.repeat(np.tile(row, 20)[:, None], 300, axis=1)
    picture[:, 150] = 90  # an upright line
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "png")
    pieces = columns(base64.b64encode(buffer.getvalue()).decode())
    assert len(pieces) == 3
    for piece in pieces:
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(piece))).convert("L"))[:, 0]
        dark = np.flatnonzero(np.diff(np.r_[255, image]) != 0)[::2]  # where each bar begins
        assert len(dark) % 2 == 0, "a bar lacks its fellow"


def test_pictures_of_one_cell_share_a_slide_only_where_their_letters_stay_large():
    small, broad = png(3, 3, width=3.4), png(3, 3, width=7)
    assert side_by_side([small, small, broad, broad]) == [[small, small], [broad], [broad]] and side_by_side([]) == []
    cell = chart(width=7)
    cell.outputs *= 2
    slides = choose(new_notebook(cells=[new_markdown_cell("## Hands\n\nWords."), cell]), {"drawn": "Look."})
    assert [(slide.title, slide.takeaway, slide.picture.count("<img")) for slide in slides] == [
        ("Hands", "Look.", 1)
    ] * 2


def test_only_the_first_column_is_described():
    cell = chart(10, 18)
    cell.metadata["mystnb"] = {"image": {"alt": "All claims."}}
    (slide,) = choose(new_notebook(cells=[cell]), {})
    shown = BeautifulSoup(slide.picture, "html.parser").find_all("img")
    assert [image["alt"] for image in shown] == ["All claims.", "", ""]


@pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)
def test_each_question_is_a_vote_and_then_its_answer(path):
    text = path.read_text(encoding="utf-8")
    slides = votes(text)[1:]
    assert len(slides) == 2 * len(re.findall(r"^## ", text, re.M)) > 0
    for vote, answer in zip(slides[::2], slides[1::2]):
        choices = [words for words in vote.words if re.match(r"\*\*[A-G]\.\*\* ", words)]
        assert len(choices) >= 3 and len(vote.words) > len(choices) and not vote.notes
        right, reason = answer.words
        assert right in choices and len(reason.split()) >= 5 and "**Right.**" not in reason
        assert len(answer.notes) == len(choices) - 1 and vote.title.split(": ")[1] == answer.title.split(": ")[1]


def test_the_claims_deck_has_the_verdicts_on_all_three_papers():
    """No picture of claims is left out, however tall it is."""
    chapter = nbformat.read(BOOK / "15_claims.ipynb", as_version=4)
    drawn = [cell for cell in chapter.cells if "claim_chart.forest" in cell.source]
    assert len(drawn) == 3 and all("slide_type" not in cell.metadata.get("slideshow", {}) for cell in drawn)


@pytest.fixture(scope="module")
def reader(chromium, tmp_path_factory):
    import shutil

    if not (driver := shutil.which("chromedriver")):
        pytest.skip("no chromedriver on this machine")
    someone = Reader(tmp_path_factory.mktemp("decks"), 1280, chromium, driver)
    yield someone
    someone.chromium.quit()


@pytest.mark.parametrize(
    ("height", "rows", "width"), [(10, 18, 3.4), (13, 24, 3.4), (6.3, 10, 3.4), (4, 5, 8), (6.5, 17, 10.3)]
)
def test_in_a_browser_letters_can_be_read(reader, height, rows, width):
    """As large as the browser shows them; the sizes are those of the claims' charts, of most others, of the largest."""
    cells = [new_markdown_cell("# T\n\n**Question.** What?"), chart(height, rows, width=width)]
    slides = choose(
        new_notebook(cells=cells),
        {"drawn": "What one should take from this picture, in a sentence of two lines, the longest."},
    )
    (reader.html / "deck.html").write_text(deck(slides, {}), encoding="utf-8")
    reader.open("deck")
    reader.until(
        lambda: reader.ask("return document.body.classList.contains('running')"), "the deck does not start", STARTS
    )
    shown = reader.ask("return [...document.images].map((image) => Number(image.dataset.shown))")
    assert shown and min(shown) * LETTERS >= READABLE, shown


def test_in_a_browser_votes_fit_their_slides(reader):
    for path in QUIZZES:
        page = deck(votes(path.read_text(encoding="utf-8")), {})
        (reader.html / f"{path.stem}.html").write_text(page, encoding="utf-8")
        reader.open(path.stem)
        reader.until(
            lambda: reader.ask("return document.body.classList.contains('running')"), "the deck does not start", STARTS
        )
        assert not reader.ask("return document.querySelectorAll('[data-overflow=true]').length"), path.stem
        size = "parseFloat(getComputedStyle(p).fontSize)"
        sizes = reader.ask(f"return [...document.querySelectorAll('.vote .words p')].map((p) => {size})")
        assert sizes and min(sizes) >= 24, path.stem
