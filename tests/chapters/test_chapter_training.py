"""What chapter 5 computes with: the clock of a step, and the checkers."""

import math

import pytest
import torch
from torch import nn

from book.chapters import ch05_steps
from book.chapters.ch05_steps import find_compiler, seconds_a_step
from lib.tools.errors import BadInput
from lib.upsampler.data import Batch


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
    monkeypatch.setattr(ch05_steps, "_steps", lambda *a: iter([100.0, 1.0, 3.0, 2.0]))
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
