"""Chapter 8: pose estimators side by side, whether they know when they are wrong, and red and blue swapped."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from book.shared.gaps import HANDS
from book.shared.stages import side_by_side
from lib.holistic import extract
from lib.keypoints import COCO_133, Keypoints, read_asl_signs, read_coco_wholebody, read_openpose
from lib.signer.clips import Clip
from lib.tools.errors import BadInput

Estimator = Callable[[Iterable[np.ndarray]], Keypoints]
READERS: dict[str, Callable[[Path], Keypoints]] = {
    ".json": read_coco_wholebody,
    ".npz": read_coco_wholebody,
    ".parquet": read_asl_signs,
    ".pose": Keypoints.load,
}


# Pose estimators side by side: those that run here, how long they take, and the files of those that do not.
#
# MediaPipe Holistic comes with the course. OpenPose is a C++ program and MMPose a tower of packages built for one CUDA
# version; neither can be installed with pip, so the course reads the files that they write. rtmlib runs MMPose's
# networks without MMPose (``pip install rtmlib onnxruntime``; it fetches its weights when it first runs).
def installed() -> dict[str, Estimator]:
    """The estimators that can run here, by name: functions of RGB frames."""
    found: dict[str, Estimator] = {"MediaPipe Holistic": lambda frames: extract(frames, progress=False)}
    if find_spec("rtmlib"):
        found["RTMW (rtmlib)"] = wholebody
    return found


def wholebody(frames: Iterable[np.ndarray]) -> Keypoints:
    """Keypoints (COCO_133) by RTMW, one of MMPose's networks, through rtmlib, of RGB frames uint8 (H, W, 3).

    Of several people the one with the highest scores is kept. Raises BadInput where rtmlib cannot have its weights,
    and for no frames.
    """
    from rtmlib import Wholebody

    try:
        look = Wholebody(mode="lightweight", backend="onnxruntime", device="cpu")
    except Exception as error:  # whatever a download can raise
        raise BadInput(f"rtmlib could not load its weights ({type(error).__name__}): go online once") from None
    rows, size = [], None
    for frame in frames:
        places, scores = look(np.ascontiguousarray(frame[..., ::-1]))  # it wants BGR
        best = np.argmax(scores.sum(axis=1))
        rows.append(np.column_stack([places[best], np.full(133, np.nan), scores[best]]))
        size = frame.shape[1], frame.shape[0]
    if size is None:
        raise BadInput("There are no frames to look at; give two at least.")
    points = np.stack(rows)
    return Keypoints(points[..., :3], np.maximum(points[..., 3], 0), COCO_133, 25, size)


def milliseconds(run: Estimator, frames: Sequence[np.ndarray]) -> float:
    """Wall time a frame, start-up left out: the clock runs over the second half of the frames that ``run`` asks for."""
    half = len(frames) // 2
    if half < 2:
        raise BadInput(f"{len(frames)} frames are too few for a stopwatch; give four at least.")
    asked = []

    def watched() -> Iterator[np.ndarray]:
        for frame in frames:
            asked.append(time.perf_counter())
            yield frame
        asked.append(time.perf_counter())

    run(watched())
    return 1000 * (asked[-1] - asked[half]) / (len(frames) - half)


def read_any(path: str | Path) -> Keypoints:
    """Keypoints from whatever holds them: a folder of OpenPose's, ``.json`` or ``.npz`` (MMPose, rtmlib), ``.parquet``
    (asl-signs) or ``.pose``. Raises BadInput."""
    path = Path(path)
    if path.is_dir():
        return read_openpose(path)
    if path.suffix not in READERS:
        raise BadInput(f"{path} is no file of keypoints that the course reads: give one of {', '.join(READERS)}")
    return READERS[path.suffix](path)


def read_folder(folder: str | Path) -> dict[str, list[Keypoints]]:
    """All keypoint files of a folder, and OpenPose's folders in it, grouped by the name of their layout.

    Raises BadInput where there are none.
    """
    folder = Path(folder)
    places = [path for path in sorted(folder.glob("[!.]*")) if path.is_dir() or path.suffix in READERS]
    if not places:
        raise BadInput(f"{folder} holds no keypoint files: give the folder with the output of a pose estimator")
    found: dict[str, list[Keypoints]] = {}
    for place in places:
        clip = read_any(place)
        found.setdefault(clip.layout.name, []).append(clip)
    return found


# of the bins of confidence, narrow where nearly all points of a body in view are; the last edge belongs to its bin
EDGES = (0.0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
FEWEST = 5  # frames in which a point must be seen


def error_by_confidence(found: Sequence[Keypoints], truth: Sequence[Keypoints]) -> pd.DataFrame:
    """Median distance from the truth, in widths of the shoulders, by how sure the estimator was: a row a bin.

    Both are the same clips in the same layout; the found ones may have another size in pixels. Compared are the body's
    points that lie inside the picture and were found.

    Columns: ``low``, ``high``, ``points`` and ``error``; empty bins are left out. Raises BadInput for clips that do
    not belong together.
    """
    pairs = [_points(a, b, "pose") for a, b in _together(found, truth)]
    sure, error = (np.concatenate([pair[i][np.isfinite(pair[1])] for pair in pairs]) for i in (0, 1))
    bins = np.clip(np.searchsorted(EDGES, sure, side="right") - 1, 0, len(EDGES) - 2)
    full = np.unique(bins)
    rows = [(EDGES[at], EDGES[at + 1], int(np.sum(bins == at)), np.median(error[bins == at])) for at in full]
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


THRESHOLDS = (0.5, 0.75)  # of tracking, for R2's two languages


# Red and blue swapped: what it costs to feed a pose estimator BGR where it was trained on RGB.
#
# OpenCV reads BGR, MediaPipe wants RGB, and nothing complains when one is given the other. R2's authors' public code
# feeds BGR with a tracking threshold of 0.75 for the Dutch videos, RGB with 0.5 for the Flemish ones.
def swapped(frames: np.ndarray) -> np.ndarray:
    """Frames (T, H, W, 3) with red and blue exchanged."""
    return np.ascontiguousarray(frames[..., ::-1])


def compare(clips: Sequence[Clip], frames: int | None = None, thresholds: Sequence[float] = THRESHOLDS) -> list[dict]:
    """Sharp and blurred films in both orders, at each threshold: one row a clip, film, order and threshold.

    clips       synthetic clips; the first ``frames`` of each are used, None: all
    thresholds  ``min_tracking_confidence``; the detection threshold stays at the course's 0.3

    A row's ``body`` and ``hands`` are shares of the frames (two hands a frame) in which they were found.
    """
    if not clips or not thresholds:
        raise BadInput("There is nothing to compare: give clips and thresholds.")

    def of_clip(clip: Clip) -> list[dict]:
        rows = []
        for film, rgb in (("sharp", clip.target()[:frames]), ("blurred", clip.input()[:frames])):
            for (order, shown), threshold in product((("RGB", rgb), ("BGR", swapped(rgb))), thresholds):
                found = extract(shown, min_tracking_confidence=threshold, progress=False, name=clip.name)
                row = {"clip": clip.name, "film": film, "order": order, "tracking": threshold}
                row |= {"body": float(found.present("pose").mean())}
                rows.append(row | {"hands": float(np.mean([found.present(hand).mean() for hand in HANDS]))})
        return rows

    return [row for rows in side_by_side(of_clip, clips) for row in rows]
