"""Chapter 9's checkers: is an answer right, and where to look if it is not."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from lib.gaps import INSIDE

NOTHING = "Nothing to check yet: put your answer in place of None."


def check_share(answer: float | None, table: pd.DataFrame, longest: int) -> str:
    """Exercise 1: of all missing frames, the share in gaps inside a clip of at most ``longest`` frames, per cent."""
    if answer is None:
        return NOTHING
    chosen = (table["where"] == INSIDE) & (table["frames"] <= longest)
    right = 100 * table.loc[chosen, "frames"].sum() / table["frames"].sum()
    if np.isclose(answer, right, atol=0.05):
        return "Correct."
    if np.isclose(answer, right / 100, atol=0.0005):
        return "Nearly: that is a share, give it in per cent."
    if np.isclose(answer, 100 * chosen.mean(), atol=0.05):
        return "Not yet: that counts gaps; count their frames."
    return "Not yet: add up the frames of the short gaps inside, and divide by the frames of all gaps."


def check_hand(answer: Callable[[np.ndarray], np.ndarray | None]) -> str:
    """Exercise 2: ``answer`` puts the wrist (point 0) at the origin and makes wrist to knuckle (point 9) 1 long."""
    hand = np.random.default_rng(0).uniform(0, 300, (4, 21, 3))
    given = hand.copy()
    result = answer(given)
    if result is None:
        return NOTHING
    if not np.array_equal(given, hand):
        return "Not yet: your function changes what it was given; work on a copy."
    moved = hand - hand[:, :1]
    right = moved / np.linalg.norm(moved[:, 9], axis=-1)[:, None, None]
    if np.shape(result) == right.shape and np.allclose(result, right):
        return "Correct."
    if np.shape(result) == right.shape and np.allclose(result, moved):
        return "Nearly: the wrist is at the origin; now divide by the distance from wrist to knuckle."
    if np.shape(result) == right.shape and np.allclose(result[0], right[0]):
        return "Not yet: every frame has a wrist and a length of its own."
    return "Not yet: first subtract point 0 of each frame, then divide by the length of point 9."
