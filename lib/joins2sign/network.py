"""Joins2Sign: a photo of a hand -> its joints -> polar coordinates about the wrist -> a letter (R3).

    x (N, 3, S, S) -> five convolutions -> 6 x 6 cells -> three FC -> joints (N, 21, 2) -> to_polar -> (N, 42)
                   -> BatchNorm -> three FC -> logits (N, 22)

Both halves are trained at once, by two losses whose weights stand still (`static_loss`) or follow their own progress
(`dynamic_loss`). Source: Pastore and Loparco, *Joins2Sign: Sign Language Recognition through Hand Pose Estimation*.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.tools.errors import BadInput

FRAME = 256.0  # joints are in pixels of R3's frame of 256 x 256, whatever size the network sees
UNIT = FRAME / 8  # of the joint loss; R3's joints are normalised there (eq. 3), it does not say by what
WRIST, MIDDLE_MCP = 0, 9


@dataclass(frozen=True)
class Config:
    """What decides the network's shape. As it stands: R3's; ``hidden`` and ``dropout`` its text does not name.

    The last four turn something of R3's round: its polar coordinates, the BatchNorm behind them, a regression without
    dropout, and angles as they are.
    """

    num_joints: int = 21
    num_classes: int = 22
    size: int = 256  # side of the picture: 256, or 64 with a first layer that sees as much of the hand
    width: float = 1.0  # share of R3's channels
    hidden: int = 512
    dropout: float = 0.5
    polar: bool = True  # False: x and y as shares of the frame's side
    batch_norm: bool = True
    regression_dropout: float = 0.0
    invariant: bool = False  # angles against the wrist-MCP direction


# kernel, stride and padding of the first layer: both leave 62 x 62 cells. R3's is the first (4.1); a pixel of padding
# there is a quarter of one in the picture of 64
STEMS = {256: (11, 4, 1), 64: (3, 1, 0)}


class Joins2Sign(nn.Module):
    """Input (N, 3, S, S) in [0, 1]; output joints (N, J, 2) in pixels of a 256 x 256 frame, and logits (N, K).

    ``settings`` are further fields of `Config`. ``first`` holds the two losses of the epoch's first batch, by which
    `dynamic_loss` weighs those of the others. Raises BadInput for an unknown size.
    """

    def __init__(self, num_joints: int = 21, num_classes: int = 22, **settings):
        super().__init__()
        self.config = config = Config(num_joints, num_classes, **settings)
        self.regression = nn.Sequential(trunk(config), *head(config, 2 * num_joints))
        self.classifier = KeypointClassifier(config)
        self.register_buffer("first", torch.full((2,), torch.nan), persistent=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Joints and logits. The loss of the letters reaches the joints too, through the polar coordinates."""
        around_middle = self.regression(x - 0.5).float()
        joints = (FRAME / 2) * (1 + around_middle.view(len(x), -1, 2))
        return joints, self.classifier(joints)


class KeypointClassifier(nn.Module):
    """R3's second half alone: joints (N, J, 2) in the 256 frame -> polar -> BatchNorm -> three FC -> logits (N, K).

    ``mean_wrist`` (2,) stands in for a wrist that is missing: that of the training photos (R3, 4.2), which the training
    puts there; before it, the middle of the frame.
    """

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.register_buffer("mean_wrist", torch.full((2,), FRAME / 2))
        self.norm = nn.BatchNorm1d(2 * config.num_joints) if config.batch_norm else nn.Identity()
        self.layers = nn.Sequential(
            *_dense(2 * config.num_joints, config.hidden, config.dropout),
            *_dense(config.hidden, config.hidden, config.dropout),
            nn.Linear(config.hidden, config.num_classes),
        )

    def forward(self, joints: Tensor) -> Tensor:
        places = self._polar(joints.float()) if self.config.polar else (joints.float() / FRAME).nan_to_num()
        return self.layers(self.norm(places.flatten(1)))

    def _polar(self, joints: Tensor) -> Tensor:
        return to_polar(joints, FRAME, wrist=self.mean_wrist, invariant=self.config.invariant)


def trunk(config: Config) -> nn.Sequential:
    """Five convolutions and three poolings: (N, 3, S, S) -> (N, 256 w, 6, 6).

    R3 (4.1) names two poolings, each with a normalisation layer behind it, of which it does not say which; DeepPose,
    which it follows, has AlexNet's, over neighbouring channels. Without a third pooling FC6 would not get
    256 x 6 x 6. Raises BadInput for a size without a first layer.
    """
    if config.size not in STEMS:
        raise BadInput(f"Joins2Sign reads pictures of {' or '.join(map(str, STEMS))} pixels, not {config.size}.")
    kernel, stride, padding = STEMS[config.size]
    c1, c2, c3, c4, c5 = (max(1, round(config.width * c)) for c in (96, 256, 384, 384, 256))
    return nn.Sequential(
        nn.Conv2d(3, c1, kernel, stride, padding), nn.ReLU(True), nn.MaxPool2d(3, 2), ChannelNorm(c1),  # 62, 30
        nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(True), nn.MaxPool2d(3, 2), ChannelNorm(c2),  # 30, 14
        nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU(True),
        nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU(True),
        nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(3, 2),  # 14, 6
    ).apply(_he)  # fmt: skip


class ChannelNorm(nn.Module):
    """Each value (N, C, H, W) over the size of those in five neighbouring channels, with AlexNet's constants (its 3.3).

    What nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0) gives. That one takes as long on a CPU as all else together; a
    convolution with a band of ones sums neighbours in a tenth of the time.
    """

    def __init__(self, channels: int):
        super().__init__()
        place = torch.arange(channels)
        band = (place[:, None] - place).abs() <= 2
        self.register_buffer("band", band.float()[:, :, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x * (2.0 + 1e-4 / 5 * F.conv2d(x.square(), self.band)) ** -0.75


def head(config: Config, out: int) -> list[nn.Module]:
    """FC6, FC7 and FC8: 256 w x 6 x 6 -> 4096 w -> 4096 w -> ``out``."""
    cells, wide = max(1, round(config.width * 256)) * 36, max(1, round(config.width * 4096))
    dropout = config.regression_dropout
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


def to_polar(
    joints: Tensor, size: float | tuple[float, float], *, wrist: Tensor | None = None, invariant: bool = False
) -> Tensor:
    """Joints (N, J, 2), x right and y down, in a picture of ``size`` (a side, or width and height) -> (N, J, 2):
    distance from the wrist as a share of the picture's diagonal, and angle as a share of a turn, in (-1/2, 1/2].

    R3, eq. 1 and 2, but for the angle's arctan(y / x), which gives a finger that points up-right the angle of one that
    points down-left, and divides by zero straight above. atan2(y, x) is the same where x > 0 and half a turn off where
    it is not; 0 is to the right, and angles grow clockwise on the screen. ``wrist`` (2,) stands in where a wrist is
    missing (NaN): R3 takes the training photos' mean (4.2); None: the middle of the picture. A missing joint, and the
    wrist itself, get (0, 0). With ``invariant``, the direction from wrist to middle-finger knuckle is subtracted from
    all angles: a turn of the picture then changes nothing. Not in R3.
    """
    width_height = torch.as_tensor(size, dtype=joints.dtype, device=joints.device).expand(2)
    origin = joints[:, WRIST : WRIST + 1]
    span = joints - torch.where(origin.isnan(), width_height / 2 if wrist is None else wrist, origin)
    there = (span != 0).any(-1) & ~span.isnan().any(-1)
    x, y = torch.where(there[..., None], span, 1.0).unbind(-1)  # where nothing is, 1: no gradient becomes NaN
    turn = torch.atan2(y, x) / (2 * math.pi)
    if invariant:
        known = there[:, MIDDLE_MCP : MIDDLE_MCP + 1]
        turn = _wrapped(turn - torch.where(known, turn[:, MIDDLE_MCP : MIDDLE_MCP + 1], 0.0))
    return torch.stack([torch.hypot(x, y) / torch.linalg.vector_norm(width_height), turn], -1) * there[..., None]


def _wrapped(turn: Tensor) -> Tensor:
    """The same direction in [-1/2, 1/2)."""
    return (turn + 0.5) % 1 - 0.5


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
    """R3's dynamic weighting (eq. 5 and 6): each loss (a scalar) times (itself / its ``first``) ** ``power``.

    ``first`` are the two losses of the epoch's first batch. What has fallen least since then weighs most; at that batch
    both weigh 1. The ratio is a weight and is detached: no gradient flows through it.
    """
    losses = torch.stack([joints, letters])
    return (dynamic_weights(losses, torch.as_tensor(first).to(losses), power) * losses).sum()


def dynamic_weights(losses: Tensor, first: Tensor, power: float = 0.8) -> Tensor:
    """What each of the ``losses`` (..., 2) weighs, given those of the epoch's ``first`` batch. R3's eq. 6; detached."""
    return (losses.detach() / first) ** power
