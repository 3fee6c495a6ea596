"""Red and blue swapped: what it costs to feed a pose estimator BGR where it was trained on RGB.

OpenCV reads BGR, MediaPipe wants RGB, and nothing complains when one is given the other. R2's authors' public code
feeds BGR with a tracking threshold of 0.75 for the Dutch videos, RGB with 0.5 for the Flemish ones.
"""

from collections.abc import Sequence

import numpy as np

from lib.holistic import extract
from lib.keypoints import Keypoints
from lib.signer.clips import Clip
from lib.tools.errors import BadInput

THRESHOLDS = (0.5, 0.75)  # of tracking, for R2's two languages


def swapped(frames: np.ndarray) -> np.ndarray:
    """Frames (T, H, W, 3) with red and blue exchanged."""
    return np.ascontiguousarray(frames[..., ::-1])


def compare(clips: Sequence[Clip], frames: int | None = None, thresholds: Sequence[float] = THRESHOLDS) -> list[dict]:
    """Sharp and blurred films in both orders, at each threshold: one row a clip, film, order and threshold.

    clips       synthetic clips; the first ``frames`` of each are used, None: all
    thresholds  ``min_tracking_confidence``; the detection threshold stays at the course's 0.3

    A row's ``body`` and ``hands`` are shares of the frames (two hands a frame) in which they were found.
    """
    if not clips or not thresholds:
        raise BadInput("There is nothing to compare: give clips and thresholds.")
    rows = []
    for clip in clips:
        for film, rgb in (("sharp", clip.target()[:frames]), ("blurred", clip.input()[:frames])):
            for order, shown in (("RGB", rgb), ("BGR", swapped(rgb))):
                for threshold in thresholds:
                    found = extract(shown, min_tracking_confidence=threshold, progress=False, name=clip.name)
                    about = {"clip": clip.name, "film": film, "order": order, "tracking": threshold}
                    rows.append(about | _shares(found))
    return rows


def _shares(found: Keypoints) -> dict[str, float]:
    hands = [found.present(f"{side}_hand").mean() for side in ("left", "right")]
    return {"body": float(found.present("pose").mean()), "hands": float(np.mean(hands))}
