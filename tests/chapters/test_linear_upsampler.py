"""The fitted linear upsampler, and the close-up that shows what it does."""

import cv2
import numpy as np
import pytest

from book.chapters.ch03_probe import enlarge, fit
from book.shared.hands import halved, hand_box
from lib.degrade import upscale
from lib.metrics import psnr
from lib.tools.errors import BadInput


@pytest.fixture
def frames():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (4, 30, 40, 3)).astype(np.uint8)
    return np.stack([cv2.GaussianBlur(frame, (0, 0), 1.0) for frame in noise])


def test_fit_finds_the_weights_of_bilinear_enlargement(frames):
    weights = fit(zip(frames, upscale(frames)), side=5)
    wanted = np.zeros((5, 5))
    wanted[1:3, 1:3] = np.outer([0.25, 0.75], [0.25, 0.75])
    assert weights.shape == (26, 4)
    assert np.allclose(weights[:-1, 0].reshape(5, 5), wanted, atol=0.02)
    mirrored = weights[:-1].reshape(5, 5, 4)
    assert np.allclose(mirrored[..., 0], mirrored[::-1, ::-1, 3], atol=0.02)


def test_enlarge_uses_them(frames):
    weights = fit(zip(frames, upscale(frames)), side=5)
    again = np.stack(list(enlarge(frames, weights)))
    assert again.dtype == np.uint8 and psnr(again, np.stack(list(upscale(frames)))) > 45


def test_nothing_linear_of_that_size_is_nearer(frames):
    large = np.random.default_rng(1).integers(0, 256, (4, 60, 80, 3)).astype(np.uint8)
    large = np.stack([cv2.GaussianBlur(frame, (0, 0), 2.0) for frame in large])
    small = np.stack([cv2.resize(frame, (40, 30), interpolation=cv2.INTER_AREA) for frame in large])
    learned = np.stack(list(enlarge(small, fit(zip(small, large)))))
    others = [np.stack(list(upscale(small, 2, method))) for method in ("bilinear", "bicubic", "lanczos")]
    assert psnr(learned, large) > max(psnr(other, large) for other in others)


def test_pairs_must_fit(frames):
    with pytest.raises(BadInput, match="twice"):
        fit([(frames[0], frames[0])])
    with pytest.raises(BadInput, match="no pair"):
        fit([])


def test_hand_box_is_even_inside_and_about_the_hand():
    points = np.array([[100.0, 200, 0], [121, 230, 0], [np.nan] * 3])
    box = hand_box(points, (304, 336), side=96)
    assert box == (62, 166, 158, 262) and halved(box) == (31, 83, 79, 131)
    assert hand_box(points - (300, 0, 0), (304, 336))[0] == 0
    assert hand_box(points + (300, 300, 0), (304, 336))[2:] == (304, 336)


def test_hand_box_needs_a_hand_and_room():
    with pytest.raises(BadInput, match="No point"):
        hand_box(np.full((21, 3), np.nan), (304, 336))
    with pytest.raises(BadInput, match="does not fit"):
        hand_box(np.zeros((21, 2)), (64, 64))
