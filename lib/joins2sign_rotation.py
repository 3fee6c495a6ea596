"""Turned pictures: does it matter to a network how the camera is held?

R3 hopes that polar coordinates do not care (1), and says that its convolutions do (6). The coordinates do as well:
turning the picture adds the same amount to all angles. Only distances stay as they are, and angles against a direction
of the hand itself.
"""

from dataclasses import replace

import cv2
import numpy as np
from torch import nn

from lib.joins2sign.photos import Photos
from lib.joins2sign.recipes import Recipe
from lib.joins2sign.training import predict

DEGREES = (-90, -60, -45, -30, -20, -10, 0, 10, 20, 30, 45, 60, 90)


def turned(photos: Photos, degrees: float) -> Photos:
    """All pictures turned clockwise about their middle, joints with them; the rim's colour fills the corners."""
    height, width = photos.images.shape[1:3]
    middle = (width / 2, height / 2)
    turn = cv2.getRotationMatrix2D(middle, -degrees, 1.0)  # in coordinates where 0 is the rim of the first pixel
    pixels = turn.copy()
    pixels[:, 2] += turn[:, :2] @ (0.5, 0.5) - (0.5, 0.5)  # OpenCV counts from the middle of the first pixel
    images = [cv2.warpAffine(i, pixels, (width, height), borderMode=cv2.BORDER_REPLICATE) for i in photos.images]
    joints = photos.joints @ turn[:, :2].T + turn[:, 2]
    return replace(photos, images=np.stack(images), joints=joints.astype(np.float32))


def accuracy_by_turn(model: nn.Module, photos: Photos, recipe: Recipe) -> dict[str, float]:
    """Share of letters read rightly after each turn of `DEGREES` (as text, for JSON)."""
    found = {}
    for degrees in DEGREES:
        view = turned(photos, degrees)
        found[str(degrees)] = float((predict(model, view, recipe).letters == view.labels).mean())
    return found
