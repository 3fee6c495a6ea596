"""What R1's five would need at R1's size: memory and arithmetic, counted on a small crop and multiplied. Not measured.

Everything that a convolution keeps for the way back grows with the picture's area, and so does its arithmetic. The
counts are exact for the crop; a real card needs some room besides, for its libraries and for what it works on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lib.losses import ssim_l1
from lib.papers import look_up
from lib.recipes import STAGES
from lib.train_upsampler import BATCH, PAPER
from lib.upsampler import R1_FIVE, UNet, parameter_count

ADAM = 16  # bytes for a parameter: itself, its gradient and Adam's two means, 4 each
SIDE = 32  # of the crop that is counted, input pixels


@dataclass(frozen=True)
class Need:
    """``kept``: bytes that a pair of pictures keeps for the way back; ``flops`` of a step on it, forward and back."""

    parameters: int
    kept: float
    flops: float

    def memory(self, batch: int) -> float:
        """Gibibytes of a step with so many pairs."""
        return (ADAM * self.parameters + batch * self.kept) / 2**30

    def hours(self, pairs: float, teraflops: float) -> float:
        """Of so many pairs on a card that sustains so many teraflops."""
        return pairs * self.flops / (1e12 * teraflops) / 3600


def need(model: nn.Module, height: int, width: int, bfloat16: bool = True) -> Need:
    """Of one pair with an input of ``height`` x ``width`` pixels, counted on a crop of `SIDE` x `SIDE`."""
    x, target = torch.rand(1, 3, SIDE, SIDE), torch.rand(1, 3, 2 * SIDE, 2 * SIDE)
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, tuple[int, torch.Tensor]] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:  # one storage, however often it is kept; holding it keeps its address its own
            kept[storage.data_ptr()] = (storage.nbytes(), tensor)
        return tensor

    counter = FlopCounterMode(display=False)
    with counter:
        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                pred = model(x)
            loss = ssim_l1(pred.float(), target)
        loss.backward()
    larger = height * width / SIDE**2
    size = sum(number for number, _ in kept.values())
    return Need(parameter_count(model), larger * size, larger * counter.get_total_flops())


def needs(teraflops: Sequence[float]) -> pd.DataFrame:
    """A line for each of R1's five at `PROFILE=paper`: parameters, memory, hours by a card's pace, and the command."""
    height, width = (int(look_up(f"R1 III-C, input {side}").value) for side in ("height", "width"))
    counted, lines = {}, {}
    for name in R1_FIVE:
        stage = STAGES[name]
        shape = (stage.skips, stage.attention, stage.head)
        if shape not in counted:
            model = UNet(PAPER["width"], skips=stage.skips, attention=stage.attention, head=stage.head)
            counted[shape] = need(model, height, width)
        one = counted[shape]
        frames = look_up("R1 III-D, TD1 frames" if stage.sets == ("td1",) else "R1 III-C, training frames").value
        lines[name] = {"parameters": one.parameters, f"GiB, batch {BATCH}": one.memory(BATCH)}
        for pace in teraflops:
            lines[name][f"hours at {pace:g} Tflop/s"] = one.hours(frames * PAPER["epochs"], pace)
        lines[name]["command"] = f"python -m lib.train_upsampler {name} --profile paper --device cuda"
    return pd.DataFrame.from_dict(lines, orient="index")
