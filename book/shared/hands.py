"""Hands in clips: how fast they move, what became of them, and pictures of single moments."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.degrade import upscale
from lib.evaluation.intervals import clip_bootstrap
from lib.keypoints import Keypoints
from lib.metrics import hand_distance
from lib.signer.clips import Clip
from lib.tools.errors import BadInput


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
    return pd.DataFrame(rows, columns=["from", "to", "frames", "clips", "mean", "low", "high"])


LOST, IN_PLACE, OFF, FALSE = "lost", "in place", "off", "false"
NEAR, FAR = 0.2, 0.5  # shares of the hand's size: below the first "in place", above the second "false"


def outcomes(found: Keypoints, truth: Keypoints, part: str = "right_hand") -> np.ndarray:
    """One word for each frame, (T,): "lost", "in place", "off" or "false", by the mean distance of the joints.

    Both clips in the same pixels. "false" is that of `lib.metrics.false_hands`: off by more than half the hand's size,
    or found though every true joint is out of the picture. "in place" is off by a fifth at most.
    """
    guess, real = found.part(part)[..., :2], truth.part(part)[..., :2]
    visible = (truth.confidence[:, truth.layout.parts[part]] > 0).any(axis=1)
    error = np.where(visible, hand_distance(guess, real), np.inf)  # NaN beside a lost hand
    words = np.select([error <= NEAR, error <= FAR], [IN_PLACE, OFF], FALSE)
    return np.where(found.present(part), words, LOST)


def find_frame(before: Sequence[np.ndarray], after: Sequence[np.ndarray], was: str, now: str) -> tuple[int, int] | None:
    """(clip, frame) in which a hand that ``was`` so before is ``now`` so after; None where there is none.

    The middle one of all such frames, so that nobody picks a pretty one. ``was`` may be "" for anything.
    """
    places = [
        (clip, int(frame))
        for clip, (a, b) in enumerate(zip(before, after, strict=True))
        for frame in np.flatnonzero(((a == was) | (was == "")) & (b == now))
    ]
    return places[len(places) // 2] if places else None


Place = tuple[int, int]  # which clip, which frame


class Shot(NamedTuple):
    """One frame of a clip as it is in both videos."""

    input: np.ndarray  # (h, w, 3) uint8, degraded
    target: np.ndarray  # (2h, 2w, 3) uint8, sharp

    @property
    def enlarged(self) -> np.ndarray:
        """The input at the target's size, by bilinear interpolation."""
        return next(upscale([self.input], 2, "bilinear"))


def read_shots(films: Sequence[Clip], places: Iterable[Place]) -> dict[Place, Shot]:
    """The frames at these places; each clip is decoded once."""
    rows: dict[int, set[int]] = {}
    for clip, row in places:
        rows.setdefault(int(clip), set()).add(int(row))
    shots = {}
    for clip in sorted(rows):
        source, target = films[clip].input(), films[clip].target()
        shots |= {(clip, row): Shot(source[row].copy(), target[row].copy()) for row in sorted(rows[clip])}
    return shots


SIDE = 96  # pixels of the target: a hand and some room around it; half as many of the input


def hand_box(points: np.ndarray, size: tuple[int, int], side: int = SIDE) -> tuple[int, int, int, int]:
    """The square (x0, y0, x1, y1) of ``side`` pixels around a hand's points, as `lib.degrade.crop` takes it.

    ``points`` are (P, 2) or (P, 3) in pixels of a frame of ``size`` = (width, height); NaN is left out. The square
    stays inside the frame, and its corners are even, so that halving them gives the same square of the input.
    Raises BadInput if no point is known, or if the frame is smaller than the square.
    """
    if not np.isfinite(points).all(axis=-1).any():
        raise BadInput("No point of the hand is known in this frame: choose another frame.")
    if side % 2 or side > min(size):
        raise BadInput(f"A close-up of {side} pixels does not fit a frame of {size}: give an even, smaller side.")
    middle = (np.nanmin(points, axis=0) + np.nanmax(points, axis=0))[:2] / 2
    x0, y0 = (int(np.clip(at - side / 2, 0, length - side)) // 2 * 2 for at, length in zip(middle, size))
    return x0, y0, x0 + side, y0 + side


def halved(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The same place in a frame of half the width and height."""
    return tuple(corner // 2 for corner in box)
