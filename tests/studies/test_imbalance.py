"""Losses for rare signs, and long tails to try them on."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from book.studies.rare_signs import LOSSES, ClassLoss, long_tail
from lib.tools.errors import BadInput

COUNTS = [90, 9, 1]


def test_even_classes_make_all_losses_the_same():
    logits, labels = torch.randn(12, 3, generator=torch.manual_seed(0)), torch.arange(12) % 3
    losses = [ClassLoss(kind, [5, 5, 5])(logits, labels) for kind in LOSSES]
    assert torch.allclose(torch.stack(losses), losses[0], atol=1e-6)


def test_weights_count_classes_alike():
    """A batch with the training set's own shares: the weighted loss is the mean over classes."""
    logits = torch.randn(3, 3, generator=torch.manual_seed(1))
    labels = torch.tensor([0] * 90 + [1] * 9 + [2])
    loss = ClassLoss("weighted", COUNTS)(logits[labels], labels)
    assert torch.isclose(loss, cross_entropy(logits, torch.arange(3)), atol=1e-5)


def test_adjusted_loss_by_hand():
    """Equal logits: the adjusted softmax is the prior itself, so the loss is minus its logarithm."""
    for label, count in enumerate(COUNTS):
        loss = ClassLoss("logit-adjusted", COUNTS)(torch.zeros(1, 3), torch.tensor([label]))
        assert loss.item() == pytest.approx(-math.log(count / 100), rel=1e-5)


def minimum(loss, labels) -> torch.Tensor:
    """The scores (3,) that the loss likes best where every example gets the same."""
    scores = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([scores], max_iter=100)

    def step():
        optimizer.zero_grad()
        value = loss(scores.expand(len(labels), 3), labels)
        value.backward()
        return value

    optimizer.step(step)
    return scores.detach()


def test_adjustment_makes_a_rare_class_win_where_evidence_is_even():
    """One input that says nothing: the plain loss learns the prior, the adjusted one learns no preference."""
    labels = torch.tensor([0] * 90 + [1] * 9 + [2])
    for kind, spread in (("plain", math.log(90)), ("logit-adjusted", 0.0)):
        scores = minimum(ClassLoss(kind, COUNTS), labels)
        assert (scores[0] - scores[2]).item() == pytest.approx(spread, abs=0.05), kind


def test_long_tail_keeps_what_it_says():
    labels = np.repeat(np.arange(5), 64)
    chosen = long_tail(labels, 16, seed=3)
    assert sorted(np.bincount(labels[chosen]), reverse=True) == [64, 32, 16, 8, 4]
    assert len(set(chosen)) == len(chosen) and (np.diff(chosen) > 0).all()
    assert not np.array_equal(chosen, long_tail(labels, 16, seed=4))
    assert np.bincount(labels[long_tail(labels, 1)]).tolist() == [64] * 5
    assert np.bincount(labels[long_tail(labels, 1e6)]).min() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ClassLoss("focal", COUNTS),
        lambda: ClassLoss("weighted", [3, 0]),
        lambda: ClassLoss("plain", [3]),
        lambda: long_tail([], 2),
        lambda: long_tail([0, 1], 0.5),
    ],
)
def test_bad_input(wrong):
    with pytest.raises(BadInput):
        wrong()
