"""What several pages show as HTML: two frames under a slider, and tables that a phone can show, too."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from PIL import Image

from book.shared.charts import NAMES
from lib.evaluation.intervals import Interval
from lib.evaluation.verdicts import FAILS, HOLDS, OPEN, decide
from lib.tools.errors import BadInput


def beside_code(name: str) -> str:
    """A file of HTML, CSS or JavaScript that lies beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8").rstrip()


# The script only adds a class, shows the slider and moves the seam: all else is the page without it.
PAGE = Template(beside_code("slider.html"))


# Two frames in one place: a slider, or the pointer over them, uncovers one and covers the other.
#
# Where no script runs (a printed page, a notebook that is not trusted) both pictures stand side by side instead.
def slider(before: np.ndarray, after: np.ndarray, titles: Sequence[str], description: str) -> str:
    """HTML of two frames, uint8 RGB (H, W, 3), with a slider: left of its seam ``before`` is seen, right ``after``.

    The frames may differ in size (a frame and its enlargement), not in proportions. ``titles`` are two; the
    ``description`` says in words what is to be seen, and is shown as text too. The larger frame's width in CSS pixels
    is the most: a narrow page shows less. Raises BadInput.
    """
    if len(titles) != 2:
        raise BadInput(f"A slider compares two frames: give it two titles, not {len(titles)}.")
    for frame in (before, after):
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            raise BadInput(f"A slider shows frames of uint8 (height, width, 3), not {frame.dtype} {frame.shape}.")
    (height, wide), (other_height, other_wide) = before.shape[:2], after.shape[:2]
    widest = max(wide, other_wide)
    if abs(height * other_wide - wide * other_height) > widest:  # a row more or less is no matter
        raise BadInput(
            f"A slider lays its frames over each other: {wide} x {height} and {other_wide} x {other_height} pixels "
            "have other proportions; crop one of them."
        )
    figures = "".join(
        f'<figure><img alt="{escape(f"{title}. {description}")}" src="{picture(frame)}">'
        f"<figcaption>{escape(title)}</figcaption></figure>\n"
        for frame, title in zip((before, after), titles)
    )
    return PAGE.substitute(figures=figures, left=escape(titles[0]), description=escape(description), width=widest)


def picture(frame: np.ndarray, *, lossless: bool = True) -> str:
    """A frame, uint8 RGB (H, W, 3), as a ``data:`` address (WebP): every pixel as it is, or nearly so and smaller."""
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "WEBP", lossless=lossless)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


STYLE = f"<style>\n{beside_code('methods.css')}\n</style>"
WORDS = {HOLDS: "fewer", FAILS: "more", OPEN: OPEN}  # what the rule "< 0" says of lost hands


def method_table(frame: pd.DataFrame) -> str:
    """HTML of a table for each set. ``frame`` is indexed by set and method, its cells are Intervals, counts, words or
    None.

    A column has one number of decimals, by the width of its intervals: more would be noise.
    """
    digits = {column: _decimals(frame[column]) for column in frame}
    first, columns = frame.index.names[1] or "method", list(frame.columns)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (first, *columns))
    tables = [STYLE]
    for name, of_set in frame.groupby(level=0, sort=False):
        lines = zip(of_set.index.get_level_values(1), of_set.itertuples(index=False), strict=True)
        body = "\n".join(f"<tr>{_line(method, line, list(digits.values()))}</tr>" for method, line in lines)
        caption = f"<caption>{escape(NAMES.get(name, name))}</caption>"
        tables.append(
            f'<table class="methods">{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
        )
    return "\n".join(tables)


def beside(straight: pd.DataFrame, filmed: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of `lib.evaluation.evaluation.table` on both paths, a film's next to bare frames'."""
    both = {}
    for column in columns:
        both |= {column: straight[column], f"{column}, film": filmed[column]}
    return pd.DataFrame(both).reindex(straight.index)


def stacked(straight: pd.DataFrame, filmed: pd.DataFrame) -> pd.DataFrame:
    """Two tables of one form below each other, set by set: first the path "frames", then that through a film."""
    parts = []
    for name in dict.fromkeys(straight.index.get_level_values(0)):
        for path, frame in (("frames", straight), ("through a film", filmed)):
            of_set = frame[frame.index.get_level_values(0) == name]
            parts.append(of_set.rename(index={name: f"{NAMES.get(name, name)}, {path}"}, level=0))
    return pd.concat(parts)


def by_verdict(differences: Mapping[str, Interval | None]) -> str:
    """Names of methods, sorted by what `lib.evaluation.verdicts` says of their differences: below 0, above it, or
    neither.
    """
    words: dict[str, list[str]] = {word: [] for word in WORDS.values()}
    for name, difference in differences.items():
        if isinstance(difference, Interval):
            words[WORDS[decide("< 0", difference)]].append(name)
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in words.items() if names)


def _decimals(column: pd.Series) -> int:
    """So many that a quarter of the typical interval's width still shows; one at least."""
    widths = [value.high - value.low for value in column if isinstance(value, Interval) and value.high > value.low]
    if not widths:
        return 1
    return max(1, -math.floor(math.log10(sorted(widths)[len(widths) // 2] / 4)))


def _line(method: str, line: Sequence[object], digits: Sequence[int]) -> str:
    cells = "".join(f"<td>{_cell(value, places)}</td>" for value, places in zip(line, digits, strict=True))
    return f'<th scope="row">{escape(method)}</th>{cells}'


def _cell(value: object, digits: int) -> str:
    if isinstance(value, Interval):
        rounded = (round(number, digits) + 0.0 for number in (value.mean, value.low, value.high))  # no -0.0
        mean, low, high = (f"{number:.{digits}f}".replace("-", "−") for number in rounded)
        return f"{mean} <small>[{low}, {high}]</small>"
    if isinstance(value, str):
        return escape(value)
    return "–" if value is None or value != value else f"{value:,.0f}"


CARD_STYLE = f"<style>\n{beside_code('cards.css')}\n</style>"


def card_table(columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str, names: Sequence[str] = ()) -> str:
    """HTML of a table whose cells are HTML already; ``names`` are the rows' ids.

    The roles are spelled out, since `display: block` would take them away. Pages that hold it need `CARD_STYLE` once.
    """
    head = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in columns)
    ids = [f' id="{escape(name)}"' for name in names] or [""] * len(rows)
    body = "\n".join(f'<tr role="row"{name}>{_cells(columns, row)}</tr>' for name, row in zip(ids, rows, strict=True))
    return (
        f'<table class="cards" role="table"><caption>{escape(caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n<tbody role="rowgroup">\n{body}\n</tbody></table>'
    )


def _cells(columns: Sequence[str], row: Sequence[str]) -> str:
    pairs = zip(columns, row, strict=True)
    return "".join(f'<td role="cell" data-label="{escape(name)}">{cell}</td>' for name, cell in pairs)
