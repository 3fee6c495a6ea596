"""What a course has run, and what of it stands beside a paper's table: the cells of the papers' tables page."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pandas as pd

from lib.evaluation.evaluation import FRAMES
from lib.evaluation.intervals import Interval, alike
from lib.tools.errors import BadInput

REASONS = Path(__file__).with_name("not_run.toml")
ABOVE = "see what stands above the table"
Cells = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Run:
    """What this course has run: the chapters' reported numbers, whose profile counts, on which path hands are counted,
    and FID by set and method, where Inception's weights are found."""

    reported: pd.DataFrame
    profile: str
    path: str = FRAMES
    fids: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ours:
    """Our figures for a table as text, by row and column; ``more`` are rows that the paper's table does not have.

    ``problem`` says why nothing could be read.
    """

    cells: Cells = field(default_factory=dict)
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problem: str = ""

    def why_not(self, table: str, row: str, column: str) -> str:
        """Why this cell has no figure of ours. Raises BadInput where nobody has said."""
        if self.problem:
            return ABOVE
        for pattern, reason in reasons().get(table, {}).items():
            if fnmatchcase(f"{row}, {column}", pattern):
                return reason
        raise BadInput(f"{REASONS.name} does not say why {table}, {row}, {column} was not run: add a reason")


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Patterns and reasons of each table."""
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))


def text(value: Interval | float | None) -> str | None:
    """A figure with its interval, "28.6 (19.2 to 38.4)"; None where there is none."""
    if value is None or isinstance(value, float):
        return None if value is None else f"{value:.3g}"
    mean, low, high = alike(value.mean, value.low, value.high)
    return f"{mean} ({low} to {high})"
