"""The recrop network's twin against MediaPipe itself."""

import numpy as np
import pytest
import torch
from mediapipe_hands import SEARCHING, played, some_hands

from lib.holistic.twins import RECROP_SIZE, RecropTwin

BODY = [0, 17, 5]  # of a hand's joints, those that the body has too, in its order: wrist, little finger, index


@pytest.fixture(scope="module")
def says() -> list[dict]:
    images, joints = some_hands()
    return played(SEARCHING, images, joints[:, BODY])


@pytest.fixture(scope="module")
def crops(says) -> torch.Tensor:
    pixels = [torch.from_numpy(answer["pixels"]).float().reshape(RECROP_SIZE, RECROP_SIZE, 3) for answer in says]
    return torch.stack(pixels).permute(0, 3, 1, 2)


@pytest.fixture(scope="module")
def twin() -> RecropTwin:
    return RecropTwin()


def test_twin_says_what_mediapipe_says(twin, crops, says):
    points = np.stack([answer["answer"] for answer in says]).reshape(-1, 2, 2)
    with torch.no_grad():
        np.testing.assert_allclose(twin(crops), points, atol=0.01)
    assert (
        (points[:, 0] > 0.2 * RECROP_SIZE) & (points[:, 0] < 0.8 * RECROP_SIZE)
    ).all()  # a better crop's middle is in the old one


def test_gradients_flow_to_the_pixels_alone(twin, crops):
    leaf = crops[:1].clone().requires_grad_()
    twin(leaf).sum().backward()
    assert leaf.grad.isfinite().all() and leaf.grad.abs().sum() > 0
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in twin.parameters())


def test_half_precision_changes_little(twin, crops):
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        half = twin(crops).float()
    with torch.no_grad():
        assert (half - twin(crops)).abs().mean() < 2  # pixels of 256
