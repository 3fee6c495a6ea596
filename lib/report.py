"""Every number that a chapter reports: shown beside the paper's, and kept with what is needed to judge it.

A chapter writes ``report("Right hand not found, bilinear x2", interval, paper="R1 Table II, bilinear, UHP %", ...)``.
The paper's number comes from `lib.tools.papers` by this name. The row is displayed, and written to
``results/PROFILE/CLAIM.json``; the last chapter gathers these files, so no table is typed by hand.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from html import escape
from pathlib import Path

import pandas as pd
from pandas.io.formats.style import Styler

from lib.evaluation.intervals import Interval, alike, alone
from lib.evaluation.verdicts import NO_RUN, UNTESTABLE, VERDICTS
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import write_json
from lib.tools.machine import hardware, versions
from lib.tools.openers import check_types, reading
from lib.tools.papers import beside


@dataclass(frozen=True)
class Row:
    """One reported number, on the ``date`` of its run. ``low``, ``high``, ``n`` and ``paper`` may be None.

    ``printed`` is the paper's number as it prints it, empty where nobody named it. ``quantity`` and ``apart`` are those
    of `book.shared.agreement`.
    """

    claim: str
    chapter: str
    profile: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: str
    paper: float | None
    source: str
    verdict: str | None
    note: str
    seed: int | None
    versions: dict[str, str]
    hardware: dict[str, str | int]
    date: str = ""
    quantity: str = ""
    apart: str = ""
    printed: str = ""

    def cells(self) -> dict[str, str]:
        """The row as text, by column; the paper's number and ours are two columns."""
        value, interval = "–" if self.value is None else alone(self.value), ""
        if self.low is not None:
            value, *ends = alike(self.value, self.low, self.high)
            interval = " to ".join(ends)
        theirs = "" if self.paper is None else f"{self.printed} {self.unit}".strip()
        return {
            "claim": self.claim,
            "in the paper": theirs,
            "where": self.source,
            f"this run ({self.profile})": value if self.value is None else f"{value} {self.unit}".strip(),
            "95 % interval": interval,
            "n": "" if self.n is None else f"{self.n:,}",
            "verdict": " ".join(filter(None, (self.verdict, f"({self.note})" if self.note else ""))),
        }

    def __repr__(self) -> str:
        return "; ".join(f"{name}: {text}" for name, text in self.cells().items() if text)

    def _repr_html_(self) -> str:
        return table([self])._repr_html_()


def report(
    claim: str,
    value: float | Interval | None,
    *,
    paper: str | None,
    source: str = "",
    profile: str,
    chapter: str,
    unit: str = "",
    n: int | None = None,
    seed: int | None = None,
    verdict: str | None = None,
    note: str = "",
    quantity: str = "",
    apart: str = "",
) -> Row:
    """Write ``results/PROFILE/CLAIM.json`` and return the row, which a notebook displays.

    ``claim`` is a sentence and the row's name: the same words must not stand for two numbers. ``value``, in ``unit``,
    is a number or has ``mean``, ``low``, ``high`` and ``n``; it is None only with "not testable here" or "no run" and a
    ``note`` that says why. ``paper`` names what a paper says (`lib.tools.papers`); with None ``source`` says
    where from, in words. ``n`` counts what was measured. ``quantity`` names what another chapter measures, too
    (`book.shared.agreement.quantity`), and ``apart`` says why the two may differ. Raises BadInput.
    """
    theirs, printed, source = beside(claim, paper, source, unit)
    numbers = {"value": value, "low": None, "high": None, "paper": theirs}
    if hasattr(value, "low"):  # an Interval; every numpy number has a ``mean``
        numbers |= {"value": value.mean, "low": value.low, "high": value.high}
        n = value.n
    _refuse_unusable(claim, numbers, verdict, note)
    row = Row(
        claim=claim,
        chapter=chapter,
        profile=profile,
        **{name: None if number is None else float(number) for name, number in numbers.items()},
        n=None if n is None else int(n),
        unit=unit,
        source=source,
        verdict=verdict,
        note=note,
        seed=seed,
        versions=versions(),
        hardware=hardware(),
        date=date.today().isoformat(),
        quantity=quantity,
        apart=apart,
        printed=printed,
    )
    _write(row)
    return row


def _refuse_unusable(claim: str, numbers: dict[str, float | None], verdict: str | None, note: str) -> None:
    for name, number in numbers.items():
        if number is not None and not math.isfinite(number):
            raise BadInput(f"The {name} of claim {claim!r} is {number}: report a finite number")
    if verdict not in (None, *VERDICTS):
        raise BadInput(f"The verdict of claim {claim!r} is {verdict!r}: use one of {', '.join(VERDICTS)}")
    if numbers["value"] is None and not (verdict in (UNTESTABLE, NO_RUN) and note):
        raise BadInput(f'Claim {claim!r} has no number: give one, or the verdict "{UNTESTABLE}" and a note')


def table(rows: Sequence[Row]) -> Styler:
    """The rows as one table for a notebook: the paper's numbers and this run's in columns of their own."""
    if not rows:
        raise BadInput("There are no rows to show: give table() what report() returned")
    return laid_out(pd.DataFrame([row.cells() for row in rows]))


def laid_out(frame: pd.DataFrame) -> Styler:
    """Any table for a notebook, so that it fits its page; its first column says what a row is about.

    A column that holds nothing is left out, and what several rows all share is said once, above them; not our figures.
    """
    cells = frame.fillna("").astype(str)
    heads = "\n".join([*cells, *cells.iloc[:, :1].to_numpy().ravel()])  # make an id that is the same in each run
    same = {name: text.iloc[0] for name, text in list(cells.items())[1:] if text.nunique() == 1}
    once = {name: text for name, text in same.items() if not text or (len(cells) > 1 and "this run" not in name)}
    shared = [text[1:-1] if text.startswith("(") else f"{name}: {text}" for name, text in once.items() if text]
    left = [{"selector": "th, td, caption", "props": "text-align: left"}]
    uuid = hashlib.sha256(heads.encode()).hexdigest()[:8]
    caption = escape("In all rows: " + "; ".join(shared)) if shared else None
    style = Styler(cells.drop(columns=list(once)), uuid=uuid, cell_ids=False, caption=caption)
    style.hide(axis="index").set_table_styles(left)
    style.format({column: partial(_labelled, column) for column in style.data}).format_index(escape="html", axis=1)
    return style.set_table_attributes('class="dataframe report"')


def gather(profile: str | None = None) -> pd.DataFrame:
    """`gather_rows` as a table, with the fields of :class:`Row` as columns."""
    return pd.DataFrame([asdict(row) for row in gather_rows(profile)], columns=list(Row.__dataclass_fields__))


def gather_rows(profile: str | None = None) -> list[Row]:
    """Every number that was reported, by chapter and claim.

    ``profile`` keeps one profile's numbers; None keeps all. Raises BadInput for a file that cannot be read.
    """
    rows = [_read(path) for path in paths.RESULTS.glob(f"{_slug(profile) if profile else '*'}/[!.]*.json")]
    rows.sort(key=lambda row: (row.chapter, row.claim, row.profile))
    return sorted(rows, key=lambda row: int(re.match(r"\d*", row.chapter)[0] or 0))  # chapter 10 comes after 9


def _write(row: Row) -> None:
    path = paths.RESULTS / _slug(row.profile) / f"{_slug(row.claim)}.json"
    if path.exists() and (other := _read(path).claim) != row.claim:
        raise BadInput(f"Claims {row.claim!r} and {other!r} would share the file {path.name}: word one differently")
    write_json(path, asdict(row), ensure_ascii=False)


def _read(path: Path) -> Row:
    with reading(path, "is no result of this course's version", "delete it and run its chapter again"):
        row = Row(**json.loads(path.read_bytes()))
        check_types(row)
        repr(row)  # all of it can be shown
    return row


def _slug(text: str) -> str:
    """Letters and digits with hyphens: a file name that stays the same on every machine."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]
    if not slug:
        raise BadInput(f"{text!r} gives no file name: use letters or digits")
    return slug


def _labelled(column: str, text: str) -> str:
    """A cell that knows its column: a narrow page lays a row's cells below each other, each with it."""
    return f'<span data-label="{escape(column)}">{escape(text)}</span>'
