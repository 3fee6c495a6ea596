"""One plain training loop for every network of the course: Adam, early stopping, checkpoints, exact resume.

    history = fit(model, data=epoch_of_batches, loss=loss, validate=score, settings=Settings(), folder="runs/mine")

The data of an epoch are drawn from its number alone and the checkpoint holds everything else that changes, so a
training that was killed goes on, when started again, as if nothing had happened. Under ``torchrun`` every process
trains on its own share of each epoch and the gradients are averaged (DistributedDataParallel):

    torchrun --nproc-per-node 8 -m lib.train_upsampler ba-unet                              one machine, 8 GPUs
    torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint HOST:29500 -m lib.train_upsampler ba-unet
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from lib.tools.checkpoints import check_alike, check_training, read_tensors, write_tensors
from lib.tools.errors import BadInput
from lib.tools.files import write_json
from lib.tools.processes import Processes


@dataclass(frozen=True)
class Settings:
    """R1's recipe (IV-A) unless changed: Adam at 1e-3, at most 50 epochs, stop after 7 without gain."""

    learning_rate: float = 1e-3
    epochs: int = 50
    patience: int = 7
    seed: int = 0
    cosine: bool = False  # let the learning rate fall to zero along half a cosine
    plateau: int | None = None  # a tenth of the learning rate after so many epochs without gain (ReduceLROnPlateau)
    tenth_every: int | None = None  # a tenth of the learning rate every so many epochs
    momentum: float | None = None  # SGD with this momentum in the place of Adam
    weight_decay: float | None = None
    keep_last: bool = False  # end with the last epoch's weights: where the rate falls to zero and validation is noisy
    clip_norm: float | None = None  # longest gradient allowed
    bfloat16: bool = False  # convolutions in half the bits: twice as fast where the machine knows how
    compile: bool = False  # torch.compile: minutes at the start, faster steps after
    device: str = "cpu"

    @classmethod
    def of(cls, recipe: object, **others: Any) -> Self:
        """What a paper's recipe says under these names, and ``others``."""
        told = {one.name: getattr(recipe, one.name) for one in fields(cls) if hasattr(recipe, one.name)}
        return cls(**told | others)


WARM_UP = 200  # steps of the first epoch
Batch = Any
History = list[dict[str, float]]


def fit(
    model: nn.Module,
    data: Callable[[int, int, int], Iterable[Batch]],
    loss: Callable[[nn.Module, Batch], Tensor],
    validate: Callable[[nn.Module], float],
    settings: Settings,
    folder: str | Path | None,
    after_epoch: Callable[[History], None] = lambda history: None,
    before: Sequence[dict[str, float]] = (),
) -> History:
    """Train ``model`` in place until it stops gaining; it ends with the best epoch's weights (or the last's).

    ``data(epoch, rank, processes)`` gives one process's batches of an epoch, the same each time it is asked;
    ``loss(model, batch)`` a scalar; ``validate(model)`` a number, lower is better. ``folder`` receives last.pt,
    best.pt and history.json after every epoch; None: a training of seconds leaves nothing. ``before`` are the epochs
    of a training that ``model`` comes from. Returns one dict an epoch: epoch, train, validation, seconds,
    learning_rate. Raises BadInput if a checkpoint in ``folder`` belongs to another training, an epoch has no batch, or
    a loss is no number.
    """
    torch.manual_seed(settings.seed)
    processes = Processes(settings.device)
    model.to(processes.device, memory_format=torch.channels_last)
    trained = processes.share(torch.compile(model) if settings.compile else model)
    run = _Run(model, settings, Path(folder) if folder else None, processes.device, list(before))
    run.resume()
    while not run.finished:
        run.epoch(trained, data, loss, validate, processes)
        if processes.rank == 0:
            run.save()
            after_epoch(run.history)
        processes.wait()
    run.restore_best()
    return run.history


class _Run:
    """What changes during a training: weights, optimiser, history."""

    def __init__(self, model: nn.Module, settings: Settings, folder: Path | None, device, history: History):
        self.model, self.settings, self.folder, self.device = model, settings, folder, device
        self.optimizer = _optimizer(model, settings)
        self.history = history
        self.steps = 0  # since the start of this process; only counts in the first epoch
        self.best: dict[str, Tensor] = _copy(model)

    @property
    def finished(self) -> bool:
        if len(self.history) >= self.settings.epochs:
            return True
        scores = [row["validation"] for row in self.history]
        return bool(scores) and len(scores) - 1 - scores.index(min(scores)) >= self.settings.patience

    def epoch(self, trained, data, loss, validate, processes) -> None:
        """Every batch once, then the validation."""
        from tqdm import tqdm

        number, started, losses = len(self.history), time.perf_counter(), []
        batches = data(number, processes.rank, processes.count)
        bar = tqdm(batches, desc=f"epoch {number + 1}", leave=False, disable=processes.rank > 0)
        self.model.train()
        for batch in bar:
            losses.append(self._step(trained, batch, loss))
            bar.set_postfix(loss=f"{losses[-1]:.4f}")
        if not losses:
            raise BadInput("An epoch holds no batch; give more data, a smaller batch, or fewer processes.")
        self.model.eval()
        with torch.inference_mode(), self._precision():
            score = processes.mean(validate(self.model))
        if not math.isfinite(score):
            raise BadInput("The validation is no number; look for NaN in its data, or lower the learning rate.")
        train, seconds = processes.mean(sum(losses) / len(losses)), time.perf_counter() - started
        row = {"epoch": number + 1, "train": train, "validation": score, "seconds": seconds}
        self.history.append(row | {"learning_rate": self._rate(number)})
        if score <= min(row["validation"] for row in self.history):
            self.best = _copy(self.model)

    def _step(self, trained, batch, loss) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate(len(self.history)) * self._warmth()
        with self._precision():
            value = _compiled_or_refused(loss, trained, batch)
        if not torch.isfinite(value):
            raise BadInput("The loss is no number any more; lower the learning rate, or give clip_norm.")
        self.optimizer.zero_grad(set_to_none=True)
        value.backward()
        if self.settings.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self.optimizer.step()
        return float(value.detach())

    def _warmth(self) -> float:
        """Rises to 1 over the first steps: at full speed Adam can switch off every ReLU of a fresh layer for good."""
        self.steps += 1
        return 1.0 if self.history else min(1.0, self.steps / WARM_UP)

    def _rate(self, epoch: int) -> float:
        full, share = self.settings.learning_rate, epoch / self.settings.epochs
        full *= 0.1 ** drops([row["validation"] for row in self.history[:epoch]], self.settings.plateau)
        full *= 0.1 ** (epoch // self.settings.tenth_every if self.settings.tenth_every else 0)
        return full * (1 + math.cos(math.pi * share)) / 2 if self.settings.cosine else full

    def _precision(self):
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.bfloat16)

    def save(self) -> None:
        """last.pt holds everything, best.pt the best weights, history.json the curve."""
        if self.folder is None:
            return
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "best": self.best}
        state |= {"history": self.history, "settings": self._identity(), "rng": torch.get_rng_state()}
        state["device_rng"] = torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None
        write_tensors(self.folder / "best.pt", self.best)
        write_json(self.folder / "history.json", self.history)
        write_tensors(self.folder / "last.pt", state)  # what `resume` goes by, so all others are there before it

    def resume(self) -> None:
        """Go on from last.pt where there is one."""
        path = self.folder / "last.pt" if self.folder else None
        if path is None or not path.exists():
            return
        try:
            state = read_tensors(path, self.device)
            check_alike(state["model"], self.model.state_dict())
            if same := bool(state["settings"] == self._identity()):
                self._go_on_from(state)
        except Exception as error:  # torch raises half a dozen kinds for a damaged file
            raise BadInput(f"{path} cannot be resumed from: damaged, or another network's; delete it.") from error
        if not same:
            raise BadInput(f"{path} comes from a training with other settings; choose another folder or delete it.")

    def _go_on_from(self, state: dict[str, Any]) -> None:
        check_training(state, self.model, bool(self.settings.momentum))
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": state["optimizer"]["state"]})
        self.best, self.history = dict(state["best"]), list(state["history"])
        torch.set_rng_state(state["rng"].cpu())
        if self.device.type == "cuda" and state.get("device_rng") is not None:  # dropout draws where the network is
            torch.cuda.set_rng_state(state["device_rng"].cpu(), self.device)

    def _identity(self) -> dict:
        """The settings that must not change on the way; a training may move to another device."""
        later = ("plateau", "tenth_every", "momentum", "weight_decay")  # not in older checkpoints
        free = {"device", "compile", "keep_last"} | {name for name in later if getattr(self.settings, name) is None}
        return {name: value for name, value in asdict(self.settings).items() if name not in free}

    def restore_best(self) -> None:
        """Back to the weights of the best epoch, unless the last one's are to be kept."""
        if not self.settings.keep_last:
            self.model.load_state_dict(self.best)
        self.model.eval()


def _compiled_or_refused(loss, trained, batch) -> Tensor:
    """The loss; where the machine lacks what torch.compile needs, a sentence in the place of its many pages."""
    try:
        return loss(trained, batch)
    except RuntimeError as error:
        if not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
            raise
        why = str(error).partition("\n")[0]
        raise BadInput(f"torch.compile does not work on this machine ({why}); train without it.") from error


def _optimizer(model: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    common = dict(lr=settings.learning_rate, weight_decay=settings.weight_decay or 0.0)
    if settings.momentum is None:
        return torch.optim.Adam(model.parameters(), **common)
    return torch.optim.SGD(model.parameters(), momentum=settings.momentum, **common)


def parameter_count(model: nn.Module) -> int:
    """Number of weights and biases that a network, or a part of it, learns."""
    return sum(parameter.numel() for parameter in model.parameters())


def drops(scores: list[float], patience: int | None) -> int:
    """How often ReduceLROnPlateau has cut the learning rate after epochs with these ``scores`` (lower is better).

    A cut comes once more than ``patience`` epochs in a row bring no gain on the best so far. Read off the scores, it
    needs no place in the checkpoint.
    """
    best, waited, count = math.inf, 0, 0
    for score in scores if patience is not None else []:
        best, waited = (score, 0) if score < best else (best, waited + 1)
        if waited > patience:
            waited, count = 0, count + 1
    return count


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
