"""The best answer to a question with several right ones: the picture that a loss likes best when it cannot know."""

from collections.abc import Callable

import torch
from torch import Tensor

Loss = Callable[[Tensor, Tensor], Tensor]


def mean_loss(guess: Tensor, possible: Tensor, loss: Loss) -> Tensor:
    """What a guess (1, 3, H, W) costs in the mean over the K possible truths (K, 3, H, W)."""
    return loss(guess.expand_as(possible), possible)


def best_guess(possible: Tensor, loss: Loss, *, steps: int = 60, rate: float = 0.03) -> Tensor:
    """The picture (1, 3, H, W) of least `mean_loss`, found by going downhill (Adam) from the possible truths' mean.

    That is where an upsampler's training ends, too, if it sees the same smear with K different targets. For L2 it is
    the mean, for L1 each pixel's median; for SSIM + L1 there is no formula.
    """
    guess = possible.mean(0, keepdim=True).clone().requires_grad_()
    optimizer = torch.optim.Adam([guess], lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        optimizer.zero_grad()
        mean_loss(guess, possible, loss).backward()
        optimizer.step()
        schedule.step()
    return guess.detach().clamp(0, 1)
