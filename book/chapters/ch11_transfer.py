"""Pictures of what is carried from one sign language to another: stages, curves, maps."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from book.chapters.ch10_signs import draw_map
from book.shared.palette import GREEN, ORANGE, PURPLE, SKY, VERMILLION, error_bars, panel, panels
from book.studies.real_transfer import accuracy
from lib.ptn import PTN
from lib.ptn.training import STAGES, collate

# Each way has a mark of its own besides its colour.
WAYS = {
    "scratch": ("from scratch", "0.35", "s"),
    "frozen": ("transfer, body frozen", SKY, "o"),
    "sequence": ("transfer, sequence part tuned", GREEN, "^"),
    "all": ("transfer, all tuned", VERMILLION, "D"),
    "logistic": ("logistic regression", PURPLE, "x"),
    "posture": ("posture alone (control)", ORANGE, "+"),
}
DATA_SETS = {"asl": "ASL words", "synthetic": "synthetic signs"}
PARTS = ("embedding", "sequence", "classifier")


def draw_stages() -> Figure:
    """R2's three stages: which part of the network learns (orange), and which stays as it was where the stage begins.

    Arrows at the right go from the stage with which one begins: the last two both begin with the first's network.
    """
    stages = {f"{number}. {name}": parts for number, (name, parts) in enumerate(STAGES.items(), 1)}
    rows = {"source language": PARTS} | stages
    figure, ax = panel(7.5, 2.6)
    for row, (title, learning) in enumerate(rows.items()):
        ax.text(-0.1, row, title, ha="right", va="center")
        for column, part in enumerate(PARTS):
            colour = ORANGE if part in learning else "0.88"
            ax.add_patch(Rectangle((column * 1.1, row - 0.36), 1, 0.72, facecolor=colour, edgecolor="0.3"))
            ax.text(column * 1.1 + 0.5, row, part if row == 0 or part in learning else "kept", ha="center", va="center")
    ax.text(2.7, 0.5, "new signs", ha="center", va="center", fontsize=8, style="italic")
    for place, (begin, stage) in enumerate(((0, 1), (1, 2), (1, 3))):
        x = 3.45 + 0.2 * place
        ends = {"xy": (x, stage), "xytext": (x, begin), "arrowprops": {"arrowstyle": "->", "color": "0.3"}}
        ax.annotate("", **ends)
    ax.text(3.65, -0.3, "begins with", ha="center", va="center", fontsize=8, style="italic")
    ax.set(xlim=(-1.5, 4), ylim=(len(rows) - 0.5, -0.5))
    ax.set_axis_off()
    return figure


def few_shot_curves(rows: Sequence[dict], chance: float) -> Figure:
    """Accuracy in per cent against examples a sign, one line a way, with t intervals over the seeds.

    ``rows`` as `book.studies.real_transfer.read` gives them; ``chance`` in per cent is a dotted line.
    """
    shots = sorted({row["shots"] for row in rows})
    figure, ax = panel(8, 4.2)
    for at, (way, (name, colour, mark)) in enumerate(WAYS.items()):
        x = np.array(shots) * 1.02 ** (at - len(WAYS) / 2)  # side by side, so that the bars can be told apart
        found = [accuracy(rows, way, number) for number in shots]
        error_bars(ax, x, found, color=colour, marker=mark, label=name, linewidth=1.4)
    ax.axhline(chance, color="0.6", linestyle=":", linewidth=1)
    ax.set_xscale("log")
    ax.set_xticks(shots, [str(number) for number in shots])
    ax.minorticks_off()
    ax.set(xlabel="examples of each sign", ylabel="accuracy on the test recordings, %", ylim=(0, 103))
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def embedded(model: PTN, clips: Sequence[np.ndarray]) -> np.ndarray:
    """What the classifier would see of each clip, (N, 128)."""
    model.eval()
    with torch.inference_mode():
        return model.features(*collate(clips)).numpy()


def neighbours(vectors: np.ndarray, labels: np.ndarray, signers: np.ndarray) -> np.ndarray:
    """Whether the nearest clip of another signer, by the angle between vectors (N, F), is of the same sign: (N,)."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = np.where(signers[:, None] == signers, -np.inf, unit @ unit.T)
    return labels[likeness.argmax(axis=1)] == labels


def maps(vectors: Mapping[str, np.ndarray], labels: np.ndarray, names: Sequence[str]) -> Figure:
    """Each set of vectors (N, F) in the plane that shows most of it (PCA); a few signs, each with a mark of its own."""
    from sklearn.decomposition import PCA

    figure, axes = panels(len(vectors), (3.2 * len(vectors) + 1.2, 3.3), frame=True)
    for ax, (title, points) in zip(axes, vectors.items(), strict=True):
        draw_map(ax, PCA(2).fit_transform(points), labels, names)
        ax.set_title(title)
    axes[-1].legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, title="sign")
    return figure


def imbalance_chart(rows: Sequence[dict]) -> Figure:
    """Micro, macro and rare-sign accuracy by loss: a panel a data set, a dot a seed, a bar for the mean."""
    frame = pd.DataFrame(rows)
    groups = list(frame.groupby("data", sort=False))
    figure, axes = panels(len(groups), (4.4 * len(groups), 3.4))
    for ax, (name, part) in zip(axes, groups, strict=True):
        for at, (loss, runs) in enumerate(part.groupby("loss", sort=False)):
            for x, measure in enumerate(("micro", "macro", "rare")):
                place = x + 0.25 * (at - 1)
                values = 100 * runs[measure]
                ax.bar(place, values.mean(), 0.22, color=f"C{at}", alpha=0.55, label=loss if x == 0 else None)
                ax.plot([place] * len(values), values, ".", color="0.2", markersize=4)
        ax.set_xticks(range(3), ["micro", "macro", "rarer half"])
        ax.set(ylim=(0, 103), title=DATA_SETS.get(name, name))
    axes[0].set_ylabel("accuracy, %")
    axes[-1].legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
