"""The checkers of chapter 14: is an answer right, and where to look if it is not."""

from collections.abc import Callable

import numpy as np

from lib.chapters.forecast import Cost

NOTHING = "Nothing to check yet: put your answer in place of None."


def check_flow(back: int | None, newly_lost: int | None, before: np.ndarray, after: np.ndarray) -> str:
    """Exercise 1: frames in which a hand came back, and in which one went; ``before`` and ``after`` are (T,) bool."""
    if back is None or newly_lost is None:
        return NOTHING
    right = int((~before & after).sum()), int((before & ~after).sum())
    if (back, newly_lost) == right:
        return "Correct."
    if (newly_lost, back) == right:
        return "Nearly: these are the two numbers, the other way round."
    if back - newly_lost == right[0] - right[1]:
        return "Not yet: the difference is right, but that is all a UHP shows. Count both, frame by frame."
    return "Not yet: in which frames is the hand missing before and there after? And the other way round?"


def check_days(answer: float | None, cost: Cost, hours: float, machines: int) -> str:
    """Exercise 2: days of work for so many hours of film on so many machines."""
    if answer is None:
        return NOTHING
    right = cost.of(hours, machines)["days"]
    for factor, word in (
        (1, "Correct."),
        (machines, "Nearly: the machines share the work."),
        (24, "Nearly: these are hours, give days."),
        (86400, "Nearly: these are seconds, give days."),
        (1 / 3600, "Not yet: a second of film costs that; an hour of film has 3600 of them."),
    ):
        if np.isclose(answer, factor * right, rtol=0.01):
            return word
    return "Not yet: seconds of work for a second of film, times the seconds of film, over the seconds of a day."


def check_jumps(answer: Callable[[np.ndarray, float], np.ndarray | None]) -> str:
    """Exercise 3: ``answer(wrist, furthest)`` gets (T, 2), NaN where lost, and says in which frames it jumped, (T,)."""
    wrist = np.array([[0, 0], [3, 4], [30, 4], [np.nan, np.nan], [90, 4], [90, 14], [90, 25]], float)
    given = wrist.copy()
    found = answer(given, 10.0)
    if found is None:
        return NOTHING
    if not np.array_equal(given, wrist, equal_nan=True):
        return "Not yet: your function changes what it was given; work on a copy."
    found = np.asarray(found)
    if found.shape != (7,) or found.dtype != bool:
        return f"Not yet: one True or False for each frame, shape (7,), not {found.dtype} {found.shape}."
    if found[4]:
        return "Not yet: after a lost frame nobody knows how the hand got there; that is no jump."
    if found[1]:
        return "Not yet: (0, 0) to (3, 4) is 5 pixels; the furthest allowed was 10."
    if found[5]:
        return "Not yet: exactly as far as allowed is still allowed."
    if list(found) == [False, False, True, False, False, False, True]:
        return "Correct."
    return "Not yet: how far is the wrist from where it was one frame before? The first frame has none before it."
