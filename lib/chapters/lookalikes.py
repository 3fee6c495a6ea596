"""Hands that look alike once they are blurred, shrunk and compressed, though they were different hands.

What can a network know of a hand from its smear? At best, which sharp hands go with smears like this one. So we look
for them: the *inputs* nearest to a given input, and the sharp hands that they came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from book.shared.hands import halved, hand_box, hand_speed
from lib.degrade import crop
from lib.signer.clips import Clip
from lib.tools.errors import BadInput

SIDE = 64  # pixels of the target: just the hand
APART = 3  # frames between two of the same clip: neighbours show the same hand


@dataclass(frozen=True)
class Hands:
    """M hands cut out of clips, left ones mirrored so that all are right hands."""

    inputs: np.ndarray  # (M, side/2, side/2, 3) uint8
    targets: np.ndarray  # (M, side, side, 3) uint8
    joints: np.ndarray  # (M, 21, 2) float32, in pixels of the target's square
    clip: np.ndarray  # (M,) which of the clips
    frame: np.ndarray  # (M,)
    speed: np.ndarray  # (M,) of the wrist, in shoulder widths a second

    def __len__(self) -> int:
        return len(self.frame)


def gather_hands(films: Sequence[Clip], stride: int = 1, side: int = SIDE) -> Hands:
    """Both hands of every ``stride``-th frame of the clips."""
    if not films:
        raise BadInput("There are no clips to gather hands from; give at least one.")
    rows = [row for number, film in enumerate(films) for row in _of_clip(film, number, stride, side)]
    inputs, targets, joints, clip, frame, speed = zip(*rows)
    return Hands(*(np.stack(part) for part in (inputs, targets, joints)), *map(np.array, (clip, frame, speed)))


def lookalikes(hands: Hands, which: int, count: int = 5) -> list[int]:
    """The ``count`` hands whose inputs are nearest to that of hand ``which``, nearest first, itself left out.

    Near is the mean squared difference of the inputs' pixels. Of hands less than ``APART`` frames from one another in
    one clip only the nearest is taken. Raises BadInput where there are not so many.
    """
    near = np.square(hands.inputs.astype(np.float32) - hands.inputs[which]).mean(axis=(1, 2, 3))
    chosen = [which]
    for other in np.argsort(near, kind="stable"):
        same = [hands.clip[other] == hands.clip[one] for one in chosen]
        close = [abs(int(hands.frame[other]) - int(hands.frame[one])) < APART for one in chosen]
        if not any(a and b for a, b in zip(same, close)):
            chosen.append(int(other))
        if len(chosen) > count:
            return chosen[1:]
    raise BadInput(f"Among {len(hands)} hands there are not {count} others; gather them from more clips.")


def _of_clip(film: Clip, number: int, stride: int, side: int):
    truth, targets, inputs = film.truth(), film.target(), film.input()
    for hand in ("left", "right"):
        points, speed = truth.part(f"{hand}_hand")[..., :2], hand_speed(truth, hand)
        for frame in range(0, len(targets), stride):
            box = hand_box(points[frame], truth.size, side)
            target, joints = next(crop([targets[frame]], box)), points[frame] - box[:2]
            source = next(crop([inputs[frame]], halved(box)))
            if hand == "left":
                source, target, joints = source[:, ::-1], target[:, ::-1], joints * (-1, 1) + (side - 1, 0)
            yield source, target, joints.astype(np.float32), number, frame, speed[frame]
