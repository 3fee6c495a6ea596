"""Pose estimators side by side: those that run here, how long they take, and the files of those that do not.

MediaPipe Holistic comes with the course. OpenPose is a C++ program and MMPose a tower of packages built for one CUDA
version; neither can be installed with pip, so the course reads the files that they write. rtmlib runs MMPose's networks
without MMPose (``pip install rtmlib onnxruntime``; it fetches its weights when it first runs).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from lib.holistic import extract
from lib.keypoints import Keypoints, read_asl_signs, read_coco_wholebody, read_openpose
from lib.keypoints.keypoints import COCO_133
from lib.tools.errors import BadInput

Estimator = Callable[[Iterable[np.ndarray]], Keypoints]
READERS: dict[str, Callable[[Path], Keypoints]] = {
    ".json": read_coco_wholebody,
    ".npz": read_coco_wholebody,
    ".parquet": read_asl_signs,
    ".pose": Keypoints.load,
}


def installed() -> dict[str, Estimator]:
    """The estimators that can run here, by name: functions of RGB frames."""
    found: dict[str, Estimator] = {"MediaPipe Holistic": lambda frames: extract(frames, progress=False)}
    if find_spec("rtmlib"):
        found["RTMW (rtmlib)"] = wholebody
    return found


def wholebody(frames: Iterable[np.ndarray], mode: str = "lightweight") -> Keypoints:
    """Keypoints (COCO_133) by RTMW, one of MMPose's networks, through rtmlib.

    frames  uint8 RGB (H, W, 3); rtmlib wants BGR and is given that
    mode    rtmlib's "lightweight", "balanced" or "performance"

    Of several people the one with the highest scores is kept. Raises BadInput where rtmlib cannot have its weights,
    and for no frames.
    """
    from rtmlib import Wholebody

    try:
        look = Wholebody(mode=mode, backend="onnxruntime", device="cpu")
    except Exception as error:  # whatever a download can raise
        raise BadInput(f"rtmlib could not load its weights ({type(error).__name__}): go online once") from None
    rows, size = [], None
    for frame in frames:
        places, scores = look(np.ascontiguousarray(frame[..., ::-1]))
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
    places = [path for path in sorted(folder.glob("*")) if path.is_dir() or path.suffix in READERS]
    if not places:
        raise BadInput(f"{folder} holds no keypoint files: give the folder with the output of a pose estimator")
    found: dict[str, list[Keypoints]] = {}
    for place in places:
        clip = read_any(place)
        found.setdefault(clip.layout.name, []).append(clip)
    return found
