"""lib.degrade and what it stands on: light, motion blur, downsampling, compression, the crop around the signer."""

import tracemalloc
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from lib.degrade import compress, crop, downsample, flow_blur, signer_box, upscale
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.video.pixels import linear_to_srgb, srgb_to_linear

PER_FRAME = 16


def grain(random: np.random.Generator, size: int, width: int, height: int) -> np.ndarray:
    coarse = random.normal(128, 35, (height // size, width // size, 3)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def high_speed_film(frames: int, width: int = 128, height: int = 96) -> list[np.ndarray]:
    """A textured ball swings over a textured wall, at most 12 pixels a frame; ``PER_FRAME`` sub-frames to a frame."""
    random = np.random.default_rng(0)
    wall, skin = grain(random, 8, width, height), grain(random, 8, 40, 40) + 60
    ball = np.zeros((40, 40), np.float32)
    cv2.circle(ball, (20, 20), 14, 1.0, -1, cv2.LINE_AA)
    film = []
    for time in np.arange(frames * PER_FRAME) / PER_FRAME:
        place = np.float32([[1, 0, 44 + 30 * np.sin(0.4 * time)], [0, 1, 28 + 10 * np.cos(0.4 * time)]])
        alpha = cv2.warpAffine(ball, place, (width, height))[..., None]
        front = cv2.warpAffine(skin, place, (width, height))
        film.append(np.clip(wall * (1 - alpha) + front * alpha + 0.5, 0, 255).astype(np.uint8))
    return film


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((np.asarray(one, float) - other) ** 2))))


def test_light_follows_the_srgb_curve():
    levels = np.arange(256, dtype=np.uint8)
    light = srgb_to_linear(levels)
    assert light.dtype == np.float32 and light[0] == 0 and light[255] == 1
    assert light[188] == pytest.approx(0.5029, abs=1e-4) and light[10] == pytest.approx(10 / 255 / 12.92)
    np.testing.assert_array_equal(linear_to_srgb(light), levels)
    np.testing.assert_array_equal(linear_to_srgb(np.array([-1.0, 2.0])), [0, 255])


def true_blur(film: list[np.ndarray], shutter: float) -> list[np.ndarray]:
    """The mean light of what an open shutter lets through, about the middle of each frame's interval."""
    light, opened = srgb_to_linear(np.stack(film)), round(shutter * PER_FRAME)
    first = np.arange(0, len(film), PER_FRAME) + PER_FRAME // 2 - opened // 2
    return [linear_to_srgb(light[max(0, start) : start + opened].mean(axis=0)) for start in first]


@pytest.mark.parametrize("shutter", [0.5, 1, 2, 3])
def test_flow_blur_comes_close_to_true_blur(shutter):
    film = high_speed_film(12)
    sharp, true = film[PER_FRAME // 2 :: PER_FRAME], true_blur(film, shutter)
    blurred = list(flow_blur(sharp, shutter))
    assert len(blurred) == len(true) == len(sharp) == 12
    inner = slice(2, -2)  # beyond the ends of the clip, flow knows nothing
    assert psnr(blurred[inner], true[inner]) > psnr(sharp[inner], true[inner]) + 6


def test_flow_blur_smears_along_the_movement_only():
    frames = np.full((8, 64, 96, 3), 60, np.uint8)
    texture = np.random.default_rng(1).integers(120, 255, (20, 20, 3), dtype=np.uint8)
    for index, frame in enumerate(frames):
        frame[22:42, 10 + 6 * index : 30 + 6 * index] = cv2.GaussianBlur(texture, (0, 0), 2)
    blurred = np.stack(list(flow_blur(frames, shutter=1)))
    changed = (np.abs(blurred[4].astype(int) - frames[4]) > 12).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert rows.min() >= 20 and rows.max() <= 43
    assert 29 <= columns.min() <= 33 and 54 <= columns.max() <= 58  # 3 pixels before and behind it


def test_what_stands_still_stays_as_it_is():
    frame = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    for clip in ([frame], [frame] * 4):
        for shutter in (0.5, 3):
            np.testing.assert_array_equal(list(flow_blur(clip, shutter)), clip)


def test_flow_blur_streams():
    taken = []

    def film():
        for index in range(20):
            taken.append(index)
            yield np.full((32, 32, 3), index, np.uint8)

    frames = flow_blur(film(), shutter=1)
    next(frames)
    assert len(taken) == 2


def test_bad_shutters_and_frames():
    frame = np.zeros((8, 8, 3), np.uint8)
    for blur in (lambda: flow_blur([frame], 0), lambda: flow_blur([frame], 1, 0)):
        with pytest.raises(BadInput, match="shutter"):
            list(blur())
    with pytest.raises(BadInput, match="no frame"):
        list(flow_blur([]))
    with pytest.raises(BadInput, match="float32"):
        list(flow_blur([frame.astype(np.float32)]))


@pytest.mark.parametrize("factor, size", [(2, (152, 168)), (4, (76, 84))])
def test_downsampling_takes_means(factor, size):
    frames = np.random.default_rng(0).integers(0, 256, (2, 336, 304, 3), dtype=np.uint8)
    small = np.stack(list(downsample(frames, factor)))
    assert small.shape == (2, size[1], size[0], 3)
    means = frames.reshape(2, size[1], factor, size[0], factor, 3).mean(axis=(2, 4))
    assert np.abs(small - means).max() <= 0.5


def test_downsampling_to_a_size():
    frames = np.zeros((2, 336, 304, 3), np.uint8)
    (other,) = downsample(frames[:1], size=(100, 90))
    assert other.shape == (90, 100, 3)
    with pytest.raises(BadInput, match="304 x 336 cannot be reduced to 400 x 90"):
        list(downsample(frames, size=(400, 90)))


@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic", "lanczos"])
def test_upscaling(method):
    frame = cv2.resize(grain(np.random.default_rng(0), 8, 64, 48), (64, 48)).clip(0, 255).astype(np.uint8)
    (large,) = upscale([frame], 2, method)
    assert large.shape == (96, 128, 3)
    (again,) = downsample([large])
    assert psnr(again, frame) > 35
    with pytest.raises(BadInput, match="no method 'magic'"):
        list(upscale([frame], 2, "magic"))


@pytest.mark.parametrize("codec, good, bad", [("h264", 10, 40), ("vp9", 10, 60), ("mpeg4", 2, 31)])
def test_compression_loses_the_more_the_higher_its_number(codec, good, bad):
    frames = np.stack(high_speed_film(2)[::2])[:, :95, :127]  # an odd size comes back odd
    fine, coarse = (np.stack(list(compress(frames, crf, codec))) for crf in (good, bad))
    assert fine.shape == coarse.shape == frames.shape and fine.dtype == np.uint8
    assert psnr(fine, frames) > max(35, psnr(coarse, frames) + 8)
    assert np.abs((fine.astype(float) - frames).mean(axis=(0, 1, 2))).max() < 1  # the colours do not drift
    np.testing.assert_array_equal(np.stack(list(compress(frames, bad, codec))), coarse)


def test_compression_of_bad_input():
    frames = np.zeros((2, 32, 32, 3), np.uint8)
    for call, words in [
        (lambda: compress(frames, 20, "realvideo"), "no codec 'realvideo'"),
        (lambda: compress(frames, 52), "crf is 52"),
        (lambda: compress([], 20), "no frame"),
    ]:
        with pytest.raises(BadInput, match=words):
            list(call())


def test_the_steps_stream_and_repeat():
    def spoiled(film):
        return compress(downsample(flow_blur(film, shutter=1, samples=8), 2), crf=30)

    frames = high_speed_film(6)[::PER_FRAME]
    bad = [np.stack(list(spoiled(iter(frames)))) for _ in range(2)]
    assert bad[0].shape == (6, 48, 64, 3)
    np.testing.assert_array_equal(*bad)
    tracemalloc.start()
    film = (frame for _ in range(40) for frame in frames)  # 240 frames: 9 MB
    assert sum(1 for _ in spoiled(film)) == 240
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6


def signer(left: float, top: float, breadth: float, count: int = 50) -> np.ndarray:
    """xyz (T, 75, 3): a person with shoulders ``breadth`` apart, whose right wrist swings out to the side and back."""
    xyz = np.full((count, 75, 3), np.nan, np.float32)
    places = {0: (0, -0.7), 11: (0.5, 0), 12: (-0.5, 0), 13: (0.6, 0.8), 14: (-0.6, 0.8), 15: (0.3, 1), 23: (0.3, 1.5)}
    for point, place in places.items():
        xyz[:, point, :2] = np.add((left, top), np.multiply(breadth, place))
    swing = np.sin(np.linspace(0, np.pi, count))
    xyz[:, 16, 0], xyz[:, 16, 1] = left - breadth * (0.3 + swing), top + breadth
    return xyz


@pytest.mark.parametrize("left, top", [(640, 300), (150, 300), (1200, 90), (640, 600)])
def test_the_box_holds_the_signer_and_stays_inside(left, top):
    size, xyz = (1280, 720), signer(left, top, 150)
    xyz[10:20, 11:13] = np.nan  # not seen for a while
    x0, y0, x1, y1 = signer_box(SimpleNamespace(xyz=xyz), size)
    assert 0 <= x0 < x1 <= 1280 and 0 <= y0 < y1 <= 720
    r1 = look_up("R1 III-C, crop width").value / look_up("R1 III-C, crop height").value
    assert (x1 - x0) / (y1 - y0) == pytest.approx(r1, abs=0.005)
    x, y = xyz[:, [0, 12, 16], 0], xyz[:, [0, 12, 16], 1]
    visible = np.isfinite(x) & (x > 0) & (x < 1280) & (y > 0) & (y < 720)
    assert ((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))[visible].all()


def test_the_box_ignores_a_stray_keypoint_and_fits_a_small_frame():
    xyz = signer(640, 300, 150, count=100)
    box = signer_box(SimpleNamespace(xyz=xyz), (1280, 720))
    xyz[3, 16] = (5, 5, 0)
    assert np.abs(np.subtract(signer_box(SimpleNamespace(xyz=xyz), (1280, 720)), box)).max() < 15
    assert signer_box(SimpleNamespace(xyz=signer(50, 40, 60)), (100, 100)) == (4, 0, 95, 100)


def test_nobody_in_view():
    with pytest.raises(BadInput, match="No person is in view"):
        signer_box(SimpleNamespace(xyz=np.full((4, 75, 3), np.nan)), (64, 64))


def test_crop():
    frames = np.arange(2 * 6 * 8 * 3, dtype=np.uint8).reshape(2, 6, 8, 3)
    np.testing.assert_array_equal(list(crop(frames, (1, 2, 5, 6))), frames[:, 2:6, 1:5])
    with pytest.raises(BadInput, match="not lie inside a frame of 8 x 6"):
        list(crop(frames, (1, 2, 9, 6)))
