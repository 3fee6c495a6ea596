"""The search for a hand: it follows the picture, and is measured in sides of a crop."""

import numpy as np
import pytest
import torch
from mediapipe_hands import SEARCHING, played, some_hands

from book.chapters.ch04_detector import astray, search
from lib.holistic.crops import Roi
from lib.holistic.twins import RecropTwin
from lib.video.pixels import frames_of

WRIST, PINKY, INDEX = 0, 17, 5  # of a hand's joints


@pytest.mark.parametrize("hand, places", [("left", [15, 17, 19]), ("right", [16, 18, 20])])
def test_the_search_is_holistics(hand, places):
    images, joints = some_hands()
    points = np.full((len(joints), 75, 3), np.nan, np.float32)
    points[:, places, :2] = joints[:, [WRIST, PINKY, INDEX]]
    found = [search(frame, body, RecropTwin(), hand) for frame, body in zip(frames_of(images), points)]
    theirs = played(SEARCHING, images, torch.from_numpy(points[:, places, :2]))
    for each, answer in zip(found, theirs):
        for ours, rect in ((each.first, answer["roi"]), (each.named, answer["better"])):
            center = torch.tensor([[rect.x_center * 304, rect.y_center * 336]])
            assert astray(ours, Roi(center, torch.tensor([rect.width * 304]), ours.rotation)) < 0.01
        assert 0.01 < astray(each.named, each.first) < 1


def test_astray_counts_in_sides():
    here = Roi(torch.tensor([[10.0, 10.0], [0.0, 0.0]]), torch.tensor([20.0, 4.0]), torch.zeros(2))
    there = Roi(torch.tensor([[13.0, 14.0], [0.0, 0.0]]), torch.tensor([99.0, 4.0]), torch.ones(2))
    assert astray(there, here).tolist() == pytest.approx([0.25, 0])
