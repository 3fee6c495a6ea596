"""Missing keypoints filled in from the frames around them: De Coster et al. (arXiv 2306.17558, "R2"), section 3.2.

Between two frames in which a point was found, it is put on the straight line between the two places, at even steps;
before its first frame and after its last it stays where it was first and last found; a point that is never found
becomes zero. R2 does this for each part of MediaPipe's body (a hand is found or lost as a whole) and for each single
keypoint of OpenPose's. The rule is the same: here each point goes by its own frames, and where all points of a part
share them, the part is done in one step.
"""

from collections.abc import Mapping

import numpy as np

from lib.tools.errors import BadInput

Parts = Mapping[str, slice]


def observed(xyz: np.ndarray, parts: Parts) -> np.ndarray:
    """Which points were found by the pose estimator, bool (T, P); the others are what `impute` makes up.

    xyz    float (T, P, 3), missing points NaN
    parts  a slice of the points for each part, as in ``Layout.parts``; each point belongs to one

    Keep it beside the imputed points: a model can be told which of them are guesses. Raises BadInput for arrays of
    another form, for infinite numbers, and for parts that leave out or repeat a point.
    """
    _check_points(xyz, parts)
    return ~(np.isnan(xyz[..., 0]) | np.isnan(xyz[..., 1]))  # points in the plane have no z


def impute(xyz: np.ndarray, parts: Parts) -> np.ndarray:
    """The points without NaN, (T, P, 3), in the type of ``xyz``. Found points keep their values, bit for bit.

    Arguments and errors as in `observed`. A coordinate that is never there, such as z of an estimator without depth,
    or all of a hand that never shows, becomes 0. A single frame has no neighbours: its missing points become 0 too.
    """
    filled, found = np.array(xyz), observed(xyz, parts)
    for where in parts.values():
        fill_gaps(filled[:, where], found[:, where])
    if np.isnan(filled[:, :, 2]).any():  # points in the plane
        fill_gaps(filled[..., 2:], ~np.isnan(filled[..., 2]))
    return filled


def fill_gaps(values: np.ndarray, found: np.ndarray) -> None:
    """Put those ``values`` (T, p, d) that are not ``found`` (T, p) on the line between their neighbours, in place."""
    never = ~found.any(axis=0)
    values[:, never] = 0
    if (found := found | never).all():
        return
    # A hand that comes and goes as a whole: one column does for all of its points.
    whole = (found == found[:, :1]).all()
    before, after, frame, point = nearest_found(found[:, :1] if whole else found)
    share = (frame - before) / np.maximum(after - before, 1)
    share = share[:, None, None] if whole else share[:, None]
    point = slice(None) if whole else point
    start, end = values[before, point], values[after, point]
    values[frame, point] = start + share * (end - start)


def nearest_found(found: np.ndarray) -> tuple[np.ndarray, ...]:
    """The nearest frames before and after each gap's ``frame`` and ``point`` that have the point; at an end of the
    clip, the one there is, twice."""
    frame, point = np.nonzero(~found)
    times, count = np.arange(len(found))[:, None], len(found)
    last = np.maximum.accumulate(np.where(found, times, -1))[frame, point]
    following = np.minimum.accumulate(np.where(found, times, count)[::-1])[::-1]
    following = following[frame, point]
    before = np.where(last < 0, following, last)
    return before, np.where(following == count, last, following), frame, point


def _check_points(xyz: np.ndarray, parts: Parts) -> None:
    if not isinstance(xyz, np.ndarray) or xyz.dtype.kind != "f" or xyz.ndim != 3 or xyz.shape[2] != 3 or not len(xyz):
        what = f"{xyz.dtype} {xyz.shape}" if isinstance(xyz, np.ndarray) else type(xyz).__name__
        raise BadInput(f"Points to impute are an array of floats (frames, points, 3) with a frame or more, not {what}.")
    if np.isinf(xyz).any():
        raise BadInput("Points to impute must be finite, or NaN where they are missing; these hold an infinity.")
    ends = sorted((where.start, where.stop) for where in parts.values())
    if [0, *(stop for _, stop in ends)] != [*(start for start, _ in ends), xyz.shape[1]]:
        raise BadInput(
            f"The parts {dict(parts)} do not hold each of {xyz.shape[1]} points once; give the parts of their layout."
        )
