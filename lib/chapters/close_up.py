"""A hand from close up: the same square of every picture, so that a reader can compare."""

import numpy as np

from lib.tools.errors import BadInput

SIDE = 96  # pixels of the target: a hand and some room around it; half as many of the input


def hand_box(points: np.ndarray, size: tuple[int, int], side: int = SIDE) -> tuple[int, int, int, int]:
    """The square (x0, y0, x1, y1) of ``side`` pixels around a hand's points, as `lib.degrade.crop` takes it.

    ``points`` are (P, 2) or (P, 3) in pixels of a frame of ``size`` = (width, height); NaN is left out. The square
    stays inside the frame, and its corners are even, so that halving them gives the same square of the input.
    Raises BadInput if no point is known, or if the frame is smaller than the square.
    """
    if not np.isfinite(points).all(axis=-1).any():
        raise BadInput("No point of the hand is known in this frame: choose another frame.")
    if side % 2 or side > min(size):
        raise BadInput(f"A close-up of {side} pixels does not fit a frame of {size}: give an even, smaller side.")
    middle = (np.nanmin(points, axis=0) + np.nanmax(points, axis=0))[:2] / 2
    x0, y0 = (int(np.clip(at - side / 2, 0, length - side)) // 2 * 2 for at, length in zip(middle, size))
    return x0, y0, x0 + side, y0 + side


def halved(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The same place in a frame of half the width and height."""
    return tuple(corner // 2 for corner in box)
