"""A deck as one HTML file that needs no network: style, script, formulas and pictures are inside it."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from .choose import Slide
from .markup import to_html

HERE = Path(__file__).parent
NUMBERED = re.compile(r"^(\d+)\.")  # "1. Hands" is a title here, and no list
KEYS = "arrow keys: turn, n: notes, f: full screen"


def deck(slides: Sequence[Slide], names: Mapping[str, tuple[str, str]]) -> str:
    """The HTML of a chapter's slides; the first one is its title slide."""
    titles = [NUMBERED.sub(r"\1\\.", s.title) for s in slides]
    pieces = [p for t, s in zip(titles, slides) for p in (t, "\n\n".join(s.words), "\n\n".join(s.notes))]
    ready = to_html(pieces, names)
    drawn = [
        _slide(number, len(slides), slides[0].title, *ready[3 * number : 3 * number + 3], slide)
        for number, slide in enumerate(slides)
    ]
    script = f"<script>\n{(HERE / 'deck.js').read_text()}</script>\n"
    return _page(slides[0].title, "\n".join(drawn), script)


def contents(decks: Mapping[str, tuple[str, int]]) -> str:
    """The page that lists the decks: {file name: (title, number of slides)}."""
    items = "".join(
        f'<li><a href="{escape(file)}">{escape(title)}</a> ({count} slides)</li>\n'
        for file, (title, count) in decks.items()
    )
    words = (
        f"<h2>Hands in Focus: slides</h2>\n<div class='words'><ol>\n{items}</ol>\n"
        f"<p>In a deck: {KEYS}. To print, or to save a PDF, use the browser's print.</p></div>"
    )
    style = "<style>.slide { height: auto; } .words { font-size: 24px; }</style>"
    return _page("Hands in Focus", f'{style}<main class="slide">\n{words}\n</main>', "")


def _page(title: str, body: str, script: str) -> str:
    style, template = ((HERE / f"deck.{kind}").read_text() for kind in ("css", "html"))
    return template.format(title=escape(title), style=style, body=body, script=script)


def _slide(number: int, count: int, chapter: str, title: str, words: str, notes: str, slide: Slide) -> str:
    heading = "h1" if number == 0 else "h2"
    title = title.removeprefix("<p>").removesuffix("</p>")
    place = f'<span class="keys">{KEYS}</span>' if number == 0 else f"<span>{number + 1} / {count}</span>"
    classes = f"slide {slide.kind}".strip()
    parts = [
        f'<section class="{classes}" id="slide-{number + 1}" tabindex="-1" aria-label="Slide {number + 1} of {count}">',
        f"<{heading}>{title}</{heading}>",
        f'<div class="words">{words}</div>' if words else "",
        f'<p class="takeaway">{escape(slide.takeaway)}</p>' if slide.takeaway else "",
        f'<div class="picture">{slide.picture}</div>' if slide.picture else "",
        f"<footer><span>Hands in Focus: {escape(chapter)}</span>{place}</footer>",
        "</section>",
        f'<aside class="notes" aria-label="Notes">{notes}</aside>',
    ]
    return "\n".join(part for part in parts if part)
