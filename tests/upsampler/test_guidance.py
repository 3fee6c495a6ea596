"""The loss that is built on MediaPipe's two hand networks."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mediapipe_hands import some_hands
from torch import Tensor

from lib.holistic.crops import Roi, cut, hand_roi, recrop_roi, search_roi
from lib.holistic.twins import RECROP_SIZE
from lib.upsampler.guidance import KNUCKLES, TERM_WEIGHTS, Guidance, as_the_body_lays_it, one_or_other, place_term

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def guidance() -> Guidance:
    return Guidance()


@pytest.fixture(scope="module")
def hands() -> tuple[Tensor, Tensor]:
    """Two frames and a hand's joints in each: one right, one left."""
    images, joints = some_hands()
    return images[[0, 7]], joints[[0, 7]]


def search(joints: Tensor) -> Roi:
    return as_the_body_lays_it(search_roi(*(joints[:, point] for point in KNUCKLES)))


def blurred(images: Tensor, side: int) -> Tensor:
    return F.avg_pool2d(images, side, 1, side // 2)


def test_loss_is_lowest_at_the_target_and_grows_with_blur(guidance, hands):
    images, joints = hands
    preds = (images, images.lerp(blurred(images, 9), 0.5), blurred(images, 9))
    terms = [guidance.terms(pred, images, joints) for pred in preds]
    assert terms[0]["landmarks"] == 0 and terms[0]["features"] == 0 and terms[0]["place"] == 0
    assert list(terms[0]) == list(TERM_WEIGHTS)
    for name in TERM_WEIGHTS:
        assert terms[0][name] < terms[1][name] < terms[2][name]


def test_loss_is_the_weighted_sum_of_its_terms(guidance, hands):
    images, joints = hands
    terms = guidance.terms(blurred(images, 5), images, joints)
    loss = guidance(blurred(images, 5), images, joints)
    assert loss.ndim == 0
    torch.testing.assert_close(loss, sum(TERM_WEIGHTS[name] * value for name, value in terms.items()))


def test_place_grows_as_the_hand_moves(guidance, hands):
    images, joints = hands
    moved = [images.roll(pixels, 3) for pixels in (0, 3, 6, 12)]
    places = [float(guidance.terms(pred, images, joints)["place"]) for pred in moved]
    assert places[0] == 0 and places == sorted(places)
    side = search(joints).size.mean()
    # both points follow the hand's 12 pixels, in x or in y as the crop is turned: at most 12 in the mean, a share of it
    assert 0.2 * 12 / side < places[3] < 12 / side


def test_each_term_has_a_gradient(guidance, hands):
    images, joints = hands
    pred = blurred(images, 5).requires_grad_()
    for name, term in guidance.terms(pred, images, joints).items():
        (gradient,) = torch.autograd.grad(term, pred, retain_graph=True)
        assert gradient.isfinite().all() and gradient.abs().sum() > 0, name
    assert all(p.grad is None and not p.requires_grad for p in guidance.parameters())


def test_a_step_down_the_gradient_lowers_the_loss(guidance, hands):
    images, joints = hands
    pred = blurred(images, 5).requires_grad_()
    loss = guidance(pred, images, joints)
    loss.backward()
    step = pred.grad.sign() / 1000
    with torch.no_grad():
        assert guidance(pred - step, images, joints) < loss < guidance(pred + step, images, joints)


def test_half_of_the_crops_are_those_that_the_recrop_network_names():
    one, other = (Roi(torch.full((400, 2), v), torch.full((400,), v), torch.full((400,), v)) for v in (1.0, 2.0))
    mixed, again = (one_or_other(one, other, torch.Generator().manual_seed(5)) for _ in range(2))
    assert 150 < int((mixed.size == 1).sum()) < 250 and torch.equal(mixed.size, again.size)
    assert torch.equal(mixed.center[:, 0], mixed.size) and torch.equal(mixed.rotation, mixed.size)


def test_the_named_crop_is_that_of_the_prediction(guidance, hands):
    images, joints = hands
    moved = images.roll(8, 3)
    found = place_term(guidance.recrop, moved, images, joints, None)[1]
    with torch.no_grad():
        points = [guidance.recrop(cut(pictures, search(joints), RECROP_SIZE)) for pictures in (moved, images)]
    wanted, still = (recrop_roi(each, search(joints), RECROP_SIZE).center for each in points)
    torch.testing.assert_close(found.center, wanted)
    assert not torch.allclose(wanted, still)


def test_the_same_generator_gives_the_same_loss(guidance, hands):
    images, joints = hands
    pred = blurred(images, 5)
    one, again, other = (
        guidance(pred, images, joints, torch.Generator().manual_seed(seed)).item() for seed in (1, 1, 2)
    )
    assert one == again != other


def test_no_hand_is_asked_for_where_the_target_has_none(guidance, hands):
    images, joints = hands
    empty = torch.full_like(images, 0.5)
    assert (guidance.twin(cut(empty, hand_roi(joints))).presence < 0.5).all()
    terms = guidance.terms(images, empty, joints)
    assert terms["landmarks"] == 0
    assert terms["presence"] > 2 > guidance.terms(empty, empty, joints)["presence"]


def test_unknown_joints_are_left_out(guidance, hands):
    images, joints = hands[0], hands[1].clone()
    joints[1, 7] = np.nan
    pred = blurred(images, 5).requires_grad_()
    one = guidance(pred[:1], images[:1], joints[:1])
    torch.testing.assert_close(guidance(pred, images, joints), one)
    none = guidance(pred, images, torch.full_like(joints, np.nan))
    none.backward()
    assert none == 0 and (pred.grad == 0).all()


def test_half_precision_changes_little(guidance, hands):
    images, joints = hands
    with torch.no_grad():
        full = guidance(blurred(images, 5), images, joints)
        with torch.autocast("cpu", torch.bfloat16):
            half = guidance(blurred(images, 5), images, joints)
    assert half.dtype == torch.float32 and half == pytest.approx(float(full), rel=0.2)


def test_the_body_lays_smaller_squares_nearer_to_the_wrist(hands):
    _, joints = hands
    true, laid = search_roi(*(joints[:, point] for point in KNUCKLES)), search(joints)
    wrist = joints[:, KNUCKLES[0]]
    assert (laid.size < true.size).all() and torch.equal(laid.rotation, true.rotation)
    assert ((laid.center - wrist).norm(dim=1) < (true.center - wrist).norm(dim=1)).all()
