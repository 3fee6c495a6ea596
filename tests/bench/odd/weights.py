"""Weight files with odd headers, and bombs: a network whose numbers are numbers, or a sentence, in little memory."""

import json
import random
import struct
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from spoiling import no_file

from lib.upsampler import UNet, load, save

ODD = [
    None,
    True,
    -1,
    0,
    1,
    3,
    20,
    63,
    2**31,
    2**63,
    10**400,
    1.5,
    float("nan"),
    "",
    "x",
    "conv3",
    [],
    {},
    [[]],
    "9" * 400,
]


def _network(folder: Path) -> tuple[Path, UNet]:
    torch.manual_seed(0)
    model = UNet(4, depth=1, residual=True).eval()
    return save(model, folder / "w.safetensors", {}), model


def configurations(folder: Path, rng: random.Random) -> Callable[[], None]:
    """A configuration that is not the weights'."""
    path, model = _network(folder)
    state, config = load_file(path), asdict(model.config)
    for _ in range(rng.choice([1, 1, 2])):
        config[rng.choice([*config, "x"])] = rng.choice(ODD)
    save_file(state, path, {"config": json.dumps(config), "facts": rng.choice(["{}", "[]", "", "null", "{" * 10**5])})

    def check() -> None:
        assert load(path)(torch.zeros(1, 3, 4, 4)).isfinite().all()

    return check


def numbers(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Weights of other types, not finite, huge, or of other shapes with as many numbers."""
    path, model = _network(folder)
    state = load_file(path)
    name = rng.choice(list(state))
    kind = rng.randrange(7)
    if kind == 0:
        state[name].view(-1)[0] = rng.choice([float("nan"), float("inf"), float("-inf")])
    elif kind == 1:
        other = rng.choice(
            [torch.float64, torch.int64, torch.bool, torch.bfloat16, torch.float8_e4m3fn, torch.complex64]
        )
        state[name] = state[name].to(other)
    elif kind == 2:
        state[name] = state[name].reshape(-1)
    elif kind == 3:
        del state[name]
    elif kind == 4:
        state[name] = torch.full_like(state[name], 65504)
    elif kind == 5:
        state["more"] = torch.zeros(2)
    else:
        state[name] = state[name][:0]
    save_file(state, path, {"config": json.dumps(asdict(model.config)), "facts": "{}"})

    def check() -> None:
        assert load(path)(torch.zeros(1, 3, 4, 4)).isfinite().all() or kind == 4

    return check


def headers(folder: Path, rng: random.Random) -> Callable[[], None]:
    """The header's length, offsets, types and text."""
    path, model = _network(folder)
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    told, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    name, kind = rng.choice([key for key in told if key != "__metadata__"]), rng.randrange(8)
    if kind == 0:
        path.write_bytes(
            struct.pack("<Q", rng.choice([0, 1, 2**31, 2**63, 2**64 - 1, length + 1, 10**8])) + content[8:]
        )
        return lambda: load(path) and None
    if kind == 1:
        told[name]["shape"] = rng.choice([[2**40], [2**63, 2**63], [-1], [0], [10**30], "x", [1.5], [[1]]])
    elif kind == 2:
        told[name]["data_offsets"] = rng.choice(
            [[0, 2**62], [-1, 5], [5, 1], [0], [0, 0], ["a", "b"], [0, len(data) + 1]]
        )
    elif kind == 3:
        told[name]["dtype"] = rng.choice(["F128", "U8", "I64", "", None, 3, "BOOL", "F4"])
    elif kind == 4:
        told["__metadata__"] = rng.choice([None, [], {"config": 3}, {}, "x", {"config": "[" * 200000}])
    elif kind == 5:
        told = {**told, **{f"t{i}": {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]} for i in range(20000)}}
    elif kind == 6:
        told[name + "\0\ud800"] = told.pop(name)
    text = b"[" * 10**6 if kind == 7 else json.dumps(told).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)

    def check() -> None:
        assert load(path)(torch.zeros(1, 3, 4, 4)).isfinite().all()

    return check


def files(folder: Path, rng: random.Random) -> Callable[[], None]:
    """No safetensors file at all."""
    import os

    path, kind = folder / "w.safetensors", rng.randrange(6)
    if kind < 3:
        no_file(rng, path)
    elif kind == 3:
        path.write_bytes(rng.randbytes(rng.choice([0, 1, 7, 8, 9, 4000])))
    elif kind == 4:
        torch.save({"a": torch.zeros(3)}, path)
    else:
        path.write_bytes(b"\x80\x04cos\nsystem\n(S'touch " + os.fsencode(folder / "ran") + b"'\ntR.")

    def check() -> None:
        try:
            load(path)
        finally:
            assert not (folder / "ran").exists()
        raise AssertionError(kind)

    return check
