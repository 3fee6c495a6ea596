"""Training R3's network and its baselines on photos of letters, with `lib.training`.

    model, history = train("dynamic", photos, learn, judge, RECIPES["laptop"], folder="runs/dynamic")
    predicted = predict(model, photos[test])

The kinds of network, and how each learns, are in `lib.joins2sign.recipes`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.joins2sign.losses import dynamic_loss, joint_loss, letter_loss, static_loss
from lib.joins2sign.network import FRAME, WRIST, Joins2Sign, KeypointClassifier, LetterCNN, spoiled
from lib.joins2sign.photos import Photos
from lib.joins2sign.recipes import Pace, build, split_kind
from lib.tools.errors import BadInput
from lib.training import History, Settings, fit


class Batch(NamedTuple):
    """``images`` (n, 3, H, W) uint8, ``joints`` (n, 21, 2) in the 256 frame with NaN, ``labels`` (n,); which of its
    epoch's batches it is, from 0."""

    images: Tensor
    joints: Tensor
    labels: Tensor
    number: int
    epoch: int


Told = Callable[[int, Tensor], None]


class Prediction(NamedTuple):
    """``joints`` (N, 21, 2) in the 256 frame (None for a network without) and ``letters`` (N,), -1 for no answer."""

    joints: np.ndarray | None
    letters: np.ndarray


def train(
    kind: str,
    photos: Photos,
    learn: np.ndarray,
    judge: np.ndarray,
    recipe: Pace,
    folder: str | Path,
    seed: int = 0,
    after_epoch: Callable[[History], None] = lambda history: None,
    final: bool = False,
    told: Told = lambda epoch, losses: None,
) -> tuple[nn.Module, History]:
    """Train on the rows ``learn``, keep the epoch that is best on the rows ``judge``; resumes in ``folder``.

    ``final``, for settings that have been chosen: learn from both, as R3 does in the end (4.6), and keep the last
    epoch. The loss on ``judge``, the history's "validation", is the mean of both losses, or the letters' alone where
    there are no joints to learn. Where both are, ``told`` gets the epoch, from 0, and the losses (2,) of every batch.
    """
    if split_kind(kind)[0] == "keypoints":
        learn, judge = (rows[photos.found[rows]] for rows in (learn, judge))
    if not len(learn) or not len(judge):
        raise BadInput("There are no photos to learn from or to judge by: check the split, and that hands were found.")
    rows = np.concatenate([learn, judge]) if final else learn
    torch.manual_seed(seed)
    model = build(kind, recipe)
    _place_wrist(model, in_frame(photos)[rows, WRIST])

    def data(epoch: int, rank: int, processes: int) -> Iterator[Batch]:
        drawn = np.random.default_rng([seed, epoch]).permutation(rows)
        own = drawn[rank::processes][: (len(drawn) // recipe.batch * recipe.batch or len(drawn)) // processes]
        return _batches(photos, own, replace(recipe, batch=max(1, recipe.batch // processes)), epoch)

    def validate(network: nn.Module) -> float:
        means = ((len(b.labels), _losses(kind, network, b, recipe).mean()) for b in _batches(photos, judge, recipe))
        return sum(count * float(mean) for count, mean in means) / len(judge)

    loss = _loss(kind, model, recipe, told)
    rate = recipe.rates[kind.startswith("dynamic")]
    settings = Settings.of(recipe, learning_rate=rate, patience=recipe.epochs, seed=seed, keep_last=final)
    return model, fit(model, data, loss, validate, settings, folder, after_epoch)


def _place_wrist(model: nn.Module, wrists: np.ndarray) -> None:
    """The mean wrist of the photos learned from, (N, 2) in the 256 frame, stands in where one is missing (R3, 4.2)."""
    known = np.isfinite(wrists).all(axis=1)
    reader = model if isinstance(model, KeypointClassifier) else getattr(model, "classifier", None)
    if reader is not None and known.any():
        reader.mean_wrist.copy_(torch.from_numpy(wrists[known].mean(axis=0)))


def predict(model: nn.Module, photos: Photos, recipe: Pace, spoil: bool = False) -> Prediction:
    """Joints and letters of every photo. Without a hand in it, a keypoint classifier gives no answer: -1.

    With ``spoil`` the photos are turned, slanted and zoomed as the photos' authors do with their test's.
    """
    model.eval()
    joints, letters, rng = [], [], torch.Generator().manual_seed(0) if spoil else None
    with torch.inference_mode(), torch.autocast(recipe.device, torch.bfloat16, enabled=recipe.bfloat16):
        for batch in _batches(photos, np.arange(len(photos)), recipe):
            points, logits = _run(model, batch, recipe, rng)
            letters.append(logits.argmax(1).cpu().numpy())
            joints.append(points.float().cpu().numpy())
    answers = np.concatenate(letters)
    if isinstance(model, KeypointClassifier):
        return Prediction(None, np.where(photos.found, answers, -1))
    return Prediction(np.concatenate(joints) if isinstance(model, Joins2Sign) else None, answers)


def in_frame(photos: Photos) -> np.ndarray:
    """The known joints (N, 21, 2) in pixels of R3's 256 x 256 frame."""
    return photos.joints * np.float32(FRAME / photos.images.shape[2])


def _batches(photos: Photos, rows: np.ndarray, recipe: Pace, epoch: int = 0) -> Iterator[Batch]:
    truth = in_frame(photos)
    for number, start in enumerate(range(0, len(rows), recipe.batch)):
        some = rows[start : start + recipe.batch]
        images = torch.from_numpy(photos.images[some]).permute(0, 3, 1, 2)  # channels last, as convolutions like it
        arrays = images, torch.from_numpy(truth[some]), torch.from_numpy(photos.labels[some]).long()
        yield Batch(*(array.to(recipe.device) for array in arrays), number, epoch)


def _pictures(images: Tensor, size: int) -> Tensor:
    """uint8 (n, 3, H, W) -> float (n, 3, size, size) in [0, 1]; for R3's network a 64-pixel photo is enlarged."""
    x = images.float() / 255
    return x if x.shape[-1] == size else F.interpolate(x, (size, size), mode="bilinear", antialias=x.shape[-1] > size)


def _run(model: nn.Module, batch: Batch, recipe: Pace, rng: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """Joints and logits of a network of any kind; the joints are the given ones where it makes none."""
    inner = getattr(model, "module", model)  # DistributedDataParallel wraps the network
    if isinstance(inner, KeypointClassifier):
        return batch.joints, model(batch.joints)
    pictures = _pictures(batch.images, recipe.size)
    if rng or (isinstance(inner, LetterCNN) and inner.training):
        pictures = spoiled(pictures, rng)
    answer = model(pictures)
    return answer if isinstance(inner, Joins2Sign) else (batch.joints, answer)


def _losses(kind: str, network: nn.Module, batch: Batch, recipe: Pace) -> Tensor:
    """Those of joints and letters, (2,), or of the letters alone, (1,), where no joints are learned."""
    joints, logits = _run(network, batch, recipe)
    letters = letter_loss(logits.float(), batch.labels)
    both = kind.startswith(("static", "dynamic"))
    return torch.stack([joint_loss(joints, batch.joints), letters] if both else [letters])


def _loss(kind: str, model: nn.Module, recipe: Pace, told: Told) -> Callable[..., Tensor]:
    def loss(network: nn.Module, batch: Batch) -> Tensor:
        losses = _losses(kind, network, batch, recipe)
        if len(losses) == 1:
            return losses[0]
        told(batch.epoch, losses)
        if kind.startswith("static"):
            return static_loss(*losses, recipe.weights)
        if batch.number == 0:
            model.first.copy_(losses.detach())
        return dynamic_loss(*losses, model.first, recipe.power)

    return loss
