"""Charts of several pages: a table of methods as dots, means with their intervals, the curve of a training."""

import sys
from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from book.shared.palette import BLUE, GREEN, GREY, PALETTE, SKY, VERMILLION, interval, panel, panels
from lib.degrade import BASELINES
from lib.evaluation.intervals import Interval
from lib.training import History
from lib.upsampler import PRETRAINED

NAMES = {"d1_test_software": "D1 test, R1's damage", "d1_test": "D1 test, a camera's damage", "td2": "TD2"}
ORDER = ("target", *BASELINES, *PRETRAINED)  # of the methods, from above
ON_CAMERA = tuple(name for name in PRETRAINED if name.endswith("-camera")) + ("bv-unet", "bg-unet")


def dots(frame: pd.DataFrame, measure: str, label: str, zero: bool = False) -> Figure:
    """A panel for each set, a row for each method: mean and 95 % interval of a column of
    `lib.evaluation.evaluation.table`.

    Interpolation is orange, input and target are black, networks that learned on a camera's damage green, the others
    blue. ``zero`` draws a line at 0, for differences. A method has one row in all panels; those without the measure are
    left out.
    """
    frame = frame[frame[measure].map(lambda value: isinstance(value, Interval))]
    figure, axes = _panels(frame, lambda rows: 0.3 * rows + 1)
    methods = _in_order(frame)
    for ax, (name, of_set) in axes:
        for (_, method), value in of_set[measure].items():
            interval(ax, value, methods.index(method), _colour(method.partition(" + ")[0]))
        if zero:
            ax.axvline(0, color="black", linewidth=0.8)
        _finish(ax, name, methods, label)
    return figure


def fates(frame: pd.DataFrame) -> Figure:
    """A bar for each method: of all hands, the share found, drawn where no hand is, and lost; a panel for each set."""
    figure, axes = _panels(frame, lambda rows: 0.24 * rows + 1.3)
    methods = _in_order(frame)
    for ax, (name, of_set) in axes:
        false = [value.mean for value in of_set["false of all, %"]]
        lost = [value.mean for value in of_set["UHP both, %"]]
        found = [100 - a - b for a, b in zip(false, lost)]
        start, rows = [0.0] * len(of_set), [methods.index(method) for _, method in of_set.index]
        for values, colour, what in ((found, BLUE, "found"), (false, VERMILLION, "false"), (lost, GREY, "lost")):
            ax.barh(rows, values, left=start, color=colour, label=what, height=0.75)
            start = [a + b for a, b in zip(start, values)]
        _finish(ax, name, methods, "both hands, % of frames")
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def scatter(frame: pd.DataFrame, x: str, y: str) -> Figure:
    """One mark for each method that has both measures; a panel for each set. Lines are 95 % intervals."""
    figure, axes = _panels(frame, lambda _: 4.8, share=False)
    methods, handles = _in_order(frame), {}
    for ax, (name, of_set) in axes:
        both = of_set[of_set[[x, y]].map(lambda value: isinstance(value, Interval)).all(axis=1)]
        for (_, method), line in both.iterrows():
            rank = methods.index(method)
            mark = dict(color=f"C{rank % 10}", marker="os^Dv"[rank // 5 % 5])  # no room for names beside them
            ax.plot([line[x].mean] * 2, [line[y].low, line[y].high], color=mark["color"], alpha=0.25)
            ax.plot([line[x].mean], [line[y].mean], linestyle="", label=method, markersize=7, **mark)
        ax.set(title=NAMES.get(name, name), xlabel=x, ylabel=y)
        handles |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels())}
    shown = sorted(handles, key=methods.index)  # a panel may lack some
    figure.legend([handles[name] for name in shown], shown, loc="outside lower center", ncols=6, frameon=False)
    return figure


def _colour(method: str) -> str:
    if method in ("input", "target"):
        return "black"
    if method in BASELINES:
        return VERMILLION
    return GREEN if method in ON_CAMERA else BLUE


def in_order(rows: Sequence[dict]) -> list[dict]:
    """Rows of `lib.evaluation` by set and method, R1's damage first; rows of one method stay in their order."""
    sets = list(NAMES)
    return sorted(rows, key=lambda row: (sets.index(row["set"]), _place(row["method"])))


def _place(method: str) -> int:
    """Its number in `ORDER`; what is not there (ideas, choices) comes last, a second look stands beside the first."""
    first = method.partition(" + ")[0]
    return ORDER.index(first) if first in ORDER else len(ORDER)


def _in_order(frame: pd.DataFrame) -> list[str]:
    """Every method of the frame once."""
    return sorted(dict.fromkeys(frame.index.get_level_values(1)), key=_place)


def _panels(frame: pd.DataFrame, height: Callable[[int], float], share: bool = True) -> tuple[Figure, list[tuple]]:
    sets = list(frame.groupby(level="set", sort=False))
    tall, wide = height(frame.index.get_level_values(1).nunique()), 4.6 if len(sets) < 3 else 3.4
    figure, axes = panels(len(sets), (wide * len(sets), tall), sharex=share, sharey=share)
    return figure, list(zip(axes, sets, strict=True))


def _finish(ax: Axes, name: str, methods: Sequence[str], label: str) -> None:
    ax.set_yticks(range(len(methods)), methods)
    ax.set_ylim(len(methods) - 0.4, -0.6)
    ax.set(title=NAMES.get(name, name), xlabel=label)
    ax.grid(axis="x", alpha=0.3)


def draw(history: History, ax: Axes, start: float | None = None) -> None:
    """Training and validation loss against the epoch on ``ax``, with a ring around the best validation.

    ``history`` is what `lib.training.fit` returns: rows with epoch, train, validation. An empty one gives empty axes.
    ``start`` is the validation loss before training, a dotted line.
    """
    if start is not None:
        ax.axhline(start, color="grey", linestyle=":", label="validation before training")
    epochs = [row["epoch"] for row in history]
    ax.plot(epochs, [row["train"] for row in history], "o--", color=SKY, markersize=4, label="training")
    ax.plot(epochs, [row["validation"] for row in history], "o-", color=BLUE, markersize=4, label="validation")
    if history:
        best = min(history, key=lambda row: row["validation"])
        ring = dict(markersize=12, markerfacecolor="none", markeredgecolor=VERMILLION, markeredgewidth=2)
        ax.plot(best["epoch"], best["validation"], "o", label="best", **ring)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.legend(frameon=False)
    ax.grid(axis="y", alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)


def from_pairs(curve: list[list[float]]) -> History:
    """The history that a weight file's facts keep as ``curve``: a pair (training, validation) for every epoch."""
    return [{"epoch": i, "train": train, "validation": held} for i, (train, held) in enumerate(curve, start=1)]


class LiveCurve:
    """Give it to `lib.training.fit` as ``after_epoch``: in a notebook, one picture grows; elsewhere nothing happens."""

    def __init__(self, title: str = "", start: float | None = None):
        self.title, self.start = title, start
        self._shown = None  # the picture's place on the page

    def __call__(self, history: History) -> None:
        if not _in_notebook():
            return
        plt.switch_backend(plt.get_backend())  # a notebook learns how to show figures, where none has been drawn
        # not pyplot's: a cell would show that one a second time at its end
        figure = Figure(figsize=(7, 3.2), layout="constrained")
        ax = figure.subplots()
        draw(history, ax, self.start)
        ax.set_title(self.title)
        if self._shown is None:
            self._shown = sys.modules["IPython"].display.display(figure, display_id=True)
        else:
            self._shown.update(figure)


def _in_notebook() -> bool:
    """A notebook has loaded IPython before us, and its shell has a kernel; a machine that only trains needs neither."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


MARKS = "osD^"


def interval_chart(groups: Mapping[str, Mapping[str, Interval]], xlabel: str) -> Figure:
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
