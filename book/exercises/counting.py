"""The checkers of chapter 6: is an answer right, and where to look if it is not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from book.exercises.answers import checker, judge, number


def of(rows: Sequence[dict], name: str, method: str, key: str) -> np.ndarray:
    """A measure of a method on the clips of a set, in the order of the clips' names, (clips,)."""
    kept = sorted((row for row in rows if (row["set"], row["method"]) == (name, method)), key=lambda row: row["clip"])
    return np.array([row[key] for row in kept], float)


@checker
def check_gap(answer: Any, rows: Sequence[dict], name: str, method: str) -> str | None:
    """Exercise 1 of 6a: share of the gap between input and target that ``method`` closes, UHP dominant, per cent."""
    sharp, given, mine = (of(rows, name, which, "uhp_dominant").mean() for which in ("target", "input", method))
    right = 100 * (given - mine) / (given - sharp)
    wrong = [
        (-right, "the sign is the other way round: negative is worse than the input."),
        (100 - right, "that is how much of the gap stays open."),
        (100 * (given - mine), "that is the difference in points; by how much of the gap is asked for."),
        (100 * (1 - mine / given), "that is how many fewer are lost than in the input; the target loses some too."),
    ]
    otherwise = "(input - method) / (input - target), with the means over the clips."
    return judge(number(answer), right, wrong, otherwise, unit="per cent", atol=0.1)


@checker
def check_pooled(answer: Any, rows: Sequence[dict], name: str) -> str | None:
    """Exercise 1 of 6b: UHP dominant of the input with all frames in one pot, per cent."""
    lost, frames = of(rows, name, "input", "uhp_dominant"), of(rows, name, "input", "frames")
    right = 100 * (lost * frames).sum() / frames.sum()
    wrong = [
        (100 * lost.mean(), "that is the mean over clips; a long clip has to count for more."),
        (100 - right, "that is how often the hand was found."),
        ((lost * frames).sum(), "that is the number of frames that lost the hand; divide by all frames."),
    ]
    otherwise = "how many frames lost the hand in each clip? Add them up, and divide by the number of all frames."
    return judge(number(answer), right, wrong, otherwise, unit="per cent", atol=0.005)
