"""Splits in which no signer of the test is seen in training, and R2's description of its data (Table 1, Figure 1)."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lib.tools.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUBSETS = ("train", "val", "test")
FOLDS = 10

# What R2 gives of its data, by name (`lib.tools.papers`); of NGT it has two numbers.
R2_TABLE1 = {
    ("VGT", "glosses"): "R2 3.1, glosses kept",
    ("VGT", "examples"): "R2 Table 1, all, examples",
    ("VGT", "train examples"): "R2 Table 1, train, examples",
    ("VGT", "val examples"): "R2 Table 1, validation, examples",
    ("VGT", "test examples"): "R2 Table 1, test, examples",
    ("VGT", "train signers"): "R2 Table 1, train, signers",
    ("VGT", "val signers"): "R2 Table 1, validation, signers",
    ("VGT", "test signers"): "R2 Table 1, test, signers",
    ("NGT", "glosses"): "R2 5.2, NGT classes",
    ("NGT", "examples"): "R2 5.2, NGT samples",
}


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


def check_signers(signers: Sequence, subsets: Sequence[str], what: str = "The split") -> None:
    """Raises BadInput where a signer is in two subsets: a test on people whom the network knows flatters it.

    ``signers`` and ``subsets`` are (N,), one of each for every example; ``what`` is what the error calls the split.
    """
    table = pd.DataFrame({"signer": np.asarray(signers), "subset": np.asarray(subsets)})
    places = table.groupby("signer").subset.unique()
    twice = places[places.map(len) > 1]
    if len(twice):
        where = " and ".join(twice.iloc[0])
        raise BadInput(f"{what} has signer {twice.index[0]} in {where}: keep each signer in one subset")


def read_examples(folder: str | Path) -> pd.DataFrame:
    """Read the CSVs that ``data_scripts/signon_splits.py`` wrote, one row an example.

    Columns ``id``, ``gloss``, ``label`` (the gloss's rank by frequency, from 0), ``signer``, ``video``, ``language``
    ("VGT", "NGT") and ``subset`` ("train", "val", "test"). Raises BadInput, also for a signer in two subsets.
    """
    files = [Path(folder) / f"{language}_{subset}.csv" for language in ("vgt", "ngt") for subset in SUBSETS]
    if missing := [file for file in files if not file.is_file()]:
        raise BadInput(f"{missing[0]} is missing: run python data_scripts/signon_splits.py --out {folder}")
    # Without keep_default_na=False a gloss such as "NULL" would be read as missing.
    examples = pd.concat([pd.read_csv(file, keep_default_na=False) for file in files], ignore_index=True)
    for language, part in examples.groupby("language"):
        check_signers(part.signer, part.subset, f"{language} in {folder}")
    return examples


def table1(examples: pd.DataFrame) -> pd.DataFrame:
    """R2's Table 1, and the same for NGT: one row a language and quantity, with the paper's number by name, and ours.

    ``examples`` has a row an example with ``language``, ``subset``, ``gloss`` and ``signer``. The result has the
    columns ``language``, ``quantity``, ``paper`` (a name of `lib.tools.papers`, None where it gives none) and ``ours``.
    """
    rows = []
    for language, part in examples.groupby("language", sort=False):
        per_subset = part.groupby("subset").signer.agg(["size", "nunique"]).reindex(SUBSETS, fill_value=0)
        ours = {"glosses": part.gloss.nunique(), "examples": len(part)}
        ours |= {f"{subset} examples": count for subset, count in per_subset["size"].items()}
        ours |= {f"{subset} signers": count for subset, count in per_subset["nunique"].items()}
        rows += [(language, quantity, R2_TABLE1.get((language, quantity)), value) for quantity, value in ours.items()]
    # dtype object keeps None and whole numbers apart, where pandas would turn both into floats.
    return pd.DataFrame(rows, columns=["language", "quantity", "paper", "ours"], dtype=object)


def figure1(examples: pd.DataFrame) -> "Figure":
    """R2's Figure 1: examples per gloss, glosses in order of frequency, logarithmic y; one panel a language.

    ``examples`` as in :func:`table1`. The dashed line marks the glosses that together hold half of the examples.
    """
    import matplotlib.pyplot as plt

    languages = list(examples.groupby("language", sort=False))
    figure, axes = plt.subplots(1, len(languages), figsize=(10, 3.6), sharey=True, squeeze=False, layout="constrained")
    for number, (axis, (language, part)) in enumerate(zip(axes[0], languages, strict=True)):
        counts = part.gloss.value_counts().to_numpy()
        half = int(np.searchsorted(counts.cumsum(), len(part) / 2)) + 1
        axis.bar(np.arange(1, len(counts) + 1), counts, width=1.0, color=f"C{number}")
        axis.axvline(half + 0.5, color="black", linestyle="--", linewidth=1)
        axis.annotate(
            f"half of all examples:\n{half} glosses",
            (half + 0.5, counts[0]),
            (8, -4),
            textcoords="offset points",
            va="top",
        )
        axis.set(
            yscale="log",
            xlabel="gloss, most frequent first",
            title=f"{language}: {len(counts)} glosses, {len(part):,} examples",
        )
    axes[0, 0].set_ylabel("examples")
    plt.close(figure)  # the caller shows it once; an open figure would be drawn again at the end of the cell
    return figure


def _fold(labels: np.ndarray, signers: np.ndarray, folds: int, fold: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.model_selection import StratifiedGroupKFold

    with warnings.catch_warnings():
        # A label rarer than the folds cannot be in all of them; in_every_subset is there to drop it.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        return list(StratifiedGroupKFold(folds).split(labels, labels, signers))[fold]
