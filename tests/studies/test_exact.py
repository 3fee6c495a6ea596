"""The study of exact hands: squares go with their arm, cameras only turn, and a new tail begins as the old one."""

import json

import numpy as np
import pytest
import torch

from book.studies.exact.crops import Crops, crops_of, into
from book.studies.exact.films import Every
from book.studies.exact.squares import Squares, frame_of, holistics_own, judge, overlap, real_hands, square_of, wanted
from book.studies.exact.tail import fit, save
from book.studies.exact.views import seen, turns
from lib.enhance.exact import Tail, loaded, maps_of
from lib.holistic.crops import hand_roi, uncut
from lib.holistic.surety import HAND
from lib.holistic.twins import HandTwin
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


def test_a_tail_that_has_learned_nothing_says_what_mediapipes_network_says(tmp_path):
    """And after a step it says something else, also from a file."""
    pictures = torch.rand(3, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    twin, tail = HandTwin(), Tail(HandTwin())
    with torch.no_grad():
        joints, logit = tail(maps_of(twin, pictures).float())
        whole = twin(pictures)
    assert (joints - whole.landmarks[..., :2]).abs().mean() < 3  # of 224; the first layers are in bfloat16
    crops = Crops(maps_of(twin, pictures).repeat(4, 1, 1, 1), joints.repeat(4, 1, 1) + 20, torch.ones(12) > 0)
    list(fit(tail, crops, epochs=2, batch=4))
    save(tail, tmp_path / "tail.safetensors")
    with torch.no_grad():
        after, again = (one(crops.maps.float())[0] for one in (tail, loaded(tmp_path / "tail.safetensors")))
    assert (after[:3] - joints).norm() > 10
    torch.testing.assert_close(again, after, atol=0.5, rtol=0)
    assert (tmp_path / "tail.safetensors").stat().st_size < 400_000


def test_points_go_into_a_crop_and_out_again(arms):
    roi = hand_roi(arms[:, 6:])
    torch.testing.assert_close(uncut(into(arms[:, 6:], roi), roi), arms[:, 6:], rtol=1e-4, atol=1e-5)


def test_crops_show_their_hand_mirrored_or_not_unless_they_lie_beside_it():
    generator, hand = torch.Generator().manual_seed(0), clips("d1_train")[0].truth().xyz[30, HAND[1], :2]
    seen = next(crops_of(HandTwin(), np.zeros((1, 336, 304, 3), np.uint8), [(0, hand)] * 16, generator, 1, beside=0.5))
    assert seen.maps.shape == (16, 112, 14, 14) and 0 < seen.there.sum() < 16
    middle = (seen.joints.mean(1) - 112).abs().amax(1)
    assert (middle[seen.there] < 70).all() and (middle[~seen.there] > 70).all()


def test_a_film_to_learn_from_has_every_third_frame():
    film = object.__new__(Every)
    film.performance = type("Performance", (), {"rotation": np.zeros((8 * 50, 1))})
    assert film.middles.tolist() == [8 * frame + 4 for frame in range(14, 50, 3)]
    film.performance.rotation = np.zeros((8 * 200, 1))
    assert len(film.middles) == 20
