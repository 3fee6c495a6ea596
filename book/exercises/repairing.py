"""The checkers of chapter 9: is an answer right, and where to look if it is not."""

from typing import Any

import numpy as np
import pandas as pd

from book.exercises.answers import array, call, checker, judge, number
from book.shared.gaps import INSIDE


@checker
def check_share(answer: Any, table: pd.DataFrame, longest: int) -> str | None:
    """Exercise 1 of 9a: of all missing frames, the share in gaps inside a clip, ``longest`` frames at most, %."""
    inside, short, frames = table["where"] == INSIDE, table["frames"] <= longest, table["frames"]
    right = 100 * frames[inside & short].sum() / frames.sum()
    wrong = [
        (100 - right, "that is the share out of reach."),
        (100 * (inside & short).mean(), "that counts gaps; count their frames."),
        (100 * frames[inside & short].sum() / frames[inside].sum(), "divide by all missing frames, not only those of "
         "the gaps inside."),
        (100 * frames[short].sum() / frames.sum(), "short gaps at an end of a clip have no frame on the other side."),
        (100 * frames[inside & (frames < longest)].sum() / frames.sum(), f"a gap of {longest} frames counts as well."),
    ]  # fmt: skip
    otherwise = "add up the frames of the short gaps inside, and divide by the frames of all gaps."
    return judge(number(answer), right, wrong, otherwise, unit="per cent", atol=0.05)


@checker
def check_hand(answer: Any) -> str | None:
    """Exercise 1 of 9b: ``answer`` puts the wrist (point 0) at the origin and knuckle (point 9) at distance 1."""
    hand = np.random.default_rng(0).uniform(0, 300, (4, 21, 3))
    result = array(call(answer, hand), hand.shape, "what your function returns")
    moved = hand - hand[:, :1]
    right = moved / np.linalg.norm(moved[:, 9], axis=-1)[:, None, None]
    if np.allclose(result, right):
        return None
    if np.allclose(result, moved):
        return "the wrist is at the origin; now divide by the distance from wrist to knuckle."
    if np.allclose(result[0], right[0]):
        return "every frame has a wrist and a length of its own."
    if np.allclose(result[:, 0], 0):
        return "the wrist is at the origin; the length is that of point 9 in the same frame, in three dimensions."
    return "first subtract point 0 of each frame, then divide by the length of point 9."
