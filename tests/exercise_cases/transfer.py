"""Chapter 11: numbers by hand, and losses as students write them.

128 x 5 + 5 parameters of the classifier; 4 transformer layers of 132,480 and CLS; an embedding of 531,672.
"""

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from book.exercises.transfer import check_adjusted, check_learning, check_optimism
from exercise_cases import Case, nothing

LEARNING = {"frozen": 645, "sequence": 530_693, "all": 1_062_365}
# Two signs by two signers who make them the other way round: the second signer's clips alone are all wrong.
LABELS = np.array([0, 1] * 8 + [1, 0] * 2)
VECTORS = np.tile([-1.0, 1.0], 10)[:, None]
RANDOM = [(np.arange(16), np.arange(12, 16)), (np.arange(16), np.arange(4))]
UNSEEN = [(np.arange(16), np.array([0, 1, 16, 17, 18, 19]))] * 2


def adjusted(logits, labels, counts, sign=1, **options):
    shares = torch.tensor(np.log(counts / counts.sum()), dtype=torch.float32)
    return cross_entropy(logits + sign * shares, labels, **options)


def weighted(logits, labels, counts):
    return cross_entropy(logits, labels, torch.tensor(1 / counts, dtype=torch.float32))


CASES = [
    Case(
        check_learning,
        lambda answer: check_learning(answer, 134, 5),
        right=LEARNING,
        stub={"frozen": None, "sequence": None, "all": None},
        wrong=[
            (LEARNING | {"frozen": 640}, "bias"),
            (LEARNING | {"sequence": 530_048}, "goes on"),
            (LEARNING | {"frozen": 1_061_720}, "do not learn"),
            (LEARNING | {"sequence": 1_062_365}, "whole network"),
            (LEARNING | {"all": 1}, "'all'"),
            ({"frozen": 645}, "needs"),
            (645, "dictionary"),
        ],
    ),
    Case(
        check_optimism,
        lambda answer: check_optimism(answer, VECTORS, LABELS, RANDOM, UNSEEN),
        right=100 - 100 / 3,
        wrong=[
            (100 / 3 - 100, "minus"),
            (2 / 3, "percentage points"),
            (200, "in relation"),
            (100, "random splits alone"),
            (100 / 3, "unseen signers alone"),
            (3, "subtract"),
        ],
    ),
    Case(
        check_adjusted,
        check_adjusted,
        right=adjusted,
        stub=nothing,
        also_right=(lambda logits, labels, counts: adjusted(logits, labels, 2 * counts).item(),),
        wrong=[
            (lambda logits, labels, counts: cross_entropy(logits, labels), "plain"),
            (weighted, "weighted"),
            (lambda *given: adjusted(*given, sign=-1), "not subtracted"),
            (lambda *given: adjusted(*given, reduction="sum"), "not the sum"),
            (lambda *given: adjusted(*given, reduction="none"), "4 numbers"),
            (lambda *given: adjusted(*given, sign=2), "then cross entropy"),
        ],
    ),
]
