"""Chapter 4: hands spoiled in several ways, and what a loss makes of each."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from torch import Tensor

from book.shared.charts import interval_chart
from book.shared.hands import hand_speed
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.keypoints.layouts import FINGERS as JOINTS, in_hand
from lib.tools.errors import BadInput

FINGER = 0.055  # a finger's width in shoulder widths: 2 of 36 centimetres
NAMES = ("thumb", "index", "middle", "ring", "little")
FINGERS = {
    name: in_hand(*(f"{finger}_{joint}" for joint in joints)) for name, (finger, joints) in zip(NAMES, JOINTS.items())
}
PALM = [HOLISTIC_75.wrist, *(joints[0] for joints in FINGERS.values())]


def hands_mask(points: np.ndarray, size: tuple[int, int], hands: tuple[str, ...] = ("left", "right")) -> np.ndarray:
    """Bool (H, W): True on the hands. ``points`` are one frame's true joints, (75, 2) or (75, 3) pixels (HOLISTIC_75).

    ``size`` is (width, height). A hand behind the body or the other hand counts as if it were in front; the truth
    does not say what hides it. A hand with an unknown joint is left out. Raises BadInput for another layout.
    """
    if len(points) != len(HOLISTIC_75):
        raise BadInput(f"A mask of the hands needs the 75 points of {HOLISTIC_75.name}, not {len(points)}.")
    mask = np.zeros(size[::-1], np.uint8)
    width = finger_width(points)
    for side in hands:
        joints = points[HOLISTIC_75.parts[f"{side}_hand"], :2]
        if np.isfinite(joints).all():
            _fill(mask, joints[PALM], width)
            for finger in FINGERS.values():
                stroke(mask, joints[finger], width)
    return mask > 0


def finger_width(points: np.ndarray) -> float:
    """Pixels across a finger of the signer in this frame, from the distance of the shoulders. ``points`` (75, 2+)."""
    left, right = points[list(HOLISTIC_75.shoulders), :2]
    return float(FINGER * np.linalg.norm(left - right))


def stroke(mask: np.ndarray, joints: np.ndarray, width: float) -> None:
    """Draw a line of ``width`` pixels with round ends through ``joints`` (P, 2) into the uint8 ``mask``, in place."""
    fixed = np.round(joints).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(mask, [fixed], False, 255, max(1, round(width)))


def _fill(mask: np.ndarray, corners: np.ndarray, width: float) -> None:
    hull = cv2.convexHull(np.round(corners).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 255)
    cv2.polylines(mask, [hull], True, 255, max(1, round(width)))  # joints lie inside the flesh


# A soft lens, a grainy sensor, a nudge of the tripod, a dimmer lamp: as strong as in everyday footage
SOFTNESS, GRAIN, SHIFT, DIMMER = 1.5, 8.0, 1, 0.85
SLOW = 0.7  # shoulder widths a second
MISSING = "finger missing"


def spoiled(frame: np.ndarray, points: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """The frame, uint8 (H, W, 3), spoiled in five ways, by name. ``points`` are its true joints (75, 2+), in pixels."""
    grain = np.random.default_rng(seed).normal(0, GRAIN, frame.shape)
    return {
        "blurred": cv2.GaussianBlur(frame, (0, 0), SOFTNESS),
        "noisy": _rounded(frame + grain),
        "1 pixel to the right": moved(frame, SHIFT),
        "too dark": _rounded(DIMMER * frame),
        MISSING: without_finger(frame, points, longest_finger(points)),
    }


def moved(frame: np.ndarray, pixels: int) -> np.ndarray:
    """The frame moved to the right by whole pixels; the left edge is repeated."""
    columns = np.clip(np.arange(frame.shape[1]) - pixels, 0, frame.shape[1] - 1)
    return frame[:, columns]


def without_finger(frame: np.ndarray, points: np.ndarray, finger: str) -> np.ndarray:
    """The frame with a right hand's finger painted over beyond its knuckle from what is around (Telea's inpainting)."""
    joints = points[HOLISTIC_75.parts["right_hand"], :2][FINGERS[finger]]
    beyond = joints[-1] + 0.4 * (joints[-1] - joints[-2])  # the flesh goes on beyond the last joint
    mask = np.zeros(frame.shape[:2], np.uint8)
    stroke(mask, np.stack([*joints[1:], beyond]), 1.6 * finger_width(points))
    return cv2.inpaint(frame, mask, 3, cv2.INPAINT_TELEA)


def longest_finger(points: np.ndarray) -> str:
    """The right hand's finger (no thumb) whose tip is furthest from the wrist in the picture. ``points`` (75, 2+)."""
    joints = points[HOLISTIC_75.parts["right_hand"], :2]
    return max(list(FINGERS)[1:], key=lambda finger: np.linalg.norm(joints[FINGERS[finger][-1]] - joints[0]))


def openness(truth: Keypoints) -> np.ndarray:
    """How far the right hand's finger tips are apart in the picture, in shoulder widths, the mean over pairs, (T,)."""
    tips = truth.part("right_hand")[:, [joints[-1] for joints in FINGERS.values()], :2]
    left, right = (truth.xyz[:, point, :2] for point in truth.layout.shoulders)
    apart = np.linalg.norm(tips[:, :, None] - tips[:, None], axis=-1).mean(axis=(1, 2))
    return apart / np.linalg.norm(left - right, axis=1)


def most_open(truth: Keypoints) -> int:
    """The frame in which a right hand that moves slowly is most open; of all frames, where none is slow."""
    slow = hand_speed(truth) < SLOW
    return int(np.argmax(np.where(slow | ~slow.any(), openness(truth), 0)))


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def in_fingers(tables: Sequence[pd.DataFrame], loss: str, spoiling: str, seed: int = 0) -> Interval:
    """What a spoiling costs over what the missing finger costs: the mean over clips, with its interval.

    ``tables`` has one table for each clip, with a row for each spoiling, ``MISSING`` among them, and a column for each
    loss.
    """
    return clip_bootstrap([table[loss][spoiling] / table[loss][MISSING] for table in tables], seed=seed)


def draw_in_fingers(tables: Sequence[pd.DataFrame], seed: int = 0) -> Figure:
    """A row for each loss, and in it a mark with its interval for each spoiling; a dotted line at one finger."""
    others = [name for name in tables[0].index if name != MISSING]
    found = {name: {loss: in_fingers(tables, loss, name, seed) for loss in tables[0].columns} for name in others}
    figure = interval_chart(found, "costs as much as so many missing fingers (mean over clips, 95 % interval)")
    (ax,) = figure.axes
    ax.axvline(1, color="grey", linestyle=":")
    ax.set_xscale("log")
    return figure


MOMENTS = 100


# A signer without one hand: the place where a hand was, as the camera would see it if there were none.
#
# Only synthetic clips allow it to be done so simply: the camera does not move, and the truth says which pixels are
# hand. It makes a test with a sure answer. Whoever finds a hand there, finds one that is not there.
def clean_plate(frames: np.ndarray) -> np.ndarray:
    """What is behind: each pixel's median over the clip, uint8 (T, H, W, 3) -> (H, W, 3). Moving hands drop out.

    Of a long clip, some hundred frames, evenly spread.
    """
    return np.median(frames[:: -(-len(frames) // MOMENTS)], axis=0).astype(np.uint8)


def without_hand(frame: np.ndarray, points: np.ndarray, plate: np.ndarray) -> np.ndarray:
    """The frame, uint8 (H, W, 3), its right hand replaced by the plate. ``points`` (75, 2+) are its true joints."""
    mask = hands_mask(points, frame.shape[1::-1], ("right",)).astype(np.float32)
    width = finger_width(points)
    reach = 2 * round(width) + 1  # a finger's width around: flesh beside the joints, and the soft rim of the picture
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    soft = cv2.GaussianBlur(mask, (0, 0), width / 4)[..., None]
    return np.round((1 - soft) * frame + soft * plate).astype(np.uint8)


def still_truth(points: np.ndarray, size: tuple[int, int], frames: int, gone: str | None) -> Keypoints:
    """The truth of a still of ``frames`` frames in which one hand is gone (a part's name; None: neither).

    ``points`` (75, 3) are one frame's true joints, ``size`` is (width, height).
    """
    confidence = np.ones((frames, len(points)), np.float32)
    if gone:
        confidence[:, HOLISTIC_75.parts[gone]] = 0
    return Keypoints(np.repeat(points[None], frames, axis=0), confidence, HOLISTIC_75, 25.0, size)


Loss = Callable[[Tensor, Tensor], Tensor]
STEPS = 60  # downhill, to the guess that costs least


def mean_loss(guess: Tensor, possible: Tensor, loss: Loss) -> Tensor:
    """What a guess (1, 3, H, W) costs in the mean over the K possible truths (K, 3, H, W)."""
    return loss(guess.expand_as(possible), possible)


def best_guess(possible: Tensor, loss: Loss) -> Tensor:
    """The picture (1, 3, H, W) of least `mean_loss`, found by going downhill (Adam) from the possible truths' mean.

    That is where an upsampler's training ends, too, if it sees the same smear with K different targets. For L2 it is
    the mean, for L1 each pixel's median; for SSIM + L1 there is no formula.
    """
    guess = possible.mean(0, keepdim=True).clone().requires_grad_()
    optimizer = torch.optim.Adam([guess], lr=0.03)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        optimizer.zero_grad()
        mean_loss(guess, possible, loss).backward()
        optimizer.step()
        schedule.step()
    return guess.detach().clamp(0, 1)
