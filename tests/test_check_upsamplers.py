"""Chapter 3's checker: right answers pass, and the usual wrong ones get the hint that helps."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lib.exercises.check_upsamplers import check_level, check_padding, check_residual

LEVEL = (128 * 64 + 64) + (9 * 128 * 64 + 64)  # width 32, level 1


@pytest.mark.parametrize(
    "answer, said",
    [
        (None, "Nothing"),
        (LEVEL, "Correct"),
        (LEVEL - 2 * 64, "bias"),
        (LEVEL - 128 * 64 - 64, "before the doubling, too"),
        (LEVEL - 9 * 64 * 64, "skip doubles"),
        (LEVEL + 8 * 128 * 64, "no 9"),
        (1, "Not yet"),
    ],
)
def test_level(answer, said):
    assert said in check_level(answer, width=32, level=1)


def pad(x, step, mode="replicate", left=False):
    height, width = x.shape[-2:]
    right, down = -width % step, -height % step
    return F.pad(x, (right, 0, down, 0) if left else (0, right, 0, down), mode=mode)


def test_padding():
    assert check_padding(pad) == "Correct."
    assert "Nothing" in check_padding(lambda x, step: None)
    assert "Not yet" in check_padding(lambda x, step: x)
    assert "upper left" in check_padding(lambda x, step: pad(x, step, left=True))
    assert "copies" in check_padding(lambda x, step: pad(x, step, mode="constant"))


class Block(nn.Module):
    def __init__(self, channels, zeros=(1,), keep=1.0):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))
        self.keep = keep
        for index in zeros:
            nn.init.zeros_(self.convs[index].weight)
            nn.init.zeros_(self.convs[index].bias)

    def forward(self, x):
        return self.keep * x + self.convs[1](torch.relu(self.convs[0](x)))


def test_residual():
    assert check_residual(Block) == "Correct."
    assert "just what it gets" in check_residual(lambda channels: Block(channels, zeros=()))
    assert "just what it gets" in check_residual(lambda channels: Block(channels, keep=0.5))
    assert "no gradient" in check_residual(lambda channels: Block(channels, zeros=(0, 1)))
    assert "two convolutions" in check_residual(lambda channels: nn.Conv2d(channels, channels, 3, padding=1))
    assert "does not run" in check_residual(lambda channels: nn.Module())
