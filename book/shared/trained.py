"""Trained PTN and VTN, read from the files of their weights."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from torch import nn

from lib.ptn import PTN, VTN
from lib.tools.checkpoints import check_alike, read_tensors
from lib.tools.errors import BadInput

Network = TypeVar("Network", bound=nn.Module)


def read_ptn(path: str | Path) -> PTN:
    """A trained PTN from the file of its weights, which `torch.save` wrote of its ``state_dict()``.

    Nothing but numbers is unpickled. Raises BadInput for a missing file, and for one that holds no PTN of our sizes.
    """
    return _read(
        "PTN", path, lambda state: PTN(state["embedding.residual.weight"].shape[1], len(state["classifier.bias"]))
    )


def read_vtn(path: str | Path, eye: nn.Module) -> VTN:
    """A trained VTN likewise; ``eye`` is of the kind that it had, and gets its weights."""
    return _read("VTN", path, lambda state: VTN(len(state["classifier.bias"]), eye=eye))


def _read(name: str, path: str | Path, network: Callable[[dict], Network]) -> Network:
    if not Path(path).exists():
        raise BadInput(f"{path} does not exist: give the file of a trained {name}'s weights.")
    try:
        state = read_tensors(path)
        if any(not 0 < value.numel() <= value.untyped_storage().nbytes() for value in state.values()):
            raise ValueError("tensors that claim more than they hold, by which the network would be made")
        model = network(state)
        check_alike(state, model.state_dict())
        model.load_state_dict(state)
    except Exception:  # torch raises half a dozen kinds for a damaged file
        raise BadInput(f"{path} holds no {name}'s weights: give a file that book.studies.signs kept.") from None
    return model
