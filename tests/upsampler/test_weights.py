"""Weight files that ask for what they do not hold: refused by their header, without the memory that they ask for."""

import json
import subprocess
import sys

import pytest
import torch
from conftest import ROOT
from safetensors.torch import save_file

from lib.tools.errors import BadInput
from lib.upsampler import UNet, load, save
from lib.upsampler.network import read_weights

WHOLE = {"width": 2, "depth": 1, "attention": False, "skips": True, "residual": False, "head": "transposed"}


@pytest.fixture
def state():
    return {name: value.half() for name, value in UNet(**WHOLE).state_dict().items()}


def written(path, state, config, **metadata):
    save_file(state, path, {"config": config if isinstance(config, str) else json.dumps(config)} | metadata)
    return path


@pytest.mark.parametrize(
    "config",
    [
        {"depth": 20}, {"depth": 10**9}, {"depth": 10**30}, {"width": 10**6}, {"width": 2**62},
        {"depth": -1}, {"width": 2.0}, {"width": "2"}, {"width": [2]}, {"head": ["conv3"]}, {"head": "none"},
        {"skips": "no"}, {"residual": 1}, {"attention": None}, {"width": 4}, {"depth": 2}, {"attention": True},
    ],
)  # fmt: skip
def test_other_configurations_are_another_kind_of_network(tmp_path, state, config):
    path = written(tmp_path / "w.safetensors", state, WHOLE | config)
    with pytest.raises(BadInput, match=r"w\.safetensors holds another kind of network; give one that"):
        load(path)


@pytest.mark.parametrize(
    "config", ["[" * 10**5, "[1, 2]", "null", '"width"', "{", f'{{"width": {"1" * 5000}}}', '{"width": 1e999'],
)  # fmt: skip
def test_configurations_that_are_none(tmp_path, state, config):
    path = written(tmp_path / "w.safetensors", state, config)
    with pytest.raises(BadInput, match=r"w\.safetensors does not say which network it is for"):
        load(path)


@pytest.mark.parametrize("facts", ["[" * 10**5, "[1]", "7"])
def test_facts_that_are_none(tmp_path, state, facts):
    path = written(tmp_path / "w.safetensors", state, WHOLE, facts=facts)
    with pytest.raises(BadInput, match=r"w\.safetensors"):
        read_weights(path)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(tmp_path, state, number):
    state["last.bias"][1] = number
    with pytest.raises(BadInput, match=r"w\.safetensors holds weights that are no numbers"):
        load(written(tmp_path / "w.safetensors", state, WHOLE))


@pytest.mark.parametrize("kind", [torch.int8, torch.bool, torch.int64])
def test_weights_of_other_types_are_refused(tmp_path, state, kind):
    state["last.bias"] = state["last.bias"].to(kind)
    with pytest.raises(BadInput, match=r"w\.safetensors is no whole safetensors file \(last.bias is of another type"):
        load(written(tmp_path / "w.safetensors", state, WHOLE))


def test_a_file_of_kilobytes_takes_no_gigabytes(tmp_path, state):
    """Also where it has a weight of the right name, with a shape that holds no number."""
    state |= {"encoder.20.2.weight": torch.zeros(2 << 20, 2 << 20, 3, 0).half()}
    path = written(tmp_path / "w.safetensors", state, WHOLE | {"depth": 20})
    code = (
        "import resource, sys; from lib.tools.errors import BadInput; from lib.upsampler import load\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: load(sys.argv[1])\n"
        "except BadInput: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    said = subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(said.stdout) * unit < 300e6


def test_what_was_saved_is_loaded_as_before(tmp_path):
    model = UNet(**WHOLE | {"residual": True, "head": "conv3"})
    again = load(save(model, tmp_path / "w.safetensors", {}))
    assert again.config == model.config and next(again.parameters()).requires_grad
    for before, after in zip(model.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.equal(before.half().float(), after)
