"""What several pages show as HTML: two frames under a slider, and tables that a phone can show, too."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from html import escape
from string import Template

import numpy as np
import pandas as pd
from PIL import Image

from book.shared.charts import NAMES
from lib.evaluation.intervals import Interval
from lib.evaluation.verdicts import FAILS, HOLDS, OPEN, decide
from lib.tools.errors import BadInput

# The script only adds a class, shows the slider and moves the seam: all else is the page without it.
PAGE = Template("""\
<style>
.hf-compare { display: flex; flex-wrap: wrap; gap: 0.4em 1em; color: inherit }
.hf-compare figure { margin: 0 }
.hf-compare img { width: ${width}px; max-width: 100%; image-rendering: pixelated; padding: 0 }
.hf-compare figcaption { font-size: 0.95em }
.hf-compare.on { display: grid; grid-template-columns: 1fr 1fr; width: ${width}px; max-width: 100%;
  touch-action: pan-y pinch-zoom }
.hf-compare.on figure { display: contents }
.hf-compare.on img { grid-area: 1 / 1 / 2 / 3; width: 100% }
.hf-compare.on figure + figure img { clip-path: inset(0 0 0 var(--seam)) }
.hf-compare.on figure + figure figcaption { text-align: right }
.hf-compare.on::after { content: ""; grid-area: 1 / 1 / 2 / 3; margin-left: var(--seam); width: 2px;
  background: #fff; outline: 1px solid #000; z-index: 1 }
.hf-compare label { grid-area: 3 / 1 / 4 / 3 }
.hf-compare input { width: 100%; margin: 0; min-height: 2em; accent-color: #2a868d }
</style>
<div class="hf-compare" role="group" aria-label="$description">
$figures<label hidden><input type="range" min="0" max="100" value="50" aria-label="How much of $left is shown"></label>
<script>
{
  const box = document.currentScript.closest(".hf-compare"), slider = box.querySelector("input");
  const move = () => {
    box.style.setProperty("--seam", slider.value + "%");
    slider.setAttribute("aria-valuetext", slider.value + " % " + box.querySelector("figcaption").textContent);
  };
  const follow = (pointer) => {
    const picture = box.querySelector("img").getBoundingClientRect();
    if (pointer.clientY > picture.bottom) return;  // below it are the titles, and the slider that moves itself
    slider.value = 100 * (pointer.clientX - picture.left) / picture.width;
    move();
  };
  slider.addEventListener("input", move);
  box.addEventListener("pointerdown", follow);
  box.addEventListener("pointermove", follow);
  box.addEventListener("dragstart", (event) => event.preventDefault());  // the seam is dragged, not the picture
  slider.parentElement.hidden = false;
  box.classList.add("on");
  move();
}
</script>
</div>
<p><em>$description</em></p>""")


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
    if abs(height * other_wide - wide * other_height) > max(wide, other_wide):  # a row more or less is no matter
        raise BadInput(
            f"A slider lays its frames over each other: {wide} x {height} and {other_wide} x {other_height} pixels "
            "have other proportions; crop one of them."
        )
    figures = "".join(_figure(frame, title, description) for frame, title in zip((before, after), titles, strict=True))
    return PAGE.substitute(
        figures=figures,
        left=escape(titles[0]),
        description=escape(description),
        width=max(wide, other_wide),
    )


def _figure(frame: np.ndarray, title: str, description: str) -> str:
    title, alt = escape(title), escape(f"{title}. {description}")
    return f'<figure><img alt="{alt}" src="{picture(frame)}"><figcaption>{title}</figcaption></figure>\n'


def picture(frame: np.ndarray, *, lossless: bool = True) -> str:
    """A frame, uint8 RGB (H, W, 3), as a ``data:`` address (WebP): every pixel as it is, or nearly so and smaller."""
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "WEBP", lossless=lossless)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


STYLE = """<style>
table.methods.methods { border-collapse: collapse; margin-bottom: 1em; font-size: .9em; }
table.methods caption { text-align: left; font-weight: bold; caption-side: top; }
table.methods :is(th, td) { text-align: left; vertical-align: top; border-bottom: 1px solid #8888; }
table.methods tbody th { font-weight: normal; }
table.methods small { white-space: nowrap; }
@media (max-width: 720px) {  /* the interval below its mean: so four columns of numbers fit on a phone */
 table.methods.methods { font-size: .78rem; }
 .bd-article .cell_output table.methods :is(th, td) { padding: .15rem .3rem .15rem 0; }
 table.methods small { display: block; }
}
</style>"""
WORDS = {HOLDS: "fewer", FAILS: "more", OPEN: OPEN}  # what the rule "< 0" says of lost hands


def method_table(frame: pd.DataFrame) -> str:
    """HTML of a table for each set. ``frame`` is indexed by set and method, its cells are Intervals, counts or None.

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
    return "–" if value is None or value != value else f"{value:,.0f}"


CARD_STYLE = """<style>
.cards { border-collapse: collapse; width: 100%; font-size: .92em; margin: 1.2em 0; }
.cards caption { text-align: left; font-weight: bold; padding: .4em .6em; caption-side: top; }
.cards th, .cards td { text-align: left; vertical-align: top; padding: .45em .6em; border-bottom: 1px solid #8888; }
.cards small { font-size: .85em; line-height: 1.3; display: inline-block; }
@media (max-width: 720px) {
 .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
 .cards, .cards caption, .cards tbody, .cards tr, .cards td { display: block; }
 .cards tr { border: 1px solid #8888; border-radius: .5em; margin: .7em 0; padding: .3em; }
 .cards td { border: 0; padding: .2em .5em; overflow-wrap: anywhere; }
 .cards td:empty { display: none; }
 .cards td::before { content: attr(data-label) ": "; font-size: .85em; }
 .cards td:first-child::before { content: ""; }
}
</style>"""


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
