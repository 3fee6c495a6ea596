"""R1's progressive procedure (IV-A) as a list: each model adds one thing to the last; and ours, which goes on from it.

R1's five learn on R1's damage as R1 trains (IV-A): Adam at a constant 0.001, patience 7, one number of epochs. Only
BWFA-UNet starts from another model's weights (IV-C). Those called "-camera" are of an earlier attempt on a camera's
damage, with a head, a residual and schedules that are ours. BV-UNet and the BG courses learned while TD1 was still
spoiled as D1 is.
"""

import argparse
import os
import platform
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import torch

from lib.training import History
from lib.upsampler.network import UNet, parameter_count

EVERYTHING = ("d1", "td1", "varied")


@dataclass(frozen=True)
class Stage:
    """How one model is trained. ``crops`` are seen in an epoch; ``start`` names the stage whose weights it takes;
    ``loss`` is of `lib.losses`; ``guided`` is the weight of the detector's opinion beside it."""

    name: str
    about: str
    sets: tuple[str, ...] = ("d1_software",)
    skips: bool = True
    attention: bool = False
    residual: bool = False
    head: str = "transposed"
    loss: str = "ssim_l1"
    weighted: bool = False
    guided: float = 0.0
    start: str | None = None
    learning_rate: float = 1e-3
    cosine: bool = False
    epochs: int = 20
    patience: int = 7
    keep_last: bool = False
    clip_norm: float = 1.0
    crops: int = 3000


_FIVE = [
    Stage("b-ae", "R1's autoencoder: a U-Net without skips", skips=False),
    Stage("b-unet", "a U-Net: the autoencoder with skips"),
    Stage("ba-unet", "attention gates in the skips", attention=True),
    Stage("bwa-unet", "the hands weigh twice in the loss", attention=True, weighted=True),
    Stage(  # R1's TD1 has 62,000 frames, a third of D1's 180,000 (III-C, III-D), and so its epochs a third of the steps
        "bwfa-unet", "fine-tuned on TD1", ("td1",), attention=True, weighted=True, start="bwa-unet", crops=1000,
    ),
]  # fmt: skip

# What single choices are worth: the U-Net at a fifth of the budget, with one thing changed.
# With a constant rate "fifth" is B-UNet's own first epochs, to the last bit; it is a stage so that it leaves weights
# and facts of its own.
_FIFTH = Stage("fifth", "the U-Net at a fifth of the budget", epochs=4)
_FIFTHS = [
    _FIFTH,
    *(replace(_FIFTH, name=f"fifth-{loss.replace('_', '-')}", about=f"the same by {loss}", loss=loss)
      for loss in ("l1", "l2", "ssim_l2", "ssim")),
    *(replace(_FIFTH, name=f"fifth-{head}", about=f"the same with the head {head}", head=head)
      for head in ("bilinear", "conv3")),
    replace(_FIFTH, name="fifth-residual", about="the same with the bilinear enlargement added", residual=True),
]  # fmt: skip

_CAMERA = Stage("", "", ("d1",), residual=True, head="conv3", cosine=True, epochs=16, crops=6000)
_CAMERAS = [
    replace(_CAMERA, name="b-ae-camera", about="R1's autoencoder, on a camera's damage", skips=False),
    replace(_CAMERA, name="b-unet-camera", about="the U-Net, on a camera's damage"),
    replace(_CAMERA, name="ba-unet-camera", about="the Attention U-Net, on a camera's damage", attention=True),
    replace(
        _CAMERA, name="bwa-unet-camera", about="the hands weigh twice in the loss, on a camera's damage",
        attention=True, weighted=True, start="ba-unet-camera", epochs=50,
    ),
    replace(
        _CAMERA, name="bwfa-unet-camera", about="fine-tuned on TD1 while that was spoiled as D1 is", sets=("td1",),
        attention=True, weighted=True, start="bwa-unet-camera", learning_rate=2e-4, epochs=9, crops=4000,
    ),
]  # fmt: skip

_VARIED = replace(_CAMERA, sets=EVERYTHING, attention=True)
_GUIDED = replace(
    _VARIED, guided=0.05, learning_rate=2e-4, patience=16, keep_last=True, clip_norm=0.5, crops=8000
)  # fmt: skip
_OURS = [
    replace(_VARIED, name="bv-unet", about="the Attention U-Net on films of every kind", epochs=4, crops=16000),
    replace(
        _GUIDED, name="bg-first", about="guided by the detector's own eye for hands, a first course", start="bv-unet",
        learning_rate=3e-4, epochs=14, patience=14, keep_last=False,
    ),
    replace(_GUIDED, name="bg-second", about="a second course", start="bg-first", epochs=16),
    replace(
        _GUIDED, name="bg-unet", about="guided by the detector's own eye for hands, at last three times as strongly",
        guided=0.15, start="bg-second", epochs=7,
    ),
]  # fmt: skip
STAGES = {stage.name: stage for stage in (*_FIVE, *_FIFTHS, *_CAMERAS, *_OURS)}


NOT_TOLD = ("stage", "data", "out", "ship")


def facts(
    stage: Stage, options: argparse.Namespace, history: History, model: UNet, clips: Mapping[str, int], crops: int
) -> dict:
    """``clips`` are how many of each set there were to learn from, ``crops`` how many pairs an epoch showed.

    "command" is added by who knows the options' defaults, see `command_of`.
    """
    best = min(history, key=lambda row: row["validation"])
    extras = ["hand weights"] * stage.weighted + ["detector"] * bool(stage.guided)
    return {
        "name": stage.name,
        "about": stage.about,
        "start": stage.start,
        "clips": dict(clips),
        "seed": options.seed,
        "parameters": parameter_count(model),
        "epochs": len(history),
        "best_epoch": best["epoch"],
        "kept_epoch": history[-1]["epoch"] if stage.keep_last else best["epoch"],
        "crops": len(history) * crops,
        # by the typical epoch, since a machine that slept or was paused did not train
        "minutes": round(len(history) * statistics.median(row["seconds"] for row in history) / 60, 1),
        "learning_rate": stage.learning_rate,
        "loss": " + ".join([*stage.loss.upper().split("_"), *extras]),  # such as "SSIM + L1 + hand weights"
        "precision": "bfloat16" if options.bfloat16 else "float32",
        "hardware": f"{options.device}, {os.cpu_count()} cores, {platform.machine()}",
        "torch": torch.__version__,
        "date": date.today().isoformat(),
        "curve": [[round(row[key], 5) for key in ("train", "validation")] for row in history],
    }


def command_of(stage: Stage, options: argparse.Namespace, defaults: Mapping[str, object]) -> str:
    """What to type for these weights: every option that is not at its default, that of its profile."""
    words = [f"python -m lib.train_upsampler {stage.name}"]
    for name, value in vars(options).items():
        if name not in NOT_TOLD and value != defaults[name]:
            option = f"--{name.replace('_', '-')}"
            words.append(option if value is True else f"{option} {value or 0}")
    return " ".join(words)
