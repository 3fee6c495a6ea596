"""Chapter 1: four made-up clips that lose the hands, the last one longest."""

import numpy as np

from book.exercises.missing_hands import check_left_hand, check_widths
from exercise_cases import Case
from lib.evaluation.intervals import clip_bootstrap
from lib.keypoints import HOLISTIC_75, Keypoints


def clip(frames: int, left: int, right: int) -> Keypoints:
    """A clip in which the first ``left`` and ``right`` frames lack that hand."""
    xyz = np.ones((frames, 75, 3), np.float32)
    for hand, lost in (("left_hand", left), ("right_hand", right)):
        xyz[:lost, HOLISTIC_75.parts[hand]] = np.nan
    there = (~np.isnan(xyz[..., 0])).astype(np.float32)
    return Keypoints(xyz, there, HOLISTIC_75, 25.0, (152, 168))


FOUND = [clip(10, 1, 2), clip(10, 2, 4), clip(10, 3, 6), clip(40, 16, 8)]
LOST = [~found.present("right_hand") for found in FOUND]
LEFT, RIGHT, POT = 25.0, 35.0, 100 * 22 / 70


def width(values: list) -> float:
    ends = clip_bootstrap(values, seed=7)
    return ends.high - ends.low


CLIPS, FRAMES = width([100.0 * lost for lost in LOST]), width(100.0 * np.concatenate(LOST))

CASES = [
    Case(
        check_left_hand,
        lambda answer: check_left_hand(answer, FOUND),
        right=LEFT,
        wrong=[
            (LEFT / 100, "a share; give it in per cent"),
            (100 - LEFT, "was found"),
            (RIGHT, "the right hand"),
            (POT, "within each clip first"),
            ([10, 20, 30, 40], "4 numbers"),
            (55, "which hand"),
        ],
    ),
    Case(
        check_widths,
        lambda *answers: check_widths(*answers, LOST),
        right=(CLIPS, FRAMES),
        answers=2,
        wrong=[
            ((CLIPS / 100, FRAMES / 100), "difference of shares"),
            ((CLIPS / 2, FRAMES / 2), "half of the width"),
            ((FRAMES, CLIPS), "the second over frames"),
            ((CLIPS, CLIPS), "see the one over frames"),
            ((CLIPS, None), "second width is still empty"),
            ((clip_bootstrap(LOST), FRAMES), "of type Interval"),
            ((3 * CLIPS, FRAMES), "upper end minus its lower end"),
        ],
    ),
]
