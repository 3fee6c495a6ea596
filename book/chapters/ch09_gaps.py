"""Chapter 9: gaps filled in four ways, and how far from the truth they are."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from book.shared.gaps import HANDS, inside, windows
from book.shared.hands import shoulder_width
from book.shared.smoothing import kalman_smooth
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.imputation import impute
from lib.keypoints import Keypoints
from lib.tools.errors import BadInput

Fill = Callable[[np.ndarray], np.ndarray]


# Four ways to fill a gap in a part that is found or lost as a whole, such as a hand; R2 takes the straight line.
#
# Each is a function of points (T, p, 3) with NaN in the frames that were lost, and gives them without NaN. Found frames
# keep their values. Before the first found frame and after the last, all but the Kalman smoother stand still.
def hold_last(points: np.ndarray) -> np.ndarray:
    """The last found frame again and again; before the first, that one."""
    frames = np.where(frames_found(points), np.arange(len(points)), -1)
    return _or_zeros(points, lambda found: points[np.maximum(np.maximum.accumulate(frames), found[0])])


def linear(points: np.ndarray) -> np.ndarray:
    """The straight line from the last frame before the gap to the first one after it: `lib.imputation`."""
    return impute(points, {"part": slice(0, points.shape[1])})


def cubic(points: np.ndarray) -> np.ndarray:
    """A cubic spline through all found frames ("not-a-knot" ends); with fewer than four of them, the straight line."""

    def spline(found: np.ndarray) -> np.ndarray:
        if len(found) < 4:
            return linear(points)
        frames = np.clip(np.arange(len(points)), found[0], found[-1])
        return CubicSpline(found, points[found])(frames)

    return _or_zeros(points, spline)


def kalman(points: np.ndarray) -> np.ndarray:
    """The most likely way of a point that keeps its velocity but for small pushes: `book.shared.smoothing`."""
    flat = points.reshape(len(points), -1).astype(float)
    return _or_zeros(points, lambda found: kalman_smooth(flat, frames_found(points)).reshape(points.shape))


METHODS: dict[str, Fill] = {"hold last": hold_last, "linear": linear, "cubic": cubic, "Kalman": kalman}


def frames_found(points: np.ndarray) -> np.ndarray:
    """Frames with every point, bool (T,)."""
    return ~np.isnan(points).any(axis=(1, 2))


def _or_zeros(points: np.ndarray, fill_from: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """``fill_from(numbers of the found frames)``, if there are any, else zeros; found points keep their values."""
    found = frames_found(points)
    if not found.any():
        return np.zeros_like(points)
    return np.where(found[:, None, None], points, fill_from(np.flatnonzero(found)).astype(points.dtype))


Holes = list[tuple[int, int]]
Fills = Mapping[str, Fill] | Callable[[Keypoints, str], Mapping[str, Fill]]  # or a function that gives them for a hand


# How far from the truth are filled gaps? Two ways to know, which do not agree.
#
# Found hands can be taken out, filled in, and compared with what was there (`removed`); that works on any data. But
# hands are lost in the frames that are hard: where the truth is known, as in the synthetic clips, the gaps that the
# pose estimator left by itself can be scored too (`lost`). Errors are in the plane, since an estimator's z is itself a
# guess.
def removed(
    clips: Sequence[Keypoints],
    lengths: Sequence[int],
    truth: Sequence[Keypoints] | None = None,
    methods: Fills = METHODS,
    context: int = 3,
) -> pd.DataFrame:
    """Scores of gaps that were made by taking found hands out, one row for each gap and method.

    clips    what the estimator found
    lengths  of the gaps, in frames; see `book.shared.gaps.windows` for where they are made
    truth    what to compare with, in the same pixels; None: the hands that were taken out
    methods  by name; or, if they need more than the hand's points, a function that gives them for a clip and a part

    Columns: clip, part, start, frames, method, ``error`` (mean distance of the 21 points, in shoulder widths) and
    ``shape`` (the same with wrist put on wrist, in hand lengths from wrist to middle knuckle).
    """

    def made(length: int) -> pd.DataFrame:
        return _scores(clips, truth or clips, methods, lambda clip, part: windows(clip.present(part), length, context))

    return pd.concat(map(made, lengths), ignore_index=True)


def lost(clips: Sequence[Keypoints], truth: Sequence[Keypoints], methods: Fills = METHODS) -> pd.DataFrame:
    """Scores of the gaps that the estimator left itself, between found frames; columns as in `removed`."""
    return _scores(clips, truth, methods, lambda clip, part: inside(clip.present(part)))


def by_length(scores: pd.DataFrame, measure: str, edges: Sequence[int]) -> pd.DataFrame:
    """Mean of ``measure`` for each method and class of length, from one edge up to the next, with its interval.

    Every frame of a gap counts; clips are drawn whole. Columns: method, from, to (its last length), clips, gaps, value
    (an `Interval`). Classes in fewer than two clips are left out: they allow no interval.
    """
    rows = []
    for method, of_method in scores.groupby("method", sort=False):
        for low, high in zip(edges[:-1], edges[1:]):
            chosen = of_method[of_method["frames"].between(low, high - 1)]
            if chosen["clip"].nunique() >= 2:
                value = mean(chosen, measure)
                rows.append((method, low, high - 1, value.n, len(chosen), value))
    return pd.DataFrame(rows, columns=["method", "from", "to", "clips", "gaps", "value"])


def difference(scores: pd.DataFrame, measure: str, method: str, other: str) -> Interval:
    """How much larger ``measure`` is with one method than with another, gap by gap: mean over frames, as in `mean`."""
    keys = ["clip", "part", "start", "frames"]
    wide = scores.pivot(index=keys, columns="method", values=measure).reset_index()
    return mean(wide.assign(difference=wide[method] - wide[other]), "difference")


def mean(scores: pd.DataFrame, measure: str) -> Interval:
    """Mean of ``measure`` over frames with its interval, clips drawn whole. ``scores`` are one method's."""
    of_clips = [of_clip for _, of_clip in scores.groupby("clip")]
    values = [np.average(of_clip[measure], weights=of_clip["frames"]) for of_clip in of_clips]
    return clip_bootstrap(values, weights=[of_clip["frames"].sum() for of_clip in of_clips])


def _scores(
    clips: Sequence[Keypoints], truth: Sequence[Keypoints], methods: Fills, holes_of: Callable[[Keypoints, str], Holes]
) -> pd.DataFrame:
    rows = []
    for number, (clip, real) in enumerate(zip(clips, truth, strict=True)):
        if (clip.layout, len(clip), clip.size) != (real.layout, len(real), real.size):
            raise BadInput(
                f"Clip {number} and its truth need one layout, length and size, not {clip.layout.name}, {len(clip)}, "
                f"{clip.size} and {real.layout.name}, {len(real)}, {real.size}."
            )
        for part in HANDS:
            holes = holes_of(clip, part)
            for name, fill in (methods(clip, part) if callable(methods) else methods).items() if holes else ():
                rows += [(number, part, *row[:2], name, *row[2:]) for row in _of_part(clip, real, part, holes, fill)]
    return pd.DataFrame(rows, columns=["clip", "part", "start", "frames", "method", "error", "shape"])


def _of_part(clip: Keypoints, truth: Keypoints, part: str, holes: Holes, fill: Fill) -> Iterator[tuple]:
    """(start, frames, error, shape) for each hole, all of them filled at once."""
    given = clip.part(part).copy()
    for start, stop in holes:
        given[start:stop] = np.nan
    guess, real = fill(given)[..., :2], truth.part(part)[..., :2]
    wrist, knuckle = truth.layout.wrist, truth.layout.middle_mcp
    hand_length = np.nanmedian(np.linalg.norm(real[:, knuckle] - real[:, wrist], axis=-1))
    error = np.linalg.norm(guess - real, axis=-1) / shoulder_width(truth)
    turned = (guess - guess[:, wrist, None]) - (real - real[:, wrist, None])
    shape = np.linalg.norm(turned, axis=-1) / hand_length
    for start, stop in holes:
        yield start, stop - start, float(error[start:stop].mean()), float(shape[start:stop].mean())
