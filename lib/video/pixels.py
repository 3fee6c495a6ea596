"""Pixels in other forms: as light (IEC 61966-2-1, sRGB), upright, with margins, as float batches in [0, 1]."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

# A shutter adds up light, not pixel values, so motion blur and anti-aliasing are means of *linear* values.
_VALUE = np.arange(256) / 255  # all that a uint8 can take
_LINEAR = np.where(_VALUE <= 0.04045, _VALUE / 12.92, ((_VALUE + 0.055) / 1.055) ** 2.4).astype(np.float32)
# 16 bits of light reach every uint8 value: even in the shadows, one step is a twentieth of a grey level
_LIGHT = np.arange(65536) / 65535
_SRGB = np.where(_LIGHT <= 0.0031308, _LIGHT * 12.92, 1.055 * _LIGHT ** (1 / 2.4) - 0.055)
_SRGB = np.round(255 * _SRGB).astype(np.uint8)


def srgb_to_linear(pixels: np.ndarray) -> np.ndarray:
    """Linear light in [0, 1], float32, of the same shape, from uint8 sRGB."""
    return _LINEAR[pixels]


def linear_to_srgb(light: np.ndarray) -> np.ndarray:
    """uint8 sRGB of the same shape, from linear light; what lies outside [0, 1] is clipped, as a sensor does."""
    return _SRGB[(np.clip(light, 0, 1) * 65535 + 0.5).astype(np.uint16)]


def upright(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Apply a display matrix of quarter turns and mirrors, as phones store them; of others the nearest.

    The 9 numbers (a, b, u, c, d, v, x, y, w) send the point (p, q) to (a p + c q, b p + d q): FFmpeg's display.h.
    """
    a, b, _, c, d = (int(number) for number in matrix[:5])
    if on_its_side(matrix):
        image, a, d = image.swapaxes(0, 1), c, b
    return np.ascontiguousarray(image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])


def on_its_side(matrix: np.ndarray) -> bool:
    """Whether a display matrix has the new x run along the old y."""
    return abs(int(matrix[1])) > abs(int(matrix[0]))


def askew(matrix: np.ndarray) -> int:
    """Degrees between a display matrix's turn and the nearest quarter turn, -45 to 45."""
    return (round(math.degrees(math.atan2(matrix[1], matrix[0]))) + 45) % 90 - 45


def fitted(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """(width, height) that fills ``room`` without changing proportions; differences of a hundredth are none."""
    wide, high = room[0] / size[0], room[1] / size[1]
    if abs(wide - high) < 0.01 * wide:
        return room
    scale = min(wide, high)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def with_margins(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) in the middle of a black picture of ``size``, (width, height), which is not smaller."""
    room = (size[1] - image.shape[0], size[0] - image.shape[1])
    return np.pad(image, (*((space // 2, space - space // 2) for space in room), (0, 0)))


def batch_of(frames: Sequence[np.ndarray]) -> "Tensor":
    """uint8 RGB frames of one size, (H, W, 3) each -> float32 (N, 3, H, W) in [0, 1]."""
    import torch

    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255


def frames_of(batch: "Tensor") -> list[np.ndarray]:
    """(N, 3, H, W) -> N uint8 frames (H, W, 3), rounded as a file would be; what lies outside [0, 1] is clipped."""
    values = (255 * batch.detach().clamp(0, 1)).round().byte()
    return list(values.permute(0, 2, 3, 1).cpu().numpy())
