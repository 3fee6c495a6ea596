"""What a filter does to keypoints, by the truth: how far off they are, how they tremble, and how late they come.

    error    mean distance of the hands' points from the truth, in shoulder widths
    jitter   mean length of the second difference of (found - truth) over frames, in thousandths of a shoulder width: a
             constant error has none, a steady drift has none; the acceleration error of the literature
    lag      milliseconds by which the truth has to be delayed to fit the hands' wrists best; below 0 they are early

A filter's parameters are chosen by `sweep` and `choose` on training clips, before any test clip is looked at.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from scipy.interpolate import interp1d

from book.shared.gaps import HANDS
from book.shared.hands import shoulder_width
from book.shared.smoothing import Filter, butterworth, kalman, one_euro, smooth
from lib.evaluation.intervals import Interval, clip_bootstrap, paired_bootstrap
from lib.keypoints import Keypoints

FUNCTIONS = {"One-Euro": one_euro, "Butterworth": butterworth, "Kalman": kalman}
RAW = "as found"
GRIDS: dict[str, list[dict[str, float]]] = {
    "One-Euro": [dict(min_cutoff=cutoff, beta=beta) for beta, cutoff in product((0, 3, 10, 30), (1, 2, 4, 8))],
    "Butterworth": [dict(cutoff=cutoff) for cutoff in (2, 3, 4, 5, 6, 8, 10)],
    "Kalman": [dict(push=10.0**power) for power in range(2, 9)],
}
EARLIEST, LATEST, STEP = -2.0, 6.0, 0.1  # frames between which a lag is looked for

Parameters = Mapping[str, float]


def filters(chosen: Mapping[str, Parameters]) -> dict[str, Filter]:
    """The filters with these parameters, by name, and none at all before them."""
    return {RAW: lambda track, fps: track} | {name: partial(FUNCTIONS[name], **p) for name, p in chosen.items()}


def sweep(clips: Sequence[Keypoints], truth: Sequence[Keypoints]) -> pd.DataFrame:
    """No filter, then each with every setting of its grid, means over clips: filter, parameters, error, jitter, lag."""
    settings = [(RAW, {})] + [(name, parameters) for name, grid in GRIDS.items() for parameters in grid]
    rows = []
    for name, parameters in settings:
        method = filters({name: parameters} if parameters else {})[name]
        means = scores(clips, truth, {name: method})[["error", "jitter", "lag"]].mean()
        rows.append({"filter": name, "parameters": parameters} | means.to_dict())
    return pd.DataFrame(rows)


def choose(table: pd.DataFrame) -> dict[str, Parameters]:
    """Of each filter in a `sweep` over training clips, the setting with the smallest error among those that take away
    at least half of the jitter that any filter takes away. A filter without such a setting is left out.

    By the smallest error alone a filter that comes late would be told to do nothing.
    """
    raw = table.loc[table["filter"] == RAW, "jitter"].item()
    steady = table[(table["filter"] != RAW) & (table["jitter"] <= (raw + table["jitter"].min()) / 2)]
    best = steady.loc[steady.groupby("filter", sort=False)["error"].idxmin()]
    return dict(zip(best["filter"], best["parameters"]))


def scores(clips: Sequence[Keypoints], truth: Sequence[Keypoints], methods: Mapping[str, Filter]) -> pd.DataFrame:
    """One row for each clip and method: clip (its number), method, error, jitter, lag."""
    rows = []
    for number, (clip, real) in enumerate(zip(clips, truth, strict=True)):
        unit = shoulder_width(real)
        there = np.concatenate([real.part(hand)[..., :2] for hand in HANDS], axis=1) / unit
        for name, method in methods.items():
            steady = smooth(clip, method)
            found = np.concatenate([steady.part(hand)[..., :2] for hand in HANDS], axis=1) / unit
            rows.append((number, name, *_measures(found, there, clip.fps)))
    return pd.DataFrame(rows, columns=["clip", "method", "error", "jitter", "lag"])


def _measures(found: np.ndarray, truth: np.ndarray, fps: float) -> tuple[float, float, float]:
    """(error, jitter, lag) of both hands' points (T, 42, 2) in shoulder widths; NaN where nothing was found."""
    off = found - truth
    error, jitter = (_mean(np.linalg.norm(steps, axis=-1)) for steps in (off, np.diff(off, n=2, axis=0)))
    wrists = [0, found.shape[1] // 2]
    return error, 1000 * jitter, 1000 * lag(found[:, wrists], truth[:, wrists]) / fps


def lag(found: np.ndarray, truth: np.ndarray) -> float:
    """Frames by which ``truth`` (T, P, 2) must be delayed to be as near as it gets to ``found``, which may hold NaN.

    The mean offset of each point is set aside, since a point beside its place is not late. Delays are tried in tenths
    of a frame, always over the same frames; between frames the truth moves on a straight line. NaN where too little
    was found.
    """
    frames = np.arange(int(np.ceil(LATEST)), len(truth) + int(np.floor(EARLIEST)))
    if len(frames) < 3 or np.isnan(found[frames]).all():
        return float("nan")
    delays = np.arange(EARLIEST, LATEST + STEP / 2, STEP)
    between = interp1d(np.arange(len(truth)), truth, axis=0, fill_value="extrapolate")  # a rounding's width at most
    return float(delays[np.argmin([_misfit(found[frames], between(frames - delay)) for delay in delays])])


def _misfit(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean square of the differences once each point's mean difference is taken away."""
    off = np.ma.masked_invalid(found - truth)
    return float(((off - off.mean(axis=0)) ** 2).mean())


def mean(table: pd.DataFrame, method: str, measure: str) -> Interval:
    """Mean over clips of one method's measure in `scores`, with its interval."""
    return clip_bootstrap(_column(table, method, measure))


def change(table: pd.DataFrame, method: str, measure: str) -> Interval:
    """How much larger a measure is with a method than without any, clip by clip."""
    return paired_bootstrap(_column(table, method, measure), _column(table, RAW, measure))


def _column(table: pd.DataFrame, method: str, measure: str) -> Sequence[float]:
    return table.loc[table["method"] == method].sort_values("clip")[measure].tolist()


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def named(parameters: Parameters) -> str:
    """Parameters in words, such as "min_cutoff 1, beta 10"."""
    return ", ".join(f"{name} {value:g}" for name, value in parameters.items())
