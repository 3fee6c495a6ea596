"""What the two losses did during a training, batch by batch: the raw material of R3's dynamic weights.

progress = Progress()
train("dynamic", photos, learn, judge, recipe, folder, progress=progress)
progress.by_epoch(power=0.8)
"""

from collections import defaultdict

import numpy as np
import torch
from torch import Tensor

from lib.joins2sign.network import dynamic_weights


class Progress:
    """The losses of joints and letters of every batch, by epoch; a training that goes on adds what comes after."""

    def __init__(self) -> None:
        self.losses: dict[int, list[list[float]]] = defaultdict(list)

    def add(self, epoch: int, losses: Tensor) -> None:
        """``losses`` (2,): of the joints and of the letters."""
        self.losses[epoch].append(losses.detach().tolist())

    def weights(self, epoch: int, power: float) -> np.ndarray:
        """(batches, 2): what eq. 6 gives each loss in each batch of that epoch; 1 in the first."""
        losses = torch.tensor(self.losses[epoch], dtype=torch.float64)
        return dynamic_weights(losses, losses[0], power).numpy()

    def by_epoch(self, power: float) -> list[dict]:
        """A row an epoch: the mean losses of joints and letters, and the least, mean and largest of both weights."""
        rows = []
        for epoch in sorted(self.losses):
            weights = self.weights(epoch, power)
            row = {"losses": np.mean(self.losses[epoch], axis=0), "least": weights.min(axis=0)}
            row |= {"mean": weights.mean(axis=0), "largest": weights.max(axis=0)}
            rows.append({"epoch": epoch + 1} | {name: np.round(pair, 4).tolist() for name, pair in row.items()})
        return rows


def unrest(curve: list[float]) -> float:
    """How jagged a curve of losses is: by how many per cent, in the mean, a value is off the geometric mean of its two
    neighbours. A smooth fall has next to none, however steep. R3 (5.4) sees it in its Figure 3, without a number."""
    logs = np.log(curve)
    off = np.abs(logs[1:-1] - (logs[:-2] + logs[2:]) / 2)
    return float(100 * np.expm1(off).mean())
