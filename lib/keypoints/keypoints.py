"""Keypoints: where the points of a signer are in every frame of a clip.

One form serves every pose estimator. A point that was not found is NaN, never 0: a zero is a place in the picture,
and averaging it in pulls a hand towards the top left corner. (OpenPose writes such zeros: De Coster et al., arXiv
2306.17558, section 4.1.)
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from lib.keypoints import read_json
from lib.keypoints.layouts import (
    ASL_SIGNS_543,
    COCO_133,
    HOLISTIC_75,
    OPENPOSE_67,
    Layout,
)
from lib.keypoints.read_mediapipe import WEBCAM, asl_signs, npy_frames, npy_values
from lib.tools.errors import BadInput

Size = tuple[int, int]


@dataclass(eq=False)
class Keypoints:
    """The keypoints of one clip with one signer.

    xyz         float32 (T, P, 3): x right, y down, in pixels of the frame; z away from the camera in the same scale.
                A missing point is NaN in all three; an estimator without depth leaves z NaN in the whole clip.
    confidence  float32 (T, P), 0 or more. A missing point has 0. A point that is there but cannot be seen (behind the
                body, out of the picture) keeps its place and has 0 or little.
    layout      which point is which
    fps         frames a second
    size        (width, height) of the frames in pixels

    Raises BadInput for arrays of another shape or type. Float arrays of any width are taken and made float32.
    """

    xyz: np.ndarray
    confidence: np.ndarray
    layout: Layout
    fps: float
    size: tuple[int, int]

    def __post_init__(self) -> None:
        self.xyz = _floats("xyz", self.xyz, (None, len(self.layout), 3), self.layout)
        self.confidence = _floats("confidence", self.confidence, self.xyz.shape[:2], self.layout)
        self.fps = float(self.fps)
        self.size = (int(self.size[0]), int(self.size[1]))
        _check_missing(self.xyz)
        if not np.all(self.confidence >= 0):
            raise BadInput("Keypoints need a confidence of 0 or more for every point, not negative and not NaN.")
        if not (0 < self.fps < float("inf")):
            raise BadInput(f"Keypoints need a positive number of frames a second, not {self.fps}.")
        if not all(0 < side < 2**16 for side in self.size):
            raise BadInput(f"Keypoints need a size of (width, height) in pixels, not {self.size}.")
        self.confidence = np.where(np.isnan(self.xyz[..., 0]), np.float32(0), self.confidence)

    def __len__(self) -> int:
        """Number of frames T."""
        return len(self.xyz)

    def part(self, name: str) -> np.ndarray:
        """The points of one part, (T, p, 3): "pose", "left_hand", "right_hand" or, where there is one, "face"."""
        return self.xyz[:, self._slice(name)]

    def present(self, part: str) -> np.ndarray:
        """In which frames the part was found, bool (T,): at least one of its points is not NaN."""
        return ~np.isnan(self.xyz[:, self._slice(part), 0]).all(axis=1)

    def select(self, layout: Layout) -> Self:
        """The same clip in a layout whose points are among this one's, taken by name (75 -> 67, 133 -> 53)."""
        places = self.layout.places(layout)
        return type(self)(self.xyz[:, places], self.confidence[:, places], layout, self.fps, self.size)

    def save(self, path: str | Path) -> None:
        """Write a ``.pose`` file that pose-format's tools read. Nothing is left behind if writing fails."""
        from lib.keypoints.posefile import write

        write((self.xyz, self.confidence, self.layout, self.fps, self.size), path)

    @staticmethod
    def load(path: str | Path) -> "Keypoints":
        """Read a ``.pose`` file; missing points come back as NaN. See `lib.keypoints.posefile.read` for what is
        understood.
        """
        from lib.keypoints.posefile import read

        return _built(path, *read(path))

    def _slice(self, part: str) -> slice:
        if part not in self.layout.parts:
            raise BadInput(f"{self.layout.name} has no part {part!r}; its parts are {', '.join(self.layout.parts)}.")
        return self.layout.parts[part]


def load(path: str | Path) -> Keypoints:
    """Read a ``.pose`` file: the same as `Keypoints.load`."""
    return Keypoints.load(path)


def read_openpose(folder: str | Path, *, fps: float = 25.0, size: Size | None = None) -> Keypoints:
    """Keypoints (OPENPOSE_67) from the folder that OpenPose's ``--write_json`` fills: one file for each frame.

    OpenPose writes 0, 0 with confidence 0 for a point that it did not find: NaN here. A point with any confidence is
    real, wherever it is. A hand that is missing from the file (no ``--hand``) counts as not found.

    Raises BadInput, naming the file, for no frames, frames left out, several videos in one folder, a file cut short,
    another body model than BODY_25, and coordinates that are shares of the picture.
    """
    xyz, confidence, size = read_json.openpose(Path(folder), size)
    return _built(folder, xyz, confidence, OPENPOSE_67, fps, size)


def read_coco_wholebody(path: str | Path, *, fps: float = 25.0, size: Size | None = None) -> Keypoints:
    """Keypoints (COCO_133) of one video from MMPose's ``.json`` or from an ``.npz`` of what rtmlib returned.

    MMPose's inferencer writes a list of frames, its demos the same under ``"instance_info"``; each frame has
    ``"instances"`` with ``"keypoints"`` (133, 2) and ``"keypoint_scores"`` (133). rtmlib returns arrays and writes
    nothing: stack them as ``np.savez(path, keypoints=..., scores=...)``, (T, 133, 2) and (T, 133), or (T, people, ...).

    These estimators place every point of everyone they see: only a frame without anybody is missing (NaN). Points of
    which they are unsure have a low confidence, and (0, 0) is a place. Raises BadInput, naming the file, for one
    that is cut short, of other points, or without frames.
    """
    xyz, confidence, size = read_json.coco_wholebody(Path(path), size)
    return _built(path, xyz, confidence, COCO_133, fps, size)


def read_npy_frames(folder: str | Path, *, fps: float = 30.0, size: Size = WEBCAM) -> Keypoints:
    """Keypoints (HOLISTIC_75) from a folder with one ``NUMBER.npy`` for each frame, see `from_npy_values`.

    So are the ASL words of traduttore-model (258 numbers a frame) and the DGS words of GSL-Detector (1662). Raises
    BadInput, naming the file, for no frames, a frame left out, a file cut short, and another number of values.
    """
    return from_npy_values(npy_frames(Path(folder)), fps=fps, size=size, name=str(folder))


def from_npy_values(
    values: np.ndarray, *, fps: float = 30.0, size: Size = WEBCAM, name: str = "the sequence"
) -> Keypoints:
    """Keypoints (HOLISTIC_75) from rows of MediaPipe's numbers, one for each frame.

    values  (T, 258): 33 body points (x, y, z, visibility), left hand and right hand, 21 points (x, y, z) each; or
            (T, 1662), with the face's 468 points after the body, which are left out
    name    what errors call the sequence

    A part that MediaPipe did not find was stored as zeros throughout: NaN here. A zero among other numbers is a place.
    Raises BadInput for rows of another length and for numbers that are not finite.
    """
    return Keypoints(*npy_values(values, size, name), HOLISTIC_75, fps, size)


def read_asl_signs(parquet: str | Path, *, fps: float = 30.0, size: Size = (1000, 1000)) -> Keypoints:
    """Keypoints (ASL_SIGNS_543) of one sequence of Kaggle's asl-signs, from its ``.parquet`` file.

    The data set does not say how large its pictures were, nor their frames a second; the default takes them for square.
    Every found point gets confidence 1, as the file has none. Frames are taken in the order of their numbers. Raises
    BadInput, naming the file, where it is absent, cut short, not such a table, or where points are left out or double.
    """
    return _built(parquet, *asl_signs(Path(parquet), size), ASL_SIGNS_543, fps, size)


def _built(path: str | Path, *parts: Any) -> Keypoints:
    """Keypoints of what a file holds; what is wrong with it is said with the file's name."""
    try:
        return Keypoints(*parts)
    except BadInput as error:
        raise BadInput(f"{path} holds keypoints that cannot be used: {error}") from None


def _floats(name: str, values: np.ndarray, shape: tuple[int | None, ...], layout: Layout) -> np.ndarray:
    """``values`` as float32, once type and shape are right (None: any length but 0)."""
    values = np.asarray(values)
    wanted = "(" + ", ".join("T" if side is None else str(side) for side in shape) + ")"
    if values.dtype.kind != "f":
        raise BadInput(f"Keypoints need {name} as floats, not {values.dtype}.")
    if len(shape) != values.ndim or any(
        side not in (None, found) for side, found in zip(shape, values.shape, strict=True)
    ):
        raise BadInput(f"Keypoints in {layout.name} need {name} of shape {wanted}, not {values.shape}.")
    if len(values) == 0:
        raise BadInput("Keypoints need at least one frame; this clip has none.")
    return values.astype(np.float32, copy=False)


def _check_missing(xyz: np.ndarray) -> None:
    """A point is there or not there as a whole; z alone may be missing, and then in the whole clip."""
    gone = np.isnan(xyz)
    if np.isinf(xyz).any():
        raise BadInput("Keypoints must be finite numbers, or NaN where a point is missing; these hold an infinity.")
    if (gone[..., 0] != gone[..., 1]).any() or not (gone[..., 2].all() or (gone[..., 2] == gone[..., 0]).all()):
        raise BadInput(
            "Keypoints need NaN in x, y and z alike where a point is missing (or in every z, for points in the plane); "
            "some points here are half missing."
        )
