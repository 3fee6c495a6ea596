"""Joins2Sign: a photo of a hand -> its joints -> polar coordinates about the wrist -> a letter (R3). And its baseline.

    x (N, 3, S, S) -> five convolutions -> 6 x 6 cells -> three FC -> joints (N, 21, 2) -> to_polar -> (N, 42)
                   -> BatchNorm -> three FC -> logits (N, 22)

Both halves are trained at once, by the two losses of `lib.joins2sign.losses`.
Source: Pastore and Loparco, *Joins2Sign: Sign Language Recognition through Hand Pose Estimation*.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.joins2sign.photos import SIDE
from lib.keypoints.layouts import in_hand
from lib.tools.errors import BadInput
from lib.upsampler.network import he

FRAME = 256.0  # joints are in pixels of R3's frame of 256 x 256, whatever size the network sees
WRIST, MIDDLE_MCP = in_hand("WRIST", "MIDDLE_FINGER_MCP")


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
        norm = nn.BatchNorm1d if config.batch_norm else nn.Identity
        self.norm = norm(2 * config.num_joints)
        self.layers = nn.Sequential(
            *dense(2 * config.num_joints, config.hidden, config.dropout),
            *dense(config.hidden, config.hidden, config.dropout),
            nn.Linear(config.hidden, config.num_classes),
        )

    def forward(self, joints: Tensor) -> Tensor:
        joints, config = joints.float(), self.config
        places = (joints / FRAME).nan_to_num()
        if config.polar:
            turned = config.invariant
            places = to_polar(joints, FRAME, wrist=self.mean_wrist, invariant=turned)
        return self.layers(self.norm(places.flatten(1)))


def trunk(config: Config) -> nn.Sequential:
    """Five convolutions and three poolings: (N, 3, S, S) -> (N, 256 w, 6, 6).

    R3 (4.1) names two poolings, each with a normalisation layer behind it, and not which. Here they are AlexNet's, over
    neighbouring channels, and so are kernels and channels behind the first layer (R3 leaves these to a figure). Without
    a third pooling FC6 would not get 256 x 6 x 6. Raises BadInput for a size without a first layer.
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
    ).apply(he)  # fmt: skip


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
    layers = [nn.Flatten(), *dense(cells, wide, dropout), *dense(wide, wide, dropout), nn.Linear(wide, out)]
    nn.init.normal_(layers[-1].weight, std=1e-3)  # start in the middle of the frame
    nn.init.zeros_(layers[-1].bias)
    return layers


def dense(before: int, after: int, dropout: float) -> list[nn.Module]:
    """A fully connected layer with ReLU, and dropout where there is some."""
    layer = nn.Linear(before, after)
    he(layer)
    return [layer, nn.ReLU(True)] + ([nn.Dropout(dropout)] if dropout else [])


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
    sides = torch.as_tensor(size, dtype=joints.dtype, device=joints.device).expand(2)
    middle, origin = sides / 2, joints[:, WRIST : WRIST + 1]
    origin = torch.where(origin.isnan(), middle if wrist is None else wrist, origin)
    span = joints - origin
    there = (span != 0).any(-1) & ~span.isnan().any(-1)
    # Where nothing is, 1: no gradient becomes NaN.
    x, y = torch.where(there[..., None], span, 1.0).unbind(-1)
    share = torch.hypot(x, y) / torch.linalg.vector_norm(sides)
    turn = torch.atan2(y, x) / (2 * math.pi)
    if invariant:
        turn = against_the_hand(turn, there)
    return torch.stack([share, turn], -1) * there[..., None]


def against_the_hand(turn: Tensor, there: Tensor) -> Tensor:
    """Angles (N, J) less that of the middle finger's knuckle where it is ``there`` (N, J), in [-1/2, 1/2) again."""
    known = there[:, MIDDLE_MCP : MIDDLE_MCP + 1]
    turn = turn - torch.where(known, turn[:, MIDDLE_MCP : MIDDLE_MCP + 1], 0.0)
    return (turn + 0.5) % 1 - 0.5


TURN, SLANT, ZOOM = 40.0, 0.2, 0.2  # at most: degrees, radians, share of the size
UNITS = 128  # of each dense layer


class LetterCNN(nn.Module):
    """The CNN that the photos' authors read letters with: R3's baseline (5.2, Table 2).

    Input (N, 3, 64, 64) in [0, 1]; output logits (N, K). ``width`` is the share of its 64 channels. Three times two
    convolutions, ReLU, pooling and dropout, then three FC, the first two without an activation between them, so that
    they could be one. Source: Donnici and Monica, italian_fingerspelling_recognition.
    """

    def __init__(self, num_classes: int = 22, width: float = 1.0):
        super().__init__()
        channels = max(1, round(64 * width))
        groups = [_group(before, channels) for before in (3, channels, channels)]
        self.layers = nn.Sequential(
            *groups,
            nn.Flatten(),
            nn.Linear(channels * (SIDE // 8) ** 2, UNITS),
            nn.Dropout(0.5),
            nn.Linear(UNITS, UNITS),
            nn.Dropout(0.5),
            nn.Linear(UNITS, num_classes),
        ).apply(_glorot)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).float()


def _group(before: int, channels: int) -> nn.Sequential:
    """Two convolutions with one ReLU behind them, then half the size."""
    convolutions = nn.Conv2d(before, channels, 3, padding=1), nn.Conv2d(channels, channels, 3, padding=1)
    return nn.Sequential(*convolutions, nn.ReLU(True), nn.MaxPool2d(2), nn.Dropout(0.25))


def _glorot(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


def spoiled(x: Tensor, rng: torch.Generator | None = None) -> Tensor:
    """Pictures (N, C, H, H), each turned, slanted and zoomed about its middle by chance; the rim fills the corners.

    The CNN's authors do so not only with the photos that it learns from, but with the test's as well: R3 took over
    their procedure, and does not say whether that too.
    """
    turn, slant, wide, high = (2 * torch.rand(4, len(x), generator=rng) - 1).to(x.device)
    turn, slant = turn * math.radians(TURN), slant * SLANT
    c, s = turn.cos(), turn.sin()
    rows = torch.stack([c, -s - slant * c, s, c - slant * s], 1).view(-1, 2, 2)
    affine = rows * (1 + ZOOM * torch.stack([wide, high], 1))[:, None]
    grid = F.affine_grid(F.pad(affine, (0, 1)), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)
