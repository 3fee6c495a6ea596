"""Which slides a chapter gives: one for each heading, one for each further picture.

Nothing has to be written into a chapter for that. Where another choice is better, a cell says so in its metadata, as
for nbconvert (`{"slideshow": {"slide_type": ...}}`):

    "skip"                not on the slides
    "slide", "subslide"   begins a slide; of a code cell, the table that it shows
    "fragment", "-"       goes onto the slide before; of a code cell, the table that it shows
    "notes"               only among the speaker's notes

Above a picture stands what a class should take from it: `book/slides/takeaways.toml` has a sentence for each.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from nbformat import NotebookNode

from .columns import columns, points_to_pixels, side_by_side
from .words import LIST, Section, blocks, sections, shortened

BEGINS = ("slide", "subslide")
JOINS = ("fragment", "-")
LEFT_OUT = ("Further reading",)
FOR_READERS = ("**Time", "**Before you start", "*Optional")  # begin the lines on minutes and prerequisites
NOT_SHOWN = {"hide-cell", "exercise"}  # solutions, and what follows them up
MORE_THAN_SENTENCES = ("$$", "|", "**Question")  # begin what a takeaway does not replace
ROOM_BESIDE_A_PICTURE = 280  # characters; a picture that finds more of them gets the next slide


@dataclass
class Slide:
    """A title, blocks of Markdown, at most one picture (HTML) with what to take from it, and the speaker's notes."""

    title: str
    words: list[str] = field(default_factory=list)
    picture: str = ""
    takeaway: str = ""
    notes: list[str] = field(default_factory=list)
    heading: str = ""  # what the chapter goes on under after a box or an exercise
    wanted: bool = False  # is shown even without a picture
    closed: bool = False  # takes neither further words nor a picture
    kind: str = ""  # a class for deck.css

    @property
    def worth_showing(self) -> bool:
        return bool(self.picture) or (self.wanted and bool(self.words))

    @property
    def crowded(self) -> bool:
        return sum(len(block) for block in self.words if not _is_formula(block)) > ROOM_BESIDE_A_PICTURE

    @property
    def has_sentences_only(self) -> bool:
        return not any(block.startswith(MORE_THAN_SENTENCES) or LIST.match(block) for block in self.words)

    @property
    def has_room(self) -> bool:
        return not (self.picture or self.closed) and sum(not _is_formula(block) for block in self.words) < 2


def takeaways() -> dict[str, str]:
    """What a class should take from each picture, by the id of the cell that draws it."""
    return tomllib.loads((Path(__file__).parent / "takeaways.toml").read_text(encoding="utf-8"))


def choose(notebook: NotebookNode, taken: Mapping[str, str]) -> list[Slide]:
    """The slides of an executed chapter, in order, with the takeaways of its pictures."""
    slides = [Slide("")]
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind == "skip":
            continue
        if kind == "notes":
            slides[-1].notes += blocks(cell.source) if cell.cell_type == "markdown" else []
        elif cell.cell_type == "markdown":
            _add_words(slides, sections(cell.source), kind)
        elif cell.cell_type == "code":
            for number, picture in enumerate(pictures_of(cell, tables=kind in BEGINS + JOINS)):
                _add_picture(slides, picture, taken.get(cell.get("id"), ""), begins=number > 0 or kind in BEGINS)
    return [slide for slide in slides if slide.worth_showing and slide.title not in LEFT_OUT]


def _add_words(slides: list[Slide], found: list[Section], kind: str | None) -> None:
    for section in found:
        told = [block for block in section.blocks if not block.startswith(FOR_READERS)]
        new = section.blocks if section.whole else shortened(told)
        last, joins = slides[-1], kind in JOINS
        if section.title or kind in BEGINS or ((last.picture or last.closed) and not joins):
            heading = last.heading if section.closed else section.title or last.heading
            wanted = bool(section.title) or kind in BEGINS
            slides.append(Slide(section.title or heading, new, heading=heading, wanted=wanted, closed=section.closed))
        elif joins or last.has_room:
            last.words += new
        slides[-1].notes += section.blocks


def _is_formula(block: str) -> bool:
    return block.startswith("$$")


def _add_picture(slides: list[Slide], picture: str, takeaway: str, begins: bool) -> None:
    last = slides[-1]
    replaces = takeaway and last.has_sentences_only  # the sentences are among the notes, too
    crowded = last.crowded and not replaces
    if last.picture or last.closed or crowded or begins or (takeaway and not replaces):
        last.wanted |= last.crowded
        slides.append(Slide(last.heading, heading=last.heading))
    elif takeaway:
        last.words = []
    slides[-1].picture, slides[-1].takeaway = picture, takeaway


def pictures_of(cell: NotebookNode, tables: bool = False) -> list[str]:
    """HTML of what a code cell shows, slide by slide: pictures with their alt text, clips, and tables if asked for."""
    if NOT_SHOWN & set(cell.metadata.get("tags", [])):
        return []
    alt = escape(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", ""), quote=True)
    shown = [output.get("data", {}) for output in cell.get("outputs", [])]
    pngs = [columns(data["image/png"].replace("\n", "")) for data in shown if "image/png" in data]
    begin = {pieces[0] for pieces in pngs}  # and have the picture's words, once
    texts = ["".join(data.get("text/html", "")) for data in shown if "image/png" not in data]
    others = "".join(html for html in texts if "<video" in html or (tables and "<table" in html))
    sheets = [
        "".join(_image(piece, alt if piece in begin else "") for piece in sheet)
        for sheet in side_by_side([piece for pieces in pngs for piece in pieces])
    ]
    return sheets + ([others] if others else [])


def _image(png: str, alt: str) -> str:
    """deck.js needs to know how large its letters are."""
    return f'<img alt="{alt}" data-point="{points_to_pixels(png)}" src="data:image/png;base64,{png}">'
