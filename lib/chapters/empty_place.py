"""A signer without one hand: the place where a hand was, as the camera would see it if there were none.

Only synthetic clips allow it to be done so simply: the camera does not move, and the truth says which pixels are hand.
It makes a test with a sure answer. Whoever finds a hand there, finds one that is not there.
"""

import cv2
import numpy as np

from lib.chapters.hand_mask import finger_width, hands_mask
from lib.keypoints import HOLISTIC_75, Keypoints

MOMENTS = 100


def clean_plate(frames: np.ndarray) -> np.ndarray:
    """What is behind: each pixel's median over the clip, uint8 (T, H, W, 3) -> (H, W, 3). Moving hands drop out.

    Of a long clip, some hundred frames, evenly spread.
    """
    return np.median(frames[:: -(-len(frames) // MOMENTS)], axis=0).astype(np.uint8)


def without_hand(frame: np.ndarray, points: np.ndarray, plate: np.ndarray, hand: str = "right") -> np.ndarray:
    """The frame, uint8 (H, W, 3), with one hand replaced by the plate. ``points`` (75, 2+) are its true joints."""
    mask = hands_mask(points, frame.shape[1::-1], (hand,)).astype(np.float32)
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
