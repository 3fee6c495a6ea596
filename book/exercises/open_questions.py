"""The checkers of chapter 13: is an answer right, and where to look if it is not."""

from typing import Any

import numpy as np

from book.chapters.ch09_gaps import linear
from book.exercises.answers import array, call, checker, judge_array, number
from book.shared.smoothing import smoothing_factor


@checker
def check_factor(answer: Any) -> str | None:
    """Exercise 1 of 13a: ``answer(cutoff, fps)`` is the smoothing factor of a first-order low pass."""
    cutoffs = ((1.0, 25.0), (4.0, 25.0), (2.0, 10.0))
    found = np.array([number(call(answer, *pair), what="what your function returns") for pair in cutoffs])
    cutoff, fps = np.array(cutoffs).T
    wrong = [
        (1 / (1 + fps / cutoff), "tau is 1 / (2 pi cutoff); the circle is missing."),
        (1 / (1 + 1 / (2 * np.pi * cutoff * fps)), "tau is in seconds; how many frames is that?"),
        (1 / (1 + 2 * np.pi * cutoff / fps), "a higher cutoff must follow faster; is that the old value's share?"),
    ]
    otherwise = "first tau = 1 / (2 pi cutoff) seconds, then 1 / (1 + tau fps)."
    return judge_array(found, smoothing_factor(cutoff, fps), wrong, otherwise)


@checker
def check_beside(answer: Any) -> str | None:
    """Exercise 1 of 13b: ``answer(hand, wrist)`` fills (T, 21, 3) on straight lines beside the body's wrist (T, 3)."""
    rng = np.random.default_rng(0)
    wrist = rng.uniform(0, 200, (12, 3))
    whole = wrist[:, None] + rng.uniform(-20, 20, (12, 21, 3))
    hand = whole.copy()
    lost = np.isin(np.arange(12), [0, 4, 5, 6, 10, 11])
    hand[lost] = np.nan
    found = array(call(answer, hand, wrist), hand.shape, "what your function returns")
    right = linear(hand - wrist[:, None]) + wrist[:, None]
    if np.allclose(found, right):
        return None
    if np.allclose(found, linear(hand)):
        return "that is the straight line alone; the body's wrist has no say in it yet."
    if np.allclose(found, linear(hand - wrist[:, None])):
        return "the hand is filled beside the wrist; now put it back into the picture."
    if not np.allclose(found[~lost], hand[~lost]):
        return "hands that were found must stay where they were found."
    if np.allclose(found[1:10], right[1:10]):
        return "inside it is right; at the ends of a clip there is no second hand, so the place beside the wrist stays."
    return "take the body's wrist away from every point, fill on straight lines, and put it back."


@checker
def check_own(answer: Any) -> str | None:
    """Exercise 1 of 13c: ``answer(scores, language, first)`` names each clip's best sign of its own language."""
    scores = np.random.default_rng(1).normal(-300, 100, (20, 10))  # nearly all are below zero, as scores may be
    language, first = np.arange(20) % 2, 6
    found = array(call(answer, scores, language, first), (20,), "what your function returns")
    own, less, more = (
        (np.arange(10) >= begin) == language[:, None].astype(bool) for begin in (first, first - 1, first + 1)
    )

    def best(among: np.ndarray) -> np.ndarray:
        return np.where(among, scores, -np.inf).argmax(axis=1)

    beside = "one sign is counted to the wrong language; the second one's first sign is number `first`."
    wrong = [
        (scores.argmax(axis=1), "that is the best of all signs; some of them are not of the clip's language."),
        ((scores * own).argmax(axis=1), "zero is no low score here, since scores may be negative; what can never win?"),
        (best(~own), "those are the signs of the other language."),
        (best(own) - first * language, "signs are numbered through both languages: the second one's begin at `first`."),
        (best(less), beside),
        (best(more), beside),
    ]
    otherwise = "give the signs of the other language a score that cannot win, and take the best of each row."
    return judge_array(found, best(own), wrong, otherwise)
