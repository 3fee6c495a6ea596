"""Memory and hours at the papers' sizes are counted: against layers that can be counted by hand."""

from functools import partial

import pytest
import torch
from torch import nn

from book.chapters import ch05_steps
from book.chapters.ch05_steps import (
    FRAMES,
    SIDE,
    Need,
    half_the_bits,
    joins2sign,
    need,
    needs,
    sign_readers,
    upsamplers,
)
from book.studies import letters, paper_signs
from lib.tools.papers import look_up
from lib.upsampler import R1_FIVE, train


class Doubling(nn.Module):
    """One transposed convolution of 2 x 2, 3 channels to 3."""

    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 3, 2, stride=2, bias=False)

    def forward(self, x):
        return self.up(x)


def doubled(model: nn.Module, samples: int, side: int = SIDE) -> torch.Tensor:
    return (model(torch.rand(samples, 3, side, side)) - torch.rand(samples, 3, 2 * side, 2 * side)).abs().mean()


def test_arithmetic_by_hand():
    model = Doubling()
    found = need(model, partial(doubled, model))
    forward = 2 * (2 * SIDE) ** 2 * 3 * 3  # each output value is a sum over the 3 channels of one input pixel
    assert found.flops == 2 * forward, "forward, and back to the weights: the picture itself wants no gradient"
    assert found.parameters == 36 and found.fixed == 0
    pixels = 3 * SIDE**2
    assert 4 * pixels <= found.kept <= 4 * (pixels + 2 * 4 * pixels), "the input, and what |x| keeps of the difference"


def test_four_times_the_area_is_four_times_the_need():
    model = Doubling()
    small, large = need(model, partial(doubled, model), 4), need(model, partial(doubled, model, side=2 * SIDE))
    assert large.kept == small.kept and large.flops == small.flops


def test_weights_in_half_the_bits_are_kept_once():
    """Not once a sample: a layer of a thousand by a thousand, and little that goes through it."""
    model = nn.Linear(1000, 1000, bias=False)

    def loss(samples: int) -> torch.Tensor:
        with half_the_bits():
            return model(torch.rand(samples, 1000)).sum()

    found = need(model, loss)
    assert (found.fixed, found.kept) == (0, 2 * 1000), "the input alone: it wants no gradient"
    first = nn.Sequential(nn.Linear(1000, 1000, bias=False), model)
    found = need(first, lambda samples: loss_of(first, samples))
    assert (found.fixed, found.kept) == (2 * 1000**2, 2 * 2 * 1000)


def loss_of(model: nn.Module, samples: int) -> torch.Tensor:
    with half_the_bits():
        return model(torch.rand(samples, 1000)).sum()


def test_memory_and_hours():
    one = Need(parameters=2**26, fixed=2**30, kept=2**28, flops=1e12)
    assert one.memory(4) == pytest.approx(1 + 1 + 1)
    assert one.hours(36000, 10) == pytest.approx(1)


def test_a_line_for_each_of_r1s_five(monkeypatch):
    monkeypatch.setattr(ch05_steps, "PAPER", {"width": 4, "epochs": 50})
    monkeypatch.setattr(ch05_steps, "TRAININGS", (upsamplers,))
    table = needs([10, 20])
    assert list(table.index) == list(R1_FIVE)
    assert (table["hours at 10 Tflop/s"] == 2 * table["hours at 20 Tflop/s"]).all()
    assert table.loc["b-ae", "parameters"] < table.loc["b-unet", "parameters"] < table.loc["ba-unet", "parameters"]
    assert table.loc["bwfa-unet", "hours at 10 Tflop/s"] < table.loc["bwa-unet", "hours at 10 Tflop/s"]
    for name, line in table.iterrows():
        options = train._options(line.command.split()[3:])
        assert (options.stage, options.profile, f"{options.batch} pairs") == (name, "paper", line["a batch"])


def test_lines_of_r2_and_r3_are_of_what_their_commands_train(monkeypatch):
    monkeypatch.setattr(ch05_steps, "TRAININGS", (sign_readers, joins2sign))
    table = needs([10])
    assert list(table.index) == ["ptn", "vtn", "joins2sign"]
    for name in ("ptn", "vtn"):
        words = table.loc[name, "command"].split()
        options = paper_signs._parser().parse_args(words[3:])
        assert words[:3] == ["python", "-m", "book.studies.paper_signs"] and options.network == name
        assert table.loc[name, "a batch"] == f"{paper_signs.PAPER[name].batch} clips"
    options = letters._parser().parse_args(table.loc["joins2sign", "command"].split()[3:])
    assert options.profile == "paper" and options.kinds == ["dynamic"]
    assert table.loc["joins2sign", "a batch"] == f"{look_up('R3 4.5, batch').value:g} photos"
    forward = 2 * 3.67e9  # of a ResNet-34 on 224 x 224 pixels, in multiplications and additions; He et al. say 3.6e9
    vtn = table.loc["vtn", "hours at 10 Tflop/s"] * 3600 * 1e13 / (100 * FRAMES)
    assert vtn == pytest.approx(3 * forward, rel=0.03), "forward, back to what came in, and back to the weights"
