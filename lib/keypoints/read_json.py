"""Keypoints from the files of OpenPose, MMPose and rtmlib.

All three write pixels without depth, so z stays NaN. None writes the picture's size: give ``size``, or the smallest
picture that holds all points is taken. Where somebody made shares of the picture out of the pixels, ``size`` is needed.
Of several people one is read, see `lib.keypoints.conventions.one_person`.
"""

from pathlib import Path
from typing import Any

import numpy as np

from lib.keypoints import conventions
from lib.keypoints.keypoints import Keypoints, checked_size, from_file
from lib.keypoints.layouts import COCO_133, OPENPOSE_67, Layout
from lib.tools.errors import BadInput
from lib.tools.openers import read_json, read_npz

Size = tuple[int, int]
_OPENPOSE_PARTS = {"pose_keypoints_2d": 25, "hand_left_keypoints_2d": 21, "hand_right_keypoints_2d": 21}
_OPENPOSE_REMEDIES = "give OpenPose's output folder", "copy the folder again, or run the pose estimator again"
_AGAIN = "copy it again, or run the pose estimator again"


def read_openpose(
    folder: str | Path, *, fps: float = 25.0, size: Size | None = None, person: int | None = None
) -> Keypoints:
    """Keypoints (OPENPOSE_67) from the folder that OpenPose's ``--write_json`` fills: one file for each frame.

    OpenPose writes 0, 0 with confidence 0 for a point that it did not find: NaN here. A point with any confidence is
    real, wherever it is. A hand that is missing from the file (no ``--hand``) counts as not found. Frames are in the
    order of the numbers before ``_keypoints.json``, however the pictures were called.

    Raises BadInput, naming the file, for no frames, frames left out, several videos in one folder, a file cut short,
    another body model than BODY_25, coordinates that are shares of the picture where no ``size`` is given, normalised
    ones, and for a ``person`` who is not there.
    """
    folder = Path(folder)
    like, lacking = "NAME_000000000000_keypoints.json", "the file of frame {}"
    files = conventions.numbered_files(folder, "_keypoints.json", like, lacking, _OPENPOSE_REMEDIES)
    frames = [np.reshape([_openpose(file, one) for one in _people(file)], (-1, 67, 3)) for file in files]
    return _keypoints(folder, frames, OPENPOSE_67, fps, size, person, "run OpenPose with --keypoint_scale 0")


def read_coco_wholebody(
    path: str | Path, *, fps: float = 25.0, size: Size | None = None, person: int | None = None
) -> Keypoints:
    """Keypoints (COCO_133) of one video from MMPose's ``.json`` or from an ``.npz`` of what rtmlib returned.

    MMPose's inferencer writes a list of frames, its demos the same under ``"instance_info"``; each frame has
    ``"instances"`` with ``"keypoints"`` (133, 2) and ``"keypoint_scores"`` (133). rtmlib returns arrays and writes
    nothing: stack them as ``np.savez(path, keypoints=..., scores=...)``, (T, 133, 2) and (T, 133), or (T, people, ...).

    These estimators place every point of everyone they see: (0, 0) is a place, and points of which they are unsure
    have a low confidence. With confidence 0 they found none: NaN, as in frames without anybody, and in those that
    ``"frame_id"`` leaves out. Raises BadInput, naming the file, for one that is cut short, of other points, without
    frames, with double frames, in shares of the picture where no ``size`` is given, normalised, or without ``person``.
    """
    path = Path(path)
    frames = _rtmlib(path) if path.suffix.lower() == ".npz" else _mmpose(path)
    return _keypoints(path, frames, COCO_133, fps, size, person, "give the picture's size=(width, height) as well")


def _people(file: Path) -> list[dict]:
    content = read_json(file, _AGAIN)
    people = content.get("people") if isinstance(content, dict) else None
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise BadInput(f'{file} has no list of "people"; give a file that OpenPose wrote.')
    return people


def _openpose(file: Path, person: dict) -> np.ndarray:
    """One person's points, (67, 3): x, y, confidence."""
    parts = []
    for name, number in _OPENPOSE_PARTS.items():
        values = _array(person.get(name) or [], file)
        values = np.zeros(3 * number) if values.size == 0 and name != "pose_keypoints_2d" else values
        if values.size != 3 * number:
            raise BadInput(
                f"{file} has {values.size} numbers as {name}, not {3 * number}; run OpenPose with BODY_25, --hand."
            )
        parts.append(values.reshape(number, 3))
    return np.concatenate(parts)


def _mmpose(path: Path) -> list[np.ndarray]:
    """For each frame its people, (n, 133, 3): x, y, score."""
    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of a file that the pose estimator wrote.")
    content = read_json(path, _AGAIN)
    frames = content.get("instance_info") if isinstance(content, dict) else content
    if not isinstance(frames, list) or not frames:
        raise BadInput(f"{path} holds no list of frames; give a file that MMPose wrote for a video.")
    if not all(isinstance(frame, dict) and isinstance(frame.get("instances"), list) for frame in frames):
        raise BadInput(f'{path} has frames without "instances"; give a file that MMPose wrote for a video.')
    numbers = [frame.get("frame_id") for frame in frames]
    rows = conventions.frame_rows(path, numbers) if numbers.count(None) < len(frames) else np.arange(len(frames))
    clip = [np.empty((0, 133, 3))] * (max(rows) + 1)
    for row, frame in zip(rows, frames):
        clip[row] = np.reshape([_coco(path, one) for one in frame["instances"]], (-1, 133, 3))
    return clip


def _coco(path: Path, person: Any) -> np.ndarray:
    if not isinstance(person, dict) or not {"keypoints", "keypoint_scores"} <= person.keys():
        raise BadInput(f'{path} has a person without "keypoints" and "keypoint_scores"; {_AGAIN}.')
    places, scores = _array(person["keypoints"], path), _array(person["keypoint_scores"], path)
    if places.shape in ((266,), (1, 133, 2)):  # one after the other, as COCO's own files have them, or within a list
        places = places.reshape(133, 2)
    if scores.shape in ((133, 1), (1, 133)):
        scores = scores.reshape(133)
    if places.ndim != 2:
        raise BadInput(f"{path} has a person with keypoints {places.shape}, not (133, 2); {_AGAIN}.")
    return _with_scores(places, scores, path)


def _rtmlib(path: Path) -> list[np.ndarray]:
    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of an .npz file of keypoints and scores.")
    arrays = read_npz(path, ["keypoints", "scores"], "write it again")
    places, scores = arrays["keypoints"], arrays["scores"]
    if places.dtype.kind not in "fiu" or scores.dtype.kind not in "fiu":
        raise BadInput(f"{path} has keypoints of type {places.dtype} and scores of {scores.dtype}; write numbers.")
    points = _with_scores(places, scores, path)
    if points.ndim not in (3, 4) or not len(points):
        raise BadInput(f"{path} has keypoints {places.shape} and scores {scores.shape}; write (T, 133, 2), (T, 133).")
    return list(points if points.ndim == 4 else points[:, None])  # of several people or of one


def _with_scores(places: np.ndarray, scores: np.ndarray, path: Path) -> np.ndarray:
    """(..., 133, 3) of (..., 133, 2) and (..., 133)."""
    if places.shape[-2:] != (133, 2) or scores.shape[-1:] != (133,) or places.shape[:-1] != scores.shape:
        raise BadInput(
            f"{path} has keypoints {places.shape} with scores {scores.shape}, not (..., 133, 2) with (..., 133) alike; "
            "run the estimator with a COCO-WholeBody model."
        )
    return np.concatenate([places, np.maximum(scores, 0)[..., None]], axis=-1)


def _array(values: Any, path: Path) -> np.ndarray:
    try:
        return np.asarray(values, float)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise BadInput(f"{path} has something else than numbers among its keypoints; {_AGAIN}.") from None


def _keypoints(
    path: Path, frames: list[np.ndarray], layout: Layout, fps: float, size: Size | None, person: int | None, remedy: str
) -> Keypoints:
    """Of everybody's x, y and confidence in each frame, without depth. Confidence 0 is a point that was not found."""
    size = size and checked_size(size)
    for people in frames:
        conventions.check_reach(path, people)
        people[~(people[..., 2] > 0)] = np.nan
    points = conventions.one_person(path, frames, person)
    xyz, confidence = np.full_like(points, np.nan), conventions.as_share(path, np.nan_to_num(points[..., 2]))
    xyz[..., :2] = points[..., :2]
    if conventions.unit(path, points[..., :2], layout, "pixels") == "shares":
        if size is None:
            raise BadInput(f"{path} holds shares of the picture, not pixels; {remedy}.")
        xyz[..., :2] *= size
    else:
        conventions.doubt_percent(path, points[..., :2], size)
    size = size or tuple(int(side) + 1 for side in np.nan_to_num(xyz[..., :2]).max(axis=(0, 1)).clip(0, 2**16 - 2))
    conventions.doubt_size(path, xyz, size)
    conventions.doubt_places(path, xyz, layout)
    return from_file(path, xyz, confidence, layout, fps, size)
