"""The decks of the whole book, as a browser shows them on 1280 x 720: nothing cut off, and letters that can be read."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from book_reader import Reader
from conftest import CI_BUILD, ROOT, toc_entries

sys.path.insert(0, str(ROOT / "book"))
import build_slides  # noqa: E402

pytestmark = pytest.mark.slow
LETTERS, READABLE = 10, 11.5  # points, of axes and rows; pixels, which a row of four frames has
STARTS = 120  # seconds in which a deck is laid out, all pictures read, on a machine that is busy
READ = """
return [...document.querySelectorAll('.slide')].map((slide) => [slide.id, slide.dataset.overflow === 'true',
  ...[...slide.querySelectorAll('img[data-shown]')].map((image) => Number(image.dataset.shown))]);"""


@pytest.fixture(scope="module")
def slides(html) -> Path:
    """The folder with the decks of the tests' book."""
    return build_slides.build_slides(CI_BUILD / "_build").parent


@pytest.fixture
def reader(chromium, slides):
    """Somebody who reads one of them: a browser that had shown another was seen not to start the next."""
    if not (driver := shutil.which("chromedriver")):
        pytest.skip("no chromedriver on this machine")
    someone = Reader(slides, 1280, chromium, driver)
    yield someone
    someone.chromium.quit()


def decks() -> list[str]:
    pages = [ROOT / f"{entry}.ipynb" for entry in toc_entries()]
    return [path.stem for path in pages if path.is_file()]


@pytest.mark.parametrize("name", decks())
def test_slides_fit_and_their_letters_can_be_read(reader, name):
    reader.open(name)
    reader.until(
        lambda: reader.ask("return document.body.classList.contains('running')"), "the deck does not start", STARTS
    )
    shown = reader.ask(READ)
    assert not [slide for slide, cut, *_ in shown if cut], "cut off"
    assert not [(slide, *sizes) for slide, _, *sizes in shown if sizes and min(sizes) * LETTERS < READABLE]
    drawn = [cell for cell in nbformat.read(ROOT / "book" / f"{name}.ipynb", 4).cells if "figure" in tags(cell)]
    assert bool(drawn) == any(sizes for _, _, *sizes in shown)


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])
