"""How fast a hand moves, and what is lost at which speed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.evaluation.intervals import clip_bootstrap
from lib.keypoints import Keypoints
from lib.tools.errors import BadInput

COLUMNS = ("from", "to", "frames", "clips", "mean", "low", "high")


def hand_speed(truth: Keypoints, hand: str = "right") -> np.ndarray:
    """Speed of a wrist in shoulder widths a second, (T,); NaN where it is unknown.

    Central differences (one-sided at the ends) of the wrist in the picture. The shoulder width, its median over the
    clip, makes the number independent of the camera: at 25 frames a second a hand of half a shoulder width that moves
    2.5 of them a second travels a fifth of its own length between two frames. Raises BadInput for fewer than two
    frames, and for a layout without shoulders or hands.
    """
    if len(truth) < 2:
        raise BadInput(f"A speed needs at least two frames, not {len(truth)}; give a longer clip.")
    wrist = truth.part(f"{hand}_hand")[:, truth.layout.wrist, :2]
    return np.linalg.norm(np.gradient(wrist, axis=0), axis=1) * truth.fps / shoulder_width(truth)


def shoulder_width(keypoints: Keypoints) -> float:
    """Median distance of the shoulders in the picture, in pixels; NaN where they are never found."""
    left, right = (keypoints.xyz[:, point, :2] for point in keypoints.layout.shoulders)
    distance = np.linalg.norm(left - right, axis=1)
    return float(np.nanmedian(distance)) if np.isfinite(distance).any() else float("nan")


def by_speed(values: Sequence[np.ndarray], speeds: Sequence[np.ndarray], edges: Sequence[float]) -> pd.DataFrame:
    """Mean of the frames' values in each bin of speed, with its interval over clips.

    values   for each clip a number for each of its frames, such as 1 where the hand is lost
    speeds   for each clip the speed in each of its frames
    edges    from bin to bin, rising; a bin holds its lower edge

    One row a bin: from, to, frames, clips (with frames in it), mean, low, high. Every frame counts alike, and clips
    are drawn whole. Bins that fewer than two clips reach are left out: they allow no interval.
    """
    rows = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        chosen = [np.asarray(v, float)[(s >= low) & (s < high)] for v, s in zip(values, speeds, strict=True)]
        chosen = [clip for clip in chosen if clip.size]
        if len(chosen) >= 2:
            sizes = [clip.size for clip in chosen]
            interval = clip_bootstrap(chosen, weights=sizes)
            rows.append((low, high, sum(sizes), len(chosen), interval.mean, interval.low, interval.high))
    return pd.DataFrame(rows, columns=list(COLUMNS))
