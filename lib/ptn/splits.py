"""Splits in which no signer of the test is seen in training, R2's own among them (its section 3.1)."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.tools.errors import BadInput

SUBSETS = ("train", "val", "test")
FOLDS = 10


def signer_independent_split(
    labels: Sequence, signers: Sequence, fold: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split examples about 80/10/10 so that each signer is in one part only and the labels are spread evenly.

    ``labels`` and ``signers`` are (N,), numbers or text. Returns the indices of train, val and test. As in the code of
    R2's authors (3.1 of the text has no sizes), the first fold of ``StratifiedGroupKFold(10)`` is the test, the first
    fold of ``StratifiedGroupKFold(9)`` over the rest is the validation part, both without shuffling: there is no seed.
    Another ``fold`` (to 9) is another test, with other signers: a small corpus is tested on all ten in turn. Raises
    BadInput.
    """
    # np.unique numbers the values in sorted order, as the label encoder in their code does.
    labels, signers = (np.unique(np.asarray(values), return_inverse=True)[1] for values in (labels, signers))
    if len(labels) != len(signers):
        raise BadInput(f"{len(labels)} labels for {len(signers)} signers: give one of each for every example")
    most = np.bincount(labels).max(initial=0)
    if most < FOLDS or len(np.unique(signers)) < FOLDS:
        raise BadInput(f"The split needs {FOLDS} signers and a label with {FOLDS} examples: add examples or signers")
    if not 0 <= fold < FOLDS:
        raise BadInput(f"There is no fold {fold}: give one from 0 to {FOLDS - 1}")
    rest, test = _fold(labels, signers, FOLDS, fold)
    train, val = _fold(labels[rest], signers[rest], FOLDS - 1, 0)
    return rest[train], rest[val], test


def in_every_subset(labels: Sequence, subsets: Sequence[str]) -> np.ndarray:
    """(N,) bool: does the example's label occur in train, val and test alike? R2 (3.1) drops those where it does not.

    ``labels`` and ``subsets`` are (N,); a subset is "train", "val" or "test".
    """
    table = pd.DataFrame({"label": np.asarray(labels), "subset": np.asarray(subsets)})
    return (table.groupby("label").subset.transform("nunique") == len(SUBSETS)).to_numpy()


def _fold(labels: np.ndarray, signers: np.ndarray, folds: int, fold: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.model_selection import StratifiedGroupKFold

    with warnings.catch_warnings():
        # A label rarer than the folds cannot be in all of them; in_every_subset is there to drop it.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        return list(StratifiedGroupKFold(folds).split(labels, labels, signers))[fold]
