"""Chapter 4's checker: it says whether an answer is right, and where to look if it is not."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from lib.losses import hand_weights, l2

NOTHING = "Nothing to check yet: "


def check_weighted_l2(answer: Callable[[Tensor, Tensor, Tensor], Tensor]) -> str:
    """Exercise 1: ``answer(pred, target, weight)``, the mean of weight times squared difference."""
    rng = torch.Generator().manual_seed(4)
    pred, target = torch.rand(2, 3, 8, 6, generator=rng), torch.rand(2, 3, 8, 6, generator=rng)
    weight = 1 + torch.rand(2, 1, 8, 6, generator=rng)
    value = answer(pred, target, weight)
    if value is None:
        return NOTHING + "let weighted_l2 return a number."
    squares, right = (pred - target).square(), l2(pred, target, weight)
    hints = [
        (right, "Correct."),
        (squares.mean(), "Not yet: the weight does not enter."),
        ((weight * (pred - target)).square().mean(), "Nearly: weight the square, not the difference inside it."),
        ((weight * squares).sum() / weight.expand_as(squares).sum(), "Nearly: divide by the number of pixels and "
         "colours, not by the sum of the weights, so that outside the circles nothing changes."),
        ((weight * squares).sum() / weight.sum(), "Nearly: divide by the number of pixels and colours."),
        ((weight * squares).sum(), "Nearly: the mean, not the sum."),
        ((weight * (pred - target).abs()).mean(), "Not yet: that is L1; square the difference."),
    ]  # fmt: skip
    value = torch.as_tensor(value, dtype=torch.float32)
    if value.ndim:
        return f"Not yet: one number for the batch, not a tensor of shape {tuple(value.shape)}."
    otherwise = "Not yet: (pred - target) squared, times weight, and the mean of all."
    return next((hint for other, hint in hints if torch.isclose(value, other, rtol=1e-4)), otherwise)


def check_circles(answer: Callable[[Tensor, tuple[int, int], float], Tensor]) -> str:
    """Exercise 2: ``answer(wrists, size, radius)``: for wrists (2, 2), True inside either circle, (height, width)."""
    size, radius = (40, 56), 9.0
    known = torch.tensor([[14.0, 11.0], [38.5, 27.0]])
    lost = torch.tensor([[14.0, 11.0], [torch.nan, torch.nan]])
    for wrists, place in ((known, "two wrists"), (lost, "one wrist that is NaN")):
        mask = answer(wrists, size, radius)
        if mask is None:
            return NOTHING + "let circles return a mask."
        if tuple(mask.shape) != size:
            return f"Not yet: the mask is (height, width) = {size}, not {tuple(mask.shape)}."
        if mask.dtype != torch.bool:
            return f"Nearly: a mask of True and False, not of {mask.dtype}."
        wrong = int((mask != _circles(wrists, size, radius)).sum())
        if wrong and torch.equal(mask, _circles(wrists.flip(1), size, radius)):
            return "Nearly: x counts columns and y counts rows; you have them the other way round."
        if wrong:
            return f"Not yet: for {place} it is wrong at {wrong} of {mask.numel()} pixels."
    return "Correct."


def _circles(wrists: Tensor, size: tuple[int, int], radius: float) -> Tensor:
    return hand_weights(wrists[None], size, radius)[0, 0] > 1


def check_preferences(answers: Mapping[str, str | None], costs: Mapping[str, Mapping[str, float]]) -> str:
    """Exercise 3: for each loss, which spoiling it likes best (costs least). ``costs[loss][spoiling]``."""
    if all(answer is None for answer in answers.values()):
        return NOTHING + "put the name of a spoiling in place of each None."
    said = []
    for loss, answer in answers.items():
        ranked = sorted(costs[loss], key=costs[loss].get)
        if answer is None:
            said.append(f"{loss}: open.")
        elif answer not in ranked:
            said.append(f"{loss}: there is no spoiling {answer!r}; they are {', '.join(ranked)}.")
        elif answer == ranked[0]:
            said.append(f"{loss}: correct.")
        else:
            said.append(f"{loss}: not yet; {answer!r} is number {1 + ranked.index(answer)} of {len(ranked)}.")
    return " ".join(said)
