"""What a straight line does to a true hand: its bones, and its shape in short gaps against long ones (R2, 3.2 and 5.1).

True hands alone are hidden and filled, so nothing here is an estimator's fault.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from book.shared.gaps import HANDS, windows
from lib.chapters.gap_fill import linear
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.keypoints import Keypoints
from lib.keypoints.keypoints import HOLISTIC_75
from lib.keypoints.layouts import FINGERS

SHORT, LONG = (1, 3), (8, 10_000)  # frames, from and to
JOINTS = len(FINGERS["THUMB"])  # of each finger; the wrist is point 0 of a hand
BONES = [(root + joint - 1 if joint else 0, root + joint) for root in range(1, 21, JOINTS) for joint in range(JOINTS)]


def bone_lengths(hand: np.ndarray) -> np.ndarray:
    """The 20 bones of a hand (T, 21, 3): their lengths (T, 20) in its unit."""
    start, end = np.array(BONES).T
    return np.linalg.norm(hand[:, end] - hand[:, start], axis=-1)


def off_on_the_line(places: Sequence[np.ndarray], lengths: Sequence[int], context: int = 1) -> pd.DataFrame:
    """How wrong bones are in hands that were hidden and filled on straight lines, one row for each gap.

    places   the true joints of each clip in space, (T, 75, 3) in HOLISTIC_75
    lengths  of the gaps, in frames; ``context`` true frames stay on either side

    Columns: clip, part, start, frames, method, and ``bones``, the mean of |length / true length - 1| in per cent.
    """
    rows = []
    for number, points in enumerate(places):
        for part in HANDS:
            hand = points[:, HOLISTIC_75.parts[part]].astype(float)
            true = bone_lengths(hand)
            for length in lengths:
                holes = windows(np.ones(len(hand), bool), length, context)
                given = hand.copy()
                for start, stop in holes:
                    given[start:stop] = np.nan
                wrong = 100 * np.abs(bone_lengths(linear(given)) / true - 1)
                rows += [(number, part, a, b - a, "linear", float(wrong[a:b].mean())) for a, b in holes]
    return pd.DataFrame(rows, columns=["clip", "part", "start", "frames", "method", "bones"])


def off_as_found(clips: Sequence[Keypoints]) -> Interval:
    """How much bones of found hands differ from their own median in the clip, per cent: the mean over clips.

    Each hand is measured in its own length from wrist to middle knuckle, so that coming nearer changes nothing.
    """
    return clip_bootstrap([np.mean([_unsteady(clip, part) for part in HANDS]) for clip in clips])


def _unsteady(clip: Keypoints, part: str) -> float:
    hand = clip.part(part)[clip.present(part)]
    if len(hand) < 2:
        return np.nan
    size = np.linalg.norm(hand[:, clip.layout.middle_mcp] - hand[:, clip.layout.wrist], axis=-1)
    bones = bone_lengths(hand) / size[:, None]
    return float(100 * np.abs(bones / np.median(bones, axis=0) - 1).mean())


def of_length(scores: pd.DataFrame, frames: tuple[int, int]) -> pd.DataFrame:
    """The gaps of so many frames, from and to."""
    return scores[scores["frames"].between(*frames)]


def short_minus_long(scores: pd.DataFrame, measure: str) -> Interval:
    """``measure`` in `SHORT` gaps minus the same in `LONG` ones, clip by clip; the mean over clips that have both."""
    return clip_bootstrap(
        [_mean(of_length(of_clip, SHORT), measure) - _mean(of_length(of_clip, LONG), measure)
         for _, of_clip in scores.groupby("clip")]
    )  # fmt: skip


def _mean(scores: pd.DataFrame, measure: str) -> float:
    """Over frames; NaN without any."""
    return float(np.average(scores[measure], weights=scores["frames"])) if len(scores) else np.nan
