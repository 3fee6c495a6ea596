"""Three ways to read a letter from what is seen of a hand: R3's classifier, logistic regression, five examples."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from book.studies.letters import at_own_pace
from lib.joins2sign.network import dense
from lib.joins2sign.photos import LETTERS
from lib.joins2sign.recipes import RECIPES
from lib.training import Settings, fit

PACE = at_own_pace("keypoints", RECIPES["laptop"])  # as `book.studies.letters` trains R3's classifier alone
SHOTS = 5


@dataclass(frozen=True)
class Examples:
    """What is seen, ``vectors`` (N, F) float32, and the letters, ``labels`` (N,)."""

    vectors: np.ndarray
    labels: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> "Examples":
        return Examples(self.vectors[rows], self.labels[rows])


def network(learn: Examples, seed: int, more: Examples | None = None) -> nn.Module:
    """R3's classifier (4.3; BatchNorm, three layers) on another view, at the pace of its joints alone.

    Of ``more`` examples each epoch draws as many as there are to ``learn`` from.
    """
    torch.manual_seed(seed)
    size, units, dropout = learn.vectors.shape[1], PACE.hidden, PACE.dropout
    layers = [nn.BatchNorm1d(size), *dense(size, units, dropout), *dense(units, units, dropout)]
    model = nn.Sequential(*layers, nn.Linear(units, len(LETTERS)))
    every = [learn, more] if more else [learn]
    vectors, labels = (np.concatenate([getattr(one, name) for one in every]) for name in ("vectors", "labels"))
    vectors, labels = torch.from_numpy(vectors), torch.from_numpy(labels).long()

    def data(epoch: int, rank: int, processes: int) -> Iterator[tuple[Tensor, Tensor]]:
        rng, known = np.random.default_rng([seed, epoch]), len(learn.labels)
        rows = np.concatenate([np.arange(known), known + rng.permutation(len(labels) - known)[:known]])
        drawn = torch.from_numpy(rng.permutation(rows))
        for start in range(0, max(1, len(drawn) // PACE.batch) * PACE.batch, PACE.batch):
            some = drawn[start : start + PACE.batch]
            yield vectors[some], labels[some]

    def loss(trained: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return F.cross_entropy(trained(batch[0]), batch[1])

    settings = Settings.of(PACE, learning_rate=PACE.rates[0], patience=PACE.epochs, seed=seed, keep_last=True)
    fit(model, data, loss, lambda trained: 0.0, settings, None)  # the last epoch is kept: nothing is there to stop by
    return model.eval()


def named(model: nn.Module, vectors: np.ndarray) -> np.ndarray:
    """The letters that the network reads, (N,)."""
    with torch.inference_mode():
        return model(torch.from_numpy(vectors)).argmax(1).numpy()


def logistic(learn: Examples, vectors: np.ndarray) -> np.ndarray:
    """The letters that logistic regression reads, (N,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300, tol=1e-3))
    return model.fit(learn.vectors, learn.labels).predict(vectors)


def five_of_each(labels: np.ndarray, rows: np.ndarray, seed: int) -> np.ndarray:
    """`SHOTS` of the ``rows`` for each letter, by chance; fewer where there are fewer."""
    rng = np.random.default_rng([seed, SHOTS])
    return np.concatenate([rng.permutation(rows[labels[rows] == one])[:SHOTS] for one in np.unique(labels[rows])])


def nearest(examples: Examples, vectors: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The letters (N,) whose mean example is nearest; each number counts in units of its deviation in ``scale``."""
    unit = np.maximum(scale.std(axis=0), 1e-6)
    letters = np.unique(examples.labels)
    means = np.stack([examples.vectors[examples.labels == one].mean(axis=0) for one in letters]) / unit
    return letters[((vectors[:, None] / unit - means) ** 2).sum(axis=-1).argmin(axis=1)]
