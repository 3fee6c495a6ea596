"""Keypoints from the files of OpenPose, MMPose and rtmlib.

All three write pixels without depth, so z stays NaN. None writes the picture's size: give ``size``, or the smallest
picture that holds all points is taken. Of several people in a frame, the one with the most confidence is read.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lib.keypoints.keypoints import Keypoints, from_file
from lib.keypoints.layouts import COCO_133, OPENPOSE_67, Layout
from lib.tools.errors import BadInput

Size = tuple[int, int]
_OPENPOSE_PARTS = {"pose_keypoints_2d": 25, "hand_left_keypoints_2d": 21, "hand_right_keypoints_2d": 21}
_OPENPOSE_NAME = re.compile(r"(.*)_(\d+)_keypoints\.json")
_AGAIN = "copy it again, or run the pose estimator again"


def read_openpose(folder: str | Path, *, fps: float = 25.0, size: Size | None = None) -> Keypoints:
    """Keypoints (OPENPOSE_67) from the folder that OpenPose's ``--write_json`` fills: one file for each frame.

    OpenPose writes 0, 0 with confidence 0 for a point that it did not find: NaN here. A point with any confidence is
    real, wherever it is. A hand that is missing from the file (no ``--hand``) counts as not found.

    Raises BadInput, naming the file, for no frames, frames left out, several videos in one folder, a file cut short,
    another body model than BODY_25, and coordinates that are shares of the picture.
    """
    files = _numbered(folder := Path(folder))
    points = np.stack([_person([_openpose(file, one) for one in _people(file)], 67) for file in files])
    points[points[..., 2] == 0] = np.nan
    if np.nanmax(points[..., :2], initial=0) > 0 and not (np.nan_to_num(points[..., :2]) > 2).any():
        raise BadInput(f"{folder} holds shares of the picture, not pixels; run OpenPose with --keypoint_scale 0.")
    return _keypoints(folder, points, OPENPOSE_67, fps, size)


def read_coco_wholebody(path: str | Path, *, fps: float = 25.0, size: Size | None = None) -> Keypoints:
    """Keypoints (COCO_133) of one video from MMPose's ``.json`` or from an ``.npz`` of what rtmlib returned.

    MMPose's inferencer writes a list of frames, its demos the same under ``"instance_info"``; each frame has
    ``"instances"`` with ``"keypoints"`` (133, 2) and ``"keypoint_scores"`` (133). rtmlib returns arrays and writes
    nothing: stack them as ``np.savez(path, keypoints=..., scores=...)``, (T, 133, 2) and (T, 133), or (T, people, ...).

    These estimators place every point of everyone they see: only a frame without anybody is missing (NaN). Points of
    which they are unsure have a low confidence, and (0, 0) is a place. Raises BadInput, naming the file, for one
    that is cut short, of other points, or without frames.
    """
    path = Path(path)
    frames = _rtmlib(path) if path.suffix == ".npz" else _mmpose(path)
    return _keypoints(path, np.stack([_person(people, 133) for people in frames]), COCO_133, fps, size)


def _numbered(folder: Path) -> list[Path]:
    """OpenPose's files in the order of their numbers, without a gap, of one video."""
    found = {file: match for file in folder.glob("*.json") if (match := _OPENPOSE_NAME.fullmatch(file.name))}
    if not found:
        raise BadInput(f"{folder} holds no files like NAME_000000000000_keypoints.json; give OpenPose's output folder.")
    videos = sorted({match[1] for match in found.values()})
    if len(videos) > 1:
        raise BadInput(f"{folder} holds {len(videos)} videos ({videos[0]}, {videos[1]} ...); give each its own folder.")
    files = sorted(found, key=lambda file: int(found[file][2]))
    numbers = [int(found[file][2]) for file in files]
    gaps = [a + 1 for a, b in zip(numbers, numbers[1:]) if b != a + 1]
    if gaps:
        raise BadInput(
            f"{folder} lacks the file of frame {gaps[0]}; copy the folder again, or run the pose estimator again."
        )
    return files


def _loaded(path: Path) -> Any:
    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of a file that the pose estimator wrote.")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise BadInput(f"{path} is not a whole JSON file; {_AGAIN}.") from None


def _people(file: Path) -> list[dict]:
    content = _loaded(file)
    people = content.get("people") if isinstance(content, dict) else None
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise BadInput(f'{file} has no list of "people"; give a file that OpenPose wrote.')
    return people


def _openpose(file: Path, person: dict) -> np.ndarray:
    """One person's points, (67, 3): x, y, confidence."""
    parts = []
    for name, number in _OPENPOSE_PARTS.items():
        values = _array(person.get(name, []), file)
        values = np.zeros(3 * number) if values.size == 0 and name != "pose_keypoints_2d" else values
        if values.shape != (3 * number,):
            raise BadInput(
                f"{file} has {values.size} numbers as {name}, not {3 * number}; run OpenPose with BODY_25 and --hand."
            )
        parts.append(values.reshape(number, 3))
    return np.concatenate(parts)


def _mmpose(path: Path) -> list[list[np.ndarray]]:
    """For each frame its people, each (133, 3): x, y, score."""
    content = _loaded(path)
    frames = content.get("instance_info") if isinstance(content, dict) else content
    if not isinstance(frames, list) or not frames:
        raise BadInput(f"{path} holds no list of frames; give a file that MMPose wrote for a video.")
    if not all(isinstance(frame, dict) and isinstance(frame.get("instances"), list) for frame in frames):
        raise BadInput(f'{path} has frames without "instances"; give a file that MMPose wrote for a video.')
    frames = sorted(frames, key=lambda frame: frame.get("frame_id", 0))
    return [[_coco(path, one) for one in frame["instances"]] for frame in frames]


def _coco(path: Path, person: Any) -> np.ndarray:
    if not isinstance(person, dict) or not {"keypoints", "keypoint_scores"} <= person.keys():
        raise BadInput(f'{path} has a person without "keypoints" and "keypoint_scores"; {_AGAIN}.')
    return _with_scores(_array(person["keypoints"], path), _array(person["keypoint_scores"], path), path)


def _rtmlib(path: Path) -> list[list[np.ndarray]]:
    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of an .npz file of keypoints and scores.")
    try:
        with np.load(path, allow_pickle=False) as file:
            places, scores = file["keypoints"], file["scores"]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadInput(f"{path} holds no arrays 'keypoints' and 'scores' ({error}); write it again.") from None
    except Exception as error:  # zipfile and zlib have errors of their own for a file cut short
        raise BadInput(f"{path} is not a whole .npz file ({error}); write it again.") from None
    if len(places) == 0 or len(places) != len(scores):
        raise BadInput(f"{path} has {len(places)} frames of keypoints and {len(scores)} of scores; write it again.")
    if places.ndim == 3:  # one person
        places, scores = places[:, None], scores[:, None]
    if places.ndim != 4 or scores.ndim != 3 or places.shape[1] != scores.shape[1]:
        raise BadInput(f"{path} has keypoints {places.shape} and scores {scores.shape}; write (T, 133, 2), (T, 133).")
    return [[_with_scores(*person, path) for person in zip(*frame)] for frame in zip(places, scores)]


def _with_scores(places: np.ndarray, scores: np.ndarray, path: Path) -> np.ndarray:
    if places.shape != (133, 2) or scores.shape != (133,):
        raise BadInput(
            f"{path} has keypoints {places.shape} with scores {scores.shape}, not (133, 2) with (133,); run the "
            "estimator with a COCO-WholeBody model."
        )
    return np.column_stack([places, np.maximum(scores, 0)])


def _array(values: Any, path: Path) -> np.ndarray:
    try:
        return np.asarray(values, float)
    except (ValueError, TypeError):
        raise BadInput(f"{path} has something else than numbers among its keypoints; {_AGAIN}.") from None


def _person(people: Sequence[np.ndarray], number: int) -> np.ndarray:
    """The person with the most confidence, (number, 3), or NaN where there is nobody."""
    return max(people, key=lambda one: np.nansum(one[:, 2]), default=np.full((number, 3), np.nan))


def _keypoints(path: Path, points: np.ndarray, layout: Layout, fps: float, size: Size | None) -> Keypoints:
    """Of points (T, P, 3) with x, y and confidence, NaN where they are missing, without depth."""
    confidence = np.nan_to_num(points[..., 2], posinf=np.inf)
    xyz = np.concatenate([points[..., :2], np.full_like(points[..., :1], np.nan)], axis=-1)
    if size is None:
        finite = np.where(np.isfinite(points[..., :2]), points[..., :2], 0)
        width, height = np.clip(np.floor(finite.max(axis=(0, 1))) + 1, 1, 2**16 - 1)
        size = (int(width), int(height))
    return from_file(path, xyz, confidence, layout, fps, size)
