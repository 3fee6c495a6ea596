"""Chapter 12's checkers: each calls the reader's function and says whether it is right, and where to look if not."""

import math
from collections.abc import Callable, Sequence

import numpy as np

NOTHING = "Nothing to check yet: put your code in place of the dots."


def check_angle(answer: Callable[[Sequence[float], Sequence[float]], float]) -> str:
    """Exercise 1: ``answer(wrist, joint)`` is the joint's angle about the wrist in radians, x right and y down."""
    wrist = (100.0, 50.0)
    asked = {"right of": (110, 50), "below": (100, 60), "left of": (90, 50), "above": (100, 40), "up-left of": (90, 40)}
    for place, joint in asked.items():
        try:
            yours = answer(wrist, joint)
        except ZeroDivisionError:
            return f"Not yet: {place} the wrist your function divides by zero."
        if yours is None:
            return NOTHING
        right = math.atan2(joint[1] - wrist[1], joint[0] - wrist[0])
        if not math.isclose(math.cos(yours - right), 1, abs_tol=1e-9):
            return f"Not yet: a joint {place} the wrist is at {right:.2f}, yours at {yours:.2f}."
    return "Correct."


def check_masked(answer: Callable[[np.ndarray, np.ndarray], float]) -> str:
    """Exercise 2: ``answer(pred, truth)`` is the mean squared error over the coordinates that ``truth`` has."""
    pred = np.array([[1.0, 2.0], [3.0, 4.0], [50.0, 60.0]])
    truth = np.array([[1.0, 4.0], [3.0, 4.0], [np.nan, np.nan]])
    yours = answer(pred, truth)
    if yours is None:
        return NOTHING
    if np.isnan(yours):
        return "Not yet: one missing joint makes everything NaN."
    if math.isclose(yours, 4 / 6):
        return "Not yet: the missing joint is counted in the mean, as if it had been hit."
    if not math.isclose(yours, 1.0):
        return f"Not yet: of four known coordinates one is off by 2, so the mean is 1; yours is {yours:.3g}."
    with np.errstate(all="ignore"):
        empty = answer(pred, np.full_like(truth, np.nan))
    return "Correct." if empty == 0 else "Not yet: a picture without any known joint should give 0."


def check_leak(answer: Callable[[Sequence, Sequence], bool]) -> str:
    """Exercise 3: ``answer(learn, test)``, given the signers of the pictures, is True if a test signer was learned
    from."""
    if answer(["a"], ["b"]) is None:
        return NOTHING
    cases = [(["a", "b", "a"], ["c", "c"], False), (["a", "b"], ["c", "b"], True), (["a"], ["a", "a"], True)]
    for learn, test, right in cases:
        if bool(answer(learn, test)) != right:
            return f"Not yet: learned from {learn}, tested with {test}: the answer is {right}."
    return "Correct."
