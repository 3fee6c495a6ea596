"""Training that the detector guides: the loss of BG-UNet. It is ours; none of the papers has it.

**What it is.** A sharpened picture is good when MediaPipe finds the hand in it where the hand is. L1 and SSIM do not
say that: a finger is few pixels, and a smooth grey blob in its place costs them little. So the sharpened picture and
the sharp target are cropped alike around a true hand, both crops go through MediaPipe's own hand network
(`lib.hand_twin`), and the loss is how differently the network sees them:

    landmarks   mean |landmark - target's landmark| / 224, where the network sees a hand in the target
    presence    cross-entropy of "there is a hand" against what the network says of the target
    features    mean |inner map - target's| / mean |target's|, for two inner layers

**Why it is not cheating.** Only training sees the hand network. The upsampler at work is given the degraded frame and
nothing else, and is judged by the whole of Holistic (body, search for the hand, tracking, video compression), on other
clips and other signers, and by the signer's true joints, which Holistic has no part in.

**How it would cheat.** A network that is only asked "do you see a hand?" can be shown patterns that it takes for one
and that we would not: a hand invented where there is none, or a likely hand in place of the true one. Against that: the
target, not the wish for a hand, is what presence is compared with, so where the target shows none, none is wanted; the
landmarks must be the target's, and so must the inner maps; crops jitter, so that no pattern can count on its place;
pictures are clamped to [0, 1], as a video is; and L1 + SSIM stay the larger part of the loss. Whether it cheats all the
same is measured, not argued: the share of false hands, and PCK against the true joints.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from lib.hand_twin import SIZE, HandOutputs, HandTwin

PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]  # fingertips move too much to place a crop by
WRIST, INDEX, MIDDLE, RING = 0, 5, 9, 13  # of the fingers, the knuckles (MCP); MediaPipe's source says PIP, and errs
SCALE, UP = 2.0, 0.1  # the crop is twice the palm's box, moved towards the fingers by a tenth of its height
SEEN = 0.5  # Holistic reports a hand from this presence on


class Roi(NamedTuple):
    """Square crops, turned: where Holistic lets the hand network look."""

    center: Tensor  # (N, 2) pixels
    size: Tensor  # (N,) pixels, the side
    rotation: Tensor  # (N,) radians, clockwise: 0 where the fingers point up


class Jitter(NamedTuple):
    """How far, at most, a crop strays: Holistic's own comes from the frame before, or from a guess by the body."""

    shift: float = 0.1  # of the crop's side, in x and in y
    scale: float = 0.15  # e^-0.15 to e^0.15 of its size
    turn: float = math.radians(15)


JITTER = Jitter()


def hand_roi(hand_xy: Tensor) -> Roi:
    """The crops Holistic would track these hands with: joints (N, 21, 2) in pixels -> `Roi`.

    Up is from the wrist to the knuckles of three fingers; the box is that of wrist, thumb and the two lower joints
    of each finger along that direction, made square by its longer side. Left and right are treated alike.
    Source: MediaPipe, hand_landmarks_to_rect_calculator.cc, rect_transformation_calculator.cc and
    hand_landmarks_to_roi.pbtxt.
    """
    x, y = (_knuckles(hand_xy) - hand_xy[:, WRIST]).unbind(1)
    rotation = math.pi / 2 - torch.atan2(-y, x)
    rotation = rotation - 2 * math.pi * torch.floor((rotation + math.pi) / (2 * math.pi))  # into [-pi, pi)
    upright = _turned(hand_xy[:, PALM], -rotation)
    low, high = upright.amin(1), upright.amax(1)
    width, height = (high - low).unbind(1)
    middle = (low + high) / 2 - torch.stack([torch.zeros_like(height), UP * height], 1)
    return Roi(_turned(middle[:, None], rotation)[:, 0], SCALE * torch.maximum(width, height), rotation)


def jittered(roi: Roi, generator: Generator, jitter: Jitter = JITTER) -> Roi:
    """The crops moved, scaled and turned at random, evenly within the bounds of ``jitter``."""
    drawn = 2 * torch.rand(len(roi.size), 4, generator=generator, device=generator.device) - 1
    x, y, scale, turn = drawn.to(roi.size).unbind(1)
    center = roi.center + jitter.shift * roi.size[:, None] * torch.stack([x, y], 1)
    return Roi(center, roi.size * torch.exp(jitter.scale * scale), roi.rotation + jitter.turn * turn)


def cut(images: Tensor, roi: Roi, size: int = SIZE) -> Tensor:
    """Crops (N, 3, size, size) of the images (N, 3, H, W): bilinear, edge pixels repeated outside. Differentiable.

    As in MediaPipe, the crop's pixel i lies at (i / size - 1/2) of its side from the crop's middle.
    """
    center, side, rotation = (part.float() for part in roi)
    # affine_grid counts from the middle of the first pixel, MediaPipe from its corner: half a pixel of the crop
    corner = -side[:, None] / (2 * size)
    offset = center + _turned(corner.expand(-1, 2)[:, None], rotation)[:, 0]
    across = torch.stack([rotation.cos(), rotation.sin()], 1) * side[:, None]
    down = torch.stack([-rotation.sin(), rotation.cos()], 1) * side[:, None]
    extent = center.new_tensor([images.shape[3], images.shape[2]])[:, None]
    # grid_sample's -1 and 1 are the picture's edges, half a pixel beyond its outermost pixels' middles
    to_pixels = torch.stack([across, down, 2 * offset + 1 - extent[:, 0]], 2) / extent
    with torch.autocast(images.device.type, enabled=False):
        grid = F.affine_grid(to_pixels, [len(images), 3, size, size], align_corners=False)
        return F.grid_sample(images.float(), grid, padding_mode="border", align_corners=False)


class Guidance(nn.Module):
    """The loss, as a module: it holds the frozen hand network, has nothing to train, and moves with ``.to(device)``."""

    def __init__(self, twin: HandTwin | None = None, jitter: Jitter = JITTER):
        super().__init__()
        self.twin = twin or HandTwin()
        self.jitter = jitter

    def forward(self, pred: Tensor, target: Tensor, hands_xy: Tensor, generator: Generator | None = None) -> Tensor:
        """The sum of the three `terms`, a scalar. Without a generator, the crops do not jitter."""
        return sum(self.terms(pred, target, hands_xy, generator).values())

    def terms(
        self, pred: Tensor, target: Tensor, hands_xy: Tensor, generator: Generator | None = None
    ) -> dict[str, Tensor]:
        """Landmarks, presence and features, each a scalar: the mean over the pictures that have a hand to look at.

        pred      (N, 3, H, W) sharpened, target (N, 3, H, W) sharp, both in [0, 1]
        hands_xy  (N, 21, 2) true joints of one hand a picture, in pixels of the pictures; left out where one is NaN
        """
        known = hands_xy.isfinite().all(-1).all(-1)
        if not known.any():
            nothing = 0 * pred.sum()
            return {"landmarks": nothing, "presence": nothing, "features": nothing}
        roi = hand_roi(hands_xy[known].float())
        roi = jittered(roi, generator, self.jitter) if generator else roi
        with torch.no_grad():
            wanted = self.twin(cut(target[known], roi))
        return _differences(self.twin(cut(pred[known].clamp(0, 1), roi)), wanted)

    @torch.no_grad()
    def presence(self, images: Tensor, hands_xy: Tensor) -> Tensor:
        """(N,) how sure the network is of a hand in each image, in [0, 1]; NaN where a joint is NaN."""
        known = hands_xy.isfinite().all(-1).all(-1)
        found = torch.full((len(images),), math.nan, device=images.device)
        if known.any():
            found[known] = self.twin(cut(images[known].clamp(0, 1), hand_roi(hands_xy[known].float()))).presence
        return found


def _differences(seen: HandOutputs, wanted: HandOutputs) -> dict[str, Tensor]:
    has_hand = (wanted.presence > SEEN).float()
    off = (seen.landmarks - wanted.landmarks).abs().mean((1, 2)) / SIZE
    relative = [
        ((a.float() - b.float()).abs().mean((1, 2, 3)) / b.float().abs().mean((1, 2, 3))).mean()
        for a, b in zip(seen.features, wanted.features)
    ]
    return {
        "landmarks": (off * has_hand).sum() / has_hand.sum().clamp(min=1),
        "presence": F.binary_cross_entropy_with_logits(seen.presence_logit, wanted.presence),
        "features": sum(relative) / len(relative),
    }


def _knuckles(hand_xy: Tensor) -> Tensor:
    """(N, 2): between the knuckles of three fingers, the middle finger's counting as much as the other two's."""
    return (hand_xy[:, INDEX] + hand_xy[:, RING]) / 4 + hand_xy[:, MIDDLE] / 2


def _turned(points: Tensor, angle: Tensor) -> Tensor:
    """Points (N, P, 2) turned clockwise (y is down) around the origin by angles (N,) in radians."""
    sin, cos = angle.sin()[:, None], angle.cos()[:, None]
    x, y = points.unbind(-1)
    return torch.stack([x * cos - y * sin, x * sin + y * cos], -1)
