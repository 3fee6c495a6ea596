"""Somebody who reads the built book in Chromium, by mouse or by finger."""

from contextlib import suppress
from pathlib import Path

from selenium import webdriver
from selenium.common import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from urllib3.exceptions import ReadTimeoutError

HEIGHT = 800
ANSWERS = 60  # seconds in which a driver answers, or never will
LOGS = ("browser", "performance")
PATIENCE = 20  # seconds, of which a machine that does nothing else needs less than one
TAPS = 4  # on a busy machine a tap lasts so long at times that it is no click: who reads taps again, after PATIENCE
TOUCHED = (390, 768)  # a phone and a tablet, in CSS pixels; wider screens have a mouse
FLAGS = [
    "--headless=new",
    "--no-sandbox",  # which Chromium cannot have as root
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    "--lang=en",
]
# The element of a selector that is to be seen, if there is just one; and whether a press on its middle would reach it.
SHOWN = """
const shown = [...document.querySelectorAll(arguments[0])].filter((node) => {
  const box = node.getBoundingClientRect();  // what waits beside the screen is not to be seen
  return box.right > 0 && box.left < innerWidth && node.checkVisibility({visibilityProperty: true});
});
return shown.length === 1 ? shown[0] : null;"""
REACHED = """
// where it is pressed: a link may go over two lines, and the middle of both is between them
const place = () => arguments[0].getClientRects()[0] ?? arguments[0].getBoundingClientRect(), before = place();
return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const box = place(), hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  done(arguments[0].contains(hit) && box.x === before.x && box.y === before.y);  // and it is not on its way elsewhere
})));"""
LISTEN = """
window.clicked = false;
addEventListener("click", () => { window.clicked = true; }, {capture: true, once: true});"""
CLICKED = "return window.clicked !== false;"  # a page that a click has led to knows nothing of it
ON_SCREEN = """
const box = arguments[0].getBoundingClientRect();
return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;"""


class Reader:
    """Somebody who reads the pages in ``html`` (a folder) on a screen ``width`` CSS pixels wide."""

    def __init__(self, html: Path, width: int, browser: str, driver: str, logs: bool = False):
        self.html, self.width, self.touches, self.driver = html, width, width in TOUCHED, driver
        self.options = options = webdriver.ChromeOptions()
        options.binary_location = browser
        if logs:  # of the driver; they slow it, so that only who reads them asks for them
            options.set_capability("goog:loggingPrefs", dict.fromkeys(LOGS, "ALL"))
        screen = {"width": width, "height": HEIGHT, "pixelRatio": 1, "mobile": self.touches, "touch": self.touches}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": screen})
        for flag in FLAGS:
            options.add_argument(flag)
        self.start()

    def start(self) -> None:
        self.chromium = webdriver.Chrome(options=self.options, service=webdriver.ChromeService(self.driver))
        self.chromium.command_executor.client_config.timeout = ANSWERS

    def open(self, entry: str) -> None:
        """Go to a page. A driver that does not answer (old ones stop at times) says nothing of the page: a new one."""
        try:
            self._go(entry)
        except (ReadTimeoutError, TimeoutException):
            self.chromium.service.stop()
            self.start()
            self._go(entry)

    def _go(self, entry: str) -> None:
        self.chromium.get("about:blank")  # or an address that differs in its #part only would not be loaded anew
        self.chromium.get((self.html / f"{entry}.html").as_uri())

    def ask(self, script: str, *arguments):
        return self.chromium.execute_script(script, *arguments)

    def until(self, condition, message: str, patience: float = PATIENCE):
        """What ``condition`` gives as soon as it holds; the test fails if it does not in time."""
        patient = WebDriverWait(self.chromium, patience, 0.05, ignored_exceptions=[StaleElementReferenceException])
        return patient.until(lambda _: condition(), f"{self.width} pixels: {message}")

    def shown(self, selector: str) -> WebElement | None:
        return self.ask(SHOWN, selector)

    def hand(self) -> ActionChains:
        """A mouse, or a finger."""
        pointer = PointerInput("touch" if self.touches else "mouse", "hand")
        return ActionChains(self.chromium, duration=50, devices=[pointer])

    def find(self, selector: str) -> WebElement:
        """The one shown element of ``selector``, scrolled to, with nothing over it."""
        node = self.until(lambda: self.shown(selector), f"no single {selector} is shown")
        self.ask("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", node)
        self.until(lambda: self.ask(REACHED, node), f"{selector} cannot be reached")
        return node

    def press(self, selector: str) -> None:
        for _ in range(TAPS):
            node = self.find(selector)
            self.ask(LISTEN)
            self.hand().move_to_element(node).click().perform()
            with suppress(TimeoutException):
                self.until(lambda: self.ask(CLICKED), f"{selector} is pressed in vain")
                return
        raise TimeoutException(f"{self.width} pixels: {selector} is pressed in vain")

    def press_until(self, selector: str, text: str) -> None:
        """Press what two presses bring back to where it was: one that came late may have been made twice."""
        for _ in range(TAPS):
            self.press(selector)
            with suppress(TimeoutException):
                self.until(lambda: self.find(selector).text == text, f"{selector} is not {text!r}", PATIENCE / TAPS)
                return
        raise TimeoutException(f"{self.width} pixels: {selector} does not become {text!r}")

    def colour(self) -> str:
        return self.ask("return getComputedStyle(document.body).backgroundColor")
