"""Rare signs: losses that do not forget them.

A corpus of signing holds a few signs thousands of times and most signs some dozens of times (R2, Figure 1). A network
that learns from it by plain cross entropy may hardly ever name a rare sign and still be right most of the time. R2
(arXiv 2306.17558, section 6) leaves open what to do about it; these are the two usual answers.

- **Weighted**: an example counts as much as its class is rare, w_c = N / (K n_c) (King and Zeng, 2001).
- **Logit-adjusted** (Menon et al., arXiv 2007.07314, equation 10): the loss sees logits + tau log(n_c / N). The network
  then has to be surer of a frequent sign than its frequency alone would make it, and in use, where nothing is added,
  it names signs as if all were equally frequent.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lib.tools.errors import BadInput

LOSSES = ("plain", "weighted", "logit-adjusted")


class ClassLoss:
    """Cross entropy (N, K) x (N,) -> scalar for one training set, in one of the three kinds of ``LOSSES``.

    ``counts`` (K,): how many training examples each class has. A class without any would get an infinite weight, so it
    is refused; drop it first (`lib.ptn.splits.in_every_subset`). ``tau`` scales the adjustment; 1 is the theory's.
    Raises BadInput.
    """

    def __init__(self, kind: str, counts: Sequence[int] | np.ndarray, tau: float = 1.0):
        counts = np.asarray(counts, float)
        if kind not in LOSSES:
            raise BadInput(f"There is no loss {kind!r}; choose one of {', '.join(LOSSES)}.")
        if counts.ndim != 1 or len(counts) < 2 or not (counts >= 1).all():
            raise BadInput("Every class needs a training example, and there must be two classes; drop empty ones.")
        self.weight = torch.tensor(counts.sum() / (len(counts) * counts), dtype=torch.float32)
        self.weight = self.weight if kind == "weighted" else None
        adjusted = kind == "logit-adjusted"
        self.shift = torch.tensor(tau * np.log(counts / counts.sum()) * adjusted, dtype=torch.float32)

    def __call__(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Mean over the batch; weighted: over the sum of weights, as PyTorch does."""
        weight = None if self.weight is None else self.weight.to(logits.device)
        return cross_entropy(logits + self.shift.to(logits.device), labels, weight=weight)


def long_tail(labels: Sequence[int] | np.ndarray, ratio: float, seed: int = 0) -> np.ndarray:
    """Indices of a subset in which sign k of K keeps n ratio^(-k / (K - 1)) examples, at least one: a long tail.

    labels  (N,), evenly spread; n is the number of examples of the rarest
    ratio   how many times rarer the rarest sign becomes, 1 or more
    seed    draws which sign is frequent, and which of its examples stay

    An exponential tail, as in Cao et al. (arXiv 1906.07413). Indices come in ascending order. Raises BadInput.
    """
    labels = np.asarray(labels)
    if ratio < 1 or not len(labels):
        raise BadInput(f"A long tail needs labels and a ratio of 1 or more, not {len(labels)} and {ratio}.")
    draw = np.random.default_rng(seed)
    signs, counts = np.unique(labels, return_counts=True)
    kept = counts.min() * float(ratio) ** -np.linspace(0, 1, len(signs))
    chosen = [
        draw.choice(np.flatnonzero(labels == sign), max(1, round(number)), replace=False)
        for sign, number in zip(draw.permutation(signs), kept, strict=True)
    ]
    return np.sort(np.concatenate(chosen))
