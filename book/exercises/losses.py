"""The checkers of chapter 4: is an answer right, and where to look if it is not."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from book.exercises.answers import Hint, array, call, checker, choice, entries, judge, number
from lib.losses import hand_weights, l2


@checker
def check_weighted_l2(answer: Any) -> str | None:
    """Exercise 1 of 4a: ``answer(pred, target, weight)``, the mean of weight times squared difference."""
    rng = torch.Generator().manual_seed(4)
    pred, target = torch.rand(2, 3, 8, 6, generator=rng), torch.rand(2, 3, 8, 6, generator=rng)
    weight = 1 + torch.rand(2, 1, 8, 6, generator=rng)
    squares, right = (pred - target).square(), l2(pred, target, weight)
    wrong = [
        (squares.mean(), "the weight does not enter."),
        ((weight * (pred - target)).square().mean(), "weight the square, not the difference inside it."),
        ((weight * squares).sum() / weight.expand_as(squares).sum(), "divide by the number of pixels and colours, not "
         "by the sum of the weights, so that outside the circles nothing changes."),
        ((weight * squares).sum() / weight.sum(), "divide by the number of pixels and colours."),
        ((weight * squares).sum(), "the mean, not the sum."),
        ((weight * (pred - target).abs()).mean(), "that is L1; square the difference."),
        (right.sqrt(), "no root: the mean of the squares is asked for."),
    ]  # fmt: skip
    value = number(call(answer, pred, target, weight), what="what your function returns for the batch")
    otherwise = "(pred - target) squared, times weight, and the mean of all."
    return judge(value, right.item(), [(float(other), hint) for other, hint in wrong], otherwise, rtol=1e-4)


@checker
def check_circles(answer: Any) -> str | None:
    """Exercise 2 of 4a: ``answer(wrists, size, radius)``: True inside either wrist's circle, (height, width)."""
    size, radius = (40, 56), 9.0
    known = torch.tensor([[14.0, 11.0], [38.5, 27.0]])
    nowhere = torch.full((2,), torch.nan)
    second, first = torch.stack([known[0], nowhere]), torch.stack([nowhere, known[1]])
    tried = {"two wrists": known, "one wrist that is NaN": second, "a first wrist that is NaN": first}
    for place, wrists in (tried | {"two wrists that are NaN": torch.stack([nowhere, nowhere])}).items():
        yours = call(answer, wrists, size, radius, where=f"for {place} ")
        mask = torch.as_tensor(array(yours, size, "the mask", "True and False"))
        if not (wrong := _wrong(mask, wrists, size, radius)):
            continue
        if not _wrong(mask, wrists.flip(1), size, radius):
            return "x counts columns and y counts rows; you have them the other way round."
        if not _wrong(~mask, wrists, size, radius):
            return "inside it is True, outside False; yours is the other way round."
        if not _wrong(mask, wrists, size, radius - 1e-3):
            return "a pixel that is just `radius` away is still inside."
        return f"for {place} it is wrong at {wrong} of {mask.numel()} pixels."
    return None


def _wrong(mask: Tensor, wrists: Tensor, size: tuple[int, int], radius: float) -> int:
    """At how many pixels the mask is not that of the circles."""
    return int((mask != (hand_weights(wrists[None], size, radius)[0, 0] > 1)).sum())


@checker
def check_preferences(answers: Any, costs: Mapping[str, Mapping[str, float]]) -> str | None:
    """Exercise 1 of 4b: for each loss, which spoiling it likes best (costs least). ``costs[loss][spoiling]``."""
    names = entries(answers, list(costs))
    said = {loss: _preference(names[loss], costs[loss], loss) for loss in costs}
    if not any(said.values()):
        return None
    return " ".join(f"{loss}: {hint or 'correct.'}" for loss, hint in said.items())


def _preference(answer: Any, cost_of: Mapping[str, float], loss: str) -> str:
    """Where to look, for one loss; nothing if it is right."""
    ranked = sorted(cost_of, key=cost_of.get)
    try:
        place = 1 + ranked.index(choice(answer, ranked, what="it"))
    except Hint as hint:
        return str(hint)
    return "" if place == 1 else f"{answer!r} is number {place} of {len(ranked)}."
