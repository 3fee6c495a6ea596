"""One hand spoiled in several ways, to see what a loss makes of each: some spare the fingers, one does not."""

import cv2
import numpy as np

from book.shared.hands import hand_speed
from lib.chapters.hand_mask import FINGERS, finger_width, stroke
from lib.keypoints import HOLISTIC_75, Keypoints

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


def without_finger(frame: np.ndarray, points: np.ndarray, finger: str, hand: str = "right") -> np.ndarray:
    """The frame with one finger painted over, beyond its knuckle, from what lies around (Telea's inpainting)."""
    joints = points[HOLISTIC_75.parts[f"{hand}_hand"], :2][list(FINGERS[finger])]
    beyond = joints[-1] + 0.4 * (joints[-1] - joints[-2])  # the flesh goes on beyond the last joint
    mask = np.zeros(frame.shape[:2], np.uint8)
    stroke(mask, np.stack([*joints[1:], beyond]), 1.6 * finger_width(points))
    return cv2.inpaint(frame, mask, 3, cv2.INPAINT_TELEA)


def longest_finger(points: np.ndarray, hand: str = "right") -> str:
    """The finger (no thumb) whose tip is furthest from the wrist in the picture. ``points`` (75, 2+)."""
    joints = points[HOLISTIC_75.parts[f"{hand}_hand"], :2]
    return max(list(FINGERS)[1:], key=lambda finger: np.linalg.norm(joints[FINGERS[finger][-1]] - joints[0]))


def openness(truth: Keypoints, hand: str = "right") -> np.ndarray:
    """How far the finger tips are from one another in the picture, in shoulder widths, the mean over pairs, (T,)."""
    tips = truth.part(f"{hand}_hand")[:, [joints[-1] for joints in FINGERS.values()], :2]
    left, right = (truth.xyz[:, point, :2] for point in truth.layout.shoulders)
    apart = np.linalg.norm(tips[:, :, None] - tips[:, None], axis=-1).mean(axis=(1, 2))
    return apart / np.linalg.norm(left - right, axis=1)


def most_open(truth: Keypoints, hand: str = "right") -> int:
    """The frame in which a hand that moves slowly is most open; of all frames, where none is slow."""
    slow = hand_speed(truth, hand) < SLOW
    return int(np.argmax(np.where(slow | ~slow.any(), openness(truth, hand), 0)))


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
