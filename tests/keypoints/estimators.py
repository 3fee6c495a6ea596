"""Files as the estimators, and people who went on from there, write them; made of one synthetic signer."""

import json
import struct
from pathlib import Path

import numpy as np
import pandas as pd

from lib.keypoints import ASL_SIGNS_543, COCO_133, HOLISTIC_75, OPENPOSE_67, Layout


def signer(layout: Layout, frames=6, middle=(320, 200), seed=0, wide=120) -> np.ndarray:
    """Places (T, P, 2) in pixels of one who stands about ``middle`` and moves a little, shoulders ``wide`` apart."""
    random = np.random.default_rng(seed)
    still = random.normal(0, wide / 2, (len(layout), 2)).clip(-wide, wide)
    left, right = layout.shoulders
    still[[left, right]] = [[wide / 2, 0], [-wide / 2, 0]]
    still[layout.index("nose")] = [0, -wide / 2]
    return middle + still + random.normal(0, 1, (frames, len(layout), 2))


def openpose(folder: Path, people: list[np.ndarray], numbers=None, sure=0.8, name="clip_{:012d}") -> Path:
    """One file a frame; ``people`` (T, 67, 2) each, NaN where they are not seen."""
    folder.mkdir()
    parts = {"pose_keypoints_2d": (0, 25), "hand_left_keypoints_2d": (25, 46), "hand_right_keypoints_2d": (46, 67)}
    for t in range(len(people[0])):
        content = []
        for places in people:
            if not np.isnan(places[t]).all():
                xyc = np.column_stack([places[t], np.full(67, sure)]).round(4)
                content.append({key: xyc[a:b].ravel().tolist() for key, (a, b) in parts.items()})
        file = folder / f"{name.format((numbers or range(len(people[0])))[t])}_keypoints.json"
        file.write_text(json.dumps({"version": 1.3, "people": content}))
    return folder


def mmpose(path: Path, people: list[np.ndarray], numbers=None, sure=0.8) -> Path:
    """A list of frames; ``numbers`` go into "frame_id" as they are."""
    frames = []
    for t in range(len(people[0])):
        seen = [places[t] for places in people if not np.isnan(places[t]).all()]
        instances = [{"keypoints": one.tolist(), "keypoint_scores": [sure] * 133} for one in seen]
        frames.append({"frame_id": t if numbers is None else numbers[t], "instances": instances})
    path.write_text(json.dumps(frames))
    return path


def rtmlib(path: Path, people: list[np.ndarray], sure=0.8) -> Path:
    """Arrays, filled up with zeros where fewer people are seen."""
    places = np.nan_to_num(np.stack(people, axis=1))
    scores = np.where(np.isnan(np.stack(people, axis=1)).any(axis=-1), 0, sure)
    np.savez(path, keypoints=places, scores=scores)
    return path


def npy(folder: Path, places: np.ndarray, z=0.1, numbers=None) -> Path:
    """258 numbers a frame of places (T, 75, 2)."""
    folder.mkdir()
    for t, frame in enumerate(places):
        xyz = np.column_stack([frame, np.full(75, z)])
        row = np.concatenate([np.column_stack([xyz[:33], np.full(33, 0.9)]).ravel(), xyz[33:].ravel()])
        np.save(folder / f"{t if numbers is None else numbers[t]}.npy", row)
    return folder


def asl_signs(path: Path, places: np.ndarray, z=0.1, numbers=None) -> Path:
    """543 rows a frame of places (T, 543, 2)."""
    order = [(part, i) for part, where in ASL_SIGNS_543.parts.items() for i in range(where.stop - where.start)]
    numbers = list(range(20, 20 + len(places))) if numbers is None else numbers
    table = pd.DataFrame([(n, part, i) for n in numbers for part, i in order])
    table.columns = ["frame", "type", "landmark_index"]
    table[["x", "y"]] = places.reshape(-1, 2)
    table.assign(z=z).to_parquet(path)
    return path


def components(layout: Layout, rename=lambda name: name, respell=lambda name: name, form="XYC") -> list:
    """pose-format's components of one of our layouts, with other names and colours."""
    from pose_format.pose_header import PoseHeaderComponent

    from lib.keypoints.posefile import _header_components

    return [
        PoseHeaderComponent(rename(own.name), [respell(point) for point in own.points], [], [(9, 9, 9)], form)
        for own in _header_components(layout, form)
    ]


def pose(path: Path, parts: list, data: np.ndarray, confidence=None, size=(640, 480, 0)) -> Path:
    """A file that pose-format writes, of data (T, people, P, 2 or 3)."""
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions

    confidence = np.ones(data.shape[:3]) if confidence is None else confidence
    header = PoseHeader(0.2, PoseHeaderDimensions(*size), parts)
    with open(path, "wb") as file:
        Pose(header, NumPyPoseBody(25, data, confidence)).write(file)
    return path


def pose_version_0(path: Path, parts: list, people: list[np.ndarray], sure=0.8, size=(640, 480, 0)) -> Path:
    """A file of version 0.0, which lists who is seen in each frame; ``people`` (T, P, 2) each, NaN elsewhere."""
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions

    with open(path, "wb") as file:
        PoseHeader(0.0, PoseHeaderDimensions(*size), parts).write(file)
        file.seek(0)
        file.write(struct.pack("<f", 0.0))
        file.seek(0, 2)
        file.write(struct.pack("<HH", 25, len(people[0])))
        for t in range(len(people[0])):
            seen = [places[t] for places in people if not np.isnan(places[t]).all()]
            file.write(struct.pack("<H", len(seen)))
            for number, one in enumerate(seen):
                file.write(
                    struct.pack("<h", number) + np.column_stack([one, np.full(len(one), sure)]).astype("<f4").tobytes()
                )
    return path


LAYOUT = {"openpose": OPENPOSE_67, "mmpose": COCO_133, "rtmlib": COCO_133, "npy": HOLISTIC_75, "asl": ASL_SIGNS_543}
