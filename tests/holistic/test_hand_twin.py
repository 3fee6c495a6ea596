"""The hand network's twin against MediaPipe itself."""

import numpy as np
import pytest
import torch
from mediapipe_hands import TRACKING, played, some_hands

from lib.holistic.twins import SIZE, HandTwin


@pytest.fixture(scope="module")
def says() -> list[dict]:
    return played(TRACKING, *some_hands())


@pytest.fixture(scope="module")
def crops(says) -> torch.Tensor:
    pixels = [torch.from_numpy(answer["pixels"]).float().reshape(SIZE, SIZE, 3) for answer in says]
    return torch.stack(pixels).permute(0, 3, 1, 2)


@pytest.fixture(scope="module")
def twin() -> HandTwin:
    return HandTwin()


def test_twin_says_what_mediapipe_says(twin, crops, says):
    with torch.no_grad():
        seen = twin(crops)
    landmarks = np.stack([answer["landmarks"] for answer in says]).reshape(-1, 21, 3)
    presence = np.concatenate([answer["presence"] for answer in says])
    np.testing.assert_allclose(seen.landmarks, landmarks, atol=0.01)
    np.testing.assert_allclose(seen.presence, presence, atol=1e-4)
    assert (presence > 0.5).any()
    torch.testing.assert_close(seen.presence, seen.presence_logit.sigmoid())
    assert [tuple(f.shape[1:]) for f in seen.features] == [(40, 28, 28), (112, 14, 14)]
    assert (seen.handedness[:4] > 0.5).all() and (seen.handedness[4:] < 0.5).all()


def test_half_precision_changes_little(twin, crops):
    with torch.no_grad():
        full = twin(crops)
        with torch.autocast("cpu", torch.bfloat16):
            half = twin(crops)
    assert half.landmarks.dtype == half.presence_logit.dtype == torch.float32
    assert (half.landmarks - full.landmarks).abs().mean() < 1
    assert (half.presence - full.presence).abs().max() < 0.05
