"""Between the two forms of pictures: uint8 frames (H, W, 3), and float batches (N, 3, H, W) in [0, 1]."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def batch_of(frames: Sequence[np.ndarray]) -> Tensor:
    """uint8 RGB frames of one size, (H, W, 3) each -> float32 (N, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255


def frames_of(batch: Tensor) -> list[np.ndarray]:
    """(N, 3, H, W) -> N uint8 frames (H, W, 3), rounded as a file would be; what lies outside [0, 1] is clipped."""
    values = (255 * batch.detach().clamp(0, 1)).round().byte()
    return list(values.permute(0, 2, 3, 1).cpu().numpy())
