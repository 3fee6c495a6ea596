"""One process or many: what ``torchrun`` tells, so that the training loop need not care."""

import atexit
import ctypes
import os
from contextlib import suppress

import torch
import torch.distributed as dist
from torch import nn

from lib.tools.errors import BadInput

ARENA_MAX = -8  # mallopt's number for it, in malloc.h


def usable_device(device: str | torch.device) -> torch.device:
    """The torch device of that name; BadInput if this machine does not have it."""
    try:
        found = torch.device(device)
        torch.zeros(1, device=found).item()  # which "meta", a device without numbers, has none of
    except (RuntimeError, AssertionError) as error:  # torch built without CUDA asserts
        raise BadInput(f"The device {str(device)!r} is not there or not usable by torch; choose cpu.") from error
    return found


def take_own(device: str) -> torch.device:
    """This process's own device of that kind; from now on it is what "cuda" means, in tensors that follow, too.

    Raises BadInput where this machine has no such device, or some GPUs, but none for this process.
    """
    if device != "cuda":
        return usable_device(device)
    local, there = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
    if 0 < there <= local:
        raise BadInput(f"There are {there} GPUs and more processes: start torchrun with --nproc-per-node {there}.")
    if there:
        torch.cuda.set_device(local)
    usable_device(device)
    return torch.device("cuda", local)


def share_memory() -> None:
    """All threads of this process take memory from one heap: what each of their own would keep is tens of megabytes."""
    with suppress(OSError, AttributeError):  # glibc's, on Linux
        ctypes.CDLL(None).mallopt(ARENA_MAX, 1)


def give_memory_back() -> None:
    """What is free in this process's heap goes back to the system: torch and MediaPipe leave hundreds of megabytes."""
    with suppress(OSError, AttributeError):  # glibc's, on Linux
        ctypes.CDLL(None).malloc_trim(0)


def is_first() -> bool:
    """Is this the one of torchrun's processes that writes?"""
    return int(os.environ.get("RANK", 0)) == 0


class Processes:
    """A single process, or the group that ``torchrun`` has set up.

    The group is joined once and left when the program ends: it cannot be joined twice (PyTorch issue 74666).
    """

    def __init__(self, device: str):
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = take_own(device)
        if self.count > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
            atexit.register(dist.destroy_process_group)

    def share(self, model: nn.Module) -> nn.Module:
        """The model with gradients averaged over the processes at every step."""
        if self.count == 1:
            return model
        return nn.parallel.DistributedDataParallel(model, [self.device.index] if self.device.type == "cuda" else None)

    def mean(self, value: float) -> float:
        """The mean of a number over the processes, so that all decide alike."""
        if self.count == 1:
            return float(value)
        total = torch.tensor(float(value), dtype=torch.float64, device=self.device)
        dist.all_reduce(total)
        return float(total) / self.count

    def wait(self) -> None:
        """Until every process is here."""
        if self.count > 1:
            dist.barrier()
