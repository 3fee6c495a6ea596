"""The study of exact hands: squares do not care where an arm is, cameras only turn, and a new tail begins as the old."""

import json

import numpy as np
import pytest
import torch

from book.studies.exact.squares import Squares, frame_of, holistics_own, judge, overlap, real_hands, square_of, wanted
from book.studies.exact.views import seen, turns
from lib.holistic.crops import hand_roi
from lib.signer.clips import clips


@pytest.fixture(scope="module")
def arms():
    """Right arms and hands of one clip to learn from, seen from anywhere."""
    return torch.from_numpy(seen(clips("d1_train")[0].metres()[::8], np.random.default_rng(0), 2)).float()


def moved(points, angle=2.0, scale=37.0, shift=(5.0, -80.0)):
    sin, cos = np.sin(angle), np.cos(angle)
    return scale * points @ torch.tensor([[cos, sin], [-sin, cos]]).float() + torch.tensor(shift)


def test_a_square_moves_turns_and_grows_with_its_arm(arms):
    torch.manual_seed(0)
    nets = Squares(nets=2, width=8)
    middle, side, rotation = nets(arms[:, :6])
    again = nets(moved(arms[:, :6]))
    torch.testing.assert_close(again[0], moved(middle), rtol=1e-3, atol=1e-2)
    torch.testing.assert_close(again[1], 37 * side, rtol=1e-3, atol=1e-3)
    turned = (again[2] - rotation - 2.0).detach().numpy()
    np.testing.assert_allclose(np.cos(turned), 1, atol=1e-4)


@pytest.mark.parametrize("joints", ["palm", "all"])
def test_what_is_wanted_leads_back_to_the_square(arms, joints):
    """A network that answered with what is wanted would lay the true square."""
    arm, hand = arms[:, :6], arms[:, 6:]
    told, (origin, axes, unit) = wanted(arm, hand, joints), frame_of(arm)
    middle, side, _ = square_of(hand, joints)
    torch.testing.assert_close(origin + unit[:, None] * (told[:, None, :2] @ axes)[:, 0], middle)
    torch.testing.assert_close(unit * told[:, 2].exp(), side)


def test_the_square_of_the_palm_is_holistics_and_the_other_holds_all_joints_in_its_middle(arms):
    hand = arms[:, 6:]
    roi = hand_roi(hand)
    torch.testing.assert_close(square_of(hand, "palm")[1], roi.size)
    middle, side, rotation = square_of(hand, "all")
    x, y = (hand - middle[:, None]).unbind(-1)
    sin, cos = rotation.sin()[:, None], rotation.cos()[:, None]
    upright = torch.stack([x * cos + y * sin, y * cos - x * sin], -1)
    low, high = upright.amin(1), upright.amax(1)
    torch.testing.assert_close(low, -high, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(4 * high.amax(1), side, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("shift", "turn", "shared"), [(0, 0, 1), (1, 0, 1 / 3), (3, 0, 0), (0, np.pi / 2, 1)])
def test_overlap(shift, turn, shared):
    one = (np.array([[0.0, 0.0]]), np.array([2.0]), np.array([0.0]))
    other = (np.array([[shift, 0.0]]), np.array([2.0]), np.array([turn]))
    assert overlap(one, other)[0] == pytest.approx(shared, abs=1e-4)


def test_cameras_turn_and_mirror_nothing():
    turned = turns(50, np.random.default_rng(1))
    np.testing.assert_allclose(turned @ turned.transpose(0, 2, 1), np.broadcast_to(np.eye(3), (50, 3, 3)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(turned), 1)


def test_real_hands_are_judged_in_their_pictures_own_proportions(arms, tmp_path, capsys):
    """A file as mediapipe-hand-crop-fix has it, whose gold squares are MediaPipe's own."""
    arm = arms[:3, :6]
    middle, side, rotation = holistics_own(arm)
    stretch = torch.tensor([1.6, 1.0])
    told = [
        {
            "source": {"aspect_ratio": 1.6, "pose": torch.cat([a / stretch, a[:, :1]], 1).tolist()},
            "target": {"center": (m / stretch).tolist(), "size": float(s) / 1.6, "rotation": float(np.degrees(r))},
        }
        for a, m, s, r in zip(arm, middle, side, rotation)
    ]
    (tmp_path / "test.json").write_text(json.dumps(told))
    found, gold = real_hands(tmp_path / "test.json")
    np.testing.assert_allclose(found, arm, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(overlap(holistics_own(found), gold), 1, atol=1e-3)
    judge(tmp_path / "test.json", Squares(nets=1, width=4))
    assert "over 3 hands" in capsys.readouterr().out
