"""Three losses on long-tailed signs, five seeds: what frequent and rare signs gain and lose (an open question of R2).

    python -m book.studies.rare_signs asl synthetic

"asl" are the public ASL words, every second frame, made long-tailed by leaving recordings out; "synthetic" is the
synthetic source language, long-tailed as it is, tested on unseen signers. The rows of those that are named become
``book/results/imbalance.json``.

Every training has the same number of epochs: a validation part would choose the epoch by one of the two accuracies,
and so take sides.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from book.studies import runner
from book.studies.real_transfer import SOURCE_TEST, kept_back, named, sign_set
from book.studies.signs import sets
from data_scripts.shared.word_archive import read_words
from lib.ptn import PTN
from lib.ptn.corpora import Inputs, load_corpus
from lib.ptn.training import Recipe, SignSet, train
from lib.tools.commands import arguments, command, positive
from lib.tools.errors import BadInput
from lib.tools.paths import CACHE, DATA

LOSSES = ("plain", "weighted", "logit-adjusted")


# Rare signs: losses that do not forget them.
#
# A corpus of signing holds a few signs thousands of times and most signs some dozens of times (R2, Figure 1). A network
# that learns from it by plain cross entropy may hardly ever name a rare sign and still be right most of the time. R2
# (arXiv 2306.17558, section 6) leaves open what to do about it; these are the two usual answers.
#
# - **Weighted**: an example counts as much as its class is rare, w_c = N / (K n_c) (King and Zeng, 2001).
# - **Logit-adjusted** (Menon et al., arXiv 2007.07314, equation 10): the loss sees logits + tau log(n_c / N). The
#   network then has to be surer of a frequent sign than its frequency alone would make it, and in use, where nothing
#   is added, it names signs as if all were equally frequent.
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


SHIPPED = runner.RESULTS / "imbalance.json"
COMMAND = "python -m book.studies.rare_signs asl synthetic"
RATIO = 20  # how many times rarer the rarest ASL word is made
SETTINGS = Recipe(batch=32, epochs=30, plateau=None)
SEEDS = 5


def asl(seed: int) -> tuple[SignSet, SignSet]:
    """(long-tailed training set, evenly spread test set) of the ASL words; the seed draws which words are rare."""
    words = read_words(DATA / "asl_words")
    test, signs = kept_back(words, SOURCE_TEST), sign_set(words, every=2)
    learn = signs.take(~test)
    return learn.take(long_tail(learn.labels, RATIO, seed)), signs.take(test)


def synthetic(seed: int) -> tuple[SignSet, SignSet]:
    """(training, test) of the synthetic source language; a seed has test signers of its own."""
    learn, _, test = sets(load_corpus("source"), Inputs(), seed)
    return learn, test


DATA_SETS = {"asl": asl, "synthetic": synthetic}


def compare(learn: SignSet, test: SignSet, seed: int, settings: Recipe = SETTINGS) -> list[dict]:
    """One row a loss: PTN trained by it on ``learn``, judged on ``test``."""
    counts = np.bincount(learn.labels, minlength=int(max(learn.labels.max(), test.labels.max())) + 1)
    watched = learn.take(np.unique(learn.labels, return_index=True)[1])  # there is nothing to stop early by
    rows = []
    for kind in LOSSES:
        torch.manual_seed(seed)
        model = PTN(learn.clips[0].shape[1], len(counts))
        recipe = replace(settings, seed=seed, patience=settings.epochs)
        train(model, learn, watched, recipe, loss=ClassLoss(kind, counts))
        rows.append({"loss": kind} | shares(named(model, test), test.labels, counts))
    return rows


def shares(right: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> dict[str, float]:
    """What a test of (N,) right or wrong answers says, each between 0 and 1.

    ``micro`` weighs each sign by its share of the *training* clips (K,), as a test with the same tail would; ``macro``
    weighs all signs alike; ``rare`` is macro over the rarer half of them. Signs that the test lacks do not count.
    """
    signs = np.unique(labels)
    recall = np.array([right[labels == sign].mean() for sign in signs])
    order = np.argsort(counts[signs], kind="stable")
    return {
        "micro": float(np.average(recall, weights=counts[signs])),
        "macro": float(recall.mean()),
        "rare": float(recall[order[: len(order) // 2]].mean()),
    }


def run(names: Sequence[str], seeds: int = SEEDS, cache: Path = CACHE / "imbalance") -> list[dict]:
    """All rows of these data sets. Finished seeds are kept in ``cache`` and not made again."""
    jobs = {cache / f"{name}-{seed}.json": partial(_rows, name, seed) for name in names for seed in range(seeds)}
    return [row for rows in runner.run_missing(jobs) for row in rows]


def _rows(name: str, seed: int) -> list[dict]:
    return [{"data": name, "seed": seed} | row for row in compare(*DATA_SETS[name](seed), seed)]


def read(path: str | Path = SHIPPED) -> list[dict]:
    """Rows with ``data``, ``seed``, ``loss``, ``micro``, ``macro`` and ``rare``. Raises BadInput."""
    keys = ("data", "seed", "loss", "micro", "macro", "rare")
    return runner.read(path, "results with rare signs", COMMAND, keys=keys)[1]["rows"]


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("data", nargs="+", choices=DATA_SETS)
    parser.add_argument("--seeds", type=positive, default=SEEDS)
    parser.add_argument("--ship", type=Path, default=SHIPPED, help="file for the rows (default: %(default)s)")
    parser.add_argument("--cache", type=Path, default=CACHE / "imbalance", help="folder for what is finished")
    options = parser.parse_args(argv)
    runner.write(options.ship, {"command": COMMAND}, rows=run(options.data, options.seeds, options.cache))


if __name__ == "__main__":
    raise SystemExit(main())
