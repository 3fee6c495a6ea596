"""What a network that fills gaps sees of one hand: its shape, the other hand's, and both arms, frame by frame.

Hands are in hand lengths (wrist to middle knuckle, the median over the found frames), shapes from their own wrist,
places from the wrist of the body, arms in shoulder widths from between the shoulders; a left hand is mirrored, so that
there are right hands only. Lost hands lie on the straight line (R2, 3.2), at a clip's ends where they were found.
"""

from dataclasses import dataclass

import numpy as np

from book.chapters.ch13_gaps import MIRROR, arm_of, shapes
from book.shared.gaps import runs
from book.shared.hands import shoulder_width
from lib.imputation import fill_gaps
from lib.keypoints import Keypoints

HAND = 21  # 20 points of the shape, and the place of the wrist
POINTS, FLAGS = 2 * HAND + 2 * 5, 6
FAR = 16.0  # frames to the next found hand that count as one
OTHER = {"left_hand": "right_hand", "right_hand": "left_hand"}


@dataclass(frozen=True)
class Scene:
    """One hand of a clip. ``found`` bool (T,); ``points`` (T, POINTS, 2), of which the first `HAND` are the hand, and
    ``flags`` (T, FLAGS) are what a network sees; ``unit`` (2,) is a hand length in pixels, mirrored; ``wrist`` (T, 2)
    the body's wrist in pixels."""

    found: np.ndarray
    points: np.ndarray
    flags: np.ndarray
    unit: np.ndarray
    wrist: np.ndarray

    @property
    def line(self) -> np.ndarray:
        """The hand on the straight line, (T, HAND, 2)."""
        return self.points[:, :HAND]

    def gaps(self) -> list[tuple[int, int]]:
        """The runs of frames in which the hand is lost."""
        return runs(~self.found)

    def seen(self, hand: np.ndarray) -> np.ndarray:
        """A hand in pixels (T, 21, 2) as ``line`` has it."""
        shape, place = hand[:, 1:] - hand[:, :1], hand[:, :1] - self.wrist[:, None]
        return np.concatenate([shape, place], axis=1) / self.unit

    def pixels(self, hand: np.ndarray) -> np.ndarray:
        """Back from what ``seen`` gives, (T, HAND, 2), to 21 points in pixels."""
        wrist = hand[:, -1:] * self.unit + self.wrist[:, None]
        return np.concatenate([wrist, wrist + hand[:, :-1] * self.unit], axis=1)


def scene(clip: Keypoints, part: str) -> Scene:
    """One hand of a clip, as it was found. What was never found, body or hand, is zero."""
    mirror, middle = np.array([MIRROR[part], 1.0]), _between_shoulders(clip)
    sides, arms = (part, OTHER[part]), {}
    for side in sides:
        arms[side] = np.nan_to_num(arm_of(clip, side).astype(float))
    hands, found, units = zip(*(_hand(clip, side, arms[side][:, 1]) for side in sides))
    width = shoulder_width(clip)
    far = [(arms[side][:, :2] - middle) * mirror / (width if width > 0 else 1.0) for side in sides]
    near = [(arms[side][:, 2:] - arms[side][:, 1:2]) * mirror / unit for side, unit in zip(sides, units)]
    points = np.concatenate([*(hand * mirror for hand in hands), *far, *near], axis=1)
    flags = np.column_stack([*found, *_times(found[0])])
    return Scene(found[0], points.astype(np.float32), flags.astype(np.float32), units[0] * mirror, arms[part][:, 1])


def _hand(clip: Keypoints, part: str, wrist: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """A hand on lines (T, HAND, 2) in hand lengths, not mirrored; where it was found; its length in pixels."""
    shape, length = shapes(clip.part(part), 1.0)
    place = (clip.part(part)[:, :1, :2] - wrist[:, None]) / length
    hand, found = np.concatenate([shape[:, 1:], place], axis=1), clip.present(part)
    fill_gaps(hand, np.repeat(found[:, None], HAND, axis=1))
    return hand, found, length


def _times(found: np.ndarray) -> tuple[np.ndarray, ...]:
    """How long ago the hand was found and how soon it will be, up to 1; and whether it was and will be at all."""
    frames, count = np.arange(len(found)), len(found)
    last = np.maximum.accumulate(np.where(found, frames, -count))
    following = np.minimum.accumulate(np.where(found, frames, 2 * count)[::-1])[::-1]
    ago, soon = (np.minimum(gap / FAR, 1.0) for gap in (frames - last, following - frames))
    return ago, soon, last >= 0, following < count


def _between_shoulders(clip: Keypoints) -> np.ndarray:
    shoulders = clip.xyz[:, list(clip.layout.shoulders), :2].astype(float)
    fill_gaps(shoulders, ~np.isnan(shoulders).any(axis=-1))
    return shoulders.mean(axis=1, keepdims=True)
