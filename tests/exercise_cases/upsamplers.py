"""Chapter 3: a decoder level, padding, and residual blocks."""

import torch
import torch.nn.functional as F
from torch import nn

from book.exercises.upsamplers import check_level, check_padding, check_residual
from exercise_cases import Case, nothing

LEVEL = (128 * 64 + 64) + (9 * 128 * 64 + 64)  # width 32, level 1


def pad(x, step, mode="replicate", left=False):
    height, width = x.shape[-2:]
    right, down = -width % step, -height % step
    return F.pad(x, (right, 0, down, 0) if left else (0, right, 0, down), mode=mode)


class Stub(nn.Module):
    def __init__(self, channels):
        super().__init__()


class Block(nn.Module):
    """A residual block; what ``zeros`` names begins at zero, and ``side`` is the convolutions' size."""

    def __init__(self, channels, zeros=(1,), keep=1.0, side=3):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(channels, channels, side, padding=side // 2) for _ in range(2))
        self.keep = keep
        for index in zeros:
            nn.init.zeros_(self.convs[index].weight)
            nn.init.zeros_(self.convs[index].bias)

    def forward(self, x):
        return self.keep * x + self.convs[1](torch.relu(self.convs[0](x)))


class Gated(Block):
    """The two convolutions as PyTorch makes them, behind a factor that begins at zero."""

    def __init__(self, channels):
        super().__init__(channels, zeros=())
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.gate * self.convs[1](torch.relu(self.convs[0](x)))


class Normalized(Block):
    """As ResNets may begin: a batch normalisation whose factor is zero."""

    def __init__(self, channels):
        super().__init__(channels, zeros=())
        self.gate = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.gate.weight)

    def forward(self, x):
        return x + self.gate(self.convs[1](torch.relu(self.convs[0](x))))


class Linear(Block):
    def forward(self, x):
        return x + self.convs[1](self.convs[0](x))


class CutOff(Block):
    def forward(self, x):
        return super().forward(x).relu()


class CutInside(Block):
    def forward(self, x):
        return x + super().forward(x).sub(x).relu()


class OnlyOne(Block):
    def forward(self, x):
        return x + self.convs[1](torch.relu(x))


class InPlace(Block):
    def forward(self, x):
        x += self.convs[1](torch.relu(self.convs[0](x)))
        return x


class Unbiased(Block):
    """Without biases only a weight has to be zero."""

    def __init__(self, channels):
        super().__init__(channels)
        self.convs = nn.Sequential(*(nn.Conv2d(channels, channels, 3, padding="same", bias=False) for _ in range(2)))
        nn.init.zeros_(self.convs[1].weight)


class Ahead(Block):
    forward = nn.Module.forward


class Shrinking(Block):
    def forward(self, x):
        return super().forward(x)[..., 1:-1]


CASES = [
    Case(
        check_level,
        lambda answer: check_level(answer, width=32, level=1),
        right=LEVEL,
        also_right=(float(LEVEL),),
        wrong=[
            (LEVEL - 2 * 64, "has a bias"),
            (LEVEL - 128 * 64 - 64, "before the doubling, too"),
            (LEVEL - 9 * 64 * 64, "skip doubles"),
            (LEVEL + 8 * 128 * 64, "no 9"),
            ((64 * 32 + 32) + (9 * 64 * 32 + 32), "another level"),
            (LEVEL / 1000, "whole number"),
            ("82 thousand", "without quotation marks"),
            (1, "two convolutions"),
        ],
    ),
    Case(
        check_padding,
        check_padding,
        right=pad,
        stub=nothing,
        wrong=[
            (lambda x, step: x, "has to grow to 8 x 16"),
            (lambda x, step: pad(x, step, left=True), "upper left"),
            (lambda x, step: pad(x, step, mode="constant"), "copies"),
            (
                lambda x, step: pad(F.pad(x, (0, 1, 0, 1), mode="replicate"), step),
                "for 8 x 12 in steps of 4 has",
            ),
            (lambda x, step: pad(x, step, mode="reflect"), "copies"),
            (lambda x, step: x.mul_(0), "work on a copy"),
        ],
    ),
    Case(
        check_residual,
        check_residual,
        right=Block,
        also_right=(Unbiased,),
        stub=Stub,
        wrong=[
            (lambda channels: Block(channels, zeros=()), "just what it gets"),
            (lambda channels: Block(channels, keep=0.5), "just what it gets"),
            (lambda channels: Block(channels, zeros=(0, 1)), "the weights of neither convolution get a gradient"),
            (Gated, "it learns, but by a factor"),
            (Normalized, "it learns, but by a factor"),
            (Linear, "no ReLU between"),
            (CutOff, "below zero"),
            (CutInside, "get a gradient"),
            (OnlyOne, "what else happens"),
            (InPlace, "in place"),
            (lambda channels: Block(channels, side=1), "two 3x3 convolutions"),
            (lambda channels: nn.Conv2d(channels, channels, 3, padding=1), "two 3x3 convolutions"),
            (nn.Identity, "none"),
            (Ahead, "no forward yet"),
            (Shrinking, "shape (2, 6, 9, 9)"),
            (lambda: Block(6), "as it is made your function stops with TypeError"),
            (Block(6), "without calling it"),
        ],
    ),
]
