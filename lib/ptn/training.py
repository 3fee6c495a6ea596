"""Training a sign classifier on sequences of frames, and carrying one from a sign language to another.

De Coster et al. (arXiv 2306.17558): L1 on PTN's first layer (3.3) and early stopping (5.2); from the authors' code Adam
and a tenth of the learning rate after 5 epochs without gain in validation accuracy. The learning rate, the batch size
and the patience of the early stopping are not published; 3e-4, 128 and 12 are ours, and so is clipping gradients at 1.

    model = PTN(134, num_classes)
    history = train(model, train_set, val_set, Recipe(seed=0))
    micro, macro = accuracies(predict(model, test_set.clips), test_set.labels)
    chain = transfer(model, num_classes=40, learn=target_train, judge=target_val, recipe=Recipe())
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from lib.ptn.network import L1_WEIGHT, PTN, l1_first_layer
from lib.tools.errors import BadInput
from lib.training import History, Settings, fit

STAGES = {  # R2, section 5.2: what is trained in each of its three experiments
    "frozen": ("classifier",),
    "sequence": ("sequence", "classifier"),
    "all": ("embedding", "sequence", "classifier"),
}


@dataclass(frozen=True)
class SignSet:
    """Clips and what is signed in them: ``clips`` float32 arrays (T, ...), each of its own length; ``labels`` (N,).
    Pictures may be uint8 (T, 3, H, W), and may lie on the disk until they are needed.

    Signs are numbered from 0. Raises BadInput for what would become an error far from its cause, or a NaN in a loss.
    """

    clips: Sequence[np.ndarray]
    labels: np.ndarray

    def __post_init__(self) -> None:
        if len(self.clips) != len(self.labels) or not len(self.clips):
            raise BadInput(f"A set of signs needs a label for each clip, not {len(self.labels)} for {len(self.clips)}.")
        labels = np.asarray(self.labels)
        if labels.ndim != 1 or labels.dtype.kind not in "iu" or labels.min() < 0:
            raise BadInput("Labels are whole numbers from 0 on; np.unique(names, return_inverse=True) numbers names.")
        finite = (clip.dtype.kind in "iu" or np.isfinite(clip).all() for clip in self.clips)  # bytes stay on the disk
        bad = next((i for i, (clip, good) in enumerate(zip(self.clips, finite)) if not (len(clip) and good)), None)
        if bad is not None:
            raise BadInput(f"Clip {bad} is empty or holds NaN; impute and normalise before training.")
        forms = [clip.shape[1:] for clip in self.clips]
        odd = next((i for i, form in enumerate(forms) if form != forms[0]), None)
        if odd is not None:
            found = f"{forms[0]} in clip 0 and {forms[odd]} in clip {odd}"
            raise BadInput(f"Frames have the shape {found}; bring all to one layout.")

    def __len__(self) -> int:
        return len(self.clips)

    def take(self, rows: Sequence[int] | np.ndarray) -> "SignSet":
        """The clips with these numbers, or where a mask (N,) is True."""
        rows = np.arange(len(self))[rows]
        return SignSet([self.clips[row] for row in rows], np.asarray(self.labels)[rows])


Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Recipe:
    """How a classifier is trained; ``parts`` names what is trained."""

    learning_rate: float = 3e-4
    batch: int = 128
    epochs: int = 100
    patience: int = 12
    plateau: int = 5
    l1: float = L1_WEIGHT
    seed: int = 0
    parts: tuple[str, ...] = STAGES["all"]
    bfloat16: bool = False
    compile: bool = False
    device: str = "cpu"


def train(
    model: nn.Module,
    learn: SignSet,
    judge: SignSet,
    recipe: Recipe,
    folder: str | Path | None = None,
    loss: Loss = F.cross_entropy,
) -> History:
    """Train ``model`` in place on ``learn``; it ends with the weights of the epoch that is best on ``judge``.

    ``loss(scores, labels)`` may be weighted or logit-adjusted. ``folder`` keeps checkpoints, from which a training
    that was cut off goes on; without one nothing is written. Returns `lib.training.fit`'s history, in which
    "validation" is minus the accuracy. Parts that ``recipe.parts`` leaves out stay as they are. Raises BadInput.
    """
    _check_width(model, learn.clips)
    signs, largest = model.classifier.out_features, max(learn.labels)
    if largest >= signs:
        raise BadInput(f"The network tells {signs} signs apart, but there is a clip of number {largest}; count from 0.")
    freeze(model, recipe.parts)
    penalised = recipe.l1 and isinstance(model, PTN) and "embedding" in recipe.parts

    def data(epoch: int, rank: int, processes: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        return batches(learn, recipe, np.random.default_rng([recipe.seed, epoch]), rank, processes)

    def batch_loss(network: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        clips, mask, labels = batch
        value = loss(network(clips, mask).float(), labels)
        return value + l1_first_layer(model, recipe.l1) if penalised else value

    def validate(network: nn.Module) -> float:
        return -accuracies(predict(network, judge.clips, recipe.batch), judge.labels)[0]

    return fit(model, data, batch_loss, validate, Settings.of(recipe, clip_norm=1.0), folder)


def freeze(model: nn.Module, parts: Sequence[str]) -> None:
    """Only these parts of the network will learn ("classifier", say); the others keep their weights."""
    for name, part in model.named_children():
        part.requires_grad_(name in parts)


def transfer(
    source: nn.Module, num_classes: int, learn: SignSet, judge: SignSet, recipe: Recipe, loss: Loss = F.cross_entropy
) -> dict[str, nn.Module]:
    """Another language's classifier on what ``source`` has learned: R2's three stages (5.2), each until convergence.

    Returns the model after "frozen" (only a new classifier), "sequence" (and the transformer) and "all". The second
    and the third both begin where the first has ended. ``source`` stays as it is.
    """
    frozen = copy.deepcopy(source)
    torch.manual_seed(recipe.seed)
    frozen.classifier = nn.Linear(source.classifier.in_features, num_classes)
    reached = {}
    for stage, parts in STAGES.items():
        model = reached[stage] = copy.deepcopy(reached.get("frozen", frozen))
        train(model, learn, judge, replace(recipe, parts=parts), loss=loss)
    return reached


def predict(model: nn.Module, clips: Sequence[np.ndarray], batch: int = 128) -> np.ndarray:
    """Scores of every clip, float32 (N, num_classes). Raises BadInput for keypoints of another layout than PTN's."""
    _check_width(model, clips)
    device = next(model.parameters()).device
    model.eval()
    with torch.inference_mode():
        parts = (collate(clips[start : start + batch]) for start in range(0, len(clips), batch))  # one in memory
        return torch.cat([model(x.to(device), mask.to(device)).float().cpu() for x, mask in parts]).numpy()


def accuracies(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """(micro, macro): the share of clips that are right, and the mean over the signs that occur of their shares.

    ``scores`` (N, C), ``labels`` (N,). Where some signs are rare, macro says whether they are learned at all.
    """
    right = np.asarray(scores).argmax(axis=1) == labels
    return float(right.mean()), float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def batches(
    clips: SignSet, recipe: Recipe, rng: np.random.Generator, rank: int = 0, processes: int = 1
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """One epoch in random order: (clips (N, T, ...), mask (N, T), labels (N,)), a process's share of each batch."""
    order = rng.permutation(len(clips))
    labels = torch.as_tensor(np.asarray(clips.labels), dtype=torch.long)
    for start in range(0, len(order), recipe.batch):
        whole = order[start : start + recipe.batch]
        if len(whole) >= processes:  # each process waits at every batch for all others
            rows = whole[rank::processes]
            x, mask = collate([clips.clips[row] for row in rows])
            yield x.to(recipe.device), mask.to(recipe.device), labels[rows].to(recipe.device)


def collate(clips: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Clips (T, ...) of several lengths as one batch (N, longest, ...), zeros at the end, and its mask.

    The batch is float32, or uint8 where the clips are: pictures that lie on the disk as bytes.
    """
    kind = torch.uint8 if clips[0].dtype == np.uint8 else torch.float32
    batch = pad_sequence([torch.from_numpy(np.array(clip)).to(kind) for clip in clips], batch_first=True)
    return batch, torch.arange(batch.shape[1]) < torch.tensor([len(clip) for clip in clips])[:, None]


def _check_width(model: nn.Module, clips: Sequence[np.ndarray]) -> None:
    """Raises BadInput where PTN was made for keypoints of another layout."""
    if isinstance(model, PTN) and clips[0].shape[1] != model.in_features:
        found = f"{model.in_features} numbers a frame, not {clips[0].shape[1]}"
        raise BadInput(f"The network wants {found}; bring the clips to its layout.")
