"""How a network could cheat the detector: change an empty place, a little, until MediaPipe's hand network sees a hand.

The gradient of presence says how each pixel should change for the network to be surer of a hand, and a few small steps
along it go a long way: an adversarial example (Szegedy et al., 2013). No fingers come of it, for nothing asks for any.
That is why `lib.upsampler.guidance` does not ask for presence alone.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from lib.holistic.crops import Roi, cut, jittered
from lib.holistic.twins import HandTwin
from lib.tools.errors import BadInput

STEPS = 12
OVERSHOOT = 2.5  # all steps together could go so many times as far as they may: enough to come back from a wrong turn


class Ascent(NamedTuple):
    """Where the climb has led, and how."""

    image: Tensor  # (1, 3, H, W) in [0, 1]
    presence: list[float]  # before each step, and at the end


def ascend(
    image: Tensor, roi: Roi, twin: HandTwin, reach: float, *, steps: int = STEPS, generator: Generator | None = None,
    views: int = 2,
) -> Ascent:  # fmt: skip
    """Climb presence at ``roi``, with no pixel further than ``reach`` from where it was, and none outside [0, 1].

    image      (1, 3, H, W) in [0, 1]
    reach      1 / 255 is one grey level
    generator  where given, each step climbs over ``views`` crops that jitter as the guidance's own do, so that the
               result does not hang on one exact crop; None: over ``roi`` alone

    Source: steps along the gradient's sign, kept within bounds: Madry et al., 2018.
    Raises BadInput for more than one picture or place.
    """
    if len(image) != 1 or len(roi.size) != 1:
        raise BadInput(f"One picture and one place at a time, not {len(image)} and {len(roi.size)}: call it for each.")
    low, high = (image - reach).clamp(0, 1), (image + reach).clamp(0, 1)
    at, seen = image, []
    for _ in range(steps):
        places = jittered(repeated(roi, views), generator) if generator else roi
        sure, gradient = presence_gradient(at.expand(len(places.size), -1, -1, -1), places, twin)
        seen.append(float(sure.mean()))
        step = OVERSHOOT * reach / steps * gradient.sum(0, keepdim=True).sign()
        at = (at + step).clamp(low, high)
    return Ascent(at, [*seen, float(presence(at, roi, twin))])


def presence_gradient(images: Tensor, roi: Roi, twin: HandTwin) -> tuple[Tensor, Tensor]:
    """Presence (N,) at the places in the pictures (N, 3, H, W), and its logit's gradient, (N, 3, H, W)."""
    leaf = images.detach().clone().requires_grad_()
    seen = twin(cut(leaf, roi))
    return seen.presence.detach(), torch.autograd.grad(seen.presence_logit.sum(), leaf)[0]


@torch.no_grad()
def presence(image: Tensor, roi: Roi, twin: HandTwin) -> Tensor:
    """How sure the network is of a hand at each of N places in one picture (1, 3, H, W): (N,) in [0, 1]."""
    return twin(cut(image.expand(len(roi.size), -1, -1, -1), roi)).presence


def repeated(roi: Roi, times: int) -> Roi:
    """The same place several times, to be jittered."""
    return Roi(*(part.repeat_interleave(times, 0) for part in roi))
