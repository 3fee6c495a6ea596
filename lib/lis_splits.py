"""Which photos teach and which test: a split at random, by R3's shares, and splits without a signer on both sides."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lib.lis import Photos
from lib.tools.errors import BadInput

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


def leave_signers_out(photos: Photos, folds: int = 5) -> Iterator[Split]:
    """Each signer is tested by a network that has seen neither them nor, to judge its epochs, a test signer.

    The signers who are not kept apart are dealt into ``folds`` groups; one group tests, the next one judges.
    """
    known = np.unique(photos.signers[~photos.unseen])
    if not 3 <= folds <= len(known):
        raise BadInput(f"{len(known)} signers cannot be dealt into {folds} groups to learn from, judge by and test.")
    groups = [known[start::folds] for start in range(folds)]
    for number in range(folds):
        test, judge = (np.isin(photos.signers, groups[(number + step) % folds]) for step in (0, 1))
        kept = ~photos.unseen
        yield Split(*(np.flatnonzero(kept & part) for part in (~test & ~judge, judge, test)))


def unseen_split(photos: Photos, seed: int = 0) -> Split:
    """All other signers to learn from and judge by (R3's shares), the signer who was kept apart to test."""
    learn, judge, test = random_split(photos, seed)
    return Split(np.concatenate([learn, test]), judge, np.flatnonzero(photos.unseen))
