"""Memory and hours at R1's size are counted: against layers that can be counted by hand."""

import pytest
import torch
from torch import nn

from lib import train_upsampler
from lib.chapters import paper_scale
from lib.chapters.paper_scale import SIDE, Need, need, needs
from lib.upsampler import R1_FIVE


class Doubling(nn.Module):
    """One transposed convolution of 2 x 2, 3 channels to 3."""

    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 3, 2, stride=2, bias=False)

    def forward(self, x):
        return self.up(x)


def test_arithmetic_by_hand(monkeypatch):
    monkeypatch.setattr(paper_scale, "ssim_l1", lambda pred, target: (pred - target).abs().mean())
    found = need(Doubling(), SIDE, SIDE, bfloat16=False)
    forward = 2 * (2 * SIDE) ** 2 * 3 * 3  # each output value is a sum over the 3 channels of one input pixel
    assert found.flops == 2 * forward, "forward, and back to the weights: the picture itself wants no gradient"
    assert found.parameters == 36
    pixels = 3 * SIDE**2
    assert 4 * pixels <= found.kept <= 4 * (pixels + 2 * 4 * pixels), "the input, and what |x| keeps of the difference"


def test_four_times_the_area_is_four_times_the_need():
    torch.manual_seed(0)
    small, large = need(Doubling(), SIDE, SIDE), need(Doubling(), 2 * SIDE, 2 * SIDE)
    assert large.kept == 4 * small.kept and large.flops == 4 * small.flops


def test_memory_and_hours():
    one = Need(parameters=2**26, kept=2**28, flops=1e12)
    assert one.memory(4) == pytest.approx(1 + 1)
    assert one.hours(36000, 10) == pytest.approx(1)


def test_a_line_for_each_of_r1s_five(monkeypatch):
    monkeypatch.setattr(paper_scale, "PAPER", {"width": 4, "epochs": 50})
    table = needs([10, 20])
    assert list(table.index) == list(R1_FIVE)
    batch = train_upsampler._options(["ba-unet", "--profile", "paper"]).batch
    assert f"GiB, batch {batch}" in table, "memory is that of the batch which the command beside it takes"
    assert (table["hours at 10 Tflop/s"] == 2 * table["hours at 20 Tflop/s"]).all()
    assert table.loc["b-ae", "parameters"] < table.loc["b-unet", "parameters"] < table.loc["ba-unet", "parameters"]
    assert table.loc["bwfa-unet", "hours at 10 Tflop/s"] < table.loc["bwa-unet", "hours at 10 Tflop/s"]
