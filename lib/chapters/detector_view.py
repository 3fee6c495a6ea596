"""What MediaPipe's hand network looks at and what it makes of it, as pictures."""

import cv2
import numpy as np
from torch import Tensor

from book.shared.draw import draw_keypoints
from lib.holistic.crops import Roi
from lib.keypoints import HOLISTIC_75

YELLOW = (240, 228, 66)  # Okabe and Ito's
RIM = (20, 20, 20)


def roi_corners(roi: Roi) -> np.ndarray:
    """The corners (N, 4, 2) of the squares, in pixels of the frame, clockwise from the crop's upper left one."""
    center, size, rotation = (part.numpy() for part in roi)
    unit = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    sin, cos = np.sin(rotation), np.cos(rotation)
    turn = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], 1)
    return center[:, None] + size[:, None, None] * np.einsum("nij,kj->nki", turn, unit)


def draw_roi(frame: np.ndarray, roi: Roi, enlarge: int = 2) -> np.ndarray:
    """The frame, enlarged, with each square on it and a bar along its upper side, where the fingers should be."""
    canvas = np.repeat(np.repeat(frame, enlarge, axis=0), enlarge, axis=1)
    for corners in roi_corners(roi):
        fixed = np.round((corners + 0.5) * enlarge - 0.5).astype(np.int32)
        for colour, width in ((RIM, 2), (YELLOW, 0)):
            cv2.polylines(canvas, [fixed], True, colour, enlarge + width, cv2.LINE_AA)
            cv2.line(canvas, fixed[0], fixed[1], colour, 3 * enlarge + width, cv2.LINE_AA)
    return canvas


def draw_landmarks(crop: np.ndarray, landmarks: Tensor) -> np.ndarray:
    """The crop, uint8 (224, 224, 3), with the network's landmarks (21, 3) for it, which are in its pixels."""
    points = np.full((len(HOLISTIC_75), 3), np.nan, np.float32)
    points[HOLISTIC_75.parts["right_hand"]] = landmarks.detach().numpy()
    return draw_keypoints(crop, points, HOLISTIC_75, parts=["right_hand"])


def busiest(maps: Tensor, count: int) -> list[int]:
    """The channels of an inner map (C, h, w) that differ most from place to place, busiest first, the rim aside."""
    return middle_of(maps).flatten(1).std(1).argsort(descending=True)[:count].tolist()


def middle_of(maps: Tensor) -> Tensor:
    """An inner map (..., h, w) without its rim of an eighth, where the padding's zeros show more than the hand does."""
    rim = maps.shape[-1] // 8
    return maps[..., rim : maps.shape[-2] - rim, rim : maps.shape[-1] - rim]
