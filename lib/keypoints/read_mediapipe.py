"""Keypoints from MediaPipe Holistic's points as other people stored them.

Both forms give x as a share of the picture's width, y of its height, and z, like x, of its width. The picture's size is
not among them, though without it x and y have no common unit: it is a parameter, with our best guess as default.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from lib.keypoints import conventions
from lib.keypoints.keypoints import Keypoints, checked_size, from_file
from lib.keypoints.layouts import ASL_SIGNS_543, HOLISTIC_75, Layout
from lib.tools.errors import BadInput
from lib.tools.openers import read_npy
from lib.tools.parquet import read_parquet

Size = tuple[int, int]
WEBCAM = (640, 480)  # what OpenCV takes from a webcam unless told otherwise, as both data sets' programs do
_POSE, _HAND, _FACE = 33 * 4, 21 * 3, 468 * 3
_COLUMNS = {"frame": "fiuU", "type": "U", "landmark_index": "fiu", "x": "fiu", "y": "fiu", "z": "fiu"}  # numpy's kinds
_NPY_REMEDIES = "give the folder of one sequence", "unpack the data set again, or leave this sequence out"
_LANDMARKS = "give a landmark file of asl-signs, as downloaded"
_MAYBE_READER = "install the reader with: pip install fastparquet"


def read_npy_frames(folder: str | Path, *, fps: float = 30.0, size: Size = WEBCAM) -> Keypoints:
    """Keypoints (HOLISTIC_75) from a folder with one ``NUMBER.npy`` for each frame, see `from_npy_values`.

    So are the ASL words of traduttore-model (258 numbers a frame) and the DGS words of GSL-Detector (1662). Raises
    BadInput, naming the file, for no frames, a frame left out, a file cut short, another number of values, and values
    that are no shares of the picture.
    """
    folder = Path(folder)
    files = conventions.numbered_files(folder, ".npy", "0.npy", "{}.npy", _NPY_REMEDIES)
    rows = [_row(file) for file in files]
    if len({len(row) for row in rows}) > 1:
        odd = next(file for file, row in zip(files, rows) if len(row) != len(rows[0]))
        raise BadInput(f"{odd} has another number of values than {files[0]}; leave this sequence out.")
    return from_npy_values(np.stack(rows), fps=fps, size=size, name=str(folder))


def from_npy_values(
    values: np.ndarray, *, fps: float = 30.0, size: Size = WEBCAM, name: str = "the sequence"
) -> Keypoints:
    """Keypoints (HOLISTIC_75) from rows of MediaPipe's numbers, one for each frame.

    values  (T, 258): 33 body points (x, y, z, visibility), left hand and right hand, 21 points (x, y, z) each; or
            (T, 1662), with the face's 468 points after the body, which are left out
    name    what errors call the sequence

    A part that MediaPipe did not find was stored as zeros throughout: NaN here. A zero among other numbers is a place.
    Raises BadInput for rows of another length, for numbers that are not finite, and for pixels.
    """
    values = np.asarray(values)
    if values.ndim != 2 or values.shape[1] not in (_POSE + 2 * _HAND, _POSE + _FACE + 2 * _HAND) or not len(values):
        raise BadInput(f"{name} has values of shape {values.shape}, not (frames, 258) or (frames, 1662).")
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise BadInput(f"{name} holds values that are not finite numbers; leave it out, or extract it again.")
    body = values[:, :_POSE].reshape(-1, 33, 4)
    hands = values[:, -2 * _HAND :].reshape(-1, 2, 21, 3)
    parts = [body[..., :3], hands[:, 0], hands[:, 1]]
    missing = [(part == 0).all(axis=(1, 2), keepdims=True) for part in parts]
    shares = np.concatenate([np.where(gone, np.nan, part) for gone, part in zip(missing, parts)], axis=1)
    confidence = np.ones(shares.shape[:2])
    confidence[:, :33] = np.clip(body[..., 3], 0, 1)
    return _in_pixels(name, shares, confidence, HOLISTIC_75, fps, size)


def read_asl_signs(parquet: str | Path, *, fps: float = 30.0, size: Size = (1000, 1000)) -> Keypoints:
    """Keypoints (ASL_SIGNS_543) of one sequence of Kaggle's asl-signs, from its ``.parquet`` file.

    The data set does not say how large its pictures were, nor their frames a second; the default takes them for square.
    Every found point gets confidence 1, as the file has none. Frames are taken in the order of their numbers; one that
    is left out has no points. Raises BadInput, naming the file, where it is absent, cut short, not such a table, where
    points are left out or double, and where they are no shares of the picture.
    """
    table = _table(Path(parquet))
    frames, place = np.unique(table["frame"], return_inverse=True)
    index = table["landmark_index"]
    column = np.full(len(index), -1)
    for part, where in ASL_SIGNS_543.parts.items():
        its = (table["type"] == part) & np.isin(index, range(where.stop - where.start))
        column[its] = where.start + index[its]
    if (column < 0).any():
        raise BadInput(f"{parquet} has points that Holistic does not have; give a file of asl-signs, as downloaded.")
    if len(index) != len(frames) * len(ASL_SIGNS_543) or len(np.unique(place * 543 + column)) != len(index):
        raise BadInput(
            f"{parquet} has {len(index)} points, not 543 for each of {len(frames)} frames; download it again."
        )
    rows = conventions.frame_rows(parquet, frames.tolist(), begins=False)
    xyz = np.full((max(rows) + 1, len(ASL_SIGNS_543), 3), np.nan)
    xyz[rows[place], column] = np.column_stack([table[axis] for axis in "xyz"])
    return _in_pixels(parquet, xyz, np.ones(xyz.shape[:2]), ASL_SIGNS_543, fps, size)


def _in_pixels(
    name: str | Path, shares: np.ndarray, confidence: np.ndarray, layout: Layout, fps: float, size: Size
) -> Keypoints:
    """Keypoints of shares of the picture (T, P, 3)."""
    conventions.check_reach(name, shares)
    if conventions.unit(name, shares, layout, "shares") != "shares" or not conventions.depth_is_share(shares[..., 2]):
        raise BadInput(f"{name} holds pixels, not shares of the picture, as MediaPipe gives them; extract it again.")
    conventions.doubt_places(name, shares, layout)
    size = checked_size(size)
    xyz = shares * [size[0], size[1], size[0]]
    conventions.check_reach(name, xyz)
    conventions.doubt_size(name, xyz, size)
    return from_file(name, xyz, confidence, layout, fps, size)


def _row(file: Path) -> np.ndarray:
    """One frame's numbers."""
    values = read_npy(file, "unpack the data set again")
    if values.ndim != 1:
        raise BadInput(f"{file} does not hold one row of numbers; give the folder of one sequence.")
    return values


def _table(path: Path) -> dict[str, np.ndarray]:
    """The columns of the file, each of the right type and the same length."""
    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of a .parquet file of asl-signs.")
    if find_spec("fastparquet") is None:
        raise BadInput(f"{path} is a parquet file, which nothing here can read; {_MAYBE_READER}.")
    table = read_parquet(path, list(_COLUMNS), "download it again")
    if lacking := [column for column in _COLUMNS if column not in table]:
        raise BadInput(f"{path} has no column {lacking[0]!r}; {_LANDMARKS}.")
    if not len(table["frame"]):
        raise BadInput(f"{path} has no rows; {_LANDMARKS}.")
    for column, kinds in _COLUMNS.items():
        if table[column].dtype.kind not in kinds:
            raise BadInput(f"{path} has a column {column!r} of type {table[column].dtype}; {_LANDMARKS}.")
    return table
