"""Tensors on disk, as `torch.save` writes them: whole, the same bytes for the same numbers, and read with suspicion."""

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lib.tools.files import written_whole

COLUMNS = ("epoch", "train", "validation", "seconds", "learning_rate")  # of a training's curve


def write_tensors(path: str | Path, content: Any) -> None:
    """Write what `read_tensors` reads.

    By way of memory: torch would put the name of a file that it opens itself, here one of chance, into the file, and
    has an error of its own for a full disk.
    """
    buffer = io.BytesIO()
    torch.save(content, buffer)
    with written_whole(path) as partial:
        partial.write_bytes(buffer.getvalue())


def read_tensors(path: str | Path, device: str | torch.device = "cpu") -> Any:
    """Tensors, numbers and text in dicts and lists; nothing else is unpickled.

    Raises errors of half a dozen kinds for a damaged file, which are for the caller to catch, who knows the remedy.
    """
    with zipfile.ZipFile(path) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise ValueError("torch compresses nothing: this was made to fill the memory")
    return torch.load(path, map_location=device, weights_only=True)


def check_alike(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """ValueError unless ``found`` has the names, types and shapes that are ``wanted``, and all its numbers are finite.

    Before anything is computed with them: a tensor of a few bytes can claim any shape.
    """
    if found.keys() != wanted.keys():
        raise ValueError(f"{min(found.keys() ^ wanted.keys())} is missing or too much")
    for name, value in wanted.items():
        if (found[name].shape, found[name].dtype) != (value.shape, value.dtype):
            raise ValueError(f"{name} is {tuple(found[name].shape)} {found[name].dtype}, not {tuple(value.shape)}")
        if not torch.isfinite(found[name]).all():
            raise ValueError(f"{name} has values that are no numbers")


def check_training(state: Mapping[str, Any], model: nn.Module, momentum: bool) -> None:
    """Raise an error, of whatever kind, unless a training of ``model`` can go on from ``state``.

    ``momentum`` tells SGD with momentum from Adam: they keep different numbers of each parameter.
    """
    check_alike(state["best"], model.state_dict())
    epochs = [row["epoch"] for row in state["history"]]
    if not epochs or epochs != list(range(1, len(epochs) + 1)):
        raise ValueError("epochs are missing")
    if not all(math.isfinite(row[name]) for row in state["history"] for name in COLUMNS):
        raise ValueError("the curve has values that are no numbers")
    parameters = list(model.parameters())
    for place, kept in state["optimizer"]["state"].items():
        like = parameters[place].detach()
        adam = {"step": torch.ones(()), "exp_avg": like, "exp_avg_sq": like}
        check_alike(kept, {"momentum_buffer": like} if momentum else adam)
        if not momentum and (kept["step"] < 1 or (kept["exp_avg_sq"] < 0).any()):
            raise ValueError("no Adam counts or squares like that")
