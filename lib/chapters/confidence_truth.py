"""Does a pose estimator know when it is wrong? Its confidence beside its true error, where the truth is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.errors import BadInput
from lib.keypoints import Keypoints

EDGES = (0.0, 0.2, 0.5, 0.8, 0.95, 1.0)


def error_by_confidence(
    found: Sequence[Keypoints], truth: Sequence[Keypoints], part: str = "pose", edges: Sequence[float] = EDGES
) -> pd.DataFrame:
    """Median distance from the truth, in widths of the shoulders, by how sure the estimator was: a row a bin.

    found, truth  the same clips in the same layout; the found ones may have another size in pixels
    part          whose points are compared; only those that lie inside the picture and were found
    edges         of the bins of confidence, ascending; the last edge belongs to its bin

    Columns: ``low``, ``high``, ``points`` and ``error`` (NaN where a bin is empty). Raises BadInput for clips that do
    not belong together.
    """
    if len(found) != len(truth) or any(len(a) != len(b) for a, b in zip(found, truth, strict=False)):
        raise BadInput(f"{len(found)} found clips and {len(truth)} true ones, or their frames, do not belong together.")
    pairs = [_points(a, b, part) for a, b in zip(found, truth, strict=True)]
    sure, error = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
    bins = np.clip(np.searchsorted(edges, sure, side="right") - 1, 0, len(edges) - 2)
    rows = [
        {"low": low, "high": high, "points": int(inside.sum()), "error": _median(error[inside])}
        for at, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True))
        for inside in [bins == at]
    ]
    return pd.DataFrame(rows)


def _points(found: Keypoints, truth: Keypoints, part: str) -> tuple[np.ndarray, np.ndarray]:
    """(confidence, error) of each point of the part that is in view and was found, flat."""
    where = truth.layout.parts[part]
    scale = np.divide(truth.size, found.size)
    left, right = (truth.xyz[:, shoulder, :2] for shoulder in truth.layout.shoulders)
    width = np.linalg.norm(left - right, axis=-1)
    error = np.linalg.norm(found.xyz[:, where, :2] * scale - truth.xyz[:, where, :2], axis=-1) / width[:, None]
    kept = np.isfinite(error) & (truth.confidence[:, where] > 0)
    return found.confidence[:, where][kept], error[kept]


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")
