"""Chapter 3: looking into a network (its skips, gates and reach), and the smallest learned upsampler."""

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lib.tools.errors import BadInput
from lib.upsampler import UNet
from lib.video.pixels import batch_of


@contextmanager
def cut_skips(model: UNet, levels: Iterable[int]) -> Iterator[UNet]:
    """Within the block the skips of these levels (0: the input's size) carry zeros; afterwards all is as before.

    What is left of the picture shows what the network used to get that way. It is not what a network that was
    trained without the skip would give: that one would have looked for another way. Raises BadInput for a level
    without a skip.
    """
    levels = set(levels)
    depth = model.config.depth
    if not model.config.skips or not levels <= set(range(depth)):
        raise BadInput(f"Not all of the levels {sorted(levels)} have a skip: give a U-Net, and levels below {depth}.")

    def without_skip(_module: torch.nn.Module, inputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        below, skip = inputs
        return below, torch.zeros_like(skip)

    hooks = [model.decoder[depth - 1 - level].register_forward_pre_hook(without_skip) for level in levels]
    try:
        yield model
    finally:
        for hook in hooks:
            hook.remove()


def gate_maps(model: UNet, frame: np.ndarray) -> dict[int, np.ndarray]:
    """What the attention gates let through of a frame (uint8, (H, W, 3)): {level: weights in (0, 1), (2H, 2W)}.

    A gate of level l decides at half its skip's size, so for squares of 2^(l + 2) pixels of the target, to whose size
    the maps are enlarged.
    Raises BadInput for a network without gates.
    """
    if not model.config.attention:
        raise BadInput("This network has no attention gates; give an Attention U-Net, such as ba-unet.")
    height, width = frame.shape[:2]
    with torch.inference_mode():
        model(batch_of([frame]).to(next(model.parameters()).device))
    maps = {}
    for level, up in enumerate(reversed(model.decoder)):
        large = F.interpolate(up.gate.weights.float(), scale_factor=2 ** (level + 2), mode="bilinear")
        maps[level] = large[0, 0, : 2 * height, : 2 * width].cpu().numpy()
    return maps


def reach(model: UNet, height: int, width: int, row: int, column: int) -> np.ndarray:
    """Which output pixels an input pixel has a say in: bool (2 * height, 2 * width).

    A copy whose weights are all 1, without biases, is shown one bright pixel on black: nothing can cancel, so what
    lights up is what the wiring connects (float64: no value rounds to zero).
    """
    wires = copy.deepcopy(model).double()
    with torch.no_grad():
        for name, parameter in wires.named_parameters():
            parameter.fill_(0.0 if name.endswith("bias") else 1.0)
        x = torch.zeros(1, 3, height, width, dtype=torch.float64)
        x[..., row, column] = 1.0
        return (wires(x)[0].amax(dim=0) > 0).numpy()


# The smallest learned upsampler: one fixed table of weights, fitted to pairs of frames by least squares.
#
# Bilinear, bicubic and Lanczos enlargement give each new pixel a weighted mean of old ones, with weights from a
# formula. Here the weights come from data. No other weights over the same neighbourhood have a lower squared error on
# those pairs, so this is how far any *linear* method can go there; what a network gains beyond is not linear.
def fit(pairs: Iterable[tuple[np.ndarray, np.ndarray]], side: int = 7) -> np.ndarray:
    """Weights (side * side + 1, 4) from pairs of frames, uint8 (H, W, 3) and (2H, 2W, 3).

    Column 2r + c is for the new pixel in row r, column c of the four that an old pixel becomes; the last row is a
    constant. All three colours share the weights. Raises BadInput for no pairs, or frames that are not 1 : 2.
    """
    gram, moment = np.zeros((side * side + 1,) * 2), np.zeros((side * side + 1, 4))
    for small, large in pairs:
        height, width = small.shape[:2]
        if large.shape[:2] != (2 * height, 2 * width):
            raise BadInput(f"A target of {large.shape[:2]} is not twice the input's {small.shape[:2]}: give pairs.")
        x = _neighbourhoods(small, side)
        y = large.reshape(height, 2, width, 2, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 4) / 255
        gram += x.T @ x
        moment += x.T @ y
    if not gram.any():
        raise BadInput("There is no pair of frames to fit to; give at least one.")
    return np.linalg.lstsq(gram, moment, rcond=None)[0]


def enlarge(frames: Iterable[np.ndarray], weights: np.ndarray) -> Iterator[np.ndarray]:
    """Frames (uint8, (H, W, 3)) at twice their width and height, by the weights of `fit`."""
    side = int(np.sqrt(len(weights) - 1))
    for frame in frames:
        height, width = frame.shape[:2]
        fours = (_neighbourhoods(frame, side) @ weights).reshape(height, width, 3, 2, 2)
        large = fours.transpose(0, 3, 1, 4, 2).reshape(2 * height, 2 * width, 3)
        yield (255 * large).round().clip(0, 255).astype(np.uint8)


def _neighbourhoods(frame: np.ndarray, side: int) -> np.ndarray:
    """(H * W * 3, side * side + 1): what lies around every pixel of every colour, in [0, 1], and a one."""
    reach = side // 2
    padded = np.pad(frame / 255, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))
    flat = windows.reshape(-1, side * side)
    return np.hstack([flat, np.ones((len(flat), 1))])
