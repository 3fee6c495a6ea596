"""All claims of a paper in one picture: ours and the paper's, on either side of the limit that decides."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from book.ledger.claims import Judged
from book.shared.palette import GREEN, GREY, SKY, VERMILLION, panel
from lib.evaluation import verdicts
from lib.evaluation.verdicts import FAILS, HOLDS, NO_RUN, OPEN, SYMBOLS, UNTESTABLE

# Each verdict has a mark of its own, too.
MARKS = {
    HOLDS: (GREEN, "o"),
    FAILS: (VERMILLION, "X"),
    OPEN: (SKY, "s"),
    UNTESTABLE: (GREY, "_"),
    NO_RUN: ("white", "o"),
}
SCALE = ("points", "%")  # claims in these units share one axis
WIDTH = 3.4  # inches: a phone shows it whole
LINEAR = 10  # points up to which the axis is linear; beyond it is logarithmic


def margin(one: Judged) -> tuple[float, float, float, float | None] | None:
    """(ours, low, high, the paper's) as distances from the rule's limit, the claim's side being the positive one.

    None for a claim that has no interval, no limit, or another unit than points and per cent.
    """
    claim, answer = one.claim, one.ours
    if claim.unit not in SCALE or not claim.rule or claim.rule == verdicts.EXACT or one.verdict == NO_RUN:
        return None
    if answer is None or answer.low is None or answer.high is None:
        return None
    side, limit = verdicts.parse(claim.limit)
    if side == verdicts.WITHIN:
        nearest, farthest = verdicts.from_zero(answer.low, answer.high)
        theirs = None if claim.theirs is None else limit - abs(claim.theirs)
        return limit - abs(answer.value), limit - farthest, limit - nearest, theirs
    sign = -1 if side.startswith("<") else 1
    low, high = sorted(sign * (end - limit) for end in (answer.low, answer.high))
    theirs = None if claim.theirs is None else sign * (claim.theirs - limit)
    return sign * (answer.value - limit), low, high, theirs


def forest(judged: Sequence[Judged], title: str) -> Figure:
    """A line a claim that has an interval in points or per cent; to the right of zero it speaks for the claim.

    The axis is linear up to `LINEAR` points and logarithmic beyond.
    """
    drawn = [(one, found) for one in judged if (found := margin(one)) is not None]
    figure, ax = panel(WIDTH, 1.6 + 0.47 * max(len(drawn), 1))
    for row, (one, figures) in enumerate(drawn):
        _line(ax, row, one, *figures)
    ax.axvline(0, color="0.3", linewidth=1)
    ax.set_ylim(len(drawn) - 0.3, -0.9)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xscale("symlog", linthresh=LINEAR)  # one network far off would else press all others against zero
    ax.set_xticks([-100, -LINEAR, 0, LINEAR, 100], ["−100", f"−{LINEAR}", "0", f"{LINEAR}", "100"])
    ax.minorticks_off()
    ax.set_xlabel("points from the limit; right: for the claim", fontsize=9.5)
    ax.set_title(title, loc="left", fontsize=11)
    if not drawn:
        ax.text(0.5, 0.5, "no run yet", transform=ax.transAxes, ha="center")
    else:
        figure.legend(handles=_legend(drawn), loc="outside lower left", frameon=False, fontsize=9)
    return figure


def rules(intervals: Sequence[tuple[float, float]]) -> Figure:
    """What the rule "> 0" says of made-up intervals (low, high), one a line."""
    figure, ax = panel(WIDTH, 0.5 * len(intervals) + 0.9)
    for row, (low, high) in enumerate(intervals):
        word, _ = verdicts.verdict("> 0", (low + high) / 2, low, high, verdicts.FEWEST)
        _interval(ax, row, word, (low + high) / 2, low, high, size=7)
        ax.text(1.02, row, f"{SYMBOLS[word]} {word}", transform=ax.get_yaxis_transform(), va="center")
    ax.axvline(0, color="0.3", linewidth=1)
    ax.set(yticks=[], ylim=(len(intervals) - 0.4, -0.6), xlabel="made-up differences")
    ax.spines["left"].set_visible(False)
    return figure


def _line(ax: Axes, row: int, one: Judged, ours: float, low: float, high: float, theirs: float | None) -> None:
    name = f"{SYMBOLS[one.verdict]}  {one.claim.short}"
    paper = dict(facecolor="white", edgecolor="none", pad=1)
    ax.text(0.01, row - 0.3, name, transform=ax.get_yaxis_transform(), fontsize=9.5, va="center", bbox=paper)
    _interval(ax, row + 0.12, one.verdict, ours, low, high, size=6)
    if theirs is not None:
        ax.plot(theirs, row + 0.12, "D", markerfacecolor="white", markeredgecolor="black", markersize=5.5)


def _interval(ax: Axes, row: float, verdict: str, value: float, low: float, high: float, size: float) -> None:
    colour, mark = MARKS[verdict]
    ax.plot([low, high], [row, row], color=colour, linewidth=2.5, solid_capstyle="butt")
    ax.plot(value, row, mark, color=colour, markeredgecolor="black", markersize=size)


def _legend(drawn: Sequence[tuple]) -> list:
    found = [name for name in MARKS if any(one.verdict == name for one, _ in drawn)]
    handles = [
        Line2D([], [], color=MARKS[name][0], marker=MARKS[name][1], markeredgecolor="black", label=f"ours: {name}")
        for name in found
    ]
    if any(figures[3] is not None for _, figures in drawn):
        theirs = dict(marker="D", linestyle="", markerfacecolor="white", markeredgecolor="black")
        handles.append(Line2D([], [], label="the paper's, on its own data", **theirs))
    return handles


def board(counted: pd.DataFrame) -> Figure:
    """A tile a claim, a row a paper, verdict by verdict; ``counted`` is `book.ledger.claims.counts`."""
    wide = int(counted.sum(axis=1).max())
    figure, ax = panel(WIDTH, 0.6 * len(counted) + 1.5)
    for row, (paper, line) in enumerate(counted.iterrows()):
        tiles = [name for name, many in line.items() for _ in range(many)]
        for at, name in enumerate(tiles):
            ax.add_patch(Rectangle((at, row - 0.36), 0.88, 0.72, facecolor=MARKS[name][0], edgecolor="0.3"))
            ax.text(at + 0.44, row, SYMBOLS[name], ha="center", va="center", fontsize=7)
        ax.text(-0.4, row, paper, ha="right", va="center")
    used = [name for name in counted if counted[name].sum()]
    handles = [Rectangle((0, 0), 1, 1, facecolor=MARKS[name][0], edgecolor="0.3",
                             label=f"{SYMBOLS[name]} {name}: {counted[name].sum()}") for name in used]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower left", frameon=False, fontsize=9)
    ax.set(xlim=(-2.5, wide), ylim=(len(counted) - 0.5, -0.5))
    ax.set_axis_off()
    return figure
