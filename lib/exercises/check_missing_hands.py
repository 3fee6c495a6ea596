"""Chapter 1's checker: it says whether an answer is right, and where to look if it is not."""

from collections.abc import Sequence

import numpy as np

from lib.intervals import clip_bootstrap
from lib.keypoints import Keypoints
from lib.metrics import undetected_hand_presence


def check_left_hand(answer: float | None, found: Sequence[Keypoints]) -> str:
    """Exercise 1: UHP of the left hand in ``found``, the mean over clips, in per cent."""
    if answer is None:
        return "Nothing to check yet: put your number in place of None."
    truth = 100 * np.mean([undetected_hand_presence(clip, "left") for clip in found])
    if np.isclose(answer, truth, atol=0.05):
        return "Correct."
    if np.isclose(answer, truth / 100, atol=0.0005):
        return "Nearly: that is a share, give it in per cent."
    if np.isclose(answer, 100 - truth, atol=0.05):
        return "Nearly: that is how often the hand was found."
    return "Not yet: take the mean within each clip first, then over the clips, and mind which hand it is."


def check_widths(by_clips: float | None, by_frames: float | None, lost: Sequence[np.ndarray]) -> str:
    """Exercise 2: widths, in percentage points, of the interval that draws clips and of the one that draws frames."""
    if by_clips is None or by_frames is None:
        return "Nothing to check yet: put your two numbers in place of None."
    clips = clip_bootstrap([100 * np.asarray(clip, float) for clip in lost])
    frames = clip_bootstrap(100 * np.concatenate([np.asarray(clip, float) for clip in lost]))
    right = {"clips": clips.high - clips.low, "frames": frames.high - frames.low}
    for name, answer in (("clips", by_clips), ("frames", by_frames)):
        if np.isclose(100 * answer, right[name], rtol=0.05):
            return f"Nearly: give the width over {name} in percentage points."
        if not np.isclose(answer, right[name], rtol=0.1):  # other seeds move it a little
            return f"Not yet: the width over {name} is its upper end minus its lower end."
    return "Correct."
