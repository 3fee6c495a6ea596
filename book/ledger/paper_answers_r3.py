"""Ours beside the cells of R3's tables, from the rows of `book.studies.letter_rows`: photos split at random.

In the cells stand the networks that learned from all photos, once each has; below them, and until then in the cells,
those that learned from a share of the photos, which come in several seeds, so that they can be held against each other.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from book.chapters.ch12_answers import over_trainings
from book.ledger.paper_cells import Ours, Run, text
from book.studies.letter_rows import read_results, seeds_of

KINDS = {"CNN": "cnn", "static": "static", "dynamic": "dynamic"}  # the tables' names and ours
SHARE = 3  # the networks that are compared learned from each so manieth photo
Cells = dict[str, str | None]


def table1(run: Run) -> Ours:
    """Joints, in pixels of the 256 frame."""

    def cells(rows: Sequence[dict]) -> Cells:
        figures = {"EPE median": "median", "EPE mean": "epe", "AUC": "auc"}
        return {column: text(over_trainings(rows, name)) for column, name in figures.items()}

    return _table(cells, ("static", "dynamic"))


def table2(run: Run) -> Ours:
    """Letters, in per cent and as shares."""

    def cells(rows: Sequence[dict]) -> Cells:
        means = {name: np.mean([row[name.lower()] for row in rows]) for name in ("precision", "recall", "F1")}
        return {"accuracy": text(over_trainings(rows))} | {name: f"{mean:.4f}" for name, mean in means.items()}

    return _table(cells, tuple(KINDS))


def _table(cells: Callable[[Sequence[dict]], Cells], names: Sequence[str]) -> Ours:
    rows = read_results()["rows"]
    whole, shares = (
        {name: some for name in names if (some := seeds_of(rows, KINDS[name], every=every))} for every in (1, SHARE)
    )
    if len(whole) < len(names):
        whole, shares = shares, whole
    more: Mapping[str, Mapping[str, str]] = {
        f"{name}, {'all photos' if some[0]['every'] == 1 else f'each {SHARE}rd photo'}": cells(some)
        for name, some in shares.items()
    }
    return Ours({(name, column): said for name, some in whole.items() for column, said in cells(some).items()}, more)
