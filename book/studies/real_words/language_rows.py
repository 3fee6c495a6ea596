"""The shipped rows of `book.studies.transfer`: means and differences over languages and seeds, in per cent and points.

Two questions are open each time: what would other languages give, and what other examples? The languages are the
smaller number by far, so most of what an interval says is said by five figures: Student's t for five gives half a width
of 1.24 of their standard deviations, and even if all five lie on one side, a sign test has p = 0.06.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from book.studies import runner
from lib.evaluation.intervals import LEVEL, Interval, over_seeds, wider

SHIPPED = runner.RESULTS / "languages.json"
COMMAND = "python -m book.studies.transfer"
DRAWS = 10_000
Values = Mapping[str, np.ndarray]  # by language, one for each seed


def read(path: str | Path = SHIPPED) -> tuple[dict, list[dict], list[dict]]:
    """The facts, the rows with one language left out, and those of one network with many heads. Raises BadInput."""
    keys = ("language", "seed", "of", "right", "learned")
    facts, parts = runner.read(path, "results of five languages", COMMAND, ("rows", "heads"), keys)
    return facts, parts["rows"], parts["heads"]


def at(rows: Sequence[dict], shots: int) -> list[dict]:
    """The rows with so many examples a sign."""
    return [row for row in rows if row["shots"] == shots]


def shares(rows: Sequence[dict], way: str, what: str = "right") -> Values:
    """By language the accuracy of one way in per cent, (seeds,)."""
    return _by_language(rows, lambda row: 100 * row[what][way] / row["of"])


def gains(rows: Sequence[dict], way: str, other: str) -> Values:
    """By language how many points ``way`` is above ``other``, seed by seed on the same test clips, (seeds,)."""
    return _by_language(rows, lambda row: 100 * (row["right"][way] - row["right"][other]) / row["of"])


def over_languages(values: Values) -> Interval:
    """The mean of the languages' means, with the wider of two intervals; ``n`` counts the languages.

    Student's t over the languages' means, and a percentile bootstrap that draws languages and, in each, seeds.
    """
    rng, groups = np.random.default_rng(0), [np.asarray(group, float) for group in values.values()]
    middle = over_seeds([group.mean() for group in groups])
    drawn = np.array([[rng.choice(group, (DRAWS, len(group))).mean(axis=1) for group in groups]])[0]
    which = rng.integers(len(groups), size=(len(groups), DRAWS))
    means = np.take_along_axis(drawn, which, axis=0).mean(axis=0)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return wider(middle, Interval(middle.mean, float(low), float(high), len(groups)))


def _by_language(rows: Sequence[dict], value) -> dict[str, np.ndarray]:
    names = dict.fromkeys(row["language"] for row in rows)
    return {name: np.array([value(row) for row in rows if row["language"] == name]) for name in names}
