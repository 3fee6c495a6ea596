"""Spoilt files by the hundred, the same in every run: a result comes out, or one sentence."""

import json
import random
import zipfile
from argparse import Namespace
from dataclasses import asdict

import pytest
import torch
from test_training import train

from data_scripts.shared._common import content_of, is_complete
from lib import report
from lib.signer.clips import CLIPS, Clip
from lib.tools.checkpoints import read_tensors, write_tensors
from lib.tools.errors import BadInput
from lib.upsampler import UNet, load, save
from lib.upsampler.recipes import STAGES
from lib.upsampler.train import _check_recipe

ODD = [None, True, -1, 0, 2, 2**31, 2**63, 10**400, 1.5, -0.0, float("nan"), float("inf"), "", "x", "../x", "a\0b"]
ODD += ["\ud800", [], {}, [[]], {"x": 1}, [1, 2], [None, None], list(range(2000))]


def spoilt_bytes(rng: random.Random, content: bytes) -> bytes:
    """Bits flipped, bytes set, cut out, put in, or the end lost."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(data)) if len(data) > 1 else 0
        kind = rng.randrange(6)
        if kind == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and data:
            data[at] = rng.choice((0, 255, 0x7F, 0x80))
        elif kind == 2:
            del data[at : at + rng.randrange(1, 64)]
        elif kind == 3:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 16)))
        elif kind == 4:
            del data[at:]
        else:
            data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
    return bytes(data)


def spoilt_value(rng: random.Random, value):
    """Another value at some place in what JSON or a checkpoint holds; or an entry lost; or one too many."""
    if isinstance(value, (dict, list)) and value and rng.random() < 0.9:
        copy, place = value.copy(), rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
        what = rng.randrange(5)
        if what == 0:
            del copy[place]
        elif what == 1 and isinstance(copy, dict):
            copy[rng.choice(("x", "", "width", "shape"))] = rng.choice(ODD)
        else:
            copy[place] = spoilt_value(rng, copy[place])
        return copy
    if isinstance(value, torch.Tensor) and rng.random() < 0.7:
        flat = value.flatten()
        others = (value.double(), value.int(), value.bool(), flat, flat[:1], value * float("nan"), -value)
        return rng.choice(others)
    return rng.choice(ODD)


def spoilt_json(rng: random.Random, value) -> bytes:
    text = json.dumps(spoilt_value(rng, value))
    return text.encode() if rng.random() < 0.7 else spoilt_bytes(rng, text.encode())


def weights(folder):
    from safetensors.torch import load_file, save_file

    model = UNet(2, 1, attention=True)
    path = save(model, folder / "w.safetensors", {"seed": 1})
    content, state = path.read_bytes(), load_file(path)

    def spoil(rng):
        if rng.random() < 0.5:
            path.write_bytes(spoilt_bytes(rng, content))
        else:
            config = json.dumps(spoilt_value(rng, asdict(model.config)))
            save_file(state, path, {"config": config, "facts": json.dumps(spoilt_value(rng, {"seed": 1}))})

    return spoil, lambda: load(path)(torch.zeros(1, 3, 4, 4))


def checkpoints(folder):
    train(folder, epochs=1)
    path = folder / "last.pt"
    content, state = path.read_bytes(), read_tensors(path)

    def spoil(rng):
        if rng.random() < 0.5:
            path.write_bytes(spoilt_bytes(rng, content))
        else:
            try:
                write_tensors(path, spoilt_value(rng, state))
            except UnicodeEncodeError:
                path.write_bytes(content)

    return spoil, lambda: train(folder, epochs=1)


def clips(folder):
    clip = Clip(CLIPS / "td2" / "td2-000")
    truth = (clip.folder / "truth.npz").read_bytes()
    for name in ("input.webm", "target.mp4"):
        (folder / name).symlink_to(clip.folder / name)

    def spoil(rng):
        told = spoilt_json(rng, clip.info) if rng.random() < 0.6 else json.dumps(clip.info).encode()
        (folder / "clip.json").write_bytes(told)
        (folder / "truth.npz").write_bytes(spoilt_bytes(rng, truth) if rng.random() < 0.6 else truth)

    def read():
        found = Clip(folder)
        return found.set, found.dominant, found.files, found.truth(), found.metres()

    return spoil, read


def recipes(folder):
    path, stage = folder / "b-unet" / "recipe.json", STAGES["b-unet"]
    path.parent.mkdir()
    options = Namespace(out=folder, crops=3, crop=64, batch=16, profile="laptop")
    recipe = {"crops": 3, "crop": 64, "batch": 16}
    return (
        lambda rng: path.write_bytes(spoilt_json(rng, recipe)),
        lambda: _check_recipe(stage, options, first=False),
    )


def zips(folder):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("x/a.csv", "x/b.csv"):
            archive.writestr(name, "1,2,3\n" * 200)
    content = path.read_bytes()
    return lambda rng: path.write_bytes(spoilt_bytes(rng, content)), lambda: content_of(path, "b.csv")


def results(folder):
    row = asdict(report.report("A claim", 1.5, paper=None, source="ours", profile="ci", chapter="3", n=3))
    path = folder / "a-claim.json"
    return lambda rng: path.write_bytes(spoilt_json(rng, row)), lambda: repr(report._read(path))


def manifests(folder):
    (folder / "a").touch()
    entries = [{"file": "a", "sha256": "0" * 64, "licence": "MIT"}]
    path = folder / "manifest.json"
    return lambda rng: path.write_bytes(spoilt_json(rng, entries)), lambda: is_complete(folder)


KINDS = {weights: 150, checkpoints: 60, clips: 100, recipes: 150, zips: 300, results: 150, manifests: 150}


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_or_one_sentence(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(report.paths, "RESULTS", tmp_path / "results")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    place = tmp_path / "place"
    place.mkdir()
    spoil, read = kind(place)
    ends = {"read": 0, "refused": 0}
    for seed in range(KINDS[kind]):
        spoil(random.Random(f"{kind.__name__} {seed}"))
        try:
            read()
        except BadInput as error:
            ends["refused"] += 1
            assert str(place) in str(error) and "\n" not in str(error), (seed, str(error))
        except Exception as error:
            error.add_note(f"{kind.__name__} {seed}")
            raise
        else:
            ends["read"] += 1
    assert ends["refused"] or kind is manifests, ends
