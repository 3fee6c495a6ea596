"""A film's hands along its time: when was each found, before and after, and where is there a sign of trouble?"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from book.shared.gaps import runs
from book.shared.panels import ORANGE, SKY, VERMILLION, panel
from lib.chapters.without_truth import HANDS, jumps
from lib.keypoints import Keypoints

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {"right": ORANGE, "left": SKY}  # as in `book.shared.draw`


def timeline(films: Mapping[str, Keypoints]) -> "Figure":
    """A row for each hand and film ("before", "after"): coloured where it was found, white where it was lost.

    Red strokes above a row are jumps (`lib.chapters.without_truth.jumps`). All films are of one length.
    """
    rows = [(hand, name) for hand in HANDS for name in films]
    figure, ax = panel(8, 0.45 * len(rows) + 0.9)
    for row, (hand, name) in enumerate(rows):
        keypoints = films[name]
        found = [(a / keypoints.fps, (b - a) / keypoints.fps) for a, b in runs(keypoints.present(f"{hand}_hand"))]
        ax.broken_barh(found, (row - 0.35, 0.7), color=COLOURS[hand])
        times = np.flatnonzero(jumps(keypoints, hand)) / keypoints.fps
        ax.plot(times, np.full(len(times), row - 0.42), "|", color=VERMILLION, markersize=9, markeredgewidth=2)
    last = max(len(keypoints) / keypoints.fps for keypoints in films.values())
    ax.set(xlim=(0, last), ylim=(len(rows) - 0.5, -0.6), xlabel="seconds")
    ax.set_yticks(range(len(rows)), [f"{hand} hand, {name}" for hand, name in rows])
    return figure
