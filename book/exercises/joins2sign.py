"""The checkers of chapter 12: is an answer right, and where to look if it is not."""

import math
from typing import Any

import numpy as np

from book.exercises.answers import call, checker, judge, number

WRIST = (100.0, 50.0)
ROUND = {"right of": (110, 50), "below": (100, 60), "left of": (90, 50), "above": (100, 40), "up-left of": (90, 30)}


@checker
def check_angle(answer: Any) -> str | None:
    """Exercise 1 of 12a: ``answer(wrist, joint)`` is the joint's angle about the wrist, radians, y down."""
    for place, joint in ROUND.items():
        given = call(answer, WRIST, joint, where=f"for a joint {place} the wrist ")
        yours = number(given, what=f"the angle of a joint {place} the wrist")
        right = math.atan2(joint[1] - WRIST[1], joint[0] - WRIST[0])
        if math.isclose(math.cos(yours - right), 1, abs_tol=1e-9):
            continue
        if math.isclose(yours, math.degrees(right)):
            return f"a joint {place} the wrist is right in degrees; give it in radians."
        return f"a joint {place} the wrist is at {right:.2f}, yours at {yours:.2f}."
    return None


@checker
def check_masked(answer: Any) -> str | None:
    """Exercise 2 of 12a: ``answer(pred, truth)`` is the mean squared error over the coordinates that ``truth`` has."""
    pred = np.array([[1.0, 2.0], [3.0, 4.0], [50.0, 60.0], [70.0, 9.0]])
    truth = np.array([[1.0, 4.0], [3.0, 4.0], [np.nan, np.nan], [np.nan, 5.0]])
    yours = call(answer, pred, truth)
    if isinstance(yours, float | np.floating) and np.isnan(yours):
        return "one missing joint makes everything NaN."
    yours = number(yours, what="what your function returns")
    wrong = [
        (20 / 8, "what is missing is counted in the mean, as if it had been hit."),
        (4 / 4, "of the last joint one coordinate is known; it counts as well."),
        *((20 / n, "divide by the number of coordinates that are known, not by that of joints.") for n in (2, 3, 4)),
    ]
    otherwise = f"of five known coordinates one is off by 2 and one by 4, so the mean is 20 / 5; yours is {yours:.3g}."
    if hint := judge(yours, 20 / 5, wrong, otherwise, rtol=1e-9):
        return hint
    with np.errstate(all="ignore"):
        empty = call(answer, pred, np.full_like(truth, np.nan), where="where no joint is known ")
    if isinstance(empty, float | np.floating) and np.isnan(empty) or empty != 0:
        return "a picture without any known joint should give 0."
    return None


@checker
def check_leak(answer: Any) -> str | None:
    """Exercise 1 of 12b: ``answer(learn, test)``, given the pictures' signers, is True if a test signer was
    learned from."""
    apart, same, shared = (["a", "b", "a"], ["c", "c"]), (["a"], ["a", "a"]), (["a", "b"], ["c", "b"])
    for (learn, test), right in ((apart, False), (shared, True), (same, True), ((["a", "b"], ["b", "c"]), True)):
        yours = call(answer, learn, test)
        if not isinstance(yours, bool | np.bool_):
            return f"your function returns something of type {type(yours).__name__}; True or False is asked for."
        if yours != right:
            return f"learned from {learn}, tested with {test}: the answer is {right}."
    return None
