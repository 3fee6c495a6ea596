"""Photos of the Italian manual alphabet in memory, and how they are split.

The data set is that of Donnici and Monica (github.com/maghid/italian_fingerspelling_recognition): a right hand before
a black cloth, 64 x 64 pixels, from five sides. 22 letters hold still; g, j, s and z are drawn in the air and are not
here. R3 (Pastore and Loparco, *Joins2Sign*) learned from the same data set, at 622 x 415 pixels (3, and footnote 3).
``data_scripts/lis_fingerspelling.py`` fetches it, and `data_scripts.shared.lis_photos` reads what that has written.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

LETTERS = "abcdefhiklmnopqrtuvwxy"
ANGLES = ("front", "left", "right", "top", "bottom")
SIDE = 64  # pixels


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
