"""Four ways to fill a gap in a part that is found or lost as a whole, such as a hand; R2 takes the straight line.

Each is a function of points (T, p, 3) with NaN in the frames that were lost, and gives them without NaN. Found frames
keep their values. Before the first found frame and after the last, all but the Kalman smoother stand still.
"""

from collections.abc import Callable

import numpy as np

from book.shared.smoothing import kalman_smooth as smooth
from lib.imputation import impute

Fill = Callable[[np.ndarray], np.ndarray]


def hold_last(points: np.ndarray) -> np.ndarray:
    """The last found frame again and again; before the first, that one."""
    frames = np.where(_found(points), np.arange(len(points)), -1)
    return _or_zeros(points, lambda found: points[np.maximum(np.maximum.accumulate(frames), found[0])])


def linear(points: np.ndarray) -> np.ndarray:
    """The straight line from the last frame before the gap to the first one after it: `lib.imputation`."""
    return impute(points, {"part": slice(0, points.shape[1])})


def cubic(points: np.ndarray) -> np.ndarray:
    """A cubic spline through all found frames ("not-a-knot" ends); with fewer than four of them, the straight line."""
    from scipy.interpolate import CubicSpline

    def spline(found: np.ndarray) -> np.ndarray:
        if len(found) < 4:
            return linear(points)
        frames = np.clip(np.arange(len(points)), found[0], found[-1])
        return CubicSpline(found, points[found])(frames)

    return _or_zeros(points, spline)


def kalman(points: np.ndarray) -> np.ndarray:
    """The most likely way of a point that keeps its velocity but for small pushes: `book.shared.smoothing`."""
    flat = points.reshape(len(points), -1).astype(float)
    return _or_zeros(points, lambda found: smooth(flat, _found(points)).reshape(points.shape))


METHODS: dict[str, Fill] = {"hold last": hold_last, "linear": linear, "cubic": cubic, "Kalman": kalman}


def _found(points: np.ndarray) -> np.ndarray:
    """Frames with every point, bool (T,)."""
    return ~np.isnan(points).any(axis=(1, 2))


def _or_zeros(points: np.ndarray, fill_from: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """``fill_from(numbers of the found frames)``, if there are any, else zeros; found points keep their values."""
    found = _found(points)
    if not found.any():
        return np.zeros_like(points)
    return np.where(found[:, None, None], points, fill_from(np.flatnonzero(found)).astype(points.dtype))
