"""Joins2Sign: a photo of a hand -> its joints -> polar coordinates about the wrist -> a letter (R3).

    x (N, 3, S, S) -> five convolutions -> 6 x 6 cells -> three FC -> joints (N, 21, 2) -> to_polar -> (N, 42)
                   -> BatchNorm -> three FC -> logits (N, 22)

Both halves are trained at once, by two losses whose weights stand still (`static_loss`) or follow their own progress
(`dynamic_loss`). Source: Pastore and Loparco, *Joins2Sign: Sign Language Recognition through Hand Pose Estimation*.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.errors import BadInput

FRAME = 256.0  # joints are in pixels of R3's frame of 256 x 256, whatever size the network sees
UNIT = FRAME / 8  # of the joint loss; R3's joints are normalised there (eq. 3), it does not say by what
WRIST, MIDDLE_MCP = 0, 9


@dataclass(frozen=True)
class Config:
    """What decides the network's shape. As it stands: R3's; ``hidden`` and ``dropout`` its text does not name."""

    num_joints: int = 21
    num_classes: int = 22
    size: int = 256  # side of the picture: 256, or 64 with a first layer that sees as much of the hand
    width: float = 1.0  # share of R3's channels
    hidden: int = 512
    dropout: float = 0.5
    invariant: bool = False  # angles against the wrist-MCP direction: not in R3


STEMS = {256: (11, 4), 64: (3, 1)}  # kernel and stride of the first layer: both leave 62 x 62 cells


class Joins2Sign(nn.Module):
    """Input (N, 3, S, S) in [0, 1]; output joints (N, J, 2) in pixels of a 256 x 256 frame, and logits (N, K).

    ``settings`` are further fields of `Config`. ``first`` remembers the two losses of the first batch, which
    `dynamic_loss` needs for the whole training; it is saved with the weights. Raises BadInput for an unknown size.
    """

    def __init__(self, num_joints: int = 21, num_classes: int = 22, **settings):
        super().__init__()
        self.config = config = Config(num_joints, num_classes, **settings)
        self.regression = nn.Sequential(trunk(config), *head(config, 2 * num_joints))
        self.classifier = KeypointClassifier(config)
        self.register_buffer("first", torch.full((2,), torch.nan))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Joints and logits. The loss of the letters reaches the joints too, through the polar coordinates."""
        around_middle = self.regression(x - 0.5).float()
        joints = (FRAME / 2) * (1 + around_middle.view(len(x), -1, 2))
        return joints, self.classifier(joints)


class KeypointClassifier(nn.Module):
    """R3's second half alone: joints (N, J, 2) in the 256 frame -> polar -> BatchNorm -> three FC -> logits (N, K)."""

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.norm = nn.BatchNorm1d(2 * config.num_joints)
        self.layers = nn.Sequential(
            *_dense(2 * config.num_joints, config.hidden, config.dropout),
            *_dense(config.hidden, config.hidden, config.dropout),
            nn.Linear(config.hidden, config.num_classes),
        )

    def forward(self, joints: Tensor) -> Tensor:
        polar = to_polar(joints.float(), FRAME, invariant=self.config.invariant)
        return self.layers(self.norm(polar.flatten(1)))


class LetterCNN(nn.Module):
    """The baseline without joints: the same convolutions, dense layers with dropout, logits (N, K)."""

    def __init__(self, num_classes: int = 22, **settings):
        super().__init__()
        self.config = config = Config(num_classes=num_classes, **settings)
        self.layers = nn.Sequential(trunk(config), *head(config, num_classes, config.dropout))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x - 0.5).float()


def trunk(config: Config) -> nn.Sequential:
    """Five convolutions and three poolings: (N, 3, S, S) -> (N, 256 w, 6, 6).

    R3 (4.1) names two poolings, each with a normalisation layer behind it, which is not here; without the third,
    FC6 would not get 256 x 6 x 6. Raises BadInput for a size without a first layer.
    """
    if config.size not in STEMS:
        raise BadInput(f"Joins2Sign reads pictures of {' or '.join(map(str, STEMS))} pixels, not {config.size}.")
    kernel, stride = STEMS[config.size]
    c1, c2, c3, c4, c5 = (max(1, round(config.width * c)) for c in (96, 256, 384, 384, 256))
    return nn.Sequential(
        nn.Conv2d(3, c1, kernel, stride), nn.ReLU(True), nn.MaxPool2d(3, 2),  # 62, 30
        nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(True), nn.MaxPool2d(3, 2),  # 30, 14
        nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU(True),
        nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU(True),
        nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(3, 2),  # 14, 6
    ).apply(_he)  # fmt: skip


def head(config: Config, out: int, dropout: float = 0.0) -> list[nn.Module]:
    """FC6, FC7 and FC8: 256 w x 6 x 6 -> 4096 w -> 4096 w -> ``out``."""
    cells, wide = max(1, round(config.width * 256)) * 36, max(1, round(config.width * 4096))
    layers = [nn.Flatten(), *_dense(cells, wide, dropout), *_dense(wide, wide, dropout), nn.Linear(wide, out)]
    nn.init.normal_(layers[-1].weight, std=1e-3)  # start in the middle of the frame
    nn.init.zeros_(layers[-1].bias)
    return layers


def _dense(before: int, after: int, dropout: float) -> list[nn.Module]:
    layer = nn.Linear(before, after)
    _he(layer)
    return [layer, nn.ReLU(True)] + ([nn.Dropout(dropout)] if dropout else [])


def _he(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)


def to_polar(joints: Tensor, size: float | tuple[float, float], *, invariant: bool = False) -> Tensor:
    """Joints (N, J, 2), x right and y down -> (N, J, 2): distance from the wrist, in pixels, and angle in (-pi, pi].

    The angle is atan2(y, x), 0 to the right and growing clockwise on the screen. R3 (eq. 2) writes arctan(y / x), which
    gives a finger that points up-right the angle of one that points down-left, and divides by zero straight above. R3
    divides by the picture's diagonal and by 2 pi (eq. 1 and 2); here the BatchNorm that follows takes out the scale.
    Where the wrist is missing (NaN), the middle of a picture of ``size`` (a side, or width and height) stands in; R3
    takes the training photos' mean wrist (4.2). A missing joint, and the wrist itself, get (0, 0). With ``invariant``,
    the direction from wrist to middle-finger knuckle is subtracted from all angles: a turn of the picture then changes
    nothing. Not in R3.
    """
    middle = torch.as_tensor(size, dtype=joints.dtype, device=joints.device).expand(2) / 2
    wrist = joints[:, WRIST : WRIST + 1]
    span = joints - torch.where(wrist.isnan(), middle, wrist)
    there = (span != 0).any(-1) & ~span.isnan().any(-1)
    x, y = torch.where(there[..., None], span, 1.0).unbind(-1)  # where nothing is, 1: no gradient becomes NaN
    angle = torch.atan2(y, x)
    if invariant:
        known = there[:, MIDDLE_MCP : MIDDLE_MCP + 1]
        angle = _wrapped(angle - torch.where(known, angle[:, MIDDLE_MCP : MIDDLE_MCP + 1], 0.0))
    return torch.stack([torch.hypot(x, y), angle], -1) * there[..., None]


def _wrapped(angle: Tensor) -> Tensor:
    """The same direction in (-pi, pi]."""
    return torch.atan2(angle.sin(), angle.cos())


def joint_loss(pred: Tensor, truth: Tensor) -> Tensor:
    """Mean squared error of coordinates (N, J, 2) over the joints that ``truth`` has; NaN ones drop out. A scalar.

    In units of an eighth of a frame (32 pixels), about what hands differ by, so that it starts near the size of the
    letters' loss: in units of half a frame the letters outweigh it, and the joints stay far off (compared on validation
    photos; see the lab notes). 0 where nothing is known.
    """
    known = ~truth.isnan()
    error = (pred - truth.nan_to_num()) / UNIT
    return (error.square() * known).sum() / known.sum().clamp(min=1)


def letter_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy of logits (N, K) and labels (N,). A scalar."""
    return F.cross_entropy(logits, labels)


def static_loss(joints: Tensor, letters: Tensor, weights: tuple[float, float] = (0.5, 0.5)) -> Tensor:
    """Weighted sum of the two losses (scalars): R3's static weighting (eq. 4)."""
    return weights[0] * joints + weights[1] * letters


def dynamic_loss(joints: Tensor, letters: Tensor, first: tuple[float, float] | Tensor, power: float = 0.8) -> Tensor:
    """R3's dynamic weighting: each loss (a scalar) times (itself / its value at the first batch) ** ``power`` (eq. 6).

    R3's first batch is that of the epoch; who calls it gives ``first``, and `Joins2Sign` keeps the training's.
    What still has far to go weighs more. The ratio is a weight and is detached: no gradient flows through it.
    """
    losses = torch.stack([joints, letters])
    return (dynamic_weights(losses, torch.as_tensor(first).to(losses), power) * losses).sum()


def dynamic_weights(losses: Tensor, first: Tensor, power: float = 0.8) -> Tensor:
    """What each of the ``losses`` (2,) weighs, given those of the ``first`` batch (2,). R3's eq. 6; detached."""
    return (losses.detach() / first) ** power
