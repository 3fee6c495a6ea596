"""R3's network: polar coordinates and losses against values worked out by hand, shapes, gradients."""

import math
import subprocess
import sys

import pytest
import torch
from conftest import ROOT

from lib.joins2sign import Config, Joins2Sign, dynamic_loss, joint_loss, letter_loss, static_loss, to_polar
from lib.joins2sign.losses import dynamic_weights
from lib.joins2sign.network import FRAME, ChannelNorm, KeypointClassifier, LetterCNN, spoiled, trunk
from lib.tools.errors import BadInput

NAN = float("nan")
SMALL = dict(size=64, width=1 / 32, hidden=8)


def hand(**points: tuple[float, float]) -> torch.Tensor:
    """One hand (1, 21, 2) whose joints lie on the wrist at (100, 50) but for those given as j5=(x, y)."""
    joints = torch.tensor([[[100.0, 50.0]] * 21])
    for name, place in points.items():
        joints[0, int(name[1:])] = torch.tensor(place)
    return joints


DIAGONAL = 256 * math.sqrt(2)


def test_polar_by_hand():
    """A 3-4-5 triangle below right of the wrist, and one of the same size on each of the four sides."""
    polar = to_polar(hand(j1=(103, 54), j2=(110, 50), j3=(90, 50), j4=(100, 60), j5=(100, 40)), 256)
    assert polar.shape == (1, 21, 2)
    assert polar[0, 1].tolist() == pytest.approx([5 / DIAGONAL, math.atan2(4, 3) / (2 * math.pi)])
    assert polar[0, 2].tolist() == pytest.approx([10 / DIAGONAL, 0])
    assert polar[0, 3].tolist() == pytest.approx([10 / DIAGONAL, 1 / 2])
    assert polar[0, 4].tolist() == pytest.approx([10 / DIAGONAL, 1 / 4]), "y points down, so below is +90 degrees"
    assert polar[0, 5].tolist() == pytest.approx([10 / DIAGONAL, -1 / 4])
    assert polar[0, 0].tolist() == [0, 0], "the wrist itself"


@pytest.mark.parametrize("size", [(256, 256), (622, 415)])
def test_polar_is_that_of_r3s_equations(size):
    """Equation 1 to the digit; equation 2 where x > 0, and half a turn off where its arctan cannot tell."""
    joints = torch.rand(50, 21, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor(size)
    polar = to_polar(joints, size)[:, 1:].double()
    x, y = (joints[:, 1:] - joints[:, :1]).double().unbind(-1)
    equation_1 = (x**2 + y**2).sqrt() / math.hypot(*size)
    equation_2 = (y / x).atan() / (2 * math.pi)
    assert (polar[..., 0] - equation_1).abs().max() < 1e-5
    off = polar[..., 1] - equation_2
    assert off[x > 0].abs().max() < 1e-5
    assert (off - (2 * off).round() / 2).abs().max() < 1e-5, "modulo half a turn"
    assert (off[x < 0].abs() - 0.5).abs().max() < 1e-5, "where R3's arctan gives two directions one angle"


def test_opposite_directions_differ():
    """arctan(y / x) would give both the same angle."""
    one, other = to_polar(hand(j1=(103, 54), j2=(97, 46)), 256)[0, 1:3, 1].tolist()
    assert abs(one - other) == pytest.approx(1 / 2)


def test_missing_wrist_and_missing_joint():
    joints = hand(j0=(NAN, NAN), j1=(138, 128), j2=(NAN, NAN), j3=(NAN, 5))
    square, wide = to_polar(joints, 256), to_polar(joints, (276, 256))
    assert square[0, 1].tolist() == pytest.approx([10 / DIAGONAL, 0]), "the middle of the frame stands in"
    assert wide[0, 1].tolist() == pytest.approx([0, 0])
    mean = to_polar(joints, 256, wrist=torch.tensor([138.0, 108.0]))
    assert mean[0, 1].tolist() == pytest.approx([20 / DIAGONAL, 1 / 4]), "or the wrist that is given"
    assert square[0, 2].tolist() == [0, 0] and square[0, 3].tolist() == [0, 0] and square[0, 0].tolist() == [0, 0]
    assert square.isfinite().all()


def test_the_classifier_puts_its_mean_wrist_where_one_is_missing():
    reader = KeypointClassifier(Config(**SMALL)).eval()
    reader.mean_wrist.copy_(torch.tensor([100.0, 50.0]))
    shown, lost = hand(j5=(110, 40)), hand(j0=(NAN, NAN), j5=(110, 40))
    assert torch.equal(reader(shown), reader(lost)), "the wrist was there"
    reader.mean_wrist += 30
    assert not torch.equal(reader(shown), reader(lost))


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
    shift = (moved[:, 1:, 1] - plain[:, 1:, 1]) % 1
    assert torch.allclose(shift, torch.full_like(shift, 0.5 / (2 * math.pi)), atol=1e-4), "each moves by the turn"
    same = [to_polar(points, 256, invariant=True)[..., 1] for points in (joints, turned)]
    apart = (same[0] - same[1]).abs()
    assert torch.minimum(apart, 1 - apart).max() < 1e-4
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


def test_the_layers_are_r3s():
    """4.1: paddings 1, 2, 1, 1, 1, a pooling and a normalisation layer behind each of the first two convolutions."""
    layers = list(trunk(Config(width=1 / 32)))
    convolutions = [layer for layer in layers if isinstance(layer, torch.nn.Conv2d)]
    assert [conv.padding[0] for conv in convolutions] == [1, 2, 1, 1, 1]
    assert [conv.stride[0] for conv in convolutions] == [4, 1, 1, 1, 1]
    behind = [layers[layers.index(conv) + 1 : layers.index(conv) + 4] for conv in convolutions[:2]]
    wanted = (torch.nn.ReLU, torch.nn.MaxPool2d, ChannelNorm)
    assert all(isinstance(layer, kind) for three in behind for layer, kind in zip(three, wanted, strict=True))


@pytest.mark.parametrize("channels", [3, 12])
def test_channel_norm_is_the_librarys(channels):
    x = 100 * torch.randn(2, channels, 5, 7, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(ChannelNorm(channels)(x), torch.nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0)(x), rtol=1e-5)


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
    torch.manual_seed(0)
    model = Joins2Sign(**SMALL)
    joints, logits = model(torch.rand(3, 3, 64, 64))
    assert joints.shape == (3, 21, 2) and logits.shape == (3, 22)
    assert (joints - FRAME / 2).abs().max() < 10, "it starts in the middle of the frame"
    letter_loss(logits, torch.tensor([0, 1, 2])).backward()
    assert next(model.regression.parameters()).grad.abs().sum() > 0
    assert model.first.isnan().all()


def test_what_r3_decided_can_be_turned_round():
    joints = 256 * torch.rand(8, 21, 2, generator=torch.Generator().manual_seed(0))
    plain = KeypointClassifier(Config(**SMALL, polar=False)).eval()
    assert not torch.allclose(plain(joints), plain(joints + 9)), "x and y as they are: a shift matters"
    assert plain(joints * NAN).isfinite().all()
    polar = KeypointClassifier(Config(**SMALL)).eval()
    assert torch.allclose(polar(joints), polar(joints + 9), atol=1e-4)
    assert isinstance(KeypointClassifier(Config(**SMALL, batch_norm=False)).norm, torch.nn.Identity)
    dropped = [layer for layer in Joins2Sign(**SMALL, regression_dropout=0.5).regression if "Drop" in str(layer)]
    assert [layer.p for layer in dropped] == [0.5, 0.5]


def test_baselines_answer():
    assert LetterCNN(width=1 / 32)(torch.rand(2, 3, 64, 64)).shape == (2, 22)
    assert KeypointClassifier(Config(**SMALL))(256 * torch.rand(2, 21, 2)).shape == (2, 22)


def test_the_photos_own_cnn_has_its_authors_layers():
    """Three times two convolutions of 64, dense 128, 128 and 22; one ReLU a group and none between the dense layers."""
    model = LetterCNN()
    convs = 27 * 64 + 64 + 5 * (9 * 64 * 64 + 64)
    dense = (64 * 8 * 8 + 1) * 128 + 129 * 128 + 129 * 22
    assert sum(p.numel() for p in model.parameters()) == convs + dense
    layers = [layer for layer in model.modules() if not list(layer.children())]
    assert sum(isinstance(layer, torch.nn.ReLU) for layer in layers) == 3
    assert [layer.p for layer in layers if isinstance(layer, torch.nn.Dropout)] == [0.25] * 3 + [0.5] * 2


def test_spoiled_pictures_are_turned_about_their_middle_and_the_same_again():
    x = torch.zeros(6, 3, 65, 65)
    x[:, :, 32, 32], x[:, 0, 32, 50] = 1.0, 1.0
    once, again = (spoiled(x, torch.Generator().manual_seed(0)) for _ in range(2))
    assert torch.equal(once, again) and not torch.equal(once, x)
    assert (once[:, 1, 32, 32] > 0.5).all() and once[:, 1].flatten(1).argmax(1).tolist() == [32 * 65 + 32] * 6
    places = [divmod(int(picture[0].masked_fill(picture[1] > 0, 0).argmax()), 65) for picture in once]
    angles = [math.degrees(math.atan2(row - 32, column - 32)) for row, column in places]
    reach = [math.hypot(row - 32, column - 32) for row, column in places]
    assert max(map(abs, angles)) < 60 and len(set(places)) == 6 and 12 < min(reach) < max(reach) < 26


def test_other_sizes_are_refused():
    with pytest.raises(BadInput, match="64"):
        Joins2Sign(size=100)


def test_imports_with_torch_and_numpy_alone():
    heavy = "{'cv2', 'mediapipe', 'pandas', 'matplotlib', 'sklearn', 'PIL', 'scipy', 'av'}"
    code = f"import sys, lib.joins2sign; print(*({heavy} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not said.split()
