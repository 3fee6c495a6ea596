"""Bodies turned to the camera by their depth, which R2 (3.2) did not find good enough in MediaPipe's points.

The line of the shoulders says how far a body is turned about the vertical: 0 degrees when it lies in the plane of the
picture. With true depth every pose can be turned back to 0; what it does with an estimator's depth is chapter 13's.
"""

import numpy as np

from lib.keypoints import Layout


def yaw(xyz: np.ndarray, layout: Layout) -> np.ndarray:
    """How far the shoulders of (T, P, 3) are turned about the vertical, degrees (T,).

    0 faces the camera; it is positive where the left shoulder is the farther one.
    """
    left, right = layout.shoulders
    across = xyz[:, left] - xyz[:, right]
    return np.degrees(np.arctan2(across[:, 2], across[:, 0]))


def faced(xyz: np.ndarray, layout: Layout, degrees: np.ndarray | None = None) -> np.ndarray:
    """Points (T, P, 3) turned back by ``degrees`` (T,) about the vertical through the middle of the shoulders.

    None: by their own `yaw`, so that the shoulders lie in the picture's plane. z has the scale of x; what is missing
    stays so.
    """
    angle = np.radians(yaw(xyz, layout) if degrees is None else degrees)[:, None]
    middle = xyz[:, list(layout.shoulders)].mean(axis=1, keepdims=True)
    x, y, z = np.moveaxis(xyz - middle, -1, 0)
    back = np.stack([np.cos(angle) * x + np.sin(angle) * z, y, np.cos(angle) * z - np.sin(angle) * x], axis=-1)
    return (back + middle).astype(xyz.dtype)
