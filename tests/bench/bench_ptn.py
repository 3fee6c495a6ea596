"""A training step of PTN as it is and with torch.compile, in float32 and bfloat16, on one core."""

from collections.abc import Callable

import torch
from table import compare
from torch import nn

from lib.ptn import PTN, l1_first_layer
from lib.ptn.network import parameter_count

BATCH, FRAMES, FEATURES, SIGNS = 128, 24, 134, 292  # R2's VGT has 292 signs


def step(model: nn.Module, network: nn.Module, half: bool) -> Callable[[], None]:
    """One step on a padded batch: forward, cross entropy and L1, backward, Adam. ``network`` may be compiled."""
    adam = torch.optim.Adam(model.parameters(), 3e-4)
    clips, labels = torch.randn(BATCH, FRAMES, FEATURES), torch.randint(SIGNS, (BATCH,))
    mask = torch.arange(FRAMES) < torch.randint(FRAMES // 2, FRAMES + 1, (BATCH, 1))

    def run() -> None:
        adam.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            scores = network(clips, mask)
        (nn.functional.cross_entropy(scores.float(), labels) + l1_first_layer(model)).backward()
        adam.step()

    return run


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    cases = {}
    for half in (False, True):
        for compiled in (False, True):
            torch.manual_seed(0)
            model = PTN(FEATURES, SIGNS).train()
            name = ("bfloat16" if half else "float32") + (", torch.compile" if compiled else "")
            cases[name] = step(model, torch.compile(model) if compiled else model, half)
    print(f"PTN: {parameter_count(model) / 1e6:.2f} M parameters, {torch.get_num_threads()} thread")
    compare(f"PTN, training, {BATCH} clips of {FRAMES // 2} to {FRAMES} frames", cases, items=BATCH, unit="clip")


if __name__ == "__main__":
    main()
