"""The built book: complete, executed, without warnings, without dead links, and described for who cannot see it."""

from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, toc_entries

from book.chapter_links import MENTION, chapters, pieces
from book.shared.pages import chapter_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(html) -> dict[Path, BeautifulSoup]:
    found = {html / f"{entry}.html" for entry in toc_entries()}
    return {page: BeautifulSoup(page.read_text(), "html.parser") for page in sorted(found)}


def test_builds_without_warnings(build_log):
    status, log = build_log
    assert status == 0 and "WARNING:" not in log, log[-6000:]


def test_says_where_the_pages_are(build_log, html):
    assert (html / "index.html").is_file()
    assert "index.html" in build_log[1].splitlines()[-1]


@pytest.mark.parametrize("entry", toc_entries())
def test_every_entry_has_a_page(entry, html):
    assert (html / f"{entry}.html").is_file()


def test_every_notebook_is_in_the_table_of_contents():
    on_disk = {f"book/{path.stem}" for path in (ROOT / "book").glob("*.ipynb")}
    assert on_disk <= set(toc_entries())


def test_every_chapter_that_prose_names_is_a_link(pages):
    """Also in the notebooks; what a code cell shows, headings, and a chapter's mention of itself stay as they are."""
    left = [f"{page.name}: {words}" for page, soup in pages.items() for words in unlinked_chapters(soup, page)]
    assert not left


def test_chapters_carry_their_numbers(pages):
    """In the title of the page and in the sidebar of every page."""
    titles = {page.name: soup.select_one("article h1").text for page, soup in pages.items()}
    for name, title in titles.items():
        number = chapter_of(name.removesuffix(".html"))
        assert not number or title.startswith(f"{number}. "), title
    for soup in pages.values():
        shown = [link.text.strip() for link in soup.select(".bd-links a") if "Counting hands" in link.text]
        assert shown == ["6a. Counting hands: a fair count", "6b. Counting hands: what each idea brings"]


def test_no_traceback(pages):
    for page, soup in pages.items():
        assert not soup.select(".output.traceback") and "Traceback (most recent call last)" not in soup.text, page


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_code_cell_was_executed(path, build_log, chapter_cache, html):
    """The cache has this very chapter (it raises KeyError otherwise), each cell run, and the page shows outputs."""
    record = chapter_cache.match_cache_notebook(nbformat.read(path, as_version=4))
    cells = [cell for cell in chapter_cache.get_cache_bundle(record.pk).nb.cells if cell.source]
    assert cells and all(cell.execution_count for cell in cells)
    assert BeautifulSoup((html / "book" / f"{path.stem}.html").read_text(), "html.parser").select(".cell_output")


def test_internal_links_lead_somewhere(pages):
    dead = []
    for page, soup in pages.items():
        for tag, attribute in [("a", "href"), ("img", "src"), ("video", "src"), ("source", "src"), ("script", "src")]:
            for node in soup.find_all(tag, attrs={attribute: True}):
                dead += [f"{page.name}: {node[attribute]}"] if leads_nowhere(node[attribute], page, pages) else []
    assert not dead


def unlinked_chapters(soup: BeautifulSoup, page: Path) -> list[str]:
    """What the prose of a page names without a link."""
    known, found = chapters(iter(toc_entries())), []
    for text in soup.select_one("article").find_all(string=MENTION):
        closed = {"a", "h1", "h2", "h3", "h4", "code", "pre", "script", "style", "title"} & {
            one.name for one in text.parents
        }
        if not closed and not text.find_parent(class_="cell_output"):
            cut = pieces(str(text), known, chapter_of(page.stem))
            found += [piece[0] for piece in cut if isinstance(piece, tuple)]
    return found


def leads_nowhere(link: str, page: Path, pages: dict[Path, BeautifulSoup]) -> bool:
    """True for a link inside the book whose file, or whose place in that file, does not exist."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link == "#":
        return False
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_file():
        return True
    fragment = unquote(parts.fragment)
    return bool(fragment) and target in pages and pages[target].find(id=fragment) is None


def test_every_picture_has_alt_text(pages):
    silent = [
        f"{page.name}: {str(img)[:200]}"
        for page, soup in pages.items()
        for img in soup.find_all("img")
        if not img.get("alt", "").strip()
    ]
    assert not silent


def test_every_clip_has_a_description(pages):
    """A <video> says in its aria-label what can be seen."""
    silent = [
        page.name
        for page, soup in pages.items()
        for clip in soup.find_all("video")
        if not clip.get("aria-label", "").strip()
    ]
    assert not silent


def test_every_page_says_its_language_and_has_a_way_past_the_menu(pages):
    for page, soup in pages.items():
        assert soup.html.get("lang") == "en", page.name
        assert soup.find("a", href="#main-content") and soup.find(id="main-content"), page.name


def test_headings_are_in_order(pages):
    """One h1, and no level left out on the way down: screen readers offer headings as the page's plan."""
    for page, soup in pages.items():
        levels = [int(heading.name[1]) for heading in soup.select("article :is(h1, h2, h3, h4, h5, h6)")]
        assert levels[0] == 1 and levels.count(1) == 1, page.name
        assert all(below - above <= 1 for above, below in pairwise(levels)), f"{page.name}: {levels}"


def test_what_moves_and_what_is_pressed_has_words(pages):
    """Canvases and sliders carry a label; a button says or is labelled what it does."""
    silent = [
        f"{page.name}: {str(node)[:200]}"
        for page, soup in pages.items()
        for node in soup.select("article :is(canvas, button, input, svg, iframe)")
        if not (node.get("aria-label") or node.get("title") or node.text.strip() or node.get("aria-hidden"))
        and not (node.name == "input" and node.find_parent("label"))
    ]
    assert not silent


def test_pages_fetch_nothing_from_elsewhere(pages):
    """The book can be read where there is no network, and tells nobody that it is read."""
    for page, soup in pages.items():
        loaded = [node["src"] for node in soup.find_all(["script", "img", "video", "source", "iframe"], src=True)]
        loaded += [node["href"] for node in soup.find_all("link", rel="stylesheet")]
        assert not [address for address in loaded if urlsplit(address).netloc], page.name


def test_reports_can_be_stacked_on_a_phone(pages):
    """Every cell of a report's table knows its column, and the style that needs it is loaded."""
    tables = [(soup, table) for soup in pages.values() for table in soup.select("table.report")]
    assert tables
    for soup, table in tables:
        assert all(cell.find("span", attrs={"data-label": True}) for cell in table.select("tbody td"))
        assert [link for link in soup.find_all("link", rel="stylesheet") if "custom.css" in link["href"]]
