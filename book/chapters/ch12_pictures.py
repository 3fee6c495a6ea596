"""R3's figures, from the rows of `book.studies.rows.letter_rows`, and pictures of hands with their joints."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.chapters.ch12_tables import letters_read, trainings
from book.shared.charts import interval_chart
from book.shared.letter_scores import RANGE, THRESHOLDS
from book.shared.palette import BLUE, ORANGE, PALETTE, SKY, VERMILLION, panel, panels
from data_scripts.shared.lis_photos import read_photos
from lib.evaluation.intervals import Interval
from lib.joins2sign.network import FRAME
from lib.joins2sign.photos import LETTERS, Photos
from lib.keypoints import HOLISTIC_75
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import read_npz

START = HOLISTIC_75.parts["right_hand"].start
SPLITS = {"random": "random split", "signers": "signers left out", "unseen": "the one signer kept apart"}
BONES = [(a - START, b - START) for a, b in HOLISTIC_75.edges["right_hand"]]


def pck_curves(rows: Sequence[dict], names: Sequence[str]) -> Figure:
    """Share of joints within so many pixels of the 256 frame of the annotation; the area up to `RANGE` is the AUC."""
    figure, ax = panel(5.6, 3.2 + 0.2 * len(rows))
    for row, name, colour in zip(rows, names, PALETTE):
        label = f"{name}: AUC {row['auc']:.3f}, median {row['median']:.1f} px"
        ax.plot(THRESHOLDS, row["pck"], color=colour, label=label)
    ax.set(xlabel="distance, pixels of 256", ylabel="joints within it", xlim=(0, RANGE), ylim=(0, 1))
    figure.legend(frameon=False, loc="outside upper center", ncols=1)
    return figure


def training_losses(networks: Sequence[Sequence[dict]]) -> Figure:
    """R3's Figure 3: the total training loss against the epoch, a panel for each network, a line for each seed. Each
    network's loss is in a unit of its own, so that shapes can be compared and heights cannot."""
    figure, axes = panels(len(networks), (4.2 * len(networks), 3))
    for ax, rows, colour in zip(axes, networks, PALETTE):
        for row in rows:
            ax.plot(range(1, len(row["curves"][0]) + 1), row["curves"][0], ".-", color=colour, linewidth=1, alpha=0.7)
        ax.set(title=rows[0]["kind"], xlabel="epoch", ylabel="training loss", yscale="log")
    return figure


def weights(row: dict) -> Figure:
    """What the dynamic weighting gave each loss: by epoch the mean over the batches as a line, the least and the
    largest as a band. 1 is what the epoch's first batch gets."""
    figure, ax = panel(6.5, 3.2)
    epochs = row["epochs"][0]
    numbers = [epoch["epoch"] for epoch in epochs]
    for place, (name, colour) in enumerate((("joints", BLUE), ("letters", VERMILLION))):
        low, mean, high = ([epoch[what][place] for epoch in epochs] for what in ("least", "mean", "largest"))
        ax.fill_between(numbers, low, high, color=colour, alpha=0.2, linewidth=0)
        ax.plot(numbers, mean, "o-", markersize=4, color=colour, label=f"loss of the {name}")
    ax.axhline(1, color="grey", linestyle=":")
    ax.set(xlabel="epoch", ylabel="weight", yscale="log")
    figure.legend(frameon=False, loc="outside upper center", ncols=2)
    return figure


def confusions(tables: Sequence[Sequence[Sequence[int]]], names: Sequence[str]) -> Figure:
    """Confusion matrices side by side: row = what was spelled, column = what was read, as shares of the row."""
    figure, axes = panels(len(tables), (5 * len(tables), 5), frame=True)
    for ax, table, name in zip(axes, tables, names):
        table = np.asarray(table, float)
        shown = ax.imshow(table / np.maximum(table.sum(axis=1, keepdims=True), 1), vmin=0, vmax=1, cmap="Blues")
        ax.set_xticks(range(len(LETTERS)), list(LETTERS))
        ax.set_yticks(range(len(LETTERS)), list(LETTERS))
        ax.set(xlabel="read", ylabel="spelled", title=name)
    figure.colorbar(shown, ax=axes, shrink=0.8, label="share of the row")
    return figure


def splits(rows: Sequence[dict]) -> Figure:
    """Accuracy by split, a row for each network: dots with 95 % intervals, over trainings and photos or, where there
    are several folds, over signers. The test of one unseen signer says nothing of the next."""
    groups: dict[str, dict[str, Interval]] = {label: {} for label in SPLITS.values()}
    for some in trainings(rows):
        groups[SPLITS[some[0]["split"]]][some[0]["kind"]] = letters_read(some)
    figure = interval_chart({label: found for label, found in groups.items() if found}, "letters read rightly, %")
    figure.axes[0].set_xlim(right=100.5)
    return figure


def each_signer(table: pd.DataFrame) -> Figure:
    """A line for each signer, from the accuracy with them left out to that with them among the learned, in percent;
    ``table`` is from `book.chapters.ch12_tables.by_signer`."""
    table = table.sort_values("signers")
    figure, ax = panel(7, 0.28 * len(table) + 1.2)
    lines = range(len(table))
    ax.hlines(lines, table["signers"], table["random"], color="lightgrey")
    for split, mark, colour, label in (
        ("random", "o", BLUE, "other photos of the signer learned from"),
        ("signers", "s", VERMILLION, "the signer left out"),
    ):
        ax.plot(table[split], lines, mark, color=colour, label=label)
    ax.set_yticks(lines, [f"signer {number}" for number in table.index])
    ax.set(xlabel="letters read rightly, %", xlim=(None, 100.5))
    figure.legend(frameon=False, loc="outside upper center", ncols=2)
    return figure


def turns(by_turn: Sequence[dict[str, float]], names: Sequence[str]) -> Figure:
    """Accuracy against how far the test pictures were turned."""
    figure, ax = panel(6, 3.2)
    for accuracy, name, colour in zip(by_turn, names, PALETTE):
        degrees = sorted(map(int, accuracy))
        ax.plot(degrees, [100 * accuracy[str(d)] for d in degrees], "o-", markersize=4, color=colour, label=name)
    ax.set(xlabel="degrees clockwise", ylabel="letters read rightly, %", ylim=(0, 102))
    figure.legend(frameon=False, loc="outside upper center", ncols=3)
    return figure


def ways(rows: Sequence[dict]) -> Figure:
    """How often each way finds the hand (interval over signers), and how often it finds one that is not there."""
    rows = sorted(rows, key=lambda row: row["found"])
    figure, ax = panel(7, 0.26 * len(rows) + 1.2)
    for y, row in enumerate(rows):
        ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color=BLUE)
        ax.plot(100 * row["mean"], y, "o", color=BLUE, label="hand found" if y == 0 else None)
        ax.plot(100 * row["false"], y, "x", color=VERMILLION, label="hand wiped out, one found" if y == 0 else None)
    ax.set_yticks(range(len(rows)), [row["way"] for row in rows])
    ax.set(xlabel="photos, %", xlim=(-2, 102))
    figure.legend(frameon=False, loc="outside upper center", ncols=2)
    return figure


def hands(images: np.ndarray, titles: Sequence[str], joints: np.ndarray, truth: np.ndarray | None = None) -> Figure:
    """Pictures (N, H, W, 3) with the network's joints (N, 21, 2) in orange and the annotation in blue, both given in
    pixels of the 256 frame."""
    rows = -(-len(images) // 6)
    figure, axes = panels(6, (10.2, 1.95 * rows), rows=rows)
    for ax in axes:
        ax.set_axis_off()
    for number, (ax, image, title) in enumerate(zip(axes, images, titles)):
        ax.imshow(image, extent=(0, FRAME, FRAME, 0), interpolation="nearest")
        for points, colour in ((truth, SKY), (joints, ORANGE)):
            if points is not None:
                for a, b in BONES:
                    ax.plot(*points[number, [a, b]].T, color=colour, linewidth=1.2)
                ax.plot(*points[number].T, ".", color=colour, markersize=3)
        ax.set(xlim=(0, FRAME), ylim=(FRAME, 0))
        ax.set_title(title, fontsize=9)
    return figure


REAL, SYNTHETIC = "real", "synthetic"


def letter_pictures(folder: str | Path | None, *, signers: int = 11, repeats: int = 2) -> tuple[Photos, str]:
    """(pictures, "real" or "synthetic"): the photos in ``folder``, or rendered ones for None.

    Nobody's photos get onto a page unasked: a reader names the folder. ``signers`` and ``repeats`` (pictures of each
    letter and side) are of the synthetic set. Where the folder holds no photos that can be read, a warning says so,
    and the synthetic hand stands in.
    """
    if folder is not None:
        try:
            return read_photos(folder), REAL
        except BadInput as error:
            warnings.warn(f"{error} The synthetic hand stands in.", stacklevel=2)
    return synthetic_letters(signers, repeats), SYNTHETIC


def synthetic_letters(signers: int, repeats: int) -> Photos:
    """`data_scripts.letter_hands.letters`, kept in the cache: half a minute the first time."""
    from data_scripts.letter_hands import letters

    path = paths.CACHE / "letters" / f"{signers}-{repeats}.npz"
    if path.is_file():
        return Photos(**read_npz(path, list(Photos.__annotations__), "delete it, and it is made again"))
    made = letters(signers, repeats)
    with written_whole(path) as partial:
        np.savez_compressed(partial, **vars(made))
    return made
