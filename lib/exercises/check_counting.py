"""The checkers of chapters 6 and 7: is an answer right, and where to look if it is not."""

from collections.abc import Callable, Sequence

import numpy as np

NOTHING = "Nothing to check yet: put your answer in place of None."


def _of(rows: Sequence[dict], name: str, method: str, key: str) -> np.ndarray:
    """A measure of a method on the clips of a set, in the order of the clips' names, (clips,)."""
    kept = sorted((row for row in rows if (row["set"], row["method"]) == (name, method)), key=lambda row: row["clip"])
    return np.array([row[key] for row in kept], float)


def check_gap(answer: float | None, rows: Sequence[dict], name: str, method: str) -> str:
    """Chapter 6, exercise 1: share of the gap between input and target that ``method`` closes, UHP right, per cent."""
    if answer is None:
        return NOTHING
    sharp, given, mine = (_of(rows, name, which, "uhp_right") for which in ("target", "input", method))
    right = 100 * (given.mean() - mine.mean()) / (given.mean() - sharp.mean())
    if np.isclose(answer, right, atol=0.5):
        return "Correct."
    if np.isclose(answer, right / 100, atol=0.005):
        return "Nearly: that is a share, give it in per cent."
    if np.isclose(answer, 100 * (1 - mine.mean() / given.mean()), atol=0.5):
        return "Not yet: that is how many fewer hands are lost than in the input; the target does not lose none either."
    return "Not yet: (input - method) / (input - target), with the means over the clips."


def check_pooled(answer: float | None, rows: Sequence[dict], name: str) -> str:
    """Chapter 6, exercise 2: UHP right of the input with all frames in one pot, per cent."""
    if answer is None:
        return NOTHING
    lost, frames = _of(rows, name, "input", "uhp_right"), _of(rows, name, "input", "frames")
    right = 100 * (lost * frames).sum() / frames.sum()
    if np.isclose(answer, right, atol=0.005):
        return "Correct."
    if np.isclose(answer, 100 * lost.mean(), atol=0.005):
        return "Not yet: that is the mean over clips; a long clip has to count for more."
    return "Not yet: how many frames lost the hand in each clip? Add them up, and divide by the number of all frames."


def check_added(answer: float | None, rows: Sequence[dict], name: str) -> str:
    """Chapter 7, exercise 1: of the hands that the second look adds to the input, the share that is false, per cent."""
    if answer is None:
        return NOTHING
    frames, again = _of(rows, name, "input", "frames"), "input + second look"
    added = (_of(rows, name, "input", "uhp_both") - _of(rows, name, again, "uhp_both")) @ frames
    false = (_of(rows, name, again, "false_all") - _of(rows, name, "input", "false_all")) @ frames
    if np.isclose(answer, 100 * false / added, atol=0.5):
        return "Correct."
    if np.isclose(answer, false / added, atol=0.005):
        return "Nearly: that is a share, give it in per cent."
    return "Not yet: how many more hands are found, and how many more false ones? Multiply by the clips' frames first."


def check_cheat(answer: Callable[[np.ndarray], np.ndarray | None]) -> str:
    """Chapter 7, exercise 2: ``answer`` gets (T, 21, 3) with NaN for lost hands and repeats the last hand found."""
    hand = np.arange(6 * 21 * 3, dtype=float).reshape(6, 21, 3)
    hand[[0, 2, 3, 5]] = np.nan
    given = hand.copy()
    filled = answer(given)
    if filled is None:
        return NOTHING
    if not np.array_equal(given, hand, equal_nan=True):
        return "Not yet: your function changes what it was given; work on a copy."
    right = hand[[0, 1, 1, 1, 4, 4]]
    if np.shape(filled) == right.shape and np.array_equal(filled, right, equal_nan=True):
        return "Correct."
    if np.shape(filled) == right.shape and not np.isnan(filled[0]).all():
        return "Not yet: before the first hand was found there is nothing to repeat; leave it missing."
    return "Not yet: each lost frame gets the joints of the last frame before it that has some."
