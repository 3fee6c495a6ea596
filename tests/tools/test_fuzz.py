"""Spoilt files by the hundred, the same in every run: a result comes out, or one sentence."""

import json
import random
import zipfile
from argparse import Namespace
from dataclasses import asdict
from functools import partial

import pytest
import torch
from spoiling import ODD, spoilt_bytes, spoilt_value
from test_training import train

from data_scripts.shared.archives import content_of
from data_scripts.shared.manifest import is_complete
from lib import report
from lib.signer.clips import CLIPS, Clip
from lib.tools.checkpoints import read_tensors, write_tensors
from lib.tools.errors import BadInput
from lib.upsampler import UNet, load, save
from lib.upsampler.recipes import STAGES
from lib.upsampler.train import _check_recipe


def spoilt_leaf(rng: random.Random, value):
    """Something odd; in a tensor's place mostly another tensor."""
    if isinstance(value, torch.Tensor) and rng.random() < 0.7:
        flat = value.flatten()
        return rng.choice((value.double(), value.int(), value.bool(), flat, flat[:1], value * float("nan"), -value))
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
                write_tensors(path, spoilt_value(rng, state, partial(spoilt_leaf, rng)))
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
