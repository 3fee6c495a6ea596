"""Means with their intervals, one below the other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lib.chapters.charts import PALETTE, interval, panel
from lib.evaluation.intervals import Interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = "osD^"


def interval_chart(groups: Mapping[str, Mapping[str, Interval]], xlabel: str) -> "Figure":
    """A point and a bar for each interval. ``groups`` have a colour and a mark each; their names go into a legend.

    Rows of the same name in several groups share a line of the picture.
    """
    names = list(dict.fromkeys(name for rows in groups.values() for name in rows))
    figure, ax = panel(8, 0.8 + max(0.42, 0.14 * len(groups)) * len(names))
    for at, (group, rows) in enumerate(groups.items()):
        shift, colour = 0.16 * (at - (len(groups) - 1) / 2), PALETTE[at % len(MARKS)]
        for name, found in rows.items():
            interval(ax, found, names.index(name) + shift, colour, MARKS[at % len(MARKS)], group)
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel=xlabel, ylim=(len(names) - 0.5, -0.5))
    if len(groups) > 1:
        handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
        ax.legend(handles.values(), handles, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
