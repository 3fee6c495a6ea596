"""Chapter 5's checkers: each calls the reader's function and says whether it is right, and where to look if not."""

import copy
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

NOTHING = "Nothing to check yet: put your code in place of the dots."


def check_patience(answer: Callable[[Sequence[float], int], int]) -> str:
    """Exercise 1: ``answer(scores, patience)`` is the number of epochs trained; lower scores are better."""
    falling, late, rising = [5.0, 4.0, 3.0, 2.0], [3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 0.5], [1.0, 2.0, 3.0, 4.0, 5.0]
    if answer(falling, 2) is None:
        return NOTHING
    if answer(falling, 2) != len(falling):
        return "Not yet: while the score falls in every epoch, all of them are trained."
    if answer(rising, 2) != 3:
        return f"Not yet: {rising} with patience 2 ends after 3 epochs, yours after {answer(rising, 2)}."
    if answer(late, 3) != 5:
        return f"Not yet: {late} with patience 3 ends after 5 epochs; patience counts from the best epoch so far."
    return (
        "Correct." if answer(late, 9) == len(late) else "Not yet: a patience that is never used up trains to the end."
    )


def check_rate(answer: Callable[[int, int, float], float]) -> str:
    """Exercise 2: ``answer(epoch, epochs, full)`` is the cosine schedule's rate; the first epoch is number 0."""

    def right(epoch: float, epochs: int, full: float) -> float:
        return full * (1 + math.cos(math.pi * epoch / epochs)) / 2

    asked = [(epoch, epochs, full) for epochs in (4, 10) for epoch in range(epochs) for full in (1e-3, 0.5)]
    if answer(0, 4, 1e-3) is None:
        return NOTHING
    if all(math.isclose(answer(*case), right(*case), rel_tol=1e-6) for case in asked):
        return "Correct."
    if not math.isclose(answer(0, 4, 0.5), 0.5, rel_tol=1e-6):
        return f"Not yet: the first epoch (number 0) has the full rate, yours {answer(0, 4, 0.5):.3g} of 0.5."
    if not math.isclose(answer(2, 4, 0.5), 0.25, rel_tol=1e-6):
        return f"Not yet: half-way the rate is half of the full one, yours {answer(2, 4, 0.5):.3g} of 0.5."
    return "Not yet: look at the quarters; a cosine is flat at both ends and steep in the middle."


def check_loop(answer: Callable[[nn.Module, Sequence[tuple[Tensor, Tensor]], float], None]) -> str:
    """Exercise 3: ``answer(model, batches, rate)`` trains ``model`` in place, one step of Adam for each batch."""
    rng = torch.Generator().manual_seed(0)
    batches = [(torch.randn(8, 3, generator=rng), torch.randn(8, 1, generator=rng)) for _ in range(4)]
    model = nn.Linear(3, 1)
    for values in model.parameters():
        nn.init.constant_(values, 0.5)
    mine, yours, piling = (copy.deepcopy(model) for _ in range(3))
    _train(mine, batches, 0.1, fresh=True)
    _train(piling, batches, 0.1, fresh=False)
    answer(yours, batches, 0.1)
    if _alike(yours, mine):
        return "Correct."
    if _alike(yours, piling):
        return "Not yet: what does a parameter's .grad hold before the second backward()?"
    return "Not yet: one step of Adam for each batch, on the mean squared error of that batch alone."


def _train(model: nn.Module, batches: Sequence[tuple[Tensor, Tensor]], rate: float, fresh: bool) -> None:
    """One step a batch; ``fresh`` forgets the last batch's gradients first, as one must."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for x, y in batches:
        if fresh:
            optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


def _alike(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.allclose(a, b, atol=1e-6) for a, b in pairs)
