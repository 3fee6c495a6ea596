"""Does a pose estimator know when it is wrong? Its confidence beside its true error, where the truth is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from lib.keypoints import Keypoints
from lib.tools.errors import BadInput

EDGES = (0.0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)  # narrow where nearly all points of a body in view are
FEWEST = 5  # frames in which a point must be seen


def error_by_confidence(
    found: Sequence[Keypoints], truth: Sequence[Keypoints], part: str = "pose", edges: Sequence[float] = EDGES
) -> pd.DataFrame:
    """Median distance from the truth, in widths of the shoulders, by how sure the estimator was: a row a bin.

    found, truth  the same clips in the same layout; the found ones may have another size in pixels
    part          whose points are compared; only those that lie inside the picture and were found
    edges         of the bins of confidence, ascending; the last edge belongs to its bin

    Columns: ``low``, ``high``, ``points`` and ``error``; empty bins are left out. Raises BadInput for clips that do
    not belong together.
    """
    pairs = [_points(a, b, part) for a, b in _together(found, truth)]
    sure, error = (np.concatenate([pair[i][np.isfinite(pair[1])] for pair in pairs]) for i in (0, 1))
    bins = np.clip(np.searchsorted(edges, sure, side="right") - 1, 0, len(edges) - 2)
    full = np.unique(bins)
    rows = [(edges[at], edges[at + 1], int(np.sum(bins == at)), np.median(error[bins == at])) for at in full]
    return pd.DataFrame(rows, columns=["low", "high", "points", "error"])


def agreement(found: Sequence[Keypoints], truth: Sequence[Keypoints], part: str = "pose") -> list[float]:
    """For each clip: does a point come nearer to the truth in the frames in which the estimator is surer of *it*?

    Rank correlation (Spearman) of confidence with nearness over the frames, for each point by itself, and the mean
    over the points: 1 if confidence told every frame's place, 0 if it told nothing but which point it is. Clips without
    a point that is seen in a few frames are left out. Arguments and errors as in `error_by_confidence`.
    """
    means = []
    for pair in _together(found, truth):
        sure, error = _points(*pair, part)
        columns = [(a[np.isfinite(b)], -b[np.isfinite(b)]) for a, b in zip(sure.T, error.T, strict=True)]
        ranked = [spearmanr(*both).statistic for both in columns if len(both[0]) >= FEWEST and np.ptp(both[0]) > 0]
        means += [float(np.mean(ranked))] if ranked else []
    return means


def _together(found: Sequence[Keypoints], truth: Sequence[Keypoints]) -> list[tuple[Keypoints, Keypoints]]:
    if len(found) != len(truth) or any(len(a) != len(b) for a, b in zip(found, truth, strict=False)):
        raise BadInput(f"{len(found)} found clips and {len(truth)} true ones, or their frames, do not belong together.")
    return list(zip(found, truth, strict=True))


def _points(found: Keypoints, truth: Keypoints, part: str) -> tuple[np.ndarray, np.ndarray]:
    """(confidence, error) of the part's points, (T, p) each; the error is NaN for one out of view or not found."""
    where = truth.layout.parts[part]
    scale = np.divide(truth.size, found.size)
    left, right = (truth.xyz[:, shoulder, :2] for shoulder in truth.layout.shoulders)
    width = np.linalg.norm(left - right, axis=-1)
    error = np.linalg.norm(found.xyz[:, where, :2] * scale - truth.xyz[:, where, :2], axis=-1) / width[:, None]
    return found.confidence[:, where], np.where(truth.confidence[:, where] > 0, error, np.nan)
