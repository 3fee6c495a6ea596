"""Training R3's network and its baselines on photos of letters, with `lib.training`.

    model, history = train("dynamic", photos, learn, judge, RECIPES["laptop"], folder="runs/dynamic")
    predicted = predict(model, photos[test])

Kinds: "static" and "dynamic" (Joins2Sign with either weighting of its two losses), "cnn" (the same convolutions, no
joints), "keypoints" (the joints that MediaPipe found straight into R3's classifier), and the last two words
"... invariant" for angles against the hand's own direction.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.errors import BadInput
from lib.joins2sign import (
    FRAME,
    Config,
    Joins2Sign,
    KeypointClassifier,
    LetterCNN,
    dynamic_loss,
    joint_loss,
    letter_loss,
    static_loss,
)
from lib.lis import Photos
from lib.training import History, Settings, fit

KINDS = ("static", "dynamic", "cnn", "keypoints")
INVARIANT = " invariant"


@dataclass(frozen=True)
class Recipe:
    """Sizes and pace. ``rates`` are the learning rates of static and dynamic weighting."""

    size: int
    width: float
    epochs: int
    rates: tuple[float, float] = (1e-3, 1e-3)
    weights: tuple[float, float] = (0.5, 0.5)  # of the joints' and the letters' loss, where the weighting is static
    batch: int = 128
    dropout: float = 0.5
    hidden: int = 512
    momentum: float | None = None  # None: Adam
    weight_decay: float | None = None
    tenth_every: int | None = None
    cosine: bool = True
    bfloat16: bool = False
    device: str = "cpu"


# "paper" has R3's sizes and pace (4.1, 4.5); the others see the photo as it is, 64 x 64, through fewer channels, with
# Adam, fewer epochs and smaller batches: as many steps as R3 (validation photos only: 40 epochs of batches of 32 beat
# 20, and both beat 128)
RECIPES = {
    "paper": Recipe(256, 1.0, 150, (1e-2, 5e-3), momentum=0.9, weight_decay=5e-5, tenth_every=90, cosine=False),
    "laptop": Recipe(64, 0.125, 40, batch=32, hidden=256, dropout=0.2),
    "ci": Recipe(64, 0.0625, 2, batch=32, hidden=64, dropout=0.2),
}


class Batch(NamedTuple):
    """``images`` (n, 3, H, W) uint8, ``joints`` (n, 21, 2) in the 256 frame with NaN, ``labels`` (n,)."""

    images: Tensor
    joints: Tensor
    labels: Tensor


class Prediction(NamedTuple):
    """``joints`` (N, 21, 2) in the 256 frame (None for a network without) and ``letters`` (N,), -1 for no answer."""

    joints: np.ndarray | None
    letters: np.ndarray


def build(kind: str, recipe: Recipe) -> nn.Module:
    """A fresh network of that kind. Raises BadInput for an unknown one."""
    name = kind.removesuffix(INVARIANT)
    settings = dict(size=recipe.size, width=recipe.width, hidden=recipe.hidden, dropout=recipe.dropout)
    settings |= {"invariant": kind.endswith(INVARIANT)}
    if name not in KINDS or (name == "cnn" and settings["invariant"]):
        raise BadInput(f"There is no network {kind!r}; choose among {', '.join(KINDS)}, or KIND{INVARIANT} (not cnn).")
    if name == "keypoints":
        return KeypointClassifier(Config(**settings))
    return LetterCNN(**settings) if name == "cnn" else Joins2Sign(**settings)


def train(
    kind: str,
    photos: Photos,
    learn: np.ndarray,
    judge: np.ndarray,
    recipe: Recipe,
    folder: str | Path,
    seed: int = 0,
    after_epoch: Callable[[History], None] = lambda history: None,
) -> tuple[nn.Module, History]:
    """Train on the rows ``learn``, keep the epoch that is best on the rows ``judge``; resumes in ``folder``.

    The loss on ``judge`` is the mean of both losses, or the letters' alone where there are no joints to learn.
    """
    if kind.startswith("keypoints"):
        learn, judge = (rows[photos.found[rows]] for rows in (learn, judge))
    if not len(learn) or not len(judge):
        raise BadInput("There are no photos to learn from or to judge by: check the split, and that hands were found.")
    torch.manual_seed(seed)
    model, loss = build(kind, recipe), _loss(kind, recipe)
    settings = Settings(
        learning_rate=recipe.rates[kind.startswith("dynamic")],
        epochs=recipe.epochs,
        patience=recipe.epochs,
        seed=seed,
        cosine=recipe.cosine,
        tenth_every=recipe.tenth_every,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
        bfloat16=recipe.bfloat16,
        device=recipe.device,
    )

    def data(epoch: int, rank: int, processes: int) -> Iterator[Batch]:
        rng = np.random.default_rng([seed, epoch])
        rows = rng.permutation(learn)[rank::processes]
        return _batches(photos, rows[: len(rows) // recipe.batch * recipe.batch or None], recipe)

    def validate(network: nn.Module) -> float:
        parts = [len(b.labels) * float(_judged(kind, network, b, recipe)) for b in _batches(photos, judge, recipe)]
        return sum(parts) / len(judge)

    history = fit(model, data, loss, validate, settings, folder, after_epoch)
    return model, history


def predict(model: nn.Module, photos: Photos, recipe: Recipe) -> Prediction:
    """Joints and letters of every photo. Without a hand in it, a keypoint classifier gives no answer: -1."""
    model.eval()
    joints, letters = [], []
    with torch.inference_mode(), torch.autocast(recipe.device, torch.bfloat16, enabled=recipe.bfloat16):
        for batch in _batches(photos, np.arange(len(photos)), recipe):
            points, logits = _run(model, batch, recipe)
            letters.append(logits.argmax(1).cpu().numpy())
            joints.append(points.float().cpu().numpy())
    answers = np.concatenate(letters)
    if isinstance(model, KeypointClassifier):
        return Prediction(None, np.where(photos.found, answers, -1))
    return Prediction(np.concatenate(joints) if isinstance(model, Joins2Sign) else None, answers)


def mean_losses(model: nn.Module, photos: Photos, recipe: Recipe) -> Tensor:
    """(2,) the loss of the joints and that of the letters, over all photos; of a network that makes both."""
    model.eval()
    total = torch.zeros(2)
    with torch.inference_mode(), torch.autocast(recipe.device, torch.bfloat16, enabled=recipe.bfloat16):
        for batch in _batches(photos, np.arange(len(photos)), recipe):
            joints, logits = _run(model, batch, recipe)
            both = joint_loss(joints, batch.joints), letter_loss(logits.float(), batch.labels)
            total += len(batch.labels) * torch.stack(both).cpu()
    return total / len(photos)


def in_frame(photos: Photos) -> np.ndarray:
    """The known joints (N, 21, 2) in pixels of R3's 256 x 256 frame."""
    return photos.joints * np.float32(FRAME / photos.images.shape[2])


def with_keypoint_pace(recipe: Recipe) -> Recipe:
    """The keypoint classifier is so small that it can have more epochs, and R3's batches, whatever the profile."""
    epochs = max(2, min(60, 4 * recipe.epochs))
    return replace(recipe, epochs=epochs, rates=(2e-3, 2e-3), batch=128, momentum=None, cosine=True)


def _batches(photos: Photos, rows: np.ndarray, recipe: Recipe) -> Iterator[Batch]:
    truth = in_frame(photos)
    for start in range(0, len(rows), recipe.batch):
        some = rows[start : start + recipe.batch]
        images = torch.from_numpy(photos.images[some]).permute(0, 3, 1, 2)  # channels last, as convolutions like it
        arrays = images, torch.from_numpy(truth[some]), torch.from_numpy(photos.labels[some]).long()
        yield Batch(*(array.to(recipe.device) for array in arrays))


def _pictures(images: Tensor, size: int) -> Tensor:
    """uint8 (n, 3, H, W) -> float (n, 3, size, size) in [0, 1]; for R3's network a 64-pixel photo is enlarged."""
    x = images.float() / 255
    return x if x.shape[-1] == size else F.interpolate(x, (size, size), mode="bilinear", antialias=x.shape[-1] > size)


def _run(model: nn.Module, batch: Batch, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """Joints and logits of a network of any kind; the joints are the given ones where it makes none."""
    inner = getattr(model, "module", model)  # DistributedDataParallel wraps the network
    if isinstance(inner, KeypointClassifier):
        return batch.joints, model(batch.joints)
    answer = model(_pictures(batch.images, recipe.size))
    return answer if isinstance(inner, Joins2Sign) else (batch.joints, answer)


def _loss(kind: str, recipe: Recipe) -> Callable[[nn.Module, Batch], Tensor]:
    def loss(model: nn.Module, batch: Batch) -> Tensor:
        joints, logits = _run(model, batch, recipe)
        letters = letter_loss(logits.float(), batch.labels)
        if not kind.startswith(("static", "dynamic")):
            return letters
        points = joint_loss(joints, batch.joints)
        if kind.startswith("static"):
            return static_loss(points, letters, recipe.weights)
        first = getattr(model, "module", model).first
        if first.isnan().any():
            first.copy_(torch.stack([points, letters]).detach())
        return dynamic_loss(points, letters, first)

    return loss


def _judged(kind: str, model: nn.Module, batch: Batch, recipe: Recipe) -> Tensor:
    """The two losses' mean whatever the weighting, so that static and dynamic can be compared."""
    joints, logits = _run(model, batch, recipe)
    letters = letter_loss(logits.float(), batch.labels)
    with_joints = kind.startswith(("static", "dynamic"))
    return static_loss(joint_loss(joints, batch.joints), letters) if with_joints else letters
