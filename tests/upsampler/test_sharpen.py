"""lib.upsampler.sharpen: every frame through the network, in order, a few at a time, whatever its size."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from lib.tools.errors import BadInput
from lib.upsampler import UNet, sharpen as room
from lib.upsampler.sharpen import has_bfloat16, sharpen


def network(residual: bool = True, **shape) -> UNet:
    """A small network with weights that do something, its answer mostly within [0, 1]."""
    torch.manual_seed(0)
    model = UNet(8, **({"depth": 2, "attention": True} | shape), residual=residual)
    torch.nn.init.normal_(model.last.weight, std=0.3)
    return model.eval()


def film(count: int, height: int = 30, width: int = 41) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def plainly(model: UNet, frames: np.ndarray) -> np.ndarray:
    """What the network says in float32, as pictures: the yardstick."""
    with torch.inference_mode():
        y = model(torch.from_numpy(frames).permute(0, 3, 1, 2).float() / 255)
    return (y.clamp(0, 1) * 255).round().permute(0, 2, 3, 1).numpy().astype(np.uint8)


@pytest.fixture
def without_bfloat16(monkeypatch):
    monkeypatch.setattr(room, "has_bfloat16", lambda device: False)


@pytest.mark.parametrize("batch, workers", [(1, 1), (1, 3), (4, 2), (20, 2)])
def test_every_frame_in_order_whatever_the_batch(without_bfloat16, monkeypatch, batch, workers):
    monkeypatch.setattr(room, "_fitting", lambda *_: workers)
    model, frames = network(), film(11)
    sharp = np.stack(list(sharpen(model, iter(frames), batch)))
    assert sharp.dtype == np.uint8 and sharp.shape == (11, 60, 82, 3)
    assert np.abs(sharp.astype(int) - plainly(model, frames)).max() <= 1


def test_a_fresh_residual_network_is_bilinear_enlargement(without_bfloat16):
    frame = film(1)
    bilinear = F.interpolate(torch.from_numpy(frame).permute(0, 3, 1, 2).float(), scale_factor=2, mode="bilinear")
    (sharp,) = sharpen(UNet(8, residual=True), frame)
    assert np.abs(sharp - bilinear[0].permute(1, 2, 0).numpy()).max() <= 0.51


def test_answers_beyond_black_and_white_are_clamped():
    model = network()
    torch.nn.init.constant_(model.last.bias, 3.0)
    assert next(sharpen(model, film(1))).min() == 255
    torch.nn.init.constant_(model.last.bias, -3.0)
    assert next(sharpen(model, film(1))).max() == 0


@pytest.mark.skipif(not has_bfloat16(torch.device("cpu")), reason="this CPU has no bfloat16")
@pytest.mark.parametrize("residual", [True, False])
def test_bfloat16_moves_the_picture_by_less_than_half_a_grey_level(residual):
    model, frames = network(residual), film(4, 80, 72)
    error = np.abs(np.stack(list(sharpen(model, frames))).astype(int) - plainly(model, frames))
    assert error.mean() < 0.5


@pytest.mark.parametrize("depth, attention", [(1, False), (2, True), (3, True)])
def test_tiles_leave_no_seam(depth, attention):
    model, x = network(False, depth=depth, attention=attention), torch.rand(1, 3, 301, 187)
    with torch.inference_mode():
        for side in (100, 93, 40):
            torch.testing.assert_close(room._tiled(model, x, 2**depth, side), model(x), rtol=0, atol=1e-5)


def test_only_what_is_larger_than_two_tiles_is_computed_in_tiles_and_each_is_small():
    seen = []

    def doubled(x):
        seen.append(x.shape[-2:])
        return x.repeat_interleave(2, -2).repeat_interleave(2, -1)

    for shape in ((480, 768), (1080, 1920)):
        x = torch.arange(shape[0] * shape[1]).reshape(1, 1, *shape)
        assert torch.equal(room._tiled(doubled, x, 8), doubled(x))
    assert seen[:2] == [(480, 768)] * 2 and max(max(size) for size in seen[2:-1]) == room.TILE + 2 * 64


def test_frames_are_drawn_a_few_ahead_and_no_more(monkeypatch):
    monkeypatch.setattr(room, "_fitting", lambda *_: 3)
    drawn = 0

    def stream():
        nonlocal drawn
        for frame in film(100, 8, 8):
            drawn += 1
            yield frame

    for done, _ in enumerate(sharpen(network(), stream(), batch=2), 1):
        assert drawn - done <= 2 * (3 + 1)
    assert drawn == 100


def test_leaving_early_ends_the_threads_and_gives_torch_its_own_back():
    threads, torch_threads = threading.active_count(), torch.get_num_threads()
    frames = sharpen(network(), film(50))
    next(frames)
    assert threading.active_count() > threads
    frames.close()
    assert threading.active_count() == threads and torch.get_num_threads() == torch_threads


@pytest.mark.skipif(sys.platform != "linux", reason="niceness is the whole process's elsewhere")
def test_threads_behind_are_nicer_than_the_program_and_the_program_stays_as_it_was():
    seen = []

    class Watched(UNet):
        def forward(self, x):
            seen.append(os.getpriority(os.PRIO_PROCESS, 0))
            return super().forward(x)

    before = os.getpriority(os.PRIO_PROCESS, 0)
    for behind, more in ((True, room.NICENESS), (False, 0)):
        seen.clear()
        list(sharpen(Watched(8), film(4), behind=behind))
        assert set(seen) == {min(before + more, 19)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_bad_frames_and_devices():
    changing = [film(1, 8, 8)[0], film(1, 8, 10)[0]]
    for frames, words in [([], "no frame"), (changing, r"Frame 1 is uint8 of shape \(8, 10, 3\)"), ([0], "Frame 0")]:
        with pytest.raises(BadInput, match=words):
            list(sharpen(network(), frames))
    for device in ("abacus", "cuda:99"):
        with pytest.raises(BadInput, match=f"'{device}' is not"):
            next(sharpen(network(), film(1), device=device))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_gives_the_same_picture():
    model, frames = network(), film(9)
    wanted = plainly(model, frames)
    error = np.abs(np.stack(list(sharpen(model, frames, device="cuda"))).astype(int) - wanted)
    assert error.mean() < 0.5


def test_torch_and_numpy_are_enough():
    big = "{'av', 'cv2', 'mediapipe', 'scipy', 'pandas'}"
    code = f"import sys, lib.upsampler.sharpen; print(*({big} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not said.split()
