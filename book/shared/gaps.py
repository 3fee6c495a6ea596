"""Gaps: the runs of frames in which a part of the body was not found. How many are there, how long, and where?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.keypoints import Keypoints

HANDS = ("left_hand", "right_hand")
INSIDE, EDGE, NEVER = "inside", "at an end", "whole clip"


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """The runs of True in ``flags``, bool (T,), each as (start, stop) with stop one past its last frame."""
    steps = np.diff(np.concatenate([[0], np.asarray(flags, np.int8), [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()))


def inside(found: np.ndarray) -> list[tuple[int, int]]:
    """The gaps between ``found`` frames, bool (T,), as `runs` has them; not those at either end."""
    return [(start, stop) for start, stop in runs(~found) if start > 0 and stop < len(found)]


def gap_table(clips: Sequence[Keypoints]) -> pd.DataFrame:
    """One row for each gap of each hand: clip (its number), part, start, frames, and where.

    ``where`` is "inside" between two frames with the hand, "at an end" of the clip, where there is only one to go by,
    or "whole clip" where the hand is never found.
    """
    rows = []
    for number, clip in enumerate(clips):
        for part in HANDS:
            for start, stop in runs(~clip.present(part)):
                ends = (start == 0) + (stop == len(clip))
                rows.append((number, part, start, stop - start, (INSIDE, EDGE, NEVER)[ends]))
    return pd.DataFrame(rows, columns=["clip", "part", "start", "frames", "where"])


def missing(clips: Sequence[Keypoints], part: str) -> Interval:
    """Share of a part's points that are missing, per cent: the mean over clips, with its interval (two or more)."""
    return clip_bootstrap([100.0 * np.isnan(clip.part(part)[..., 0]).mean(axis=1) for clip in clips])


def windows(present: np.ndarray, length: int, context: int = 3) -> list[tuple[int, int]]:
    """Where ``length`` found frames can be taken out so that ``context`` found frames stay on either side.

    ``present`` is bool (T,). The windows, (start, stop), lie as close as they can: one context apart. They are laid
    by this rule, not drawn, so that every method meets the same holes and no seed is needed.
    """
    found = []
    for start, stop in runs(present):
        first = start + context
        while first + length + context <= stop:
            found.append((first, first + length))
            first += length + context
    return found
