"""R1's progressive procedure (IV-A): each model adds one thing to the last; and ours, which goes on from it.

R1's five learn on R1's damage as R1 trains (IV-A): Adam at a constant 0.001, patience 7, one number of epochs. Only
BWFA-UNet starts from another model's weights (IV-C). Those called "-camera" are of an earlier attempt on a camera's
damage, with a head, a residual and schedules that are ours. BV-UNet and the BG courses learned while TD1 was still
spoiled as D1 is. All of them are listed in ``recipes.toml``.
"""

import argparse
import os
import platform
import statistics
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import torch

from lib.training import History
from lib.upsampler.network import UNet, parameter_count


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


def _stage(name: str) -> Stage:
    entry = ENTRIES[name]
    like = _stage(entry["like"]) if "like" in entry else Stage("", "")
    told = {what: tuple(said) if what == "sets" else said for what, said in entry.items() if what != "like"}
    return replace(like, name=name, **told)


ENTRIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
STAGES = {name: _stage(name) for name in ENTRIES}
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
