"""The curve of a training: drawn from its history, and redrawn after every epoch while it runs."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lib.training import History

TRAINING, VALIDATION = "#56B4E9", "#0072B2"  # Okabe and Ito's blues


def draw(history: "History", ax: "Axes", start: float | None = None) -> None:
    """Training and validation loss against the epoch on ``ax``, with a ring around the best validation.

    ``history`` is what `lib.training.fit` returns: rows with epoch, train, validation. An empty one gives empty axes.
    ``start`` is the validation loss before training, a dotted line.
    """
    from matplotlib.ticker import MaxNLocator

    if start is not None:
        ax.axhline(start, color="grey", linestyle=":", label="validation before training")
    epochs = [row["epoch"] for row in history]
    ax.plot(epochs, [row["train"] for row in history], "o--", color=TRAINING, markersize=4, label="training")
    ax.plot(epochs, [row["validation"] for row in history], "o-", color=VALIDATION, markersize=4, label="validation")
    if history:
        best = min(history, key=lambda row: row["validation"])
        ring = dict(markersize=12, markerfacecolor="none", markeredgecolor="#D55E00", markeredgewidth=2)
        ax.plot(best["epoch"], best["validation"], "o", label="best", **ring)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.legend(frameon=False)
    ax.grid(axis="y", alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)


def from_pairs(curve: list[list[float]]) -> "History":
    """The history that a weight file's facts keep as ``curve``: a pair (training, validation) for every epoch."""
    return [{"epoch": i, "train": train, "validation": held} for i, (train, held) in enumerate(curve, start=1)]


class LiveCurve:
    """Give it to `lib.training.fit` as ``after_epoch``: in a notebook, one picture grows; elsewhere nothing happens."""

    def __init__(self, title: str = "", start: float | None = None):
        self.title, self.start = title, start
        self._shown = None  # the picture's place on the page

    def __call__(self, history: "History") -> None:
        if not _in_notebook():
            return
        from matplotlib.figure import Figure  # not pyplot's: a cell would show that one a second time at its end

        figure = Figure(figsize=(7, 3.2), layout="constrained")
        ax = figure.subplots()
        draw(history, ax, self.start)
        ax.set_title(self.title)
        self._show(figure)

    def _show(self, figure) -> None:
        if self._shown is None:
            self._shown = sys.modules["IPython"].display.display(figure, display_id=True)
        else:
            self._shown.update(figure)


def _in_notebook() -> bool:
    """A notebook has loaded IPython before us, and its shell has a kernel; a machine that only trains needs neither."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
