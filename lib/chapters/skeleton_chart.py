"""Keypoints as stick figures, several on top of one another, to see how alike they are."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lib.chapters import charts
from lib.chapters.charts import PALETTE
from lib.keypoints import Layout
from lib.tools.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def skeletons(
    panels: Mapping[str, Sequence[np.ndarray]], layout: Layout, parts: Sequence[Sequence[str]], names: Sequence[str]
) -> "Figure":
    """A panel for each title: the figures (P, 2 or 3) that are to be compared, in one picture, y downwards.

    ``parts`` says for each panel which parts of the layout to draw, ``names`` what the figures are called. Points that
    are NaN are left out. Raises BadInput for more figures than there are colours.
    """
    if len(names) > len(PALETTE):
        raise BadInput(f"A picture has room for {len(PALETTE)} stick figures, not {len(names)}; choose fewer.")
    figure, axes = charts.panels(len(panels), (3.4 * len(panels), 3.8))
    for ax, (title, figures), drawn in zip(axes, panels.items(), parts, strict=True):
        for points, colour, name in zip(figures, PALETTE, names, strict=False):
            lines = [points[[a, b], :2] for part in drawn for a, b in layout.edges[part]]
            for number, line in enumerate(lines):
                ax.plot(*line.T, color=colour, linewidth=1.4, alpha=0.85, label=None if number else name)
        ax.set(title=title, aspect="equal")
        ax.invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(names), frameon=False)
    return figure
