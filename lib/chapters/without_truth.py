"""What can be said of found hands where nobody knows the truth: what changed, and signs that something is wrong.

Signs, not proofs. A hand in the wrong place that keeps still shows none of them (chapter 14 counts those).
"""

import numpy as np
import pandas as pd

from book.shared.hands import shoulder_width
from lib.keypoints import Keypoints
from lib.metrics import hand_distance

FASTEST = 8.0  # shoulder widths a second: the fastest true wrist of D1 train has 7.6
SAME_PLACE = 0.25  # of a hand's size: nearer than that, left and right are one hand found twice
APART = 0.5  # of a hand's size, as in `lib.metrics.false_hands`
HANDS = ("right", "left")


def jumps(keypoints: Keypoints, hand: str = "right", fastest: float = FASTEST) -> np.ndarray:
    """Frames, (T,) bool, whose hand was found in the frame before too, and whose wrist got here faster than an arm can.

    ``fastest`` is in shoulder widths a second. True of a hand that was taken for the other one, for another person's
    or for a face, and at every cut between two shots.
    """
    wrist = keypoints.part(f"{hand}_hand")[:, keypoints.layout.wrist, :2]
    step = np.linalg.norm(np.diff(wrist, axis=0, prepend=wrist[:1]), axis=1)  # NaN beside a lost hand
    return step * keypoints.fps / shoulder_width(keypoints) > fastest


def doubled(keypoints: Keypoints) -> np.ndarray:
    """Frames, (T,) bool, in which left and right hand lie on one another joint by joint: one hand, found twice."""
    left, right = (keypoints.part(f"{hand}_hand")[..., :2] for hand in ("left", "right"))
    return hand_distance(left, right) < SAME_PLACE  # NaN where one is lost


def apart(before: Keypoints, after: Keypoints, hand: str = "right") -> np.ndarray:
    """Frames, (T,) bool, in which a hand was found both times, but in two places: one of them is wrong.

    The two may be in pixels of different sizes; half a hand's size makes two places.
    """
    one = before.part(f"{hand}_hand")[..., :2]
    two = after.part(f"{hand}_hand")[..., :2] * np.divide(before.size, after.size)
    return hand_distance(two, one) > APART


def changes(before: Keypoints, after: Keypoints) -> pd.DataFrame:
    """Frames in which each hand was found in the film as it was (``before``) and as it is: one row a hand."""
    rows = {}
    for hand in HANDS:
        then, now = before.present(f"{hand}_hand"), after.present(f"{hand}_hand")
        rows[hand] = {
            "frames": len(then),
            "lost before": (~then).sum(),
            "lost after": (~now).sum(),
            "back": (~then & now).sum(),
            "newly lost": (then & ~now).sum(),
            "in another place": apart(before, after, hand).sum(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype(int)


def signs(keypoints: Keypoints) -> pd.DataFrame:
    """Frames with a sign that something is wrong, one row a hand."""
    twice = int(doubled(keypoints).sum())
    rows = {hand: {"jumps": int(jumps(keypoints, hand).sum()), "both hands in one place": twice} for hand in HANDS}
    return pd.DataFrame.from_dict(rows, orient="index")
