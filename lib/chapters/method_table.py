"""The numbers of an evaluation, to be read: a table for each set, which fits on a phone, and verdicts in words."""

import math
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from lib.chapters.method_chart import NAMES
from lib.evaluation.intervals import Interval
from lib.evaluation.verdicts import FAILS, HOLDS, OPEN, decide

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
    """Some columns of `lib.evaluation.evaluation.table` on both paths, that through a film next to that of bare frames."""
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
