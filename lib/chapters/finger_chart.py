"""Chapter 4's unit: what a spoiling costs, counted in missing fingers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from book.shared.charts import interval_chart
from lib.chapters.spoilings import MISSING
from lib.evaluation.intervals import Interval, clip_bootstrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def in_fingers(tables: Sequence[pd.DataFrame], loss: str, spoiling: str, seed: int = 0) -> Interval:
    """What a spoiling costs over what the missing finger costs: the mean over clips, with its interval.

    ``tables`` has one table for each clip, with a row for each spoiling, ``MISSING`` among them, and a column for each
    loss.
    """
    return clip_bootstrap([table[loss][spoiling] / table[loss][MISSING] for table in tables], seed=seed)


def draw_in_fingers(tables: Sequence[pd.DataFrame], seed: int = 0) -> "Figure":
    """A row for each loss, and in it a mark with its interval for each spoiling; a dotted line at one finger."""
    others = [name for name in tables[0].index if name != MISSING]
    found = {name: {loss: in_fingers(tables, loss, name, seed) for loss in tables[0].columns} for name in others}
    figure = interval_chart(found, "costs as much as so many missing fingers (mean over clips, 95 % interval)")
    (ax,) = figure.axes
    ax.axvline(1, color="grey", linestyle=":")
    ax.set_xscale("log")
    return figure
