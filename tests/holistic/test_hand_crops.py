"""Where Holistic looks for a hand, against MediaPipe's own nodes, and the crops that are cut there."""

import numpy as np
import pytest
import torch
from mediapipe_hands import SEARCHING, TRACKING, played, some_hands
from torch import Tensor

from lib.holistic.crops import Jitter, Roi, cut, hand_roi, jittered, recrop_roi, search_roi
from lib.holistic.twins import RECROP_SIZE, SIZE

WRIST, INDEX, PINKY = 0, 5, 17


@pytest.fixture(scope="module")
def hands() -> tuple[Tensor, Tensor]:
    return some_hands()


@pytest.fixture(scope="module")
def tracked(hands) -> list[dict]:
    return played(TRACKING, *hands)


@pytest.fixture(scope="module")
def searched(hands) -> list[dict]:
    images, joints = hands
    return played(SEARCHING, images, joints[:, [WRIST, PINKY, INDEX]])  # Holistic's order of the body's points


def searching(joints: Tensor) -> Roi:
    return search_roi(joints[:, WRIST], joints[:, INDEX], joints[:, PINKY])


def assert_same(roi: Roi, theirs: list, images: Tensor) -> None:
    size = torch.tensor([images.shape[3], images.shape[2]])
    np.testing.assert_allclose(roi.center / size, [(r.x_center, r.y_center) for r in theirs], atol=1e-5)
    np.testing.assert_allclose(roi.size / size[0], [r.width for r in theirs], atol=1e-5)
    np.testing.assert_allclose(roi.size / size[1], [r.height for r in theirs], atol=1e-5)
    np.testing.assert_allclose(roi.rotation, [r.rotation for r in theirs], atol=1e-5)


def test_a_hand_is_followed_where_holistic_follows_it(hands, tracked):
    assert_same(hand_roi(hands[1]), [answer["roi"] for answer in tracked], hands[0])


def test_a_hand_is_searched_for_where_holistic_searches(hands, searched):
    assert_same(searching(hands[1]), [answer["roi"] for answer in searched], hands[0])


def test_the_better_crop_is_holistics(hands, searched):
    points = torch.tensor(np.stack([answer["answer"] for answer in searched]), dtype=torch.float32).unflatten(1, (2, 2))
    found = recrop_roi(points, searching(hands[1]), RECROP_SIZE)
    assert_same(found, [answer["better"] for answer in searched], hands[0])


@pytest.mark.parametrize("turn", [0.0, 2.5, -1.2])
def test_points_that_name_the_same_crop_move_it_up_alone(turn):
    """The middle, and the middle of the lower side: the crop stays, but for the tenth towards the fingers."""
    roi = Roi(torch.tensor([[40.0, 60.0]]), torch.tensor([20.0]), torch.tensor([turn]))
    found = recrop_roi(torch.tensor([[[0.5, 0.5], [0.5, 1.0]]]) * RECROP_SIZE, roi, RECROP_SIZE)
    up = 2 * torch.tensor([[np.sin(turn), -np.cos(turn)]], dtype=torch.float32)
    torch.testing.assert_close(found.center, roi.center + up)
    torch.testing.assert_close(found.size, roi.size)
    torch.testing.assert_close(found.rotation, roi.rotation)


@pytest.mark.parametrize("size, answers", [(SIZE, "tracked"), (RECROP_SIZE, "searched")])
def test_crops_are_holistics_own(hands, size, answers, request):
    images, joints = hands
    pixels = [answer["pixels"].reshape(size, size, 3) for answer in request.getfixturevalue(answers)]
    roi = hand_roi(joints) if answers == "tracked" else searching(joints)
    ours = cut(images, roi, size).permute(0, 2, 3, 1).numpy()
    # OpenCV reads between pixels in steps of 1/32 and rounds to whole values of 255
    assert np.abs(ours - np.stack(pixels)).mean() < 0.5 / 255


def test_crop_of_a_turned_picture_is_the_same():
    picture = torch.rand(1, 3, 96, 96)
    joints = 48 + 12 * torch.randn(1, 21, 2, generator=torch.Generator().manual_seed(1))
    quarter = torch.rot90(picture, -1, (2, 3))  # clockwise
    turned = torch.stack([95 - joints[..., 1], joints[..., 0]], -1)
    for place in (hand_roi, searching):
        torch.testing.assert_close(place(turned).size, place(joints).size)
        crop, again = cut(picture, place(joints)), cut(quarter, place(turned))
        torch.testing.assert_close(crop, again, atol=2e-3, rtol=0)


@pytest.mark.parametrize("bounds", [Jitter(), Jitter(shift=0.02, scale=0.3, turn=0.1)])
def test_jitter_stays_within_its_bounds_and_follows_the_seed(hands, bounds):
    roi = hand_roi(hands[1])
    moved, again = (jittered(roi, torch.Generator().manual_seed(3), bounds) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(moved, again))
    assert not torch.equal(moved.center, roi.center)
    assert ((moved.center - roi.center).abs() <= bounds.shift * roi.size[:, None] + 1e-4).all()
    assert ((moved.size / roi.size).log().abs() <= bounds.scale + 1e-4).all()
    assert ((moved.rotation - roi.rotation).abs() <= bounds.turn + 1e-4).all()
