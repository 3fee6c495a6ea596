"""Pictures of keypoints: drawn on a frame, frames side by side, and stick figures on top of one another."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.figure import Figure

from book.shared import palette
from book.shared.palette import PALETTE
from lib.keypoints import Layout
from lib.keypoints.layouts import PART_COLOURS
from lib.tools.errors import BadInput

RIM = (20, 20, 20)
LEVELS = (0.25, 0.5, 0.75, 1.0)  # opacities: points are drawn level by level, which is far quicker than one by one
_BITS = 4  # OpenCV takes coordinates in sixteenths of a pixel


# The colours are Okabe and Ito's, which differ for every kind of colour vision: left hand sky blue, right hand orange,
# body green, face purple. A dark rim keeps them legible on light clothes.
def draw_keypoints(
    frame: np.ndarray,
    xyz: np.ndarray,
    layout: Layout,
    *,
    confidence: np.ndarray | None = None,
    enlarge: int = 1,
    parts: Sequence[str] | None = None,
) -> np.ndarray:
    """A copy of the frame with its keypoints on it, uint8 (enlarge * H, enlarge * W, 3).

    frame       uint8 RGB (H, W, 3)
    xyz         (P, 3) or (P, 2) in pixels of ``frame``; missing points (NaN) are left out
    layout      which point is which, and which are joined
    confidence  (P,); the less, the fainter a point and its lines; None: all fully
    enlarge     whole factor by which the frame grows first, pixel by pixel, so that its low resolution stays visible
    parts       which parts to draw; None: all

    Raises BadInput for a frame or points of another shape or type.
    """
    _check(frame, xyz, layout, enlarge)
    canvas = np.repeat(np.repeat(frame, enlarge, axis=0), enlarge, axis=1)
    places = (np.asarray(xyz, float)[:, :2] + 0.5) * enlarge - 0.5  # the middle of a pixel stays its middle
    opacity = np.ones(len(layout)) if confidence is None else np.clip(confidence, LEVELS[0], 1)
    opacity = np.where(np.isnan(places).any(axis=1), 0, np.ceil(opacity * len(LEVELS)) / len(LEVELS))
    for part in layout.parts if parts is None else parts:
        for level in LEVELS:
            canvas = _draw_level(canvas, places, opacity, level, layout, part)
    return canvas


def strip(
    frames: Sequence[np.ndarray],
    titles: Sequence[str],
    *,
    columns: int | None = None,
    height: float = 2.6,
    title: str | None = None,
) -> Figure:
    """A row (or, with ``columns``, a grid) of titled pictures without axes; ``height`` of a row in inches.

    ``frames`` are uint8 RGB (H, W, 3), of any sizes. Raises BadInput unless there is one title for each frame.
    """
    if len(frames) == 0 or len(frames) != len(titles):
        raise BadInput(f"A strip needs one title for each frame, not {len(titles)} titles for {len(frames)} frames.")
    columns = columns or len(frames)
    rows = -(-len(frames) // columns)
    widest = max(frame.shape[1] / frame.shape[0] for frame in frames)
    size = (columns * height * widest, rows * (height + 0.3) + (0.3 if title else 0))
    figure, axes = palette.panels(columns, size, rows=rows)
    for ax in axes:
        ax.set_axis_off()
    for ax, frame, name in zip(axes, frames, titles, strict=False):
        ax.imshow(frame, interpolation="nearest")
        ax.set_title(name, fontsize=10)
    if title:
        figure.suptitle(title, fontsize=11)
    return figure


def _check(frame: np.ndarray, xyz: np.ndarray, layout: Layout, enlarge: int) -> None:
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        raise BadInput(f"The frame to draw on must be uint8 (height, width, 3), not {frame.dtype} {frame.shape}.")
    if np.ndim(xyz) != 2 or len(xyz) != len(layout) or np.shape(xyz)[1] not in (2, 3):
        raise BadInput(f"One frame's points in {layout.name} are ({len(layout)}, 3), not {np.shape(xyz)}.")
    if int(enlarge) != enlarge or enlarge < 1:
        raise BadInput(f"A frame is enlarged by a whole factor of 1 or more, not {enlarge}.")


def _draw_level(
    canvas: np.ndarray, places: np.ndarray, opacity: np.ndarray, level: float, layout: Layout, part: str
) -> np.ndarray:
    """The canvas with one part's points and lines of one opacity; a line is as faint as its fainter end."""
    where = layout.parts[part]
    points = [i for i in range(where.start, where.stop) if opacity[i] == level]
    lines = [(a, b) for a, b in layout.edges[part] if min(opacity[a], opacity[b]) == level]
    if not points and not lines:
        return canvas
    width = max(1, round(min(canvas.shape[:2]) / 300))
    fixed = np.nan_to_num(places * 2**_BITS).round().astype(int)
    drawn = canvas.copy()
    for colour, rim in ((RIM, 1), (PART_COLOURS[part], 0)):
        for a, b in lines:
            cv2.line(drawn, tuple(fixed[a]), tuple(fixed[b]), colour, width + 2 * rim, cv2.LINE_AA, _BITS)
        for i in points:
            radius = round((1.2 * width + rim) * 2**_BITS)
            cv2.circle(drawn, tuple(fixed[i]), radius, colour, cv2.FILLED, cv2.LINE_AA, _BITS)
    return cv2.addWeighted(drawn, level, canvas, 1 - level, 0)


def skeletons(
    panels: Mapping[str, Sequence[np.ndarray]], layout: Layout, parts: Sequence[Sequence[str]], names: Sequence[str]
) -> Figure:
    """A panel for each title: the figures (P, 2 or 3) that are to be compared, in one picture, y downwards.

    ``parts`` says for each panel which parts of the layout to draw, ``names`` what the figures are called. Points that
    are NaN are left out. Raises BadInput for more figures than there are colours.
    """
    if len(names) > len(PALETTE):
        raise BadInput(f"A picture has room for {len(PALETTE)} stick figures, not {len(names)}; choose fewer.")
    figure, axes = palette.panels(len(panels), (3.4 * len(panels), 3.8))
    for ax, (title, figures), drawn in zip(axes, panels.items(), parts, strict=True):
        for points, colour, name in zip(figures, PALETTE, names, strict=False):
            lines = [points[[a, b], :2] for part in drawn for a, b in layout.edges[part]]
            for number, line in enumerate(lines):
                ax.plot(*line.T, color=colour, linewidth=1.4, alpha=0.85, label=None if number else name)
        ax.set(title=title, aspect="equal")
        ax.invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(names), frameon=False)
    return figure
