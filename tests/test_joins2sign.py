"""R3's network: polar coordinates and losses against values worked out by hand, shapes, gradients."""

import math
import subprocess
import sys

import pytest
import torch
from conftest import ROOT

from lib.errors import BadInput
from lib.joins2sign import (
    FRAME,
    Config,
    Joins2Sign,
    KeypointClassifier,
    LetterCNN,
    dynamic_loss,
    dynamic_weights,
    joint_loss,
    letter_loss,
    static_loss,
    to_polar,
    trunk,
)

NAN = float("nan")
SMALL = dict(size=64, width=1 / 32, hidden=8)


def hand(**points: tuple[float, float]) -> torch.Tensor:
    """One hand (1, 21, 2) whose joints lie on the wrist at (100, 50) but for those given as j5=(x, y)."""
    joints = torch.tensor([[[100.0, 50.0]] * 21])
    for name, place in points.items():
        joints[0, int(name[1:])] = torch.tensor(place)
    return joints


def test_polar_by_hand():
    """A 3-4-5 triangle below right of the wrist, and one of the same size on each of the four sides."""
    polar = to_polar(hand(j1=(103, 54), j2=(110, 50), j3=(90, 50), j4=(100, 60), j5=(100, 40)), 256)
    assert polar.shape == (1, 21, 2)
    assert polar[0, 1].tolist() == pytest.approx([5, math.atan2(4, 3)])
    assert polar[0, 2].tolist() == pytest.approx([10, 0])
    assert polar[0, 3].tolist() == pytest.approx([10, math.pi])
    assert polar[0, 4].tolist() == pytest.approx([10, math.pi / 2]), "y points down, so below is +90 degrees"
    assert polar[0, 5].tolist() == pytest.approx([10, -math.pi / 2])
    assert polar[0, 0].tolist() == [0, 0], "the wrist itself"


def test_opposite_directions_differ():
    """arctan(y / x) would give both the same angle."""
    one, other = to_polar(hand(j1=(103, 54), j2=(97, 46)), 256)[0, 1:3, 1].tolist()
    assert abs(one - other) == pytest.approx(math.pi)


def test_missing_wrist_and_missing_joint():
    joints = hand(j0=(NAN, NAN), j1=(138, 128), j2=(NAN, NAN), j3=(NAN, 5))
    square, wide = to_polar(joints, 256), to_polar(joints, (276, 256))
    assert square[0, 1].tolist() == pytest.approx([10, 0]), "the middle of the frame stands in"
    assert wide[0, 1].tolist() == pytest.approx([0, 0])
    assert square[0, 2].tolist() == [0, 0] and square[0, 3].tolist() == [0, 0] and square[0, 0].tolist() == [0, 0]
    assert square.isfinite().all()


def test_no_gradient_is_nan():
    joints = hand(j1=(103, 54), j2=(NAN, NAN)).requires_grad_()
    for invariant in (False, True):
        to_polar(joints, 256, invariant=invariant).sum().backward()
        assert joints.grad.isfinite().all() and joints.grad[0, 1].abs().sum() > 0


def test_a_turn_shifts_angles_unless_they_are_invariant():
    rng = torch.Generator().manual_seed(0)
    joints = 128 + 40 * torch.randn(4, 21, 2, generator=rng)
    c, s = math.cos(0.5), math.sin(0.5)
    turned = (joints - 128) @ torch.tensor([[c, s], [-s, c]]) + 128
    plain, moved = to_polar(joints, 256), to_polar(turned, 256)
    assert torch.allclose(plain[..., 0], moved[..., 0], atol=1e-3), "distances stay"
    shift = (moved[:, 1:, 1] - plain[:, 1:, 1]) % (2 * math.pi)
    assert torch.allclose(shift, torch.full_like(shift, 0.5), atol=1e-3), "every angle moves by the turn"
    same = [to_polar(points, 256, invariant=True)[..., 1] for points in (joints, turned)]
    apart = (same[0] - same[1]).abs()
    assert torch.minimum(apart, 2 * math.pi - apart).max() < 1e-3
    assert same[0][:, 9].abs().max() < 1e-6, "the knuckle's own direction is zero"


def test_joint_loss_by_hand():
    truth = torch.full((2, 21, 2), NAN)
    truth[0, 3] = torch.tensor([10.0, 20.0])
    pred = torch.zeros(2, 21, 2)
    pred[0, 3] = torch.tensor([10.0 + 32, 20.0 + 16])  # off by one unit and by half a unit
    assert joint_loss(pred, truth).item() == pytest.approx((1 + 0.25) / 2)
    assert joint_loss(pred, torch.full_like(truth, NAN)).item() == 0, "a batch without any hand"
    pred.requires_grad_()
    joint_loss(pred, truth).backward()
    assert pred.grad.isfinite().all() and (pred.grad != 0).sum() == 2, "unknown joints pull at nothing"


def test_letter_loss_by_hand():
    assert letter_loss(torch.zeros(3, 22), torch.tensor([0, 5, 21])).item() == pytest.approx(math.log(22))


def test_static_and_dynamic_weights_by_hand():
    a, b = torch.tensor(0.4, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    assert static_loss(a, b).item() == pytest.approx(1.7)
    loss = dynamic_loss(a, b, (0.8, 3.0))
    assert loss.item() == pytest.approx(0.5**0.8 * 0.4 + 3.0), "half the way gone, and none"
    loss.backward()
    assert a.grad.item() == pytest.approx(0.5**0.8) and b.grad.item() == 1, "the ratio is a weight: no gradient"
    start = torch.tensor([0.4, 3.0])
    assert dynamic_loss(a, b, start).item() == pytest.approx(3.4), "at the first batch both weigh 1"
    assert dynamic_weights(torch.tensor([0.2, 0.03]), start).tolist() == pytest.approx([0.5**0.8, 0.01**0.8])


@pytest.mark.parametrize("size", [64, 256])
def test_both_sizes_leave_six_by_six_cells(size):
    assert trunk(Config(size=size, width=1 / 32))(torch.rand(1, 3, size, size)).shape == (1, 8, 6, 6)


def test_r3s_layers_at_full_size():
    """Parameters by hand: 96 x 11 x 11 x 3 and so on, FC 9216-4096-4096-42, then 42-512-512-22."""
    with torch.device("meta"):
        model = Joins2Sign()
    convs = 11 * 11 * 3 * 96 + 96 + 25 * 96 * 256 + 256 + 9 * (256 * 384 + 384 * 384 + 384 * 256) + 384 + 384 + 256
    dense = (9216 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 42
    letters = 2 * 42 + 43 * 512 + 513 * 512 + 513 * 22
    assert sum(p.numel() for p in model.parameters()) == convs + dense + letters
    assert not any(isinstance(layer, torch.nn.Dropout) for layer in model.regression), "R3: none in the regression"
    assert sum(isinstance(layer, torch.nn.Dropout) for layer in model.classifier.layers) == 2


def test_network_answers_and_letters_move_the_joints():
    model = Joins2Sign(**SMALL)
    joints, logits = model(torch.rand(3, 3, 64, 64))
    assert joints.shape == (3, 21, 2) and logits.shape == (3, 22)
    assert (joints - FRAME / 2).abs().max() < 10, "it starts in the middle of the frame"
    letter_loss(logits, torch.tensor([0, 1, 2])).backward()
    assert next(model.regression.parameters()).grad.abs().sum() > 0
    assert model.first.isnan().all() and "first" in model.state_dict()


def test_baselines_answer():
    assert LetterCNN(**SMALL)(torch.rand(2, 3, 64, 64)).shape == (2, 22)
    assert KeypointClassifier(Config(**SMALL))(256 * torch.rand(2, 21, 2)).shape == (2, 22)


def test_other_sizes_are_refused():
    with pytest.raises(BadInput, match="64"):
        Joins2Sign(size=100)


def test_imports_with_torch_and_numpy_alone():
    heavy = "{'cv2', 'mediapipe', 'pandas', 'matplotlib', 'sklearn', 'PIL', 'scipy', 'av'}"
    code = f"import sys, lib.joins2sign; print(*({heavy} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not said.split()
