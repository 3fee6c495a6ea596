"""A few examples of each sign of a new language: the ways to learn from them, and networks that know other languages.

Trainings make a fixed number of steps and end with the last one's weights: with so few examples none can be kept back
to stop by. How many, and how fast, was chosen by the clock and by the accuracy on *training* examples of a seed that is
in no table; each row has that of its own networks.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from book.studies.real_transfer import draw, logistic, posture
from book.studies.real_words.languages import Language
from lib.ptn import PTN
from lib.ptn.training import STAGES, Loss, Recipe, SignSet, collate, predict, train

SHOTS = (1, 2, 5, 10)
DIM, LAYERS = 64, 2  # half of R2's: a training takes a third of the time
BATCH, STEPS = 32, 25  # of each stage; from scratch twice as many, as a stage and one after it have together
EACH = 10  # recordings of a word of the languages that are learned first
KNOWN_STEPS = 25  # for each of these languages
CLASSIFIER_STEPS = 200
OTHER = 1000  # added to a seed for weights that nothing else has
NETWORKS = ("scratch", "frozen", "sequence", "all", "random")
# all ways, controls among them, and what tables call them
WAYS = {
    "scratch": "from scratch",
    "frozen": "1. frozen",
    "sequence": "2. sequence part, from 1",
    "all": "3. everything, from 1",
    "random": "random weights, frozen (control)",
    "logistic": "logistic regression (control)",
    "posture": "no hands (control)",
}


@dataclass(frozen=True)
class Steps(Recipe):
    """A recipe without early stopping, which ends with the last weights."""

    learning_rate: float = 1e-3
    batch: int = BATCH
    plateau: None = None
    keep_last: bool = True


def steps(number: int, clips: int, seed: int) -> Steps:
    """So many steps, or a few more: whole epochs over so many clips."""
    epochs = math.ceil(number / math.ceil(clips / BATCH))
    return Steps(epochs=epochs, patience=epochs + 1, seed=seed)


def fresh(features: int, signs: int, seed: int) -> PTN:
    """PTN before any training."""
    torch.manual_seed(seed)
    return PTN(features, signs, DIM, layers=LAYERS)


def learned(model: PTN, learn: SignSet, number: int, seed: int, loss: Loss = F.cross_entropy, **recipe) -> PTN:
    """``model`` after so many steps on ``learn``, in place."""
    train(model, learn, learn.take([0]), replace(steps(number, len(learn), seed), **recipe), loss=loss)
    return model


def few_shot(source: PTN, target: Language, shots: int, seed: int, number: int = STEPS) -> dict[str, dict[str, int]]:
    """How many clips are named rightly after learning from ``shots`` examples a sign, in each of `WAYS`.

    ``number`` counts the steps of a stage; from scratch has twice as many.

    "right" counts those of the test part, "learned" the examples themselves, for the ways that train a network.

    "frozen", "sequence" and "all" are R2's stages (5.2), the last two from the first's converged network; "random" is
    the first stage on a body with random weights; "logistic" and "posture" have no network.
    """
    chosen = draw(target.signs.labels, ~target.test, shots, seed)
    learn, judge, signs = target.signs.take(chosen), target.signs.take(target.test), len(target.words)
    networks = {"scratch": learned(fresh(source.in_features, signs, seed), learn, 2 * number, seed)}
    networks["frozen"] = with_classifier(source, learn, signs, seed)
    for stage in ("sequence", "all"):
        begun = copy.deepcopy(networks["frozen"])
        networks[stage] = learned(begun, learn, number, seed, parts=STAGES[stage])
    networks["random"] = with_classifier(fresh(source.in_features, signs, seed + OTHER), learn, signs, seed)
    found = {name: right(networks[name], judge) for name in NETWORKS}
    flat = np.stack([clip.ravel() for clip in target.signs.clips])
    for name, vectors in {"logistic": flat, "posture": posture(target.signs)}.items():
        found[name] = int(logistic(vectors, target.signs.labels, chosen, target.test).sum())
    return {"right": found, "learned": {name: right(networks[name], learn) for name in NETWORKS}}


def with_classifier(body: PTN, learn: SignSet, signs: int, seed: int) -> PTN:
    """R2's first stage: the body as it is, without dropout, and a new classifier that has converged on ``learn``.

    The body does not change, so it looks at every clip once, and the classifier learns from what it saw: in
    milliseconds, where training the whole chain for as long leaves half of the examples unlearned.
    """
    model = copy.deepcopy(body).eval()
    torch.manual_seed(seed)
    model.classifier = nn.Linear(body.classifier.in_features, signs)
    labels = torch.as_tensor(np.asarray(learn.labels), dtype=torch.long)
    with torch.no_grad():
        seen = model.features(*collate(learn.clips))
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=1e-2)
    for _ in range(CLASSIFIER_STEPS):
        optimizer.zero_grad()
        F.cross_entropy(model.classifier(seen), labels).backward()
        optimizer.step()
    return model


def right(model: PTN, judge: SignSet) -> int:
    """How many clips the network names rightly."""
    return int((predict(model, judge.clips).argmax(axis=1) == judge.labels).sum())


def together(languages: Sequence[Language], parts: Sequence[SignSet], number: int, seed: int) -> PTN:
    """One network that learns the ``parts`` of all languages, each with a head of its own.

    The heads are slices of one classifier, and the loss compares a clip with the signs of its own language alone: it is
    never asked which language it sees, which the camera would tell. Steps are ``number`` for each language.
    """
    starts = heads(languages)
    union = SignSet(
        [clip for part in parts for clip in part.clips],
        np.concatenate([part.labels + start for part, start in zip(parts, starts)]),
    )
    model = fresh(union.clips[0].shape[1], int(starts[-1]), seed)
    return learned(model, union, number * len(languages), seed, loss=within_heads(starts))


def heads(languages: Sequence[Language]) -> np.ndarray:
    """Where each language's signs begin among all signs, and where they end, (languages + 1,)."""
    return np.cumsum([0, *(len(language.words) for language in languages)])


def within_heads(starts: np.ndarray) -> Loss:
    """Cross entropy among the signs of the clip's own language."""
    owner = torch.as_tensor(np.repeat(np.arange(len(starts) - 1), np.diff(starts)))

    def loss(scores: Tensor, labels: Tensor) -> Tensor:
        others = owner[None] != owner[labels][:, None]
        return F.cross_entropy(scores.masked_fill(others, -torch.inf), labels)

    return loss


def head(model: PTN, start: int, end: int) -> PTN:
    """The network with one language's head."""
    one = copy.deepcopy(model)
    one.classifier = nn.Linear(model.classifier.in_features, end - start)
    with torch.no_grad():
        one.classifier.weight.copy_(model.classifier.weight[start:end])
        one.classifier.bias.copy_(model.classifier.bias[start:end])
    return one


def to_learn(language: Language, each: int, seed: int) -> SignSet:
    """``each`` recordings of every word out of the pool, or all that it has."""
    return language.signs.take(draw(language.signs.labels, ~language.test, each, seed))
