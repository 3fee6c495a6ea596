"""Keypoints from MediaPipe Holistic's points as other people stored them.

Both forms give x as a share of the picture's width, y of its height, and z, like x, of its width. The picture's size is
not among them, though without it x and y have no common unit: it is a parameter, with our best guess as default.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lib.keypoints.keypoints import Keypoints, from_file
from lib.keypoints.layouts import ASL_SIGNS_543, HOLISTIC_75
from lib.tools.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

Size = tuple[int, int]
WEBCAM = (640, 480)  # what OpenCV takes from a webcam unless told otherwise, as both data sets' programs do
_POSE, _HAND, _FACE = 33 * 4, 21 * 3, 468 * 3
_COLUMNS = ["frame", "type", "landmark_index", "x", "y", "z"]
_MAYBE_READER = "install the reader with: pip install fastparquet"


def read_npy_frames(folder: str | Path, *, fps: float = 30.0, size: Size = WEBCAM) -> Keypoints:
    """Keypoints (HOLISTIC_75) from a folder with one ``NUMBER.npy`` for each frame, see `from_npy_values`.

    So are the ASL words of traduttore-model (258 numbers a frame) and the DGS words of GSL-Detector (1662). Raises
    BadInput, naming the file, for no frames, a frame left out, a file cut short, and another number of values.
    """
    folder = Path(folder)
    files = {int(file.stem): file for file in folder.glob("*.npy") if file.stem.isdecimal()}
    if not files:
        raise BadInput(f"{folder} holds no files like 0.npy; give the folder of one sequence.")
    first, last = min(files), max(files)
    gap = next((number for number in range(first, last) if number not in files), None)
    if gap is not None:
        raise BadInput(f"{folder} lacks {gap}.npy; unpack the data set again, or leave this sequence out.")
    rows = [_row(files[number]) for number in range(first, last + 1)]
    if len({len(row) for row in rows}) > 1:
        odd = next(number for number, row in enumerate(rows, first) if len(row) != len(rows[0]))
        raise BadInput(f"{files[odd]} has another number of values than {files[first]}; leave this sequence out.")
    return from_npy_values(np.stack(rows), fps=fps, size=size, name=str(folder))


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
    return Keypoints(shares * [size[0], size[1], size[0]], confidence, HOLISTIC_75, fps, size)


def read_asl_signs(parquet: str | Path, *, fps: float = 30.0, size: Size = (1000, 1000)) -> Keypoints:
    """Keypoints (ASL_SIGNS_543) of one sequence of Kaggle's asl-signs, from its ``.parquet`` file.

    The data set does not say how large its pictures were, nor their frames a second; the default takes them for square.
    Every found point gets confidence 1, as the file has none. Frames are taken in the order of their numbers. Raises
    BadInput, naming the file, where it is absent, cut short, not such a table, or where points are left out or double.
    """
    table = _table(Path(parquet))
    frames, row = np.unique(table["frame"].to_numpy(), return_inverse=True)
    starts = {part: where.start for part, where in ASL_SIGNS_543.parts.items()}
    lengths = {part: where.stop - where.start for part, where in ASL_SIGNS_543.parts.items()}
    index = table["landmark_index"].to_numpy()
    if not ((index >= 0) & (index < table["type"].map(lengths))).all():  # an unknown type has NaN points
        raise BadInput(f"{parquet} has points that Holistic does not have; give a file of asl-signs, as downloaded.")
    column = table["type"].map(starts).to_numpy(int) + index.astype(int)
    if len(table) != len(frames) * len(ASL_SIGNS_543) or len(np.unique(row * 543 + column)) != len(table):
        raise BadInput(
            f"{parquet} has {len(table)} points, not 543 for each of {len(frames)} frames; download it again."
        )
    xyz = np.empty((len(frames), len(ASL_SIGNS_543), 3))
    xyz[row, column] = table[["x", "y", "z"]].to_numpy(float) * [size[0], size[1], size[0]]
    return from_file(parquet, xyz, np.ones(xyz.shape[:2]), ASL_SIGNS_543, fps, size)


def _row(file: Path) -> np.ndarray:
    """One frame's numbers."""
    try:
        values = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        raise BadInput(f"{file} is not a whole .npy file of numbers; unpack the data set again.") from None
    if not isinstance(values, np.ndarray) or values.ndim != 1:
        raise BadInput(f"{file} does not hold one row of numbers; give the folder of one sequence.")
    return values


def _table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of a .parquet file of asl-signs.")
    try:
        table = pd.read_parquet(path)
    except ImportError:
        raise BadInput(f"{path} is a parquet file, which nothing here can read; {_MAYBE_READER}.") from None
    except Exception:  # the reader's errors for broken bytes are of many kinds
        raise BadInput(f"{path} is not a whole parquet file; download it again.") from None
    lacking = [column for column in _COLUMNS if column not in table]
    if lacking or table.empty:
        what = f"has no column {lacking[0]!r}" if lacking else "has no rows"
        raise BadInput(f"{path} {what}; give a landmark file of asl-signs, as downloaded.")
    return table
