"""Which networks are trained on the photos of letters, how large, and at which pace.

Kinds: "static" and "dynamic" (Joins2Sign with either weighting of its two losses), "keypoints" (the joints that were
found straight into R3's classifier), and "cnn" (the CNN of the photos' authors, without joints). Behind the first three
may stand one thing that is done otherwise, as in "dynamic cartesian"; "cnn of 60 epochs" comes nearer to its authors'.
"""

from dataclasses import dataclass

from torch import nn

from lib.joins2sign.network import Config, Joins2Sign, KeypointClassifier, LetterCNN
from lib.tools.errors import BadInput

KINDS = ("static", "dynamic", "cnn", "keypoints")
INVARIANT, PATIENT = " invariant", " of 60 epochs"
VARIANTS = {  # what of the network each turns round
    INVARIANT: {"invariant": True},
    " cartesian": {"polar": False},
    " without BatchNorm": {"batch_norm": False},
    " with dropout": {"regression_dropout": 0.5},
}


@dataclass(frozen=True)
class Pace:
    """Sizes and pace of a training. ``rates`` are the learning rates of static and dynamic weighting."""

    size: int
    width: float
    epochs: int
    rates: tuple[float, float] = (1e-3, 1e-3)
    weights: tuple[float, float] = (0.5, 0.5)  # of the joints' and the letters' loss, where the weighting is static
    power: float = 0.8  # of the weights, where it is dynamic
    batch: int = 128
    dropout: float = 0.5
    hidden: int = 512
    momentum: float | None = None  # None: Adam
    weight_decay: float | None = None
    tenth_every: int | None = None
    cosine: bool = True
    bfloat16: bool = False
    device: str = "cpu"


R3_PACE = {"momentum": 0.9, "weight_decay": 5e-5, "tenth_every": 90, "cosine": False}  # 4.5
# "paper" has R3's sizes and pace (4.1, 4.5), in half the bits, of which R3 says nothing; the others see the photo as it
# is, 64 x 64, through fewer channels, with Adam, fewer epochs and smaller batches (validation photos only: batches of
# 32 beat 128)
RECIPES = {
    "paper": Pace(256, 1.0, 150, (1e-2, 5e-3), bfloat16=True, **R3_PACE),
    "laptop": Pace(64, 0.125, 10, batch=32, hidden=256, dropout=0.2),
    "ci": Pace(64, 0.0625, 2, batch=32, hidden=64, dropout=0.2),
}


def split_kind(kind: str) -> tuple[str, str]:
    """ "dynamic cartesian" -> ("dynamic", " cartesian"). Raises BadInput for what there is not."""
    name = next((name for name in KINDS if kind == name or kind.startswith(f"{name} ")), "")
    variant = kind.removeprefix(name)
    known = not variant or (variant == PATIENT if name == "cnn" else variant in VARIANTS)
    if not name or not known or (name == "keypoints" and "regression_dropout" in VARIANTS.get(variant, ())):
        behind = ", ".join(repr(variant.strip()) for variant in VARIANTS)
        raise BadInput(f"There is no network {kind!r}: choose among {', '.join(KINDS)}, with {behind} behind it or not")
    return name, variant


def build(kind: str, recipe: Pace) -> nn.Module:
    """A fresh network of that kind. Raises BadInput for an unknown one."""
    name, variant = split_kind(kind)
    if name == "cnn":
        return LetterCNN(width=recipe.width)
    settings = dict(size=recipe.size, width=recipe.width, hidden=recipe.hidden, dropout=recipe.dropout)
    settings |= VARIANTS.get(variant, {})
    return KeypointClassifier(Config(**settings)) if name == "keypoints" else Joins2Sign(**settings)
