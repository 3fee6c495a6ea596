"""Chapter 8's checker: it says whether an answer is right, and where to look if it is not."""

from collections.abc import Callable

import numpy as np

FRAME = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.7], [12.0, 0.0, 0.4], [8.0, 9.0, 0.9]])


def check_missing(mark: Callable[[np.ndarray], np.ndarray]) -> str:
    """Exercise 1: ``mark(points)`` gives x and y of OpenPose's (P, 3) points, NaN where one was not found."""
    given = FRAME.copy()
    answer = mark(given)
    if answer is None:
        return "Nothing to check yet: let the function return x and y."
    answer = np.asarray(answer, float)
    if answer.shape != (4, 2):
        return f"Not yet: for points of shape (4, 3) the answer has shape (4, 2), not {answer.shape}."
    if not np.array_equal(given, FRAME):
        return "Nearly: the points you were given have changed; work on a copy."
    if not np.isnan(answer[0]).all():
        return "Not yet: a point with confidence 0 was not found, so it becomes NaN."
    if np.isnan(answer[1]).any():
        return "Nearly: (0, 0) with a confidence is a place, the corner of the picture; look at the confidence instead."
    if np.isnan(answer[2]).any():
        return "Nearly: a single zero is a place at the edge of the picture."
    return "Correct." if np.array_equal(answer[1:], FRAME[1:, :2]) else "Not yet: found points keep their x and y."


def check_hours(answer: float | None, clips: int, frames: float, milliseconds: float) -> str:
    """Exercise 2: hours that one process needs for ``clips`` clips of ``frames`` frames each."""
    if answer is None:
        return "Nothing to check yet: put your number in place of None."
    hours = clips * frames * milliseconds / 1000 / 3600
    for factor, said in ((1, "Correct."), (60, "Nearly: these are minutes."), (3600, "Nearly: these are seconds.")):
        if np.isclose(answer, factor * hours, rtol=0.01):
            return said
    return "Not yet: clips x frames x milliseconds, and 3.6 million milliseconds are an hour."
