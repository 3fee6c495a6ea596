"""The checkers of chapter 14: is an answer right, and where to look if it is not."""

from typing import Any

import numpy as np

from book.chapters.ch14_films import Cost
from book.exercises.answers import array, call, checker, judge, number


@checker
def check_flow(back: Any, newly_lost: Any, before: np.ndarray, after: np.ndarray) -> str | None:
    """Exercise 1 of 14a: frames in which a hand came back, and in which it went; both arrays are bool (T,)."""
    yours = number(back, True, "the first number"), number(newly_lost, True, "the second number")
    right = int((~before & after).sum()), int((before & ~after).sum())
    if yours == right:
        return None
    if yours == right[::-1]:
        return "these are the two numbers, the other way round."
    if yours == (after.sum(), (~after).sum()):
        return "these are the frames with and without the hand afterwards; compare each with the same frame before."
    if yours[0] - yours[1] == right[0] - right[1]:
        return "the difference is right, but that is all a UHP shows. Count both, frame by frame."
    if yours[0] == right[0]:
        return "the first number is right. In which frames was the hand there before, and is missing after?"
    return "in which frames is the hand missing before and there after? And the other way round?"


@checker
def check_days(answer: Any, cost: Cost, hours: float, machines: int) -> str | None:
    """Exercise 1 of 14b: days of work for so many hours of film on so many machines."""
    right = cost.of(hours, machines)["days"]
    film = right / cost.seconds
    wrong = [
        (machines * right, "the machines share the work."),
        (right / 3600, "a second of film costs that; an hour of film has 3600 of them."),
        (film, "that is each machine's share of the film; a second of it costs `cost.seconds` of work."),
    ]
    otherwise = "seconds of work for a second of film, times the seconds of film, over the seconds of a day."
    return judge(number(answer), right, wrong, otherwise, unit="days", rtol=0.01)


@checker
def check_jumps(answer: Any) -> str | None:
    """Exercise 2 of 14b: ``answer(wrist, furthest)`` gets (T, 2), NaN where lost, and says where it jumped, (T,)."""
    wrist = [[0, 0], [3, 4], [30, 4], [np.nan, np.nan], [90, 4], [90, 14], [90, 25], [82, 33], [76, 25]]
    found = array(call(answer, np.array(wrist, float), 10.0), (9,), "what your function returns", "True and False")
    if found[4]:
        return "after a lost frame nobody knows how the hand got there; that is no jump."
    if found[1]:
        return "(0, 0) to (3, 4) is 5 pixels; the furthest allowed was 10."
    if found[5]:
        return "exactly as far as allowed is still allowed."
    if list(found) == [False, False, True, False, False, False, True, True, False]:
        return None
    if found[2] and found[6] and found[7] == found[8]:
        return "8 to the left and 8 down is a way of 11.3, 6 and 8 is one of 10, as the crow flies."
    return "how far is the wrist from where it was one frame before? The first frame has none before it."
