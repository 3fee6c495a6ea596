"""The checkers of chapter 5: is an answer right, and where to look if it is not."""

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from book.exercises.answers import Hint, call, checker, number


@checker
def check_patience(answer: Any) -> str | None:
    """Exercise 2 of 5a: ``answer(scores, patience)`` is the number of epochs trained; lower scores are better."""
    falling, late, rising = [5.0, 4.0, 3.0, 2.0], [3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 0.5], [1.0, 2.0, 3.0, 4.0, 5.0]
    flat, ups_and_downs = [2.0, 2.0, 2.0, 2.0], [5.0, 6.0, 4.0, 5.0, 3.0]

    def epochs(scores: list[float], patience: int) -> int:
        where = f"for {scores} and patience {patience} "
        return int(number(call(answer, scores, patience, where=where), True, "what your function returns"))

    if epochs(falling, 2) != len(falling):
        return "while the score falls in every epoch, all of them are trained."
    if (yours := epochs(rising, 2)) != 3:
        return f"{rising} with patience 2 ends after 3 epochs, yours after {yours}."
    if epochs(late, 3) != 5:
        return f"{late} with patience 3 ends after 5 epochs; patience counts from the best epoch so far."
    if epochs(flat, 2) != 3:
        return "a score that is just as good as the best one is no gain."
    if (yours := epochs(ups_and_downs, 2)) != len(ups_and_downs):
        return f"{ups_and_downs} with patience 2 never ends early, yours after {yours}; each gain renews the patience."
    return None if epochs(late, 9) == len(late) else "a patience that is never used up trains to the end."


@checker
def check_rate(answer: Any) -> str | None:
    """Exercise 1 of 5b: ``answer(epoch, epochs, full)`` is the cosine schedule's rate; the first epoch is number 0."""

    def off(epoch: int, epochs: int, full: float) -> str:
        """The student's rate, and nothing if it is right."""
        yours = number(call(answer, epoch, epochs, full), what=f"the rate of epoch {epoch} of {epochs}")
        right = full * (1 + math.cos(math.pi * epoch / epochs)) / 2
        return "" if math.isclose(yours, right, rel_tol=1e-6) else f"{yours:.3g}"

    if yours := off(0, 4, 0.5):
        return f"the first epoch (number 0) has the full rate, yours {yours} of 0.5."
    if yours := off(2, 4, 0.5):
        if yours == f"{0.25 * (1 + math.cos(90)):.3g}":
            return "`cos` counts angles in radians: half a turn is pi, not 180."
        return f"half-way the rate is half of the full one, yours {yours} of 0.5."
    if any(off(epoch, epochs, full) for epochs in (4, 10) for epoch in range(epochs) for full in (1e-3, 0.5)):
        return "look at the quarters; a cosine is flat at both ends and steep in the middle."
    return None


@checker
def check_loop(answer: Any) -> str | None:
    """Exercise 1 of 5a: ``answer(model, batches, rate)`` trains ``model`` in place, one step of Adam for each batch."""
    rng = torch.Generator().manual_seed(0)
    batches = [(torch.randn(8, 3, generator=rng), torch.randn(8, 1, generator=rng)) for _ in range(4)]
    start = nn.Linear(3, 1)
    for values in start.parameters():
        nn.init.constant_(values, 0.5)
    yours = _trained_by(answer, start, batches, 0.1)
    if _alike(yours, start):
        return "the model is as it was: is its gradient still there when the step comes, and is it no copy that learns?"
    if _alike(yours, _train(start, batches, 0.1, fresh=True)):
        return None
    if _alike(yours, _train(start, batches, 0.1, fresh=False)):
        return "what does a parameter's .grad hold before the second backward()?"
    return "one step of Adam for each batch, on the mean squared error of that batch alone."


def _trained_by(answer: Any, start: nn.Module, batches: Sequence[tuple[Tensor, Tensor]], rate: float) -> nn.Module:
    """A copy of ``start`` after the student's loop."""
    kept = []

    def loop(model: nn.Module, batches: Sequence, rate: float) -> None:
        kept.append(model)
        answer(model, batches, rate)

    if not callable(answer):
        call(answer)
    call(loop, start, batches, rate, may_change=True)
    if not all(values.isfinite().all() for values in kept[0].parameters()):
        raise Hint("after it the model holds NaN.")
    return kept[0]


def _train(start: nn.Module, batches: Sequence[tuple[Tensor, Tensor]], rate: float, fresh: bool) -> nn.Module:
    """A copy of ``start`` after one step a batch; ``fresh`` forgets the last batch's gradients first, as one must."""
    model = copy.deepcopy(start)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for x, y in batches:
        if fresh:
            optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    return model


def _alike(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.allclose(a, b, atol=1e-6) for a, b in pairs)
