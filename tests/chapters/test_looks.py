"""Colours that can be told apart, and headings in order: what the pages' looks need before any page is built."""

import re
from importlib import resources
from itertools import pairwise

import nbformat
import pytest
from conftest import ROOT

from book.shared.moving import GUESS, PAPER
from lib.keypoints.layouts import PART_COLOURS

STYLE = (ROOT / "book" / "_static" / "custom.css").read_text()
TEXT, GRAPHICS = 4.5, 3.0  # least contrast for text and for drawings: WCAG 2.2, success criteria 1.4.3 and 1.4.11


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance of an sRGB colour (0 to 255 each): WCAG 2.2."""
    parts = [c / 255 for c in colour]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """From 1, alike, to 21, black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rgb(text: str) -> tuple[int, int, int]:
    digits = text.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return tuple(bytes.fromhex(digits))


def theme_colours(theme: str) -> dict[str, tuple[int, int, int]]:
    """The theme's own colours and ours over them, by name; those given as a plain number only."""
    path = "theme/pydata_sphinx_theme/static/styles/pydata-sphinx-theme.css"
    text = (resources.files("pydata_sphinx_theme") / path).read_text() + STYLE
    found = {}
    for body in re.findall(rf'html\[data-theme="?{theme}"?\]\s*\{{([^}}]*)\}}', text):
        for name, value in re.findall(r"--pst-color-([\w-]+):\s*(#[0-9a-fA-F]{3,6}|var\([\w-]+\))\s*(?:;|$)", body):
            found[name] = value
    for name, value in found.items():
        while value.startswith("var("):
            value = found.get(value[4:-1].removeprefix("--pst-color-"), "")
        found[name] = value
    return {name: rgb(value) for name, value in found.items() if value}


def test_contrast_is_that_of_the_standard():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["text-base", "text-muted", "link", "primary", "secondary"])
@pytest.mark.parametrize("paper", ["background", "on-background", "surface"])
def test_text_and_links_stand_out(theme, ink, paper):
    colours = theme_colours(theme)
    assert contrast(colours[ink], colours[paper]) >= TEXT


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda path: path.stem)
def test_pages_name_their_colours(path):
    """Each of the palette's, by its name in `book.shared.palette`."""
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert not re.findall(r"[\"']#[0-9A-Fa-f]{6}[\"']", "\n".join(code))


@pytest.mark.parametrize("part", PART_COLOURS)
def test_skeletons_stand_out_in_the_player(part):
    assert contrast(PART_COLOURS[part], PAPER) >= GRAPHICS
    assert contrast(GUESS, PAPER) >= TEXT


def test_sliders_stand_out_in_both_themes():
    """Their colour is written where they are made, since JupyterLab has none of the book's styles."""
    sources = [(ROOT / "book" / "shared" / name).read_text() for name in ("slider.html", "player.html")]
    accents = {colour for text in sources for colour in re.findall(r"accent-color: (#\w+)", text)}
    assert accents
    for colour in accents:
        for theme in ("light", "dark"):
            assert contrast(rgb(colour), theme_colours(theme)["background"]) >= GRAPHICS


def heading_levels(text: str) -> list[int]:
    """Levels of the Markdown headings in order; what looks like one inside a code block does not count."""
    prose = re.sub(r"(?ms)^(`{3,}|:{3,}).*?^\1", "", text)
    return [len(marks) for marks in re.findall(r"(?m)^(#{1,6}) ", prose)]


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("[a-z0-9]*.[im]*")), ids=lambda path: path.name)
def test_headings_are_in_order(path):
    """One title, and no level left out on the way down."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        levels = [level for cell in cells if cell.cell_type == "markdown" for level in heading_levels(cell.source)]
    else:
        levels = heading_levels(path.read_text())
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
