"""Chapter 4's unit: what a spoiling costs, counted in missing fingers."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from lib.chapters.charts import PALETTE, panel
from lib.chapters.spoilings import MISSING
from lib.intervals import Interval, clip_bootstrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def in_fingers(tables: Sequence[pd.DataFrame], loss: str, spoiling: str, seed: int = 0) -> Interval:
    """What a spoiling costs over what the missing finger costs: the mean over clips, with its interval.

    ``tables`` has one table for each clip, with a row for each spoiling, ``MISSING`` among them, and a column for each
    loss.
    """
    return clip_bootstrap([table[loss][spoiling] / table[loss][MISSING] for table in tables], seed=seed)


def draw_in_fingers(tables: Sequence[pd.DataFrame], seed: int = 0) -> "Figure":
    """A row for each loss, and in it a dot with its interval for each spoiling; a dotted line at one finger."""
    losses, others = list(tables[0].columns), [name for name in tables[0].index if name != MISSING]
    figure, ax = panel(8.5, 1.1 + 0.5 * len(losses))
    for (row, loss), (lane, name) in product(enumerate(losses), enumerate(others)):
        value, y = in_fingers(tables, loss, name, seed), row + 0.15 * (lane - (len(others) - 1) / 2)
        ax.plot([value.low, value.high], [y, y], color=PALETTE[lane], linewidth=2)
        ax.plot(value.mean, y, "o", color=PALETTE[lane], label=None if row else name)
    ax.axvline(1, color="grey", linestyle=":")
    ax.set(xscale="log", xlabel="costs as much as so many missing fingers (mean over clips, 95 % interval)")
    ax.set_yticks(range(len(losses)), losses)
    ax.invert_yaxis()
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
