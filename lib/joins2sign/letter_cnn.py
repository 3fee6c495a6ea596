"""The CNN that the photos' authors read letters with: R3's baseline (5.2, Table 2).

    x (N, 3, 64, 64) -> three times two convolutions, ReLU, pooling, dropout -> three FC -> logits (N, 22)

Two things to know about it. Its first two dense layers have no activation between them, so that they could be one. And
its authors turn, slant and zoom not only the photos that it learns from, but the test's as well (`spoiled`): R3 took
over their procedure, and does not say whether that too. Source: Donnici and Monica, italian_fingerspelling_recognition.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TURN, SLANT, ZOOM = 40.0, 0.2, 0.2  # at most: degrees, radians, share of the size
SIDE = 64
UNITS = 128  # of each dense layer


class LetterCNN(nn.Module):
    """Input (N, 3, 64, 64) in [0, 1]; output logits (N, K). ``width`` is the share of its 64 channels."""

    def __init__(self, num_classes: int = 22, width: float = 1.0):
        super().__init__()
        channels = max(1, round(64 * width))
        groups = [_group(before, channels) for before in (3, channels, channels)]
        self.layers = nn.Sequential(
            *groups,
            nn.Flatten(),
            nn.Linear(channels * (SIDE // 8) ** 2, UNITS),
            nn.Dropout(0.5),
            nn.Linear(UNITS, UNITS),
            nn.Dropout(0.5),
            nn.Linear(UNITS, num_classes),
        ).apply(_glorot)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).float()


def _group(before: int, channels: int) -> nn.Sequential:
    """Two convolutions with one ReLU behind them, then half the size."""
    convolutions = nn.Conv2d(before, channels, 3, padding=1), nn.Conv2d(channels, channels, 3, padding=1)
    return nn.Sequential(*convolutions, nn.ReLU(True), nn.MaxPool2d(2), nn.Dropout(0.25))


def _glorot(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


def spoiled(x: Tensor, rng: torch.Generator | None = None) -> Tensor:
    """Pictures (N, C, H, H), each turned, slanted and zoomed about its middle by chance; the rim fills the corners."""
    turn, slant, wide, high = (2 * torch.rand(4, len(x), generator=rng) - 1).to(x.device)
    turn, slant = turn * math.radians(TURN), slant * SLANT
    c, s = turn.cos(), turn.sin()
    rows = torch.stack([c, -s - slant * c, s, c - slant * s], 1).view(-1, 2, 2)
    affine = rows * (1 + ZOOM * torch.stack([wide, high], 1))[:, None]
    grid = F.affine_grid(F.pad(affine, (0, 1)), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)
