"""What chapter 5 computes with: the clock of a step, and the checkers."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from lib.chapters import step_time
from lib.chapters.step_time import find_compiler, seconds_a_step
from lib.errors import BadInput
from lib.exercises.check_training import NOTHING, check_loop, check_patience, check_rate
from lib.training_data import Batch


class Doubling(nn.Module):
    """The smallest thing that can be trained to enlarge."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x):
        return nn.functional.interpolate(self.conv(x), scale_factor=2)


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.rand(1, 3, 8, 8), torch.rand(1, 3, 16, 16), *[torch.zeros(1)] * 3)


@pytest.mark.parametrize("bfloat16", [False, True])
def test_the_clock_times_real_steps(batch, bfloat16):
    model = Doubling()
    before = model.conv.weight.clone()
    assert 0 < seconds_a_step(model, batch, bfloat16=bfloat16, steps=2) < 60
    assert not torch.equal(before, model.conv.weight)


def test_the_clock_leaves_out_the_first_step(batch, monkeypatch):
    monkeypatch.setattr(step_time, "_steps", lambda *a: iter([100.0, 1.0, 3.0, 2.0]))
    assert seconds_a_step(Doubling(), batch) == 2.0


def test_no_compiler_is_said_in_one_sentence(batch, monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert find_compiler() is None
    with pytest.raises(BadInput, match="needs a C.. compiler"):
        seconds_a_step(Doubling(), batch, compiled=True)


def stop(scores, patience):
    best, since = math.inf, 0
    for epoch, score in enumerate(scores, start=1):
        best, since = (score, 0) if score < best else (best, since + 1)
        if since == patience:
            return epoch
    return len(scores)


def test_check_patience():
    assert check_patience(stop) == "Correct."
    assert check_patience(lambda scores, patience: None) == NOTHING
    assert "all of them" in check_patience(lambda scores, patience: patience)
    assert "yours after 5" in check_patience(lambda scores, patience: len(scores))
    assert "ends after 3 epochs" in check_patience(lambda scores, patience: stop(scores, patience + 1))


def worse_than_last(scores, patience):
    """Counts epochs that are worse than the one before: the usual mistake."""
    since = 0
    for epoch, (last, score) in enumerate(zip(scores, scores[1:]), start=2):
        since = since + 1 if score > last else 0
        if since == patience:
            return epoch
    return len(scores)


def test_check_patience_knows_the_usual_mistake():
    assert "from the best epoch" in check_patience(worse_than_last)


def cosine(epoch, epochs, full):
    return full * (1 + np.cos(np.pi * epoch / epochs)) / 2


def test_check_rate():
    assert check_rate(cosine) == "Correct."
    assert check_rate(lambda epoch, epochs, full: None) == NOTHING
    assert "first epoch" in check_rate(lambda epoch, epochs, full: cosine(epoch + 1, epochs, full))
    assert "half-way" in check_rate(lambda epoch, epochs, full: full)
    assert "quarters" in check_rate(lambda epoch, epochs, full: full * (1 - epoch / epochs))


def loop(model, batches, rate, zero=True, times=1):
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for x, y in batches:
        for _ in range(times):
            if zero:
                optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()


def test_check_loop():
    assert check_loop(loop) == "Correct."
    assert ".grad" in check_loop(lambda *a: loop(*a, zero=False))
    assert "one step" in check_loop(lambda *a: loop(*a, times=2))
    assert "one step" in check_loop(lambda *a: None)
