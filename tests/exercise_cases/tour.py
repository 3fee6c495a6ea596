"""The tour: ten frames of a made-up clip, and two methods of which one draws what is not there."""

import numpy as np

from book.exercises.tour import check_false, check_lost
from book.shared.hands import FALSE, IN_PLACE, LOST, OFF
from exercise_cases import Case
from exercise_cases.missing_hands import clip

FOUND = clip(10, 1, 4)
BEFORE = np.array([LOST] * 7 + [IN_PLACE, FALSE, OFF])
HONEST = np.array([LOST, IN_PLACE, IN_PLACE, IN_PLACE, OFF, FALSE, LOST, IN_PLACE, FALSE, OFF])
CHEAT = np.array([FALSE, FALSE, FALSE, OFF, FALSE, IN_PLACE, LOST, IN_PLACE, FALSE, OFF])

CASES = [
    Case(
        check_lost,
        lambda answer: check_lost(answer, FOUND, "right"),
        right=40.0,
        wrong=[
            (0.4, "a share; give it in per cent"),
            (60.0, "was found"),
            (4, "the number of frames"),
            (25.0, "the mean of both hands"),
            (10.0, "the share of False"),
        ],
    ),
    Case(
        check_false,
        lambda *answers: check_false(*answers, BEFORE, HONEST, CHEAT),
        right=(1, 4),
        answers=2,
        wrong=[
            ((5, 4), "how many hands A brings back"),
            ((3, 4), "how many of A's are in place"),
            ((2, 4), "all of A's that are not in place"),
            ((1, 6), "how many hands B brings back"),
            ((1, 1), "how many of B's are in place"),
            ((1, 5), "all of B's that are not in place"),
            ((4, 4), "is false after A"),
            ((1, None), "B's number is still empty"),
            ((1, 0.5), "a whole number"),
        ],
    ),
]
