"""Pixel values in other forms: as light (IEC 61966-2-1, sRGB), and as float batches (N, 3, H, W) in [0, 1]."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


# Between stored pixel values and light (IEC 61966-2-1, sRGB).
#
# A shutter adds up light, not pixel values, so motion blur and anti-aliasing are means of *linear* values.
def _decode(value: np.ndarray) -> np.ndarray:
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _encode(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


_LINEAR = _decode(np.arange(256) / 255).astype(np.float32)  # the 256 values that a uint8 can take
# 16 bits of light reach every uint8 value: even in the shadows, one step is a twentieth of a grey level
_SRGB = np.round(255 * _encode(np.arange(65536) / 65535)).astype(np.uint8)


def srgb_to_linear(pixels: np.ndarray) -> np.ndarray:
    """Linear light in [0, 1], float32, of the same shape: from uint8 sRGB, or from float sRGB in [0, 1]."""
    pixels = np.asarray(pixels)
    if pixels.dtype == np.uint8:
        return _LINEAR[pixels]
    return _decode(np.clip(pixels, 0, 1)).astype(np.float32)


def linear_to_srgb(light: np.ndarray) -> np.ndarray:
    """uint8 sRGB of the same shape, from linear light; what lies outside [0, 1] is clipped, as a sensor does."""
    return _SRGB[(np.clip(light, 0, 1) * 65535 + 0.5).astype(np.uint16)]


def batch_of(frames: Sequence[np.ndarray]) -> Tensor:
    """uint8 RGB frames of one size, (H, W, 3) each -> float32 (N, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255


def frames_of(batch: Tensor) -> list[np.ndarray]:
    """(N, 3, H, W) -> N uint8 frames (H, W, 3), rounded as a file would be; what lies outside [0, 1] is clipped."""
    values = (255 * batch.detach().clamp(0, 1)).round().byte()
    return list(values.permute(0, 2, 3, 1).cpu().numpy())
