"""Chapter 2: R2's description of its data, Table 1 and Figure 1, counted from the published tables."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.shared.palette import panels
from lib.ptn.splits import SUBSETS

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


def figure1(examples: pd.DataFrame) -> Figure:
    """R2's Figure 1: examples per gloss, glosses in order of frequency, logarithmic y; one panel a language.

    ``examples`` as in :func:`table1`. The dashed line marks the glosses that together hold half of the examples.
    """
    languages = list(examples.groupby("language", sort=False))
    figure, axes = panels(len(languages), (10, 3.6), frame=True, sharey=True)
    for number, (axis, (language, part)) in enumerate(zip(axes, languages, strict=True)):
        counts = part.gloss.value_counts().to_numpy()
        half = int(np.searchsorted(counts.cumsum(), len(part) / 2)) + 1
        axis.bar(np.arange(1, len(counts) + 1), counts, width=1.0, color=f"C{number}")
        axis.axvline(half + 0.5, color="black", linestyle="--", linewidth=1)
        told = f"half of all examples:\n{half} glosses"
        axis.annotate(told, (half + 0.5, counts[0]), (8, -4), textcoords="offset points", va="top")
        title = f"{language}: {len(counts)} glosses, {len(part):,} examples"
        axis.set(yscale="log", xlabel="gloss, most frequent first", title=title)
    axes[0].set_ylabel("examples")
    return figure
