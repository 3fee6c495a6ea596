"""The checkers of chapter 7: is an answer right, and where to look if it is not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lib.exercises.answers import array, call, checker, judge, number
from lib.exercises.check_counting import of


@checker
def check_added(answer: Any, rows: Sequence[dict], name: str) -> str | None:
    """Exercise 1: of the hands that the second look adds to the input, the share that is false, per cent."""
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


@checker
def check_cheat(answer: Any) -> str | None:
    """Exercise 2: ``answer`` gets (T, 21, 3) with NaN for lost hands and repeats the last hand found."""
    hand = np.arange(6 * 21 * 3, dtype=float).reshape(6, 21, 3)
    hand[[0, 2, 3, 5]] = np.nan
    filled = array(call(answer, hand), hand.shape, "what your function returns", missing=True)
    right = hand[[0, 1, 1, 1, 4, 4]]
    if np.array_equal(filled, right, equal_nan=True):
        return None
    if not np.isnan(filled[0]).all():
        return "before the first hand was found there is nothing to repeat; leave it missing."
    if not np.array_equal(filled[[1, 4]], hand[[1, 4]]):
        return "a hand that was found stays as it is."
    if np.isnan(filled[3]).any() and not np.isnan(filled[2]).any():
        return "where two frames in a row are lost, the second is still missing; repeat what was repeated."
    return "each lost frame gets the joints of the last frame before it that has some."
