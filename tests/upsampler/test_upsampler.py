"""The networks: sizes, parameter counts, what each part does, and weight files."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from lib.tools.errors import BadInput
from lib.upsampler import UNet, load, load_pretrained, parameter_count, save
from lib.upsampler.network import HEADS, AttentionGate


def save_weights(path: Path, state: dict[str, torch.Tensor], config: dict) -> None:
    """A file as `save` writes it, for any state and configuration."""
    save_file({name: value.half() for name, value in state.items()}, path, {"config": json.dumps(config)})


def counted(width: int, depth: int, attention: bool, skips: bool, head: str) -> int:
    """The docstring's formula, by hand."""
    c = [width * 2**i for i in range(depth + 1)]
    total = sum(9 * a * b + b + 9 * b * b + b for a, b in zip([3, *c], c))
    joined = 2 if skips else 1
    for i in range(depth):
        total += c[i + 1] * c[i] + c[i] + 9 * joined * c[i] ** 2 + c[i]
        total += attention * ((c[i] ** 2 + c[i]) // 2 + (c[i + 1] * c[i] + c[i]) // 2 + c[i] // 2 + 1)
    heads = {"transposed": 4 * width**2 + width, "bilinear": 0, "conv3": 9 * width * (width // 2) + width // 2}
    return total + heads[head] + 3 * (width // 2 if head == "conv3" else width) + 3


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(
    "width, depth, attention, skips", [(4, 1, False, False), (6, 3, True, True), (8, 2, False, True)]
)
def test_parameter_count_is_the_docstrings(width, depth, attention, skips, head):
    model = UNet(width, depth, attention, skips, head=head)
    assert parameter_count(model) == counted(width, depth, attention, skips, head)


def test_parameter_count_of_one_small_network_by_hand():
    # encoder 3->2->2, 2->4->4; decoder 4->2, 4->2; head 2->2->3
    encoder = (54 + 2 + 36 + 2) + (72 + 4 + 144 + 4)
    decoder = (8 + 2) + (72 + 2)
    assert parameter_count(UNet(2, 1)) == encoder + decoder + (16 + 2) + (6 + 3)


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (16, 24), (33, 50)])
@pytest.mark.parametrize("attention", [False, True])
def test_any_size_is_doubled(size, attention):
    with torch.inference_mode():
        assert UNet(4, 3, attention)(torch.rand(2, 3, *size)).shape == (2, 3, 2 * size[0], 2 * size[1])


def test_an_interpolating_head_can_only_enlarge_a_small_picture():
    """The 1x1 convolution may as well stand before a linear enlargement: no detail between pixels comes of it."""
    torch.manual_seed(0)
    x = torch.rand(1, 3, 8, 8)
    for head, alike in (("bilinear", True), ("transposed", False)):
        model = UNet(4, 1, head=head)
        features = []
        model.head.register_forward_pre_hook(lambda _, given, kept=features: kept.append(given[0]))
        with torch.inference_mode():
            y = model(x)
            small = model.last(features[0])
            enlarged = torch.nn.functional.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)
        assert torch.allclose(y, enlarged, atol=1e-5) == alike, head


def test_an_unknown_head_is_refused():
    with pytest.raises(BadInput, match="no head 'nearest'; choose transposed, bilinear, conv3"):
        UNet(4, head="nearest")


def test_weights_from_before_there_were_heads_still_load(tmp_path):
    model = UNet(2, 1, residual=True, head="conv3")
    old = {key: value for key, value in asdict(model.config).items() if key != "head"}
    save_weights(tmp_path / "old.safetensors", model.state_dict(), old)
    assert load(tmp_path / "old.safetensors").config == model.config


def test_padding_does_not_reach_the_picture_of_a_whole_size():
    torch.manual_seed(0)
    model, x = UNet(4, 2), torch.rand(1, 3, 16, 16)
    with torch.inference_mode():
        odd = model(x[..., :15])
    assert odd.shape[-1] == 30 and torch.isfinite(odd).all()


def test_residual_network_starts_as_bilinear_enlargement():
    x = torch.rand(1, 3, 10, 12)
    wanted = torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    assert torch.equal(UNet(4, residual=True)(x), wanted)


def test_skips_carry_detail_past_the_bottleneck():
    """With the bottleneck's way up cut off, only a network with skips still sees its input."""
    torch.manual_seed(0)
    x, other = torch.rand(2, 1, 3, 16, 16)
    for skips in (True, False):
        model = UNet(4, 2, skips=skips)
        for up in model.decoder:
            torch.nn.init.zeros_(up.up[0].weight)
        assert torch.allclose(model(x), model(other)) != skips


def test_closed_gates_hide_the_skips():
    torch.manual_seed(0)
    model = UNet(4, 2, attention=True)
    x, other = torch.rand(2, 1, 3, 16, 16)
    for up in model.decoder:
        torch.nn.init.zeros_(up.up[0].weight)
        torch.nn.init.constant_(up.gate.psi.bias, -1000.0)
    assert torch.allclose(model(x), model(other))
    assert float(model.decoder[0].gate.weights.max()) == 0.0


def test_gates_weigh_at_the_signals_size():
    """What the skip shows inside a square of 2 x 2 pixels does not matter, but for its mean."""
    torch.manual_seed(0)
    gate = AttentionGate(4, 8)
    skip, signal = torch.ones(1, 4, 12, 10), torch.rand(1, 8, 6, 5)
    gate(skip, signal)
    smooth = gate.weights
    skip[..., ::2], skip[..., 1::2] = 0.5, 1.5
    through = gate(skip, signal)
    assert gate.weights.shape == (1, 1, 6, 5) and torch.allclose(gate.weights, smooth)
    assert through.shape == skip.shape and (through > 0).all() and (through < skip).all()
    rows = torch.nn.functional.interpolate(smooth, scale_factor=2, mode="bilinear")
    assert torch.allclose(through, skip * rows)


def test_impossible_shapes_are_refused():
    for wrong in ({"width": 3}, {"depth": 0}, {"attention": True, "skips": False}):
        with pytest.raises(ValueError, match="width"):
            UNet(**({"width": 4} | wrong))


def test_what_is_no_batch_of_colour_pictures_is_refused():
    for wrong in (torch.rand(3, 8, 8), torch.rand(1, 8, 8, 3), torch.zeros(1, 3, 8, 8, dtype=torch.uint8)):
        with pytest.raises(BadInput, match=r"\(N, 3, H, W\)"):
            UNet(4, 2)(wrong)


def test_weights_survive_the_disk_in_half_precision(tmp_path):
    model = UNet(4, 2, attention=True)
    again = load(save(model, tmp_path / "w.safetensors", {"seed": 1}))
    x = torch.rand(1, 3, 12, 12)
    assert again.config == model.config and not again.training
    assert torch.allclose(model(x), again(x), atol=2e-3)
    assert (tmp_path / "w.safetensors").stat().st_size < 2 * parameter_count(model) + 10_000


def test_bad_weight_files_get_one_sentence(tmp_path):
    whole = save(UNet(4, 2), tmp_path / "whole.safetensors", {})
    (tmp_path / "short.safetensors").write_bytes(whole.read_bytes()[:-100])
    (tmp_path / "pickle.safetensors").write_bytes(b"\x80\x04junk")
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    state = UNet(4, 3).state_dict()
    save_weights(tmp_path / "other.safetensors", state, {"width": 4, "depth": 2})
    save_weights(tmp_path / "odd.safetensors", state, {"channels": 4})
    save_file({"a": torch.zeros(1)}, tmp_path / "garbled.safetensors", {"config": "{width: 4"})
    for name in ("short", "pickle", "foreign", "other", "odd", "garbled", "absent"):
        with pytest.raises(BadInput, match=f"{name}.safetensors"):
            load(tmp_path / f"{name}.safetensors")
    with pytest.raises(BadInput, match="bg-unet"):
        load_pretrained("no-such")
