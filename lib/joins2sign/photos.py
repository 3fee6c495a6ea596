"""Photos of the Italian manual alphabet: how they come from disk, and how they are split.

The data set is that of Donnici and Monica (github.com/maghid/italian_fingerspelling_recognition): a right hand before
a black cloth, 64 x 64 pixels, from five sides. 22 letters hold still; g, j, s and z are drawn in the air and are not
here. R3 (Pastore and Loparco, *Joins2Sign*) learned from the same data set, at 622 x 415 pixels (3, and footnote 3).
``data_scripts/lis_fingerspelling.py`` fetches it.
"""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lib.tools import openers
from lib.tools.errors import BadInput
from lib.tools.openers import read_npz, reading
from lib.video.image_folder import read_image

LETTERS = "abcdefhiklmnopqrtuvwxy"
ANGLES = ("front", "left", "right", "top", "bottom")
SIDE = 64  # pixels
UNSEEN = "dataset1-signer-independent-test"  # the folder whose one signer is in no other
TABLE, HANDS = "photos.csv", "hands.npz"
COLUMNS = ("file", "letter", "signer", "number", "angle", "subset")  # of photos.csv


@dataclass(frozen=True)
class Photos:
    """A set of pictures of one hand each, real or synthetic; row i is the same picture everywhere.

    ``images`` (N, H, W, 3) uint8; ``joints`` (N, 21, 2) float32 in pixels, NaN where no hand is known; ``labels``
    (N,) indices of `LETTERS`; ``signers`` (N,) numbers from 0, so that nobody's name is shown; ``angles`` (N,) text;
    ``unseen`` (N,) bool: the signer-independent test.
    """

    images: np.ndarray
    joints: np.ndarray
    labels: np.ndarray
    signers: np.ndarray
    angles: np.ndarray
    unseen: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: np.ndarray) -> "Photos":
        return Photos(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @property
    def found(self) -> np.ndarray:
        """(N,) bool: is there a hand whose joints are known?"""
        return np.isfinite(self.joints).all(axis=(1, 2))


def read_table(folder: str | Path) -> "pd.DataFrame":  # noqa: F821 - pandas is imported where it is used
    """photos.csv: one row a photo with file, letter, signer, number, angle, subset. Raises BadInput."""
    path = Path(folder) / TABLE
    if not path.is_file():
        raise BadInput(f"{path} is missing: run python data_scripts/lis_fingerspelling.py --out {folder}")
    again, broken = "delete it and run data_scripts/lis_fingerspelling.py", "is no table of photos"
    table = openers.read_table(path, COLUMNS, again, broken).astype({"file": str})
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


SHARES = (0.66, 0.17, 0.17)  # R3, 4.6: training, validation, test; by which rule it does not say


class Split(NamedTuple):
    """Row numbers of the photos to learn from, to judge epochs by, and to test with."""

    learn: np.ndarray
    judge: np.ndarray
    test: np.ndarray


def random_split(photos: Photos, seed: int = 0) -> Split:
    """R3's shares, 66/17/17, at random over the photos of the signers who are not kept apart.

    The photos of one signer and letter were taken one after the other, so nearly every test photo has a twin among
    those learned from. That is what the split by signers is for.
    """
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(~photos.unseen))
    first, second = np.round(np.cumsum(SHARES[:2]) * len(rows)).astype(int)
    return Split(*np.split(rows, [first, second]))


def unseen_split(photos: Photos, seed: int = 0) -> Split:
    """All other signers to learn from and judge by (R3's shares), the signer who was kept apart to test."""
    learn, judge, test = random_split(photos, seed)
    return Split(np.concatenate([learn, test]), judge, np.flatnonzero(photos.unseen))
