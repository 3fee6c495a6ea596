"""Which slides a chapter gives: one for each heading, one for each further picture.

Nothing has to be written into a chapter for that. Where another choice is better, a cell says so in its metadata, as
for nbconvert (`{"slideshow": {"slide_type": ...}}`):

    "skip"                not on the slides
    "slide", "subslide"   begins a slide; of a code cell, the table that it shows
    "fragment", "-"       goes onto the slide before; of a code cell, the table that it shows
    "notes"               only among the speaker's notes
"""

from dataclasses import dataclass, field
from html import escape

from nbformat import NotebookNode

from .words import Section, blocks, sections, shortened

BEGINS = ("slide", "subslide")
JOINS = ("fragment", "-")
LEFT_OUT = ("Further reading",)
FOR_READERS = ("**Time", "**Before you start", "*Optional")  # begin the lines on minutes and prerequisites
NOT_SHOWN = {"hide-cell", "exercise"}  # solutions, and what follows them up
ROOM_BESIDE_A_PICTURE = 280  # characters; a picture that finds more of them gets the next slide


@dataclass
class Slide:
    """A title, blocks of Markdown, at most one picture (HTML), and the chapter's own text as the speaker's notes."""

    title: str
    words: list[str] = field(default_factory=list)
    picture: str = ""
    notes: list[str] = field(default_factory=list)
    heading: str = ""  # what the chapter goes on under after a box or an exercise
    wanted: bool = False  # is shown even without a picture
    closed: bool = False  # takes neither further words nor a picture

    @property
    def worth_showing(self) -> bool:
        return bool(self.picture) or (self.wanted and bool(self.words))

    @property
    def crowded(self) -> bool:
        return sum(len(block) for block in self.words if not _is_formula(block)) > ROOM_BESIDE_A_PICTURE

    @property
    def has_room(self) -> bool:
        return not (self.picture or self.closed) and sum(not _is_formula(block) for block in self.words) < 2


def choose(notebook: NotebookNode) -> list[Slide]:
    """The slides of an executed chapter, in order."""
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
            _add_picture(slides, picture_of(cell, tables=kind in BEGINS + JOINS), begins=kind in BEGINS)
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


def _add_picture(slides: list[Slide], picture: str, begins: bool) -> None:
    if not picture:
        return
    last = slides[-1]
    if last.picture or last.closed or last.crowded or begins:
        last.wanted |= last.crowded
        slides.append(Slide(last.heading, heading=last.heading))
    slides[-1].picture = picture


def picture_of(cell: NotebookNode, tables: bool = False) -> str:
    """HTML of what a code cell shows: its pictures, with their alt text; its clips; its tables, where asked for."""
    if NOT_SHOWN & set(cell.metadata.get("tags", [])):
        return ""
    alt = escape(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", ""), quote=True)
    shown = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        html = "".join(data.get("text/html", ""))
        if "image/png" in data:
            shown.append(f'<img alt="{alt}" src="data:image/png;base64,{data["image/png"].replace(chr(10), "")}">')
        elif "<video" in html or (tables and "<table" in html):
            shown.append(html)
    return "".join(shown)
