"""How long one training step takes on this machine: the one number from which the time of any training follows."""

import os
import shutil
import statistics
import time
from collections.abc import Iterator

import torch
from torch import nn

from lib.losses import ssim_l1
from lib.tools.errors import BadInput
from lib.upsampler.data import Batch

COMPILERS = ("c++", "g++", "clang++")


def seconds_a_step(
    model: nn.Module,
    batch: Batch,
    *,
    device: str = "cpu",
    bfloat16: bool = False,
    compiled: bool = False,
    steps: int = 5,
) -> float:
    """Median seconds of a step: forward, SSIM + L1, backward, Adam. It trains ``model`` a little, on ``device``.

    A first step, which finds its memory (and compiles), does not count. Raises BadInput where ``compiled`` needs a
    C++ compiler and there is none.
    """
    if compiled and find_compiler() is None:
        raise BadInput(
            f"torch.compile needs a C++ compiler and finds none of {', '.join(COMPILERS)}: install one (Debian, "
            "Ubuntu: apt install g++; macOS: xcode-select --install) or train without it."
        )
    model = model.to(device, memory_format=torch.channels_last).train()
    took = _steps(torch.compile(model) if compiled else model, batch.to(device), device, bfloat16, steps + 1)
    return statistics.median(list(took)[1:])


def find_compiler() -> str | None:
    """The C++ compiler that torch.compile would call: the one named by CXX, or a usual one; None if there is none."""
    names = (os.environ["CXX"],) if "CXX" in os.environ else COMPILERS
    return next(filter(None, map(shutil.which, names)), None)


def _steps(model: nn.Module, batch: Batch, device: str, bfloat16: bool, count: int) -> Iterator[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    for _ in range(count):
        started = time.perf_counter()
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=bfloat16):
            loss = ssim_l1(model(batch.input), batch.target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if device != "cpu":
            torch.cuda.synchronize()  # a GPU works on while Python has long gone ahead
        yield time.perf_counter() - started
