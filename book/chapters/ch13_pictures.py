"""Chapter 13's pictures: a smoothed track, what a filter costs, a turned body, one network with two classifiers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from book.shared import charts
from book.shared.filter_scores import RAW, Parameters
from book.shared.palette import BLUE, GREEN, ORANGE, SKY, VERMILLION, panel, panels
from lib.evaluation.intervals import Interval

COLOURS = {RAW: "#777777", "One-Euro": VERMILLION, "Butterworth": GREEN, "Kalman": BLUE}  # black is the truth
MARKERS = {RAW: "*", "One-Euro": "o", "Butterworth": "^", "Kalman": "D"}


def tracks(found: np.ndarray, smoothed: Mapping[str, np.ndarray], truth: np.ndarray, fps: float) -> Figure:
    """One coordinate over time, all arrays (T,): dots where it was found, a panel for each way to smooth it, and the
    truth in black."""
    size = (8, 1.9 * len(smoothed) + 0.6)
    figure, axes = panels(1, size, rows=len(smoothed), sharex=True, sharey=True)
    seconds = np.arange(len(found)) / fps
    for ax, (name, values) in zip(axes, smoothed.items(), strict=True):
        ax.plot(seconds, truth, color="black", linewidth=1, label="true")
        ax.plot(seconds, found, ".", color=COLOURS[RAW], markersize=5, label=RAW)
        ax.plot(seconds, values, color=COLOURS[name], linewidth=1.8)
        ax.set_title(name, loc="left", color=COLOURS[name], fontsize=10)
        ax.set_ylabel("y, pixels")
    axes[0].invert_yaxis()  # pixels count downwards; the panels share the axis
    axes[-1].set_xlabel("seconds")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    return figure


def turns(found: np.ndarray, truth: np.ndarray, fps: float) -> Figure:
    """How far a body is turned over time, degrees (T,): as its estimated depth has it, and in truth."""
    figure, ax = panel(8, 2.8)
    seconds = np.arange(len(found)) / fps
    ax.plot(seconds, found, color=VERMILLION, linewidth=1.8, label="by MediaPipe's depth")
    ax.plot(seconds, truth, color="black", linewidth=1.2, label="true")
    ax.set(xlabel="seconds", ylabel="shoulders turned, degrees")
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    return figure


def trade(table: pd.DataFrame, chosen: Mapping[str, Parameters]) -> Figure:
    """What every setting of a `book.shared.filter_scores.sweep` takes and costs: jitter against error, and error
    against lag. The chosen settings have a black ring."""
    figure, axes = panels(2, (9.5, 4))
    units = {"error": "shoulder widths", "jitter": "thousandths of a shoulder width", "lag": "milliseconds"}
    for ax, (x, y) in zip(axes, (("error", "jitter"), ("lag", "error"))):
        for name, of_filter in table.groupby("filter", sort=False):
            look = dict(color=COLOURS[name], marker=MARKERS[name], markersize=12 if name == RAW else 6)
            look |= dict(zorder=3, markeredgecolor="black") if name == RAW else {}
            ax.plot(of_filter[x], of_filter[y], linestyle="", label=name, **look)
            ring = of_filter[[parameters == chosen.get(name) for parameters in of_filter["parameters"]]]
            ax.plot(ring[x], ring[y], "o", markersize=13, fillstyle="none", color="black")
        ax.set(xlabel=f"{x}, {units[x]}", ylabel=f"{y}, {units[y]}")
        ax.grid(alpha=0.3)
    axes[0].set_ylim(bottom=0)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure


def forest(panels: Mapping[str, Mapping[str, Interval]], label: str) -> Figure:
    """Differences with their intervals, a row each and a line at zero; a panel for each group, all to one scale."""
    places = [(panel, name) for panel, rows in panels.items() for name in rows]
    index = pd.MultiIndex.from_tuples(places, names=["set", "method"])
    values = [value for rows in panels.values() for value in rows.values()]
    figure = charts.dots(pd.DataFrame({label: pd.Series(values, index, dtype=object)}), label, label, zero=True)
    figure.set_size_inches(max(8.0, figure.get_figwidth()), figure.get_figheight())
    low, high = min(value.low for value in values), max(value.high for value in values)
    for ax in figure.axes:
        margin = 0.05 * (max(high, 0) - min(low, 0))
        ax.set_xlim(min(low, 0) - margin, max(high, 0) + margin)
        ax.xaxis.set_major_locator(MaxNLocator(5))
    return figure


def draw_bilingual(signs: tuple[int, int]) -> Figure:
    """Clips of two languages go through one body; each language has a classifier of its own."""
    figure, ax = panel(8, 2.6)
    grey = "#CCCCCC"
    _box(ax, (0, 1.1), "clips of the\nsource language", ORANGE)
    _box(ax, (0, 0), "clips of the\ntarget language", SKY)
    _box(ax, (2.1, 0.55), "embedding", grey)
    _box(ax, (3.9, 0.55), "sequence", grey)
    _box(ax, (6, 1.1), f"classifier,\n{signs[0]} signs", ORANGE)
    _box(ax, (6, 0), f"classifier,\n{signs[1]} signs", SKY)
    ways = ((1.5, 1.45), (2.1, 1)), ((1.5, 0.35), (2.1, 0.8)), ((3.6, 0.9), (3.9, 0.9)), ((5.4, 1), (6, 1.45))
    for start, end in (*ways, ((5.4, 0.8), (6, 0.35))):
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->"})
    ax.text(3.75, 1.5, "shared: learns from both", ha="center")
    ax.set(xlim=(-0.1, 7.6), ylim=(-0.1, 1.9))
    ax.axis("off")
    return figure


def _box(ax: Axes, corner: tuple[float, float], text: str, colour: str) -> None:
    ax.add_patch(Rectangle(corner, 1.5, 0.7, facecolor=colour, edgecolor="black"))
    ax.text(corner[0] + 0.75, corner[1] + 0.35, text, ha="center", va="center", fontsize=10)
