"""Chapter 13: a smoothing factor, a hand beside the body's wrist, and the best sign of one's own language."""

import numpy as np

from book.chapters.ch09_gaps import linear
from book.exercises.open_questions import check_beside, check_factor, check_own
from exercise_cases import Case, nothing


def factor(cutoff, fps):
    return 1 / (1 + fps / (2 * np.pi * cutoff))


def beside(hand, wrist):
    return linear(hand - wrist[:, None]) + wrist[:, None]


def at_the_wrist(hand, wrist):
    return linear(hand - hand[:, :1]) + wrist[:, None]


def by_hand(hand, wrist):
    """Draws the line on over the ends of the clip."""
    offset, found = hand - wrist[:, None], np.flatnonzero(~np.isnan(hand[:, 0, 0]))
    filled = offset.copy()
    for t in np.flatnonzero(np.isnan(hand[:, 0, 0])):
        one = min(max(np.searchsorted(found, t) - 1, 0), len(found) - 2)
        a, b = found[one], found[one + 1]
        filled[t] = offset[a] + (offset[b] - offset[a]) * (t - a) / (b - a)
    return filled + wrist[:, None]


def mask(scores, language, first):
    return (np.arange(scores.shape[1]) >= first) == (language[:, None] == 1)


def own(scores, language, first):
    return np.where(mask(scores, language, first), scores, -np.inf).argmax(axis=1)


CASES = [
    Case(
        check_factor,
        check_factor,
        right=factor,
        stub=nothing,
        wrong=[
            (lambda cutoff, fps: 1 / (1 + fps / cutoff), "circle is missing"),
            (lambda cutoff, fps: 1 / (1 + 1 / (2 * np.pi * cutoff * fps)), "how many frames"),
            (lambda cutoff, fps: 1 / (1 + 2 * np.pi * cutoff / fps), "old value's share"),
            (lambda cutoff, fps: cutoff / fps, "first tau"),
            (lambda cutoff: 1 / cutoff, "TypeError"),
        ],
    ),
    Case(
        check_beside,
        check_beside,
        right=beside,
        stub=nothing,
        wrong=[
            (lambda hand, wrist: linear(hand), "straight line alone"),
            (lambda hand, wrist: linear(hand - wrist[:, None]), "put it back"),
            (at_the_wrist, "must stay where they were found"),
            (lambda hand, wrist: hand, "NaN in"),
            (lambda hand, wrist: np.where(np.isnan(hand), wrist[:, None], hand), "take the body's wrist away"),
            (lambda hand, wrist: linear(hand - wrist), "ValueError"),
            (by_hand, "inside it is right"),
        ],
    ),
    Case(
        check_own,
        check_own,
        right=own,
        stub=nothing,
        wrong=[
            (lambda scores, language, first: scores.argmax(axis=1), "best of all signs"),
            (lambda scores, language, first: (scores * mask(scores, language, first)).argmax(axis=1), "never win"),
            (lambda scores, language, first: own(scores, 1 - language, first), "the other language"),
            (lambda scores, language, first: own(scores, language, first) - first * language, "begin at `first`"),
            (lambda scores, language, first: np.where(mask(scores, language, first), scores, -np.inf), "shape"),
            (lambda scores, language, first: own(scores, language, first + 1), "the wrong language"),
            (lambda scores, language, first: own(scores, language, first - 1), "the wrong language"),
            (lambda scores, *of: np.where(mask(scores, *of), scores, -9).argmax(axis=1), "never win"),
            (lambda scores, language, first: np.zeros(len(scores), int), "cannot win"),
        ],
    ),
]
