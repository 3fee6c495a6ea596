"""Training that the detector guides: the loss of BG-UNet. It is ours; none of the papers has it.

**What it is.** A sharpened picture is good when MediaPipe finds the hand in it where the hand is. L1 and SSIM do not
say that: a finger is few pixels, and a smooth grey blob in its place costs them little. So the sharpened picture and
the sharp target are cropped alike, both crops go through the two networks that MediaPipe has for hands, and the loss is
how differently these see them. The recrop network (`lib.holistic.twins`) looks at the coarse crop in which Holistic
would search for the hand, and names a better one; the hand network (`lib.holistic.twins`) looks at that, or at the true
hand's:

    landmarks   mean |landmark - target's landmark| / 224, where the hand network sees a hand in the target
    presence    cross-entropy of "there is a hand" against what the hand network says of the target
    features    mean |inner map - target's| / mean |target's|, for two of the hand network's inner layers
    place       mean |point - target's point| / 256, of the two points by which the recrop network names its crop

They are summed with ``TERM_WEIGHTS``: as they are, presence would pull thirty times as hard as landmarks or features,
and place hardly at all.

**Why the recrop network.** A hand that the hand network would see is lost all the same where it is not shown it, since
the recrop network's crop has gone astray. So place asks for a picture in which that network, too, sees what it sees in
the target; and half of the hand network's crops are those that it names in the sharpened picture, right or wrong.

**Against cheating.** Only training sees the two networks, and a hand that they are made to see need not be one. So the
target, not the wish for a hand, is what presence is compared with; the landmarks must be the target's, and so must the
inner maps and the place; crops jitter, so that no pattern can count on where it is; pictures are clamped to [0, 1], as
a video is; and L1 + SSIM stay the larger part of the loss. Chapter 4 tries to cheat it, and measures what that takes.
"""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from lib.holistic.crops import Jitter, Roi, cut, hand_roi, jittered, recrop_roi, search_roi
from lib.holistic.twins import RECROP_SIZE, SIZE, HandOutputs, HandTwin, RecropTwin
from lib.keypoints.layouts import in_hand

SEEN = 0.5  # Holistic reports a hand from this presence on
# How the body model's three points lay the search square, beside the same three true joints: medians and the middle
# nine tenths of 1818 hands in films to learn from. The degraded films' squares are as good as the sharp ones'.
SEARCH_SIZE, SEARCH_DOWN = 0.68, 0.06
SEARCH_JITTER = Jitter(shift=0.06, scale=0.4, turn=math.radians(30))
KNUCKLES = in_hand("WRIST", "INDEX_FINGER_MCP", "PINKY_MCP")  # of the hand's joints, those that the body model has too

# lengths of the gradients, measured on BA-UNet's pictures: 0.5, 15, 0.5, 0.06. Unweighted, presence alone would rule
TERM_WEIGHTS = {"landmarks": 4.0, "presence": 0.5, "features": 4.0, "place": 40.0}


class Guidance(nn.Module):
    """The loss, as a module: it holds the two frozen networks, has nothing to train, and moves with ``.to(device)``."""

    def __init__(self) -> None:
        super().__init__()
        self.twin, self.recrop = HandTwin(), RecropTwin()

    def forward(self, pred: Tensor, target: Tensor, hands_xy: Tensor, generator: Generator | None = None) -> Tensor:
        """The four `terms` by weight, summed, a scalar. Without a generator: no jitter, the true hand's crops alone."""
        terms = self.terms(pred, target, hands_xy, generator)
        return sum(TERM_WEIGHTS[name] * term for name, term in terms.items())

    def terms(
        self, pred: Tensor, target: Tensor, hands_xy: Tensor, generator: Generator | None = None
    ) -> dict[str, Tensor]:
        """Landmarks, presence, features and place, each a scalar: the mean over the pictures that have a hand.

        pred      (N, 3, H, W) sharpened, target (N, 3, H, W) sharp, both in [0, 1]
        hands_xy  (N, 21, 2) true joints of one hand a picture, in pixels of the pictures; left out where one is NaN
        generator draws the jitter, and which crops are the true hand's, which the recrop network's; None: as `forward`
        """
        known = hands_xy.isfinite().all(-1).all(-1)
        if not known.any():
            return dict.fromkeys(TERM_WEIGHTS, 0 * pred.sum())
        joints = hands_xy[known].float()
        pred, target = pred[known].clamp(0, 1), target[known]
        place, found = place_term(self.recrop, pred, target, joints, generator)
        roi = hand_roi(joints)
        if generator:
            roi = one_or_other(jittered(roi, generator), found, generator)
        with torch.no_grad():
            wanted = self.twin(cut(target, roi))
        return differences(self.twin(cut(pred, roi)), wanted) | {"place": place}


def place_term(
    recrop: RecropTwin, pred: Tensor, target: Tensor, joints: Tensor, generator: Generator | None
) -> tuple[Tensor, Roi]:
    """How far the recrop network's two points stray from the target's, and the crops that it names in ``pred``."""
    search = as_the_body_lays_it(search_roi(*(joints[:, point] for point in KNUCKLES)))
    search = jittered(search, generator, SEARCH_JITTER) if generator else search
    with torch.no_grad():
        wanted = recrop(cut(target, search, RECROP_SIZE))
    seen = recrop(cut(pred, search, RECROP_SIZE))
    return (seen - wanted).abs().mean() / RECROP_SIZE, recrop_roi(seen.detach(), search, RECROP_SIZE)


def as_the_body_lays_it(roi: Roi) -> Roi:
    """A search square laid by true joints, made as small and as near to the wrist as those of the body model are."""
    down = SEARCH_DOWN * roi.size[:, None] * torch.stack([-roi.rotation.sin(), roi.rotation.cos()], 1)
    return Roi(roi.center + down, SEARCH_SIZE * roi.size, roi.rotation)


def one_or_other(one: Roi, other: Roi, generator: Generator) -> Roi:
    """For each picture one of two crops, by a coin: a hand that is followed, or one that is new."""
    first = torch.rand(len(one.size), generator=generator, device=generator.device).to(one.size.device) < 0.5
    return Roi(*(torch.where(first if a.ndim == 1 else first[:, None], a, b) for a, b in zip(one, other)))


def differences(seen: HandOutputs, wanted: HandOutputs) -> dict[str, Tensor]:
    """How far what the hand network says of N crops is from what it says of the sharp ones, a scalar for each term."""
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
