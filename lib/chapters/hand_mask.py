"""Which pixels are hands, from the true joints: the palm filled in, the fingers as thick as fingers are."""

import cv2
import numpy as np

from lib.keypoints import HOLISTIC_75
from lib.tools.errors import BadInput

FINGER = 0.055  # a finger's width in shoulder widths: 2 of 36 centimetres
PALM = (0, 1, 5, 9, 13, 17)
FINGERS = {
    "thumb": (1, 2, 3, 4),
    "index": (5, 6, 7, 8),
    "middle": (9, 10, 11, 12),
    "ring": (13, 14, 15, 16),
    "little": (17, 18, 19, 20),
}


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
            _fill(mask, joints[list(PALM)], width)
            for finger in FINGERS.values():
                stroke(mask, joints[list(finger)], width)
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
