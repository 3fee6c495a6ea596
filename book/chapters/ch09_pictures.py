"""Pictures of gaps: which frames are missing, how long the gaps are, how far off they are filled, and one close up."""

from collections.abc import Mapping, Sequence, Sized

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from book.shared.gaps import EDGE, INSIDE, NEVER, runs
from book.shared.palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, error_bars, panel, panels
from lib.keypoints import Keypoints

COLOURS = {"hold last": PURPLE, "linear": BLUE, "cubic": GREEN, "Kalman": VERMILLION}  # black is the truth
MARKERS = {"hold last": "s", "linear": "o", "cubic": "^", "Kalman": "D"}
WHERE = {INSIDE: BLUE, EDGE: ORANGE, NEVER: "#999999"}


def barcodes(clips: Sequence[Keypoints], names: Sequence[str], parts: Sequence[str]) -> Figure:
    """A panel for each part and a row for each clip, with a dark bar wherever the part was not found."""
    figure, axes = panels(len(parts), (_width(parts), 0.22 * len(clips) + 1.1), sharey=True)
    for ax, part in zip(axes, parts, strict=True):
        for row, clip in enumerate(clips):
            ax.broken_barh([(0, len(clip))], (row - 0.4, 0.8), color="#DDDDDD")
            ax.broken_barh([(a, b - a) for a, b in runs(~clip.present(part))], (row - 0.4, 0.8), color="#222222")
        ax.set(title=part.replace("_", " "), xlabel="frame", ylim=(len(clips) - 0.5, -0.5))
        ax.set_yticks(range(len(clips)), names)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
    return figure


def histogram(tables: Mapping[str, pd.DataFrame], edges: Sequence[int]) -> Figure:
    """How many gaps are how long: a panel for each `book.shared.gaps.gap_table`, a bar for each class of length."""
    figure, axes = panels(len(tables), (_width(tables), 3.0))
    names = [_span(low, high - 1) for low, high in zip(edges[:-2], edges[1:-1])] + [f"{edges[-2]}+"]
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        below = np.zeros(len(names))
        for where, colour in WHERE.items():
            lengths = table.loc[table["where"] == where, "frames"]
            count = np.histogram(lengths, [*edges[:-1], np.inf])[0]
            ax.bar(range(len(names)), count, bottom=below, color=colour, label=where)
            below += count
        ax.set_xticks(range(len(names)), names)
        ax.set(title=name, xlabel="length of the gap, frames")
    axes[0].set_ylabel("gaps")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def errors(tables: Mapping[str, pd.DataFrame], label: str) -> Figure:
    """A panel for each table of `book.chapters.ch09_gaps.by_length`: its value by length, a line for each method."""
    figure, axes = panels(len(tables), (_width(tables), 3.3), sharey=True)
    edges = sorted({(low, high) for table in tables.values() for low, high in zip(table["from"], table["to"])})
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        for number, (method, line) in enumerate(table.groupby("method", sort=False)):
            x = np.array([edges.index(pair) for pair in zip(line["from"], line["to"])]) + 0.09 * (number - 1.5)
            error_bars(ax, x, line["value"], color=COLOURS[method], marker=MARKERS[method], label=method)
        ax.set_xticks(range(len(edges)), [_span(low, high) for low, high in edges])
        ax.set(title=name, xlabel="length of the gap, frames", xlim=(-0.5, len(edges) - 0.5))
        ax.grid(axis="y", alpha=0.3)
    axes[0].set_ylabel(label)
    axes[0].set_ylim(bottom=0)  # now that all panels, which share it, are drawn
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure


def track(found: np.ndarray, filled: Mapping[str, np.ndarray], truth: np.ndarray | None, label: str) -> Figure:
    """One coordinate of one point over time, all arrays (T,): what was found, what each method makes of the gaps
    (shaded), and what is true, if that is known."""
    figure, ax = panel(8, 3.2)
    gaps = runs(np.isnan(found))
    for start, stop in gaps:
        ax.axvspan(start - 0.5, stop - 0.5, color="#EEEEEE", zorder=0)
    if truth is not None:
        ax.plot(truth, color="black", linewidth=1, label="true")
    for method, values in filled.items():
        _inside_gaps(ax, values, gaps, method)
    ax.plot(found, ".", color="#555555", label="found", zorder=3)
    ax.set(xlabel="frame", ylabel=label)
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=6, frameon=False)
    return figure


def _inside_gaps(ax: Axes, values: np.ndarray, gaps: Sequence[tuple[int, int]], method: str) -> None:
    """The line of a method in the gaps, joined to the frames on either side."""
    for number, (start, stop) in enumerate(gaps):
        frames = np.arange(max(start - 1, 0), min(stop + 1, len(values)))
        ax.plot(frames, values[frames], color=COLOURS[method], linewidth=1.8, label=method if number == 0 else None)


def _span(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"


def _width(panels: Sized) -> float:
    return min(4.2 * len(panels), 10.5)
