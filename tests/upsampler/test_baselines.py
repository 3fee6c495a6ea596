"""The ways to enlarge a frame without learning, and finding methods by name or weight file."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from lib.degrade import BASELINES, unsharp, upscale
from lib.evaluation import methods
from lib.evaluation.methods import INPUT, TARGET, find_methods
from lib.metrics import psnr
from lib.tools.errors import BadInput
from lib.upsampler import UNet, save


@pytest.fixture
def frames():
    """Two smooth frames with an edge, (2, 12, 10, 3)."""
    noise = np.random.default_rng(0).uniform(60, 190, (2, 12, 10, 3)).astype(np.float32)
    frames = np.stack([cv2.GaussianBlur(frame, (0, 0), 1.5) for frame in noise])
    frames[:, :, 5:] += 40
    return frames.astype(np.uint8)


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_streams_frames_of_the_right_size(name, frames):
    drawn = []
    out = BASELINES[name](frame for frame in frames if drawn.append(frame) is None)
    assert isinstance(out, Iterator) and not drawn
    first = next(out)
    assert len(drawn) == 1 and first.dtype == np.uint8
    assert first.shape == ((12, 10, 3) if name == "input" else (24, 20, 3))
    assert len(list(out)) == 1


def test_unsharp_is_the_formula(frames):
    big = next(upscale(frames, method="bicubic")).astype(float)
    wanted = big + (big - cv2.GaussianBlur(big, (0, 0), 1))
    assert np.abs(next(unsharp(frames)).astype(float) - wanted.clip(0, 255)).max() <= 1.5  # rounded twice


def test_unsharp_steepens_the_edge(frames):
    bicubic, sharp = (np.stack(list(BASELINES[name](frames))).astype(float) for name in ("bicubic", "unsharp"))
    rise = [np.diff(images.mean(axis=(0, 1, 3))).max() for images in (bicubic, sharp)]
    assert rise[1] > 1.1 * rise[0]


def test_methods_by_name_and_by_file(tmp_path, monkeypatch, frames):
    monkeypatch.setattr(methods, "WEIGHTS", tmp_path)
    assert find_methods(["input", "target", "input"]) == [INPUT, TARGET]
    names = [method.name for method in find_methods(["all"])]
    assert names == ["target", *BASELINES]  # none of the networks is here
    path = save(UNet(2, depth=1, residual=True), tmp_path / "bg-unet.safetensors", {})
    shipped, own = find_methods(["all"], [path])[-2:]
    assert shipped.name == "bg-unet" and own.name == str(path) and own.digest == shipped.digest
    bilinear = list(BASELINES["bilinear"](frames))
    assert psnr(np.stack(list(own.run(frames))), np.stack(bilinear)) > 40  # fresh weights enlarge bilinearly


def test_weights_that_were_trained_anew_are_read_anew(tmp_path, frames):
    path = save(UNet(2, depth=1, residual=True), tmp_path / "mine.safetensors", {})
    (before,) = find_methods([], [path])
    first = next(iter(before.run(frames)))
    save(UNet(2, depth=1, residual=False), path, {})
    (after,) = find_methods([], [path])
    assert after.digest != before.digest and not np.array_equal(first, next(iter(after.run(frames))))


def test_methods_that_are_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(methods, "WEIGHTS", tmp_path)
    with pytest.raises(BadInput, match="no method 'best'; choose among all, target, input"):
        find_methods(["best"])
    with pytest.raises(BadInput, match="ba-unet.safetensors does not exist"):
        find_methods(["ba-unet"])
    with pytest.raises(BadInput, match="none.safetensors does not exist"):
        find_methods([], [tmp_path / "none.safetensors"])
    (tmp_path / "cut.safetensors").write_bytes(b"half")
    with pytest.raises(BadInput, match="cut.safetensors is no whole safetensors file"):
        find_methods([], [tmp_path / "cut.safetensors"])  # now, not when its turn comes
