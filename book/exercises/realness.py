"""The checkers of chapter 7: is an answer right, and where to look if it is not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from book.exercises.answers import array, call, checker, judge, number
from book.exercises.counting import of


@checker
def check_added(answer: Any, rows: Sequence[dict], name: str) -> str | None:
    """Exercise 1 of 7b: of the hands that the second look adds to the input, the share that is false, per cent."""
    frames, again = of(rows, name, "input", "frames"), "input + second look"
    fewer = of(rows, name, "input", "uhp_both") - of(rows, name, again, "uhp_both")
    more = of(rows, name, again, "false_all") - of(rows, name, "input", "false_all")
    added, false = fewer @ frames, more @ frames
    after = (1 - of(rows, name, again, "uhp_both")) @ frames
    wrong = [
        (100 - 100 * false / added, "that is the share of the added hands that is real."),
        (100 * more.mean(), "that is how much the share of false hands grows; divide by the hands that were added."),
        (100 * of(rows, name, again, "false_all") @ frames / after, "that is for all hands that the second look has; "
         "only those that it adds are asked for."),
    ]  # fmt: skip
    otherwise = "how many more hands are found, and how many more false ones? Multiply by the clips' frames first."
    return judge(number(answer), 100 * false / added, wrong, otherwise, unit="per cent", atol=0.1)


NEVER = "for a hand that is never found "
# which of eight frames are lost: the last one too; not the last one; all of them
LOST = {"": [0, 2, 3, 4, 7], "for a hand that is there in the last frame ": [0, 1, 3, 4, 5], NEVER: list(range(8))}


@checker
def check_cheat(answer: Any) -> str | None:
    """Exercise 2 of 7b: ``answer`` gets (T, 21, 3) with NaN for lost hands and repeats the last hand found."""
    for where, lost in LOST.items():
        hand = np.arange(8 * 21 * 3, dtype=float).reshape(8, 21, 3)
        hand[lost] = np.nan
        filled = array(call(answer, hand, where=where), hand.shape, f"{where}what your function returns", missing=True)
        if hint := _where_to_look(filled, hand, np.isin(np.arange(len(hand)), lost)):
            return hint
    return None


def _where_to_look(filled: np.ndarray, hand: np.ndarray, lost: np.ndarray) -> str | None:
    """The hint for one filled hand (T, 21, 3), nothing if it is right."""
    last = np.maximum.accumulate(np.where(lost, 0, np.arange(len(hand))))
    if np.array_equal(filled, hand[last], equal_nan=True):
        return None
    before = np.logical_and.accumulate(lost)  # the first hand is still to come
    if not np.isnan(filled[before]).all():
        wraps = np.array_equal(filled[0], hand[-1])
        index = "`hand[-1]` is the last frame, no frame before the first; " if wraps else ""
        return index + "before the first hand was found there is nothing to repeat; leave it missing."
    if not np.array_equal(filled[~lost], hand[~lost]):
        return "a hand that was found stays as it is."
    open_still = np.isnan(filled[lost & ~before]).any(axis=(1, 2))
    if open_still.any() and not open_still.all():
        return "where several frames in a row are lost, later ones are still missing; repeat what was repeated."
    return "each lost frame gets the joints of the last frame before it that has some."
