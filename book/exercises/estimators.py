"""The checkers of chapter 8: is an answer right, and where to look if it is not."""

from typing import Any

import numpy as np

from book.exercises.answers import array, call, checker, judge, number

FRAME = np.array([[0, 0, 0], [0, 0, 0.9], [12, 0, 0.4], [0, 7, 0.4], [8, 9, 0.9], [5, 6, 0.02]])


@checker
def check_missing(answer: Any) -> str | None:
    """Exercise 1 of 8a: ``answer(points)`` gives x and y of OpenPose's (P, 3) points, NaN where one was not found."""
    found = array(call(answer, FRAME), (len(FRAME), 2), "what your function returns", missing=True)
    if not np.isnan(found[0]).all():
        return "a point with confidence 0 was not found, so x and y become NaN."
    if np.isnan(found[1]).any():
        return "(0, 0) with a confidence is a place, the corner of the picture; look at the confidence instead."
    if np.isnan(found[4:]).any():
        return "any confidence above 0 means that the point was found."
    if np.isnan(found[2:4]).any():
        return "a single zero is a place at the edge of the picture."
    return None if np.array_equal(found[1:], FRAME[1:, :2]) else "found points keep their x and y."


@checker
def check_hours(answer: Any, clips: int, frames: float, milliseconds: float) -> str | None:
    """Exercise 2 of 8a: hours that one process needs for ``clips`` clips of ``frames`` frames each."""
    hours = clips * frames * milliseconds / 1000 / 3600
    wrong = [
        (hours / 8, "that is for eight processes; one is asked for."),
        (hours / frames, "each clip has many frames, and each frame takes that long."),
        (hours * 1000, "a second has 1000 milliseconds."),
    ]
    otherwise = "clips x frames x milliseconds; and how many milliseconds has an hour?"
    return judge(number(answer), hours, wrong, otherwise, unit="hours", rtol=0.01)
