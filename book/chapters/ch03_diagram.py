"""A drawing of a network of `lib.upsampler`, made from the network itself: shapes and counts are read, not typed.

Bars stand for what each part gives: as high as the picture there, as broad as it has channels, both to scale.
"""

from dataclasses import dataclass

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from book.shared.palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, panel
from lib.upsampler import UNet, parameter_count

COLOURS = {"encode": BLUE, "double": ORANGE, "gate": VERMILLION, "decode": GREEN, "head": PURPLE}
KINDS = {
    "encode": "two 3x3 convolutions with ReLU; then halved (max)",
    "decode": "3x3 convolution, ReLU",
    "double": "1x1 convolution, doubled (bilinear)",
    "skip": "skip: what the encoder had there",
    "gate": "attention gate on the skip",
    "head": "head: doubled, 3x3 and 1x1 convolution",
}
PIXELS = 100  # of height to one unit of the drawing
BREADTH = 0.3  # units for as many channels as the network is wide
ROOM = 0.8  # units below a bar for what is written there


@dataclass(frozen=True)
class Part:
    """One part of a network as it worked on a frame: its level (0: the input's size, -1: twice that), what came out."""

    kind: str
    level: int
    shape: tuple[int, int, int]  # channels, height, width
    parameters: int


def parts(model: UNet, height: int = 168, width: int = 152) -> list[Part]:
    """The parts of a network in the order in which a frame of that size passes them; kinds as in ``KINDS``."""
    seen, hooks = [], []
    for kind, level, module in _modules(model):

        def note(module: torch.nn.Module, _inputs: tuple, y: torch.Tensor, kind: str = kind, level: int = level):
            seen.append(Part(kind, level, tuple(y.shape[1:]), parameter_count(module)))

        hooks.append(module.register_forward_hook(note))
    try:
        with torch.inference_mode():
            model(torch.zeros(1, 3, height, width, device=next(model.parameters()).device))
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def _modules(model: UNet) -> list[tuple[str, int, torch.nn.Module]]:
    found = [("encode", level, convs) for level, convs in enumerate(model.encoder)]
    for level, up in zip(reversed(range(model.config.depth)), model.decoder):
        gate = [("gate", level, up.gate)] if up.gate is not None else []
        found += [("double", level, up.up), *gate, ("decode", level, up.conv)]
    return [*found, ("head", -1, model.head), ("head", -1, model.last)]


def draw(model: UNet, height: int = 168, width: int = 152, title: str | None = None) -> Figure:
    """The network at work on a frame of ``height`` x ``width``: shapes (channels x height x width), parameters."""

    found = parts(model, height, width)
    figure, ax = panel(10, 4.8 if model.config.residual else 4.5)
    y = _middles(found)
    right = _way_down(ax, found, y, (3, height, width))
    output = _way_up(ax, found, y, right, model.config.skips)
    if model.config.residual:
        _residual(ax, output, height / PIXELS)
    _legend(ax, {part.kind for part in found} | ({"skip"} if model.config.skips else set()))
    ax.set_title(f"{title or 'network'}: {parameter_count(model):,} parameters", fontsize=11)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.set_axis_off()
    return figure


def _middles(found: list[Part]) -> dict[int, float]:
    """Where the middle of each level is, from the top down."""
    heights = {part.level: part.shape[1] / PIXELS for part in found if part.level >= 0}
    y = {0: 0.0}
    for level in range(1, max(heights) + 1):
        y[level] = y[level - 1] - heights[level - 1] / 2 - ROOM - heights[level] / 2
    return y


def _way_down(ax: Axes, found: list[Part], y: dict[int, float], image: tuple[int, int, int]) -> dict[int, float]:
    """Input and encoder; returns the right edge of each level's bar."""
    down = [part for part in found if part.kind == "encode"]
    base = down[0].shape[0]
    x = _bar(ax, 0.0, 0.0, image, base, "0.6")
    ax.text(0.0, image[1] / 2 / PIXELS + 0.06, f"input\n{_times(image)}", ha="center", va="bottom", fontsize=7.5)
    _arrow(ax, (x, 0.0), (0.9, 0.0))
    right = {}
    for part in down:
        start = right[part.level - 1] + 0.6 if right else 0.9
        if right:
            _arrow(ax, (right[part.level - 1], y[part.level - 1] - 0.1), (start, y[part.level]))
        right[part.level] = _bar(ax, start, y[part.level], part.shape, base, COLOURS["encode"])
        _note(ax, right[part.level], y[part.level], part.shape, part.parameters, "right")
    return right


def _way_up(ax: Axes, found: list[Part], y: dict[int, float], right: dict[int, float], skips: bool) -> float:
    """Decoder and head; returns where the output is."""
    depth, base = max(right), found[0].shape[0]
    edge = right[depth]  # of the bar that is enlarged next
    for level in reversed(range(depth)):
        here = {part.kind: part for part in found if part.level == level and part.kind != "encode"}
        shape, x = here["decode"].shape, edge + 1.0
        if skips:
            _skip(ax, right[level], x, y[level], "gate" in here)
            x = _bar(ax, x, y[level], here["double"].shape, base, "white")
        _arrow(ax, (edge, y[level + 1]), (x + 0.1, y[level] - shape[1] / 2 / PIXELS))
        x = _bar(ax, x, y[level], here["double"].shape, base, COLOURS["double"])
        _arrow(ax, (x, y[level]), (x + 0.3, y[level]))
        edge = _bar(ax, x + 0.3, y[level], shape, base, COLOURS["decode"])
        _note(ax, x + 0.3, y[level], shape, sum(part.parameters for part in here.values()), "left")
    head, last = (part for part in found if part.kind == "head")
    _arrow(ax, (edge, 0), (edge + 1.6, 0))
    x = _bar(ax, edge + 1.6, 0, head.shape, base, COLOURS["head"]) + 0.5
    _arrow(ax, (x - 0.5, 0), (x, 0))
    _bar(ax, x, 0, last.shape, base, "0.6")
    _note(ax, x, 0, last.shape, head.parameters + last.parameters, "center", "output\n")
    return x


def _bar(ax: Axes, x: float, y: float, shape: tuple[int, int, int], base: int, colour: str) -> float:
    """One bar, dashed where it is white; returns its right edge."""
    breadth, tall = max(BREADTH * shape[0] / base, 0.06), shape[1] / PIXELS
    rim = dict(edgecolor="0.3", linestyle="--") if colour == "white" else {}
    ax.add_patch(Rectangle((x, y - tall / 2), breadth, tall, facecolor=colour, **rim))
    return x + breadth


def _note(
    ax: Axes, x: float, y: float, shape: tuple[int, int, int], parameters: int, align: str, name: str = ""
) -> None:
    """Below a bar: what it gives, and the parameters of its level on this side."""
    text = f"{name}{_times(shape)}\n{parameters:,} par."
    ax.text(x, y - shape[1] / 2 / PIXELS - 0.06, text, ha=align, va="top", fontsize=7.5)


def _times(shape: tuple[int, int, int]) -> str:
    return " x ".join(map(str, shape))


def _skip(ax: Axes, start: float, end: float, y: float, gated: bool) -> None:
    _arrow(ax, (start, y), (end, y), linestyle="--")
    if gated:
        ax.plot(end - 0.45, y, "o", color=COLOURS["gate"], markersize=15, zorder=3)
        ax.text(end - 0.45, y - 0.01, "σ", ha="center", va="center", color="white", fontsize=10, zorder=4)


def _residual(ax: Axes, output: float, top: float) -> None:
    """The way of the enlarged input, over everything, to the output whose upper end is ``top``."""
    ax.plot([0.03, 0.03, output + 0.03], [top - 0.26, top + 0.3, top + 0.3], color="0.3", linewidth=1.2)
    _arrow(ax, (output + 0.03, top + 0.3), (output + 0.03, top))
    text = "bilinear enlargement of the input, added at the end"
    ax.text(output / 2, top + 0.36, text, ha="center", va="bottom", fontsize=8)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], linestyle: str = "-") -> None:
    style = dict(arrowstyle="-|>", shrinkA=1, shrinkB=1, linewidth=1.2, color="0.3", linestyle=linestyle)
    ax.annotate("", end, start, arrowprops=style)


def _legend(ax: Axes, kinds: set[str]) -> None:
    rim = dict(facecolor="white", edgecolor="0.3", linestyle="--")
    shown = [kind for kind in KINDS if kind in kinds]
    boxes = [Patch(facecolor=COLOURS[kind]) if kind in COLOURS else Patch(**rim) for kind in shown]
    names = [KINDS[kind] for kind in shown]
    ax.legend(boxes, names, loc="upper center", bbox_to_anchor=(0.5, -0.05), ncols=3, frameon=False, fontsize=8)
