"""Looking into a network: cut skips, gate maps, and how far a pixel reaches."""

import numpy as np
import pytest
import torch

from book.chapters.ch03_probe import cut_skips, gate_maps, reach
from lib.tools.errors import BadInput
from lib.upsampler import UNet
from lib.video.pixels import batch_of


@pytest.fixture
def frame():
    return np.random.default_rng(0).integers(0, 256, (30, 41, 3), dtype=np.uint8)


def test_a_cut_skip_carries_nothing_and_grows_again(frame):
    torch.manual_seed(0)
    model, x = UNet(4, 2), batch_of([frame])
    whole = model(x)
    with cut_skips(model, [0]):
        without = model(x)
    assert not torch.allclose(whole, without)
    assert torch.equal(model(x), whole)
    with torch.no_grad():
        model.decoder[1].conv[0].weight[:, :4] = 0  # the decoder of level 0 turns away from its skip
        assert torch.allclose(model(x), without, atol=1e-6)


def test_all_skips_cut_leave_the_bottleneck_alone(frame):
    torch.manual_seed(0)
    model = UNet(4, 2)
    for up in model.decoder:
        torch.nn.init.zeros_(up.up[0].weight)
    with cut_skips(model, {0, 1}):
        assert torch.equal(model(batch_of([frame])), model(batch_of([255 - frame])))


@pytest.mark.parametrize("options, levels", [({}, [2]), ({"skips": False}, [0])])
def test_only_what_is_there_can_be_cut(options, levels):
    with pytest.raises(BadInput, match="skip"), cut_skips(UNet(4, 2, **options), levels):
        pass


def test_gate_maps_are_what_the_gates_let_through(frame):
    model = UNet(4, 2, attention=True)
    torch.nn.init.constant_(model.decoder[0].gate.psi.bias, 1000.0)  # level 1: wide open
    torch.nn.init.constant_(model.decoder[1].gate.psi.bias, -1000.0)  # level 0: shut
    maps = gate_maps(model, frame)
    assert {level: gate.shape for level, gate in maps.items()} == {0: (60, 82), 1: (60, 82)}
    assert (maps[0] == 0).all() and np.allclose(maps[1], 1)


def test_gate_maps_need_gates(frame):
    with pytest.raises(BadInput, match="gates"):
        gate_maps(UNet(4, 2), frame)


@pytest.mark.parametrize("residual", [False, True])
def test_reach_agrees_with_what_really_changes(residual):
    """No output outside the reach changes when the pixel does, and the network itself is left alone."""
    torch.manual_seed(0)
    model = UNet(4, 2, attention=True, residual=residual)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    mask = reach(model, 96, 96, 50, 40)
    torch.nn.init.normal_(model.last.weight)
    x = torch.rand(1, 3, 96, 96)
    other = x.clone()
    other[..., 50, 40] += 5
    with torch.inference_mode():
        changed = ((model(x) - model(other)).abs().amax(dim=1)[0] > 1e-4).numpy()
    assert changed.any() and not (changed & ~mask).any() and not mask.all()
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items() if "last" not in name)


def test_reach_grows_with_every_halving():
    sides = [reach(UNet(4, depth), 160, 160, 80, 80).any(axis=0).sum() for depth in (1, 2, 3)]
    assert 1.5 * sides[0] < sides[1] and 1.5 * sides[1] < sides[2]
    assert sides[2] / 2 <= 2 * 64  # lib.upsampler.sharpen's margin around a tile covers it
