"""The checkers of chapter 1: is an answer right, and where to look if it is not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from book.exercises.answers import checker, judge, number
from lib.evaluation.intervals import clip_bootstrap
from lib.keypoints import Keypoints
from lib.metrics import undetected_hand_presence


@checker
def check_left_hand(answer: Any, found: Sequence[Keypoints]) -> str | None:
    """Exercise 1 of 1a: UHP of the left hand in ``found``, the mean over clips, in per cent."""
    left, right = (
        100 * np.mean([undetected_hand_presence(clip, hand) for clip in found]) for hand in ("left", "right")
    )
    pot = 100 * np.mean(np.concatenate([~clip.present("left_hand") for clip in found]))
    wrong = [
        (100 - left, "that is how often the hand was found."),
        (right, "that is the right hand."),
        (pot, "that is the mean over all frames; take the mean within each clip first, then over the clips."),
    ]
    otherwise = "take the mean within each clip first, then over the clips, and mind which hand it is."
    return judge(number(answer), left, wrong, otherwise, unit="per cent", atol=0.05)


@checker
def check_widths(by_clips: Any, by_frames: Any, lost: Sequence[np.ndarray]) -> str | None:
    """Exercise 1 of 1b: widths, in points, of the interval that draws clips and of the one that draws frames."""
    clips = clip_bootstrap([100 * np.asarray(clip, float) for clip in lost])
    frames = clip_bootstrap(100 * np.concatenate([np.asarray(clip, float) for clip in lost]))
    widths = {"clips": clips.high - clips.low, "frames": frames.high - frames.low}
    given = {"clips": number(by_clips, what="the first width"), "frames": number(by_frames, what="the second width")}
    other = {"clips": "frames", "frames": "clips"}
    for name, answer in given.items():
        wrong = [
            (widths[name] / 2, f"that is half of the width over {name}; go from the lower end to the upper one."),
            (widths[other[name]], f"the first width is over clips, the second over frames; see the one over {name}."),
        ]
        otherwise = f"the width over {name} is its upper end minus its lower end."
        # other seeds move an end a little
        if hint := judge(answer, widths[name], wrong, otherwise, "percentage points", rtol=0.1, atol=1e-9):
            return hint
    return None
