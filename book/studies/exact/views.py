"""Body points and hands of synthetic signers as any camera would see them: what a hand's square is learned from.

The truth of the shipped clips to learn from (D1 train, and nothing else) is in metres, so it can be looked at from
anywhere. MediaPipe's points of a body are not the true ones; how they stray, together and one by one, is measured on
the same clips, and drawn. Numbers alone: no picture is rendered, and nobody's film is read.
"""

from collections.abc import Sequence

import numpy as np

from lib.evaluation.evaluation import looked_at
from lib.evaluation.methods import find_methods
from lib.holistic.surety import HAND
from lib.keypoints import HOLISTIC_75
from lib.signer.clips import Clip, in_target_pixels

JOINTS = ("shoulder", "elbow", "wrist", "thumb", "index", "pinky")  # of one arm
ARM = np.array([HOLISTIC_75.pair(joint) for joint in JOINTS]).T  # (2, 6), left and right
YAW, PITCH, ROLL = np.radians([75, 35, 35])  # how far a camera strays to either side, from in front
NEAREST, FARTHEST = 1.2, 5.0  # metres


def seen(metres: np.ndarray, rng: np.random.Generator, views: int) -> np.ndarray:
    """Right arms (N, 27, 2), six points of the body and 21 of the hand, of poses (T, 75, 3), each by ``views`` cameras.

    A left arm is mirrored into a right one first.
    """
    arms = np.concatenate([metres[:, np.r_[ARM[side], np.r_[HAND[side]]]] for side in (0, 1)])
    arms[: len(metres), :, 0] *= -1
    arms = np.repeat(arms - arms[:, 2:3], views, axis=0)  # seen around the wrist
    turned = np.einsum("nij,npj->npi", turns(len(arms), rng), arms)
    away = rng.uniform(NEAREST, FARTHEST, (len(arms), 1))
    return np.stack([turned[..., 0], -turned[..., 2]], axis=-1) / (away + turned[..., 1]).clip(0.3)[..., None]


def turns(count: int, rng: np.random.Generator) -> np.ndarray:
    """Rotations (N, 3, 3): the signer turned about the upright axis, then nodding, then leaning."""
    yaw, pitch, roll = (rng.uniform(-1, 1, (3, count)).T * (YAW, PITCH, ROLL)).T
    return about(1, roll) @ about(0, pitch) @ about(2, yaw)


def about(axis: int, angle: np.ndarray) -> np.ndarray:
    """Rotations (N, 3, 3) about one of the three axes."""
    a, b = [i for i in range(3) if i != axis]
    turn = np.zeros((len(angle), 3, 3))
    turn[:, axis, axis] = 1
    turn[:, a, a] = turn[:, b, b] = np.cos(angle)
    turn[:, b, a] = np.sin(angle)
    turn[:, a, b] = -turn[:, b, a]
    return turn


def found_arms(clips: Sequence[Clip], method: str = "bg-unet") -> tuple[np.ndarray, np.ndarray]:
    """Arms as MediaPipe finds them in a method's film, and as they are, (N, 27, 2) pixels; left ones mirrored."""
    guesses, truths = [], []
    for clip in clips:
        found, truth = in_target_pixels(looked_at(find_methods([method])[0], clip), clip), clip.truth()
        for side in (0, 1):
            there = np.isfinite(found.xyz[:, ARM[side], 0]).all(1) & (truth.confidence[:, HAND[side]] > 0).all(1)
            points = np.r_[ARM[side], np.r_[HAND[side]]]
            flip = (-1, 1) if side == 0 else (1, 1)
            truths.append(truth.xyz[there][:, points, :2] * flip)
            guesses.append(np.concatenate([found.xyz[there][:, ARM[side], :2] * flip, truths[-1][:, 6:]], axis=1))
    return np.concatenate(guesses), np.concatenate(truths)
