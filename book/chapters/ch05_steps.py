"""Chapter 5: how long a training step takes here, and what the papers' sizes would need."""

import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from book.studies.paper_signs import PAPER as R2_SIZE, SIDE as PICTURE, build
from lib.joins2sign import Joins2Sign, joint_loss, letter_loss, static_loss
from lib.joins2sign.recipes import RECIPES
from lib.losses import ssim_l1
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.upsampler import R1_FIVE, UNet, parameter_count
from lib.upsampler.data import Batch
from lib.upsampler.recipes import STAGES
from lib.upsampler.train import BATCH, PAPER

ADAM, SGD = 16, 12  # bytes for a parameter: itself, its gradient and Adam's two means, or one, 4 each
SIDE = 32  # of the crop that is counted, input pixels
# Of the clips that R2 trains on, at 25 frames a second, by the tables of data_scripts/signon_splits.py: all their
# frames, those of the longest clip, and those of the fullest batch of VTN's in a hundred epochs
FRAMES, LONGEST, FULLEST = 146_989, 233, 667
PHOTOS = 10_200  # in the data set that R3 names; R3 says no number
GPU = "--profile paper --device cuda"


# What training at the papers' sizes would need: memory and arithmetic, counted on little and multiplied. Not measured.
#
# What a network keeps for the way back grows with the number of samples and, where it is made of convolutions alone,
# with their area; so does its arithmetic. Counted are two samples and three: what both keep, weights in half the bits,
# is not multiplied. A real card needs some room besides, for its libraries and for what it works on.
@dataclass(frozen=True)
class Need:
    """``fixed`` bytes that a step keeps whatever its batch is; ``kept``: bytes that a sample keeps for the way back;
    ``flops`` of a step on it, forward and back; ``each``: bytes for a parameter."""

    parameters: int
    fixed: float
    kept: float
    flops: float
    each: int = ADAM

    def memory(self, batch: int) -> float:
        """Gibibytes of a step with so many samples."""
        return (self.each * self.parameters + self.fixed + batch * self.kept) / 2**30

    def hours(self, samples: float, teraflops: float) -> float:
        """Of so many samples on a card that sustains so many teraflops."""
        return samples * self.flops / (1e12 * teraflops) / 3600


@dataclass(frozen=True)
class Line:
    """A training: what a sample needs, how many make a batch, how many it sees, what a batch is called, the command."""

    need: Need
    batch: int
    samples: float
    called: str
    command: str


def need(model: nn.Module, loss: Callable[[int], Tensor], larger: float = 1.0, each: int = ADAM) -> Need:
    """Of a sample that is ``larger`` times those of which ``loss(n)`` takes n."""
    (kept, flops), (more, more_flops) = _counted(model, loss, 2), _counted(model, loss, 3)
    fixed = kept - 2 * (more - kept)
    return Need(parameter_count(model), fixed, larger * (more - kept), larger * (more_flops - flops), each)


def _counted(model: nn.Module, loss: Callable[[int], Tensor], samples: int) -> tuple[int, int]:
    """Bytes that are kept for the way back, parameters aside, and floating-point operations there and back."""
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, tuple[int, Tensor]] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:  # one storage, however often it is kept; holding it keeps its address its own
            kept[storage.data_ptr()] = (storage.nbytes(), tensor)
        return tensor

    counter = FlopCounterMode(display=False)
    with counter:
        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            value = loss(samples)
        value.backward()
    return sum(size for size, _ in kept.values()), counter.get_total_flops()


def half_the_bits() -> torch.autocast:
    """Layers as they calculate in all these trainings."""
    return torch.autocast("cpu", torch.bfloat16)


def upsamplers() -> Iterator[tuple[str, Line]]:
    """R1's five: pairs of pictures, counted as small crops."""
    height, width = (int(look_up(f"R1 III-C, input {side}").value) for side in ("height", "width"))
    counted: dict[tuple, Need] = {}
    for name in R1_FIVE:
        stage = STAGES[name]
        shape = {"skips": stage.skips, "attention": stage.attention, "head": stage.head}
        if (key := tuple(shape.values())) not in counted:
            model = UNet(PAPER["width"], **shape)
            counted[key] = need(model, lambda n, model=model: _upsampled(model, n), height * width / SIDE**2)
        frames = look_up("R1 III-D, TD1 frames" if stage.sets == ("td1",) else "R1 III-C, training frames").value
        command = f"python -m lib.train_upsampler {name} {GPU}"
        yield name, Line(counted[key], BATCH, frames * PAPER["epochs"], f"{BATCH} pairs", command)


def _upsampled(model: nn.Module, samples: int) -> Tensor:
    with half_the_bits():
        pred = model(torch.rand(samples, 3, SIDE, SIDE))
    return ssim_l1(pred.float(), torch.rand(samples, 3, 2 * SIDE, 2 * SIDE))


def sign_readers() -> Iterator[tuple[str, Line]]:
    """R2's two: PTN by clips, each padded to the longest; VTN by frames, of which the padding costs next to nothing."""
    clips, signs = (int(look_up(f"R2 {name}").value) for name in ("Table 1, train, examples", "3.1, glosses kept"))
    for name, shape, batch, seen in (
        ("ptn", (LONGEST, 134), R2_SIZE["ptn"].batch, clips),
        ("vtn", (1, 3, PICTURE, PICTURE), FULLEST, FRAMES),
    ):
        model, recipe = build(name, signs), R2_SIZE[name]
        one = need(model, lambda n, model=model, shape=shape: _read(model, torch.rand(n, *shape)))
        command = f"python -m book.studies.paper_signs {name} {GPU}"
        yield name, Line(one, batch, seen * recipe.epochs, f"{recipe.batch} clips", command)


def _read(model: nn.Module, clips: Tensor) -> Tensor:
    with half_the_bits():
        scores = model(clips)
    return F.cross_entropy(scores.float(), torch.zeros(len(clips), dtype=torch.long))


def joins2sign() -> Iterator[tuple[str, Line]]:
    """R3's network, by photos of its training and validation parts together (4.6)."""
    recipe, model = RECIPES["paper"], Joins2Sign()
    seen = PHOTOS * sum(look_up(f"R3 4.6, {part} share").value for part in ("training", "validation")) / 100
    line = need(model, lambda n: _joined(model, n, recipe.size), each=SGD)
    command = f"python -m book.studies.letters {GPU} --splits random --kinds dynamic"
    yield "joins2sign", Line(line, recipe.batch, seen * recipe.epochs, f"{recipe.batch} photos", command)


def _joined(model: nn.Module, samples: int, side: int) -> Tensor:
    with half_the_bits():
        joints, letters = model(torch.rand(samples, 3, side, side))
    known = joint_loss(joints, torch.rand(samples, 21, 2))
    return static_loss(known, letter_loss(letters.float(), torch.zeros(samples, dtype=torch.long)))


TRAININGS = (upsamplers, sign_readers, joins2sign)


def needs(teraflops: Sequence[float]) -> pd.DataFrame:
    """A line for each network at `PROFILE=paper`: parameters, memory, hours by a card's pace, and the command."""
    lines = {}
    for name, line in (pair for training in TRAININGS for pair in training()):
        lines[name] = {"parameters": line.need.parameters, "a batch": line.called}
        lines[name]["GiB"] = line.need.memory(line.batch)
        for pace in teraflops:
            lines[name][f"hours at {pace:g} Tflop/s"] = line.need.hours(line.samples, pace)
        lines[name]["command"] = line.command
    return pd.DataFrame.from_dict(lines, orient="index")


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
