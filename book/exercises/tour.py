"""The checkers of the tour: is an answer right, and where to look if it is not."""

from typing import Any

import numpy as np

from book.exercises.answers import checker, judge, number
from book.shared.hands import FALSE, IN_PLACE, LOST
from lib.keypoints import Keypoints
from lib.metrics import undetected_hand_presence


@checker
def check_lost(answer: Any, found: Keypoints, hand: str) -> str | None:
    """Exercise 1: in what share of the frames the ``hand`` ("right" or "left") was not found, per cent."""
    right = 100 * undetected_hand_presence(found, hand)
    wrong = [
        (100 - right, "that is how often the hand was found."),
        (right * len(found) / 100, "that is the number of frames; divide by all frames of the clip."),
        (100 * undetected_hand_presence(found, "both"), "that is the mean of both hands."),
    ]
    otherwise = "`present` has True where the hand is there; ask for the share of False, of one hand."
    return judge(number(answer), right, wrong, otherwise, unit="per cent", atol=0.05)


@checker
def check_false(of_a: Any, of_b: Any, before: np.ndarray, after_a: np.ndarray, after_b: np.ndarray) -> str | None:
    """Exercise 2: of the hands that A and B brought back, how many are false; words of `outcomes`, a frame each."""
    for name, answer, after in (("A", of_a, after_a), ("B", of_b, after_b)):
        back = after[(before == LOST) & (after != LOST)]
        right = int((back == FALSE).sum())
        wrong = [
            (len(back), f"that is how many hands {name} brings back; how many of these are false?"),
            (int((back == IN_PLACE).sum()), f"that is how many of {name}'s are in place."),
            (
                int((back != IN_PLACE).sum()),
                f'that is all of {name}\'s that are not in place, those that are "off", too.',
            ),
            (
                int((after == FALSE).sum()),
                f"those are all of {name}'s false hands; only of those that were lost before.",
            ),
        ]
        otherwise = f"count the frames in which the hand was lost before, and is false after {name}."
        if hint := judge(number(answer, whole=True, what=f"{name}'s number"), right, wrong, otherwise, atol=0.5):
            return hint
    return None
