"""The built book in Chromium, opened as a reader opens it: what can be pressed works, by mouse and by finger."""

import json
import shutil

import pytest
from book_reader import ON_SCREEN, REACHED, Reader
from conftest import toc_entries
from selenium.webdriver.common.action_chains import ActionChains

pytestmark = pytest.mark.slow

KNOWN = (
    "'THEBE_JS_URL' has already been declared",  # sphinx-thebe writes one line twice; nothing here uses it
    "Got invalid theme mode: . Resetting to auto.",  # what the theme says to whoever comes for the first time
)


@pytest.fixture(scope="module")
def driver(chromium) -> str:
    """The program through which Chromium is told what to do."""
    return shutil.which("chromedriver") or pytest.skip("no chromedriver here (Debian: apt install chromium-driver)")


@pytest.fixture(scope="module")
def reader(request, chromium, driver, html):
    someone = Reader(html, request.param, chromium, driver)
    yield someone
    someone.chromium.quit()


menus = pytest.mark.parametrize("reader", [390, 768, 1100, 1280], indirect=True)
everything = pytest.mark.parametrize("reader", [390, 1280], indirect=True)


@menus
def test_menu_button_shows_the_chapters_and_a_chapter_opens(reader):
    """On narrow screens the button shows them; on wide ones, where they stand there already, it makes room."""
    chapter = ".bd-links a[href='06a_a_fair_count.html']"
    reader.open("book/glossary")
    if reader.width >= 992:
        reader.press(".primary-toggle")
        reader.until(lambda: not reader.shown(chapter), "the chapters stay")
    assert not reader.shown(chapter)
    reader.press(".primary-toggle")
    reader.press(chapter)
    reader.until(lambda: reader.chromium.current_url.endswith("/06a_a_fair_count.html"), "no chapter opens")


# Tables whose box has more to scroll to than it shows, or that stand out of the page.
CUT = """
return [...document.querySelectorAll("article table")].filter((table) => {
  let box = table;
  while (box.tagName !== "ARTICLE" && getComputedStyle(box).overflowX === "visible") box = box.parentElement;
  return box.scrollWidth > box.clientWidth + 1 || table.getBoundingClientRect().right > document.body.clientWidth;
}).map((table) => table.textContent.trim().slice(0, 60));"""
WIDE_TABLES = ["06a_a_fair_count", "12b_tested_on_strangers", "12c_turned_hands", "15_claims", "papers_tables"]


@pytest.mark.parametrize(
    ("reader", "page"),
    [*((1280, page) for page in WIDE_TABLES), *((390, page) for page in ("intro", "15_claims", "papers_tables"))],
    indirect=["reader"],
)
def test_no_table_is_cut(reader, page):
    reader.open(f"book/{page}")
    assert not reader.ask(CUT)


# Of pictures and tables that scroll in a box of their own: whether it says so and takes the keyboard.
WIDE = """
const found = [];
document.querySelectorAll("article :is(img, table)").forEach((node) => {
  let box = node;
  while (box.tagName !== "ARTICLE" && !(box.scrollWidth > box.clientWidth + 1 &&
    /auto|scroll/.test(getComputedStyle(box).overflowX))) box = box.parentElement;
  if (box.tagName === "ARTICLE" || !box.checkVisibility()) return;
  found.push(getComputedStyle(box, "::before").content.includes("slide it sideways") && box.tabIndex === 0);
});
return found;"""


@pytest.mark.parametrize(("reader", "most"), [(390, 99), (1280, 0)], indirect=["reader"])
def test_what_is_wider_than_a_phone_says_so(reader, most):
    """No scroll bar is seen on a phone: a chart whose points lie further right would look like an empty one."""
    reader.open("book/08a_pose_estimators")
    found = reader.ask(WIDE)
    assert min(1, most) <= len(found) <= most
    reader.until(lambda: all(reader.ask(WIDE)), "something is cut, and nothing says that it goes on")


@menus
def test_contents_lead_to_a_section(reader):
    section, link = "#larger-is-not-sharper", ".page-toc a[href='#larger-is-not-sharper']"
    reader.open("book/quiz_what_gets_lost")
    heading = reader.ask("return document.querySelector(arguments[0] + ' > h2')", section)
    assert not reader.ask(ON_SCREEN, heading)
    if reader.width < 1200:
        assert not reader.shown(link)
        reader.press(".secondary-toggle")
    reader.press(link)
    seen = (ON_SCREEN, REACHED)
    reader.until(lambda: all(reader.ask(script, heading) for script in seen), "the section is not to be seen")


@everything
def test_search_finds_pages(reader):
    reader.open("index")
    reader.press(".search-button__button")
    reader.until(lambda: reader.shown("#pst-search-dialog"), "no search field")
    ActionChains(reader.chromium).send_keys("interpolation\n").perform()
    reader.until(lambda: "Search finished" in reader.ask("return document.body.textContent"), "the search goes on")
    reader.press("ul.search > li:first-child a")
    reader.until(lambda: "/search.html" not in reader.chromium.current_url, "no result opens")
    assert "interpolation" in reader.ask("return document.querySelector('article').textContent").lower()


@everything
def test_theme_button_changes_the_colours(reader):
    reader.open("book/glossary")
    themes, colours = set(), set()
    for _ in range(3):  # light, dark, and what the system has
        reader.press(".theme-switch-button")
        themes.add(reader.ask("return document.documentElement.dataset.theme"))
        colours.add(reader.colour())
    assert themes == {"light", "dark"} and len(colours) == 2


@everything
def test_quiz_answer_unfolds(reader):
    reader.open("book/quiz_what_gets_lost")
    told = "#a-doubtful-hand details:first-of-type .sd-card-text"
    assert not reader.shown(told)
    reader.press("#a-doubtful-hand details:first-of-type summary")
    assert reader.until(lambda: reader.shown(told), "no answer").text.startswith(("Right", "No"))


@everything
def test_quiz_counts_the_answer_that_is_opened_first(reader):
    reader.open("book/quiz_what_gets_lost")
    assert not reader.shown(".hf-score")
    for answer in ("1", "3"):  # wrong, then right
        reader.press(f"#a-doubtful-hand details:nth-of-type({answer}) summary")
    reader.press("#larger-is-not-sharper details:nth-of-type(1) summary")
    told = "return document.querySelector('.hf-score').textContent"
    reader.until(lambda: reader.ask(told).startswith("1 of 2 right"), "no score")
    assert "5 to go" in reader.ask(told)
    assert reader.ask("return document.querySelectorAll('.hf-wrong').length") == 1
    reader.press(".hf-again")
    reader.until(lambda: not reader.shown(".hf-score"), "the score stays")


def seam(reader: Reader) -> float:
    """Where the line between the pictures stands, in per cent of their width."""
    return float(
        reader.ask("return document.querySelector('.hf-compare').style.getPropertyValue('--seam')").rstrip("%")
    )


@everything
def test_slider_is_dragged(reader):
    reader.open("book/01a_missing_hands")
    bar = reader.find(".hf-compare input")
    width = bar.size["width"]
    reader.hand().move_to_element(bar).click_and_hold().move_by_offset(width // 4, 0).release().perform()
    assert seam(reader) == pytest.approx(75, abs=5)


@everything
def test_slider_follows_over_the_picture(reader):
    reader.open("book/01a_missing_hands")
    reader.find(".hf-compare")
    picture = reader.shown(".hf-compare figure:first-of-type img")
    hand = reader.hand().move_to_element(picture)
    if reader.touches:
        hand.click_and_hold()
    hand.move_by_offset(-picture.size["width"] // 4, 0)
    if reader.touches:
        hand.release()
    hand.perform()
    assert seam(reader) == pytest.approx(25, abs=2)


@everything
def test_player_plays_and_pauses(reader):
    reader.open("book/06a_a_fair_count")

    def frame() -> str:
        return reader.ask("return document.querySelector('.hf-player output').textContent")

    def picture() -> str:
        return reader.ask("return document.querySelector('.hf-player canvas').toDataURL()")

    first, drawn = frame(), picture()
    reader.press_until(".hf-player button", "Pause")
    reader.until(lambda: frame() != first and picture() != drawn, "nothing moves")
    reader.press_until(".hf-player button", "Play")
    stopped = frame()
    reader.ask("return new Promise((done) => setTimeout(done, 300))")
    assert frame() == stopped


def test_pages_ask_for_nothing_elsewhere_and_their_scripts_run(chromium, driver, html):
    reader = Reader(html, 1280, chromium, driver, logs=True)
    told, said = [], []
    for entry in toc_entries():
        reader.open(entry)
        told += reader.chromium.get_log("performance")  # page by page: a driver that keeps too much of it stops
        said += reader.chromium.get_log("browser")
    reader.chromium.quit()
    events = [json.loads(entry["message"])["message"] for entry in told]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert len(asked) > len(toc_entries())
    assert not [address for address in asked if not address.startswith(("file:", "data:", "blob:", "about:"))]
    errors = [entry["message"] for entry in said if entry["level"] == "SEVERE"]
    assert not [error for error in errors if not any(known in error for known in KNOWN)]
