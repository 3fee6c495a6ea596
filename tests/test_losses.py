"""Losses against torchmetrics, their gradients against finite differences, and the weights against plain geometry."""

import numpy as np
import pytest
import torch
from torchmetrics.functional.image import structural_similarity_index_measure

from lib.losses import hand_weights, l1, l2, ssim_l1, ssim_map
from lib.tools.errors import BadInput


def pictures(*shape: int, noise: float = 0.1, dtype=torch.float32) -> tuple[torch.Tensor, torch.Tensor]:
    """A textured picture, and the same with noise."""
    rng = torch.Generator().manual_seed(0)
    y, x = torch.meshgrid(torch.arange(shape[-2]), torch.arange(shape[-1]), indexing="ij")
    target = 0.5 + 0.3 * torch.sin(x / 3) * torch.cos(y / 5) + 0.2 * torch.rand(shape, generator=rng)
    return (target + noise * torch.randn(shape, generator=rng)).clamp(0, 1).to(dtype), target.clamp(0, 1).to(dtype)


def reference(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """torchmetrics' map, in double precision."""
    pair = (pred.double(), target.double())
    return structural_similarity_index_measure(*pair, data_range=1.0, return_full_image=True)[1]


@pytest.mark.parametrize("shape", [(2, 3, 40, 31), (1, 1, 6, 50), (3, 4, 17, 17)])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_ssim_map_is_that_of_torchmetrics(shape, layout):
    pred, target = (picture.contiguous(memory_format=layout) for picture in pictures(*shape))
    assert ssim_map(pred, target).shape == shape
    torch.testing.assert_close(ssim_map(pred, target).double(), reference(pred, target), atol=1e-5, rtol=0)
    double = ssim_map(pred.double(), target.double())
    torch.testing.assert_close(double, reference(pred, target), atol=1e-12, rtol=0)


def test_ssim_map_keeps_its_digits_on_a_bright_wall():
    target = torch.full((1, 3, 40, 40), 0.95)
    pred = target + 0.002 * torch.randn(1, 3, 40, 40, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(ssim_map(pred, target).double(), reference(pred, target), atol=1e-5, rtol=0)


def test_like_pictures_cost_nothing():
    _, target = pictures(2, 3, 20, 20)
    for picture in (target, torch.zeros_like(target), torch.ones_like(target)):
        assert torch.equal(ssim_map(picture, picture), torch.ones_like(picture))
        assert l1(picture, picture) == l2(picture, picture) == ssim_l1(picture, picture) == 0


def test_ssim_falls_below_zero_for_a_negative():
    _, target = pictures(1, 3, 30, 30)
    assert ssim_map(1 - target, target).mean() < -0.5


def test_losses_are_weighted_means_of_their_terms():
    pred, target = pictures(2, 3, 24, 20, dtype=torch.float64)
    weight = torch.rand(2, 1, 24, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    difference = pred - target
    terms = {l1: difference.abs(), l2: difference**2, ssim_l1: 1 - reference(pred, target) + difference.abs()}
    for loss, term in terms.items():
        torch.testing.assert_close(loss(pred, target), term.mean())
        torch.testing.assert_close(loss(pred, target, weight), (weight * term).mean())
        torch.testing.assert_close(loss(pred, target, torch.ones_like(weight)), term.mean())


def test_a_batch_in_two_halves_has_the_same_loss():
    pred, target = pictures(4, 3, 24, 20)
    weight = hand_weights(torch.tensor([[[5.0, 5.0], [12.0, 9.0]]]).repeat(4, 1, 1), (24, 20), torch.arange(4.0))
    halves = [ssim_l1(*part) for part in zip(pred.split(2), target.split(2), weight.split(2))]
    torch.testing.assert_close(ssim_l1(pred, target, weight), sum(halves) / 2)


@pytest.mark.parametrize("loss", [l1, l2, ssim_l1])
def test_gradients_are_those_of_finite_differences(loss):
    pred, target = pictures(1, 2, 6, 8, dtype=torch.float64)
    weight = hand_weights(torch.tensor([[[2.0, 3.0], [6.0, 1.0]]]), (6, 8), 2.0)
    assert torch.autograd.gradcheck(lambda a, b: loss(a, b, weight), (pred.requires_grad_(), target.requires_grad_()))


def test_gradient_is_that_of_torchmetrics():
    pred, target = pictures(2, 3, 30, 26)
    ours, theirs = pred.clone().requires_grad_(), pred.double().requires_grad_()
    ssim_map(ours, target).sum().backward()
    reference(theirs, target).sum().backward()
    torch.testing.assert_close(ours.grad.double(), theirs.grad, atol=1e-3, rtol=1e-4)
    assert theirs.grad.abs().max() > 1  # so that 1e-3 is strict


def test_autocast_and_half_precision_lose_no_digits():
    pred, target = pictures(2, 3, 24, 20)
    with torch.autocast("cpu", torch.bfloat16):
        inside = ssim_l1(pred, target)
    assert torch.equal(inside, ssim_l1(pred, target))
    half = pred.bfloat16().requires_grad_()
    loss = ssim_l1(half, target)
    assert loss.dtype == torch.float32 and loss == ssim_l1(half.float(), target)
    loss.backward()
    assert half.grad.dtype == torch.bfloat16 and half.grad.isfinite().all() and half.grad.abs().sum() > 0


def test_hand_weights_are_circles_around_both_wrists():
    wrists = torch.tensor([[[4.0, 10.0], [20.0, 3.5]], [[-2.0, 5.0], [torch.nan, torch.nan]]])
    weights = hand_weights(wrists, (16, 24), torch.tensor([3.0, 5.0]))
    assert weights.shape == (2, 1, 16, 24) and weights.dtype == torch.float32
    y, x = np.mgrid[:16, :24]
    first = (np.hypot(x - 4, y - 10) <= 3) | (np.hypot(x - 20, y - 3.5) <= 3)
    np.testing.assert_array_equal(weights[0, 0], 1 + first)
    np.testing.assert_array_equal(weights[1, 0], 1 + (np.hypot(x + 2, y - 5) <= 5))


def test_where_no_wrist_is_known_nothing_is_weighted():
    nowhere = torch.full((3, 2, 2), torch.nan)
    assert torch.equal(hand_weights(nowhere, (8, 9), 50.0), torch.ones(3, 1, 8, 9))
    assert torch.equal(hand_weights(torch.zeros(3, 2, 2), (8, 9), torch.full((3,), torch.nan)), torch.ones(3, 1, 8, 9))


def test_circles_that_overlap_count_once_and_the_weight_is_free():
    weights = hand_weights(torch.tensor([[[4.0, 4.0], [5.0, 4.0]]]), (9, 9), 2, inside=5.0)
    assert set(weights.unique().tolist()) == {1.0, 5.0}


def test_a_weight_of_two_doubles_the_pull_of_a_hand():
    pred, target = pictures(1, 3, 48, 48)
    wrists = torch.tensor([[[14.0, 24.0], [torch.nan, torch.nan]]])
    weight = hand_weights(wrists, (48, 48), 12.0)

    def gradient(*weights):
        leaf = pred.clone().requires_grad_()
        ssim_l1(leaf, target, *weights).backward()
        return leaf.grad

    plain, weighted = gradient(), gradient(weight)
    torch.testing.assert_close(weighted[..., 24, 14], 2 * plain[..., 24, 14])  # every window around it is inside
    torch.testing.assert_close(weighted[..., 24, 40], plain[..., 24, 40])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: l1(a, a[..., ::2, ::2]), "one shape"),
        (lambda a: ssim_map(a, a[:1]), "one shape"),
        (lambda a: ssim_map(a[0], a[0]), "one shape"),
        (lambda a: ssim_map(a[..., :5], a[..., :5]), "6 x 6"),
        (lambda a: ssim_l1(a, a, torch.ones(2, 1, 8, 10)), "target's size"),
        (lambda a: ssim_l1(a[:1], a[:1], torch.ones(2, 1, 16, 20)), "do not fit"),
        (lambda a: hand_weights(a[:, :2, 0, 0], (16, 20), 3), "wrists"),
        (lambda a: hand_weights(a[:, :2, 0, :2], (16, 20), torch.ones(3)), "radius"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(BadInput, match=message):
        call(torch.zeros(2, 3, 16, 20))
