"""R3's two losses, and how they are weighed."""

import torch
import torch.nn.functional as F
from torch import Tensor

from lib.joins2sign.network import FRAME

UNIT = FRAME / 8  # of the joint loss; R3's joints are normalised there (eq. 3), it does not say by what


def joint_loss(pred: Tensor, truth: Tensor) -> Tensor:
    """Mean squared error of coordinates (N, J, 2) over the joints that ``truth`` has; NaN ones drop out. A scalar.

    A mean where R3 has a sum (eq. 3). In units of an eighth of a frame (32 pixels), about what hands differ by, so that
    it starts near the letters' loss: in units of half a frame the letters outweigh it, and the joints stay far off
    (compared on validation photos; see the lab notes). 0 where nothing is known.
    """
    known = ~truth.isnan()
    error = (pred - truth.nan_to_num()) / UNIT
    return (error.square() * known).sum() / known.sum().clamp(min=1)


def letter_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy of logits (N, K) and labels (N,). A scalar."""
    return F.cross_entropy(logits, labels)


def static_loss(joints: Tensor, letters: Tensor, weights: tuple[float, float] = (0.5, 0.5)) -> Tensor:
    """Weighted sum of the two losses (scalars): R3's static weighting (eq. 4)."""
    return weights[0] * joints + weights[1] * letters


def dynamic_loss(joints: Tensor, letters: Tensor, first: tuple[float, float] | Tensor, power: float = 0.8) -> Tensor:
    """R3's dynamic weighting (eq. 5 and 6): each loss (a scalar) times (itself / its ``first``) ** ``power``.

    ``first`` are the two losses of the epoch's first batch. What has fallen least since then weighs most; at that batch
    both weigh 1. The ratio is a weight and is detached: no gradient flows through it.
    """
    losses = torch.stack([joints, letters])
    weights = dynamic_weights(losses, torch.as_tensor(first).to(losses), power)
    return (weights * losses).sum()


def dynamic_weights(losses: Tensor, first: Tensor, power: float = 0.8) -> Tensor:
    """What each of the ``losses`` (..., 2) weighs, given those of the epoch's ``first`` batch. R3's eq. 6; detached."""
    return (losses.detach() / first) ** power
