"""Pictures of signs as a classifier meets them: skeletons in a row, a map of clips, a table of confusions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from book.shared.panels import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, YELLOW
from lib.keypoints import Keypoints

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER = 245  # grey of the empty picture behind a skeleton
ENLARGE = 3


def skeletons(keypoints: Keypoints, titles: Sequence[str] | None = None, every: int = 1) -> "Figure":
    """The frames of a clip as skeletons on an empty ground, side by side; missing hands are simply not there."""
    from book.shared.draw import draw_keypoints, strip

    width, height = keypoints.size
    ground = np.full((height, width, 3), PAPER, np.uint8)
    shown = range(0, len(keypoints), every)
    frames = [draw_keypoints(ground, keypoints.xyz[t], keypoints.layout, enlarge=ENLARGE) for t in shown]
    return strip(frames, titles or [f"{t / keypoints.fps:.1f} s" for t in shown], columns=len(frames), height=1.7)


def flatten(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """Vectors (N, d) on a map, (N, 2), neighbours near each other (t-SNE, van der Maaten and Hinton, 2008)."""
    from sklearn.manifold import TSNE

    perplexity = min(20.0, (len(vectors) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(vectors)


def draw_map(ax: "Axes", places: np.ndarray, groups: np.ndarray, names: Sequence[str]) -> None:
    """Points (N, 2) in the colours and marks of their groups (N,); clips of group -1 are grey."""
    ax.scatter(*places[groups < 0].T, s=6, color="0.85")
    colours = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, YELLOW, BLACK)
    for group, name in enumerate(names):
        mark = dict(s=34, color=colours[group % 8], marker="os^vDPX*"[group % 8], edgecolor="k", linewidth=0.4)
        ax.scatter(*places[groups == group].T, label=name, **mark)
    ax.set(xticks=[], yticks=[])


def draw_confusion(ax: "Axes", guesses: np.ndarray, labels: np.ndarray, classes: int) -> None:
    """Rows: the sign that was made. Columns: the sign that was read. Each row's shares add up to 1."""
    from sklearn.metrics import confusion_matrix

    shares = confusion_matrix(labels, guesses, labels=range(classes), normalize="true")
    picture = ax.imshow(shares, cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xlabel="sign that was read", ylabel="sign that was made")
    ax.figure.colorbar(picture, ax=ax, label="share of the row", shrink=0.8)
