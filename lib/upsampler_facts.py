"""What is known of a network's training: the facts that go into its weight file, and from there into its model card."""

import argparse
import os
import platform
import statistics
from collections.abc import Mapping
from datetime import date

import torch

from lib.recipes import Stage
from lib.training import History
from lib.upsampler import UNet, parameter_count

NOT_TOLD = ("stage", "data", "out", "ship")


def facts(
    stage: Stage, options: argparse.Namespace, history: History, model: UNet, clips: Mapping[str, int], crops: int
) -> dict:
    """``clips`` are how many of each set there were to learn from, ``crops`` how many pairs an epoch showed.

    "command" is added by who knows the options' defaults, see `command_of`.
    """
    best = min(history, key=lambda row: row["validation"])
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
        "loss": loss_in_words(stage),
        "precision": "bfloat16" if options.bfloat16 else "float32",
        "hardware": f"{options.device}, {os.cpu_count()} cores, {platform.machine()}",
        "torch": torch.__version__,
        "date": date.today().isoformat(),
        "curve": [[round(row[key], 5) for key in ("train", "validation")] for row in history],
    }


def command_of(stage: Stage, options: argparse.Namespace, defaults: argparse.Namespace) -> str:
    """What to type for these weights: every option that is not at its default."""
    words = [f"python -m lib.train_upsampler {stage.name}"]
    for name, value in vars(options).items():
        if name not in NOT_TOLD and value != getattr(defaults, name):
            words.append(f"--{name}" if value is True else f"--{name} {value or 0}")
    return " ".join(words)


def loss_in_words(stage: Stage) -> str:
    """Such as "SSIM + L1 + hand weights"."""
    extras = ["hand weights"] * stage.weighted + ["detector"] * bool(stage.guided)
    return " + ".join([*stage.loss.upper().split("_"), *extras])
