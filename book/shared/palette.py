"""What all charts share: their colours, and panels that a page shows once."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lib.evaluation.intervals import Interval

# Okabe and Ito's palette, which differs for every kind of colour vision
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
YELLOW, BLACK, GREY = "#F0E442", "#000000", "#BBBBBB"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE)


def panels(
    columns: int, size: tuple[float, float], *, rows: int = 1, frame: bool = False, **shared: object
) -> tuple[Figure, list[Axes]]:
    """A figure of ``size`` inches and its axes, row by row; a ``frame`` goes all around, else left and below alone.

    ``shared`` says what the axes share (``sharex``, ``sharey``). A notebook shows the figure that a cell returns: left
    open it would be shown twice.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained", **shared)
    plt.close(figure)
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(frame)
    return figure, list(axes.flat)


def panel(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    figure, (ax,) = panels(1, (width, height))
    return figure, ax


def interval(ax: Axes, found: Interval, at: float, colour: str, mark: str = "o", label: str | None = None) -> None:
    """A mean with its interval, in the row ``at``."""
    ax.plot([found.low, found.high], [at, at], color=colour, linewidth=2)
    ax.plot(found.mean, at, mark, color=colour, label=label)


def error_bars(ax: Axes, x: Sequence[float], found: Sequence[Interval], **style: object) -> None:
    """Means joined by a line, each with its interval."""
    ends = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
    ax.errorbar(x, [one.mean for one in found], ends, capsize=2, **style)
