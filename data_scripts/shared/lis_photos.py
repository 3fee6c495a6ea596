"""The fingerspelling photos and their joints, as data_scripts/lis_fingerspelling.py has written them."""

import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from data_scripts.shared import tables
from lib.joins2sign.photos import LETTERS, SIDE, Photos
from lib.tools.errors import BadInput
from lib.tools.openers import read_npz, reading
from lib.video.image_folder import read_image

UNSEEN = "dataset1-signer-independent-test"  # the folder whose one signer is in no other
TABLE, HANDS = "photos.csv", "hands.npz"
COLUMNS = ("file", "letter", "signer", "number", "angle", "subset")  # of photos.csv


def read_table(folder: str | Path) -> pd.DataFrame:
    """photos.csv: one row a photo with file, letter, signer, number, angle, subset. Raises BadInput."""
    path = Path(folder) / TABLE
    if not path.is_file():
        raise BadInput(f"{path} is missing: run python data_scripts/lis_fingerspelling.py --out {folder}")
    again, broken = "delete it and run data_scripts/lis_fingerspelling.py", "is no table of photos"
    table = tables.read_table(path, COLUMNS, again, broken).astype({"file": str})
    with reading(path, broken, again):
        if odd := set(table.letter) - set(LETTERS):
            raise ValueError(f"the letter {min(map(str, odd))!r} is none")
    return table


def read_photos(folder: str | Path, every: int = 1) -> Photos:
    """The photos and their annotation, as the data script left them; each ``every``-th.

    A photo that cannot be read any more is left out, and named in a warning. Raises BadInput where nothing is left.
    """
    folder = Path(folder)
    table = read_table(folder)
    joints, _ = read_hands(folder, list(table.file))
    joints, table = joints[::every], table.iloc[::every]
    images, kept = _readable(folder, list(table.file))
    joints, table = joints[kept], table.iloc[kept]
    return Photos(
        images=images,
        joints=joints[..., :2],
        labels=np.array([LETTERS.index(letter) for letter in table.letter]),
        signers=np.unique(table.signer.to_numpy(str), return_inverse=True)[1],
        angles=table.angle.to_numpy(str),
        unseen=(table.subset == UNSEEN).to_numpy(),
    )


def _readable(folder: Path, files: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The images (N, 64, 64, 3) of those files that can be read, and their places (N,) in ``files``."""
    images: dict[int, np.ndarray] = {}
    for place, file in enumerate(files):
        with suppress(BadInput):
            image = read_image(folder / file)
            if image.shape[:2] == (SIDE, SIDE):
                images[place] = image
    again = f"run python data_scripts/lis_fingerspelling.py --out {folder} to put them right."
    if not images:
        raise BadInput(f"None of the {len(files)} photos in {folder} can be read: {again}")
    if broken := [file for place, file in enumerate(files) if place not in images]:
        named = ", ".join(broken[:3]) + (", ..." if len(broken) > 3 else "")
        warnings.warn(
            f"{len(broken)} photos in {folder} cannot be read and are left out ({named}): {again}", stacklevel=3
        )
    return np.stack(list(images.values())), np.array(list(images))


def read_hands(folder: str | Path, files: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Joints (N, 21, 3) in pixels and the way (N,) in which each hand was found ("" for none), in the files' order.

    Raises BadInput where the annotation is missing or belongs to other photos.
    """
    path = Path(folder) / HANDS
    if not path.is_file():
        raise BadInput(f"{path} is missing: run python data_scripts/lis_fingerspelling.py --out {folder}")
    again = "delete it and run data_scripts/lis_fingerspelling.py"
    kept = read_npz(path, ("files", "joints", "ways"), again, "cannot be read")
    if list(kept["files"]) != files:
        raise BadInput(f"{path} belongs to other photos: {again}")
    if kept["joints"].shape != (len(files), 21, 3) or kept["ways"].shape != (len(files),):
        raise BadInput(f"{path} has not the joints of one hand a photo: {again}")
    return kept["joints"], kept["ways"]
