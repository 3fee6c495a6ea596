"""What pose estimators give, drawn: their points on one body, and how sure they say they are."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from book.shared.palette import panels
from lib.keypoints import HOLISTIC_75, Keypoints, Layout
from lib.keypoints.layouts import PART_COLOURS
from lib.tools.errors import BadInput

_MIDDLES = {"Neck": "shoulder", "MidHip": "hip"}
GREY = "0.72"


def as_layout(xyz: np.ndarray, layout: Layout) -> np.ndarray:
    """Points of HOLISTIC_75 (75, 3) under another estimator's names, (P, 3).

    NaN where MediaPipe has no such point. A big toe is MediaPipe's foot index; OpenPose's neck and mid hip are the
    middles of shoulders and hips.
    """
    if xyz.shape != (len(HOLISTIC_75), 3):
        raise BadInput(f"The points to rename are HOLISTIC_75, (75, 3), not {xyz.shape}.")
    return np.stack([_place(xyz, name) for name in layout.points])


def draw_layouts(xyz: np.ndarray, pairs: Sequence[tuple[Layout, Layout]], titles: Sequence[str]) -> Figure:
    """One panel for each (whole, kept) layout: HOLISTIC_75 points (75, 3) in it, those that R2 drops in grey."""
    figure, axes = panels(len(pairs), (3.4 * len(pairs), 4.6))
    for ax, (whole, kept), title in zip(axes, pairs, titles, strict=True):
        points = as_layout(xyz, whole)
        for part, where in whole.parts.items():
            colour = np.array(PART_COLOURS[part]) / 255
            for a, b in whole.edges[part]:
                drawn = colour if {whole.points[a], whole.points[b]} <= set(kept.points) else GREY
                ax.plot(*points[[a, b], :2].T, color=drawn, linewidth=1, zorder=1)
            stays = np.isin(whole.points[where], kept.points)
            x, y = points[where, :2].T
            ax.scatter(x, y, s=10, c=[colour if stay else (0.72,) * 3 for stay in stays], zorder=2)
        ax.set_title(f"{title}\n{len(whole)} points, R2 keeps {len(kept)}", fontsize=10)
        ax.set_aspect("equal")
        ax.invert_yaxis()
        ax.set_axis_off()
    return figure


def confidence_histograms(groups: Mapping[str, Sequence[Keypoints]]) -> Figure:
    """As R2's Figures 5 and 6: how sure the estimators say they are, one row a group of clips, body left, hands right.

    A point that was not found counts with 0. Bars are shares of all points of the part.
    """
    parts = (("body", ("pose",)), ("hands", ("left_hand", "right_hand")))
    figure, axes = panels(2, (8.5, 2.2 * len(groups) + 0.5), rows=len(groups), sharey="row")
    for row, (name, clips) in zip(zip(axes[::2], axes[1::2]), groups.items(), strict=True):
        for ax, (title, members) in zip(row, parts, strict=True):
            values = confidences(clips, members)
            top = max(1.0, values.max())  # OpenPose's and RTMW's scores can pass 1
            ax.hist(values, np.linspace(0, top, 21), weights=np.full(len(values), 100 / len(values)))
            ax.set_title(f"{name}: {title}", fontsize=10)
        row[0].set_ylabel("% of points")
    for ax in axes[-2:]:
        ax.set_xlabel("confidence (not found: 0)")
    return figure


def confidences(clips: Sequence[Keypoints], parts: Sequence[str]) -> np.ndarray:
    """The confidence of every point of these parts in every frame, flat."""
    if not clips:
        raise BadInput("There are no clips whose confidence could be shown.")
    return np.concatenate([clip.confidence[:, clip.layout.parts[part]].ravel() for clip in clips for part in parts])


def _place(xyz: np.ndarray, name: str) -> np.ndarray:
    """Where a point of OpenPose (``LShoulder``) or COCO-WholeBody (``left_shoulder``) is, (3,)."""
    if name in _MIDDLES:
        return xyz[list(HOLISTIC_75.pair(_MIDDLES[name]))].mean(axis=0)
    try:
        return xyz[HOLISTIC_75.index(name.replace("BigToe", "FootIndex").replace("big_toe", "foot_index"))]
    except BadInput:
        return np.full(3, np.nan)


def reliability(groups: Mapping[str, np.ndarray]) -> Figure:
    """What was said of hands against what was right of them, a panel for each group's (3, bins) hands, said, right.

    A dot is a bin, its area the bin's hands; on the line what was said is true. Bins of fewer than 10 hands are left
    out: a share of so few says little.
    """
    figure, axes = panels(len(groups), (3.6 * len(groups), 3.6), sharey=True)
    for ax, (name, counts) in zip(axes, groups.items(), strict=True):
        hands, said, true = counts[:, counts[0] >= 10]
        ax.plot([0, 1], [0, 1], color=GREY, zorder=1)
        ax.scatter(said / hands, true / hands, s=20 + 400 * hands / hands.sum(), alpha=0.7, zorder=2)
        ax.set(title=f"{name}\n{int(counts[0].sum()):,} hands", xlabel="probability, as said", xlim=(-0.05, 1.05))
        ax.set(ylim=(-0.05, 1.05), aspect="equal")
    axes[0].set_ylabel("of these, in place")
    return figure
