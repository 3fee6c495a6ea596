"""The checkers of chapter 3: is an answer right, and where to look if it is not."""

from typing import Any

import torch
from torch import Tensor, nn

from book.exercises.answers import NOTHING, Hint, array, call, checker, judge, number, present
from lib.upsampler import UNet, parameter_count


@checker
def check_level(answer: Any, width: int, level: int) -> str | None:
    """Exercise 1 of 3a: parameters of one decoder level of a U-Net with skips and without gates, of that width."""
    up = UNet(width, level + 1).decoder[0]
    doubled, joined = parameter_count(up.up), parameter_count(up.conv)
    biases = sum(value.numel() for name, value in up.named_parameters() if name.endswith("bias"))
    unjoined = parameter_count(UNet(width, level + 1, skips=False).decoder[0])
    nine = doubled + 8 * up.up[0].weight.numel()
    wrong = [
        (doubled + joined - biases, "every output channel has a bias as well."),
        (joined, "there is a convolution before the doubling, too, and the skip joins after it."),
        (unjoined, "the skip doubles the channels that come into the second convolution."),
        (nine + joined, "the convolution before the doubling is 1x1, so it has no 9."),
        (parameter_count(UNet(width, level + 1).decoder[1]), "that is another level."),
    ]
    otherwise = "two convolutions, 1x1 and 3x3; (side squared) x (in) x (out) + (out) each."
    return judge(number(answer, whole=True), doubled + joined, wrong, otherwise)


@checker
def check_padding(pad: Any) -> str | None:
    """Exercise 1 of 3b: ``pad(x, step)`` fills (N, C, H, W) to multiples of ``step``, right and below, by the edge."""
    for height, width, step in ((7, 13, 4), (8, 12, 4), (1, 9, 8), (168, 151, 8)):
        x = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(3))
        size = f"{height} x {width} in steps of {step}"
        y = call(pad, x, step, where=f"for {size} ")
        down, right = -(-height // step) * step, -(-width // step) * step
        if tuple(getattr(y, "shape", ()))[-2:] == (height, width) != (down, right):
            return f"{size} has to grow to {down} x {right}."
        y = torch.as_tensor(array(y, (1, 3, down, right), f"what your function returns for {size}"))
        if not torch.equal(y[..., :height, :width], x):
            return "the picture itself must stay where it was, in the upper left corner."
        rows, columns = torch.arange(down).clamp(max=height - 1), torch.arange(right).clamp(max=width - 1)
        if not torch.equal(y, x[:, :, rows][..., columns]):
            return "the size is right; fill it with copies of the last column and the last row."
    return None


@checker
def check_residual(block: Any) -> str | None:
    """Exercise 2 of 3b: ``block(channels)`` gives x + two 3x3 convolutions, and begins as the identity."""
    x = torch.randn(2, 6, 9, 11, generator=torch.Generator().manual_seed(3))  # below zero as well, as a map may be
    module = _built(block)
    y = call(module, x, where="as it runs ")
    array(y, x.shape, "what it returns")
    convs = [part for part in module.modules() if isinstance(part, nn.Conv2d)]
    if [conv.kernel_size for conv in convs] != [(3, 3), (3, 3)]:
        return f"two 3x3 convolutions are asked for; yours has {[conv.kernel_size for conv in convs] or 'none'}."
    if torch.equal(y, x.relu()):
        return "what comes in may be below zero; a ReLU after the sum cuts that off."
    if not torch.equal(y, x):
        return "untrained, it shall give back just what it gets; look at UNet.__init__ for how."
    return _cannot_learn(module, convs, y) or _other_than_asked(module, convs, x)


def _cannot_learn(module: nn.Module, convs: list[nn.Module], y: Tensor) -> str | None:
    """The hint if the weights of neither convolution get a gradient from ``y``."""
    try:
        if y.requires_grad:
            y.square().sum().backward()
    except RuntimeError:
        return "backward() cannot go through it; does it change x in place (`+=`), which the convolution still needs?"
    if any(conv.weight.grad is not None and conv.weight.grad.any() for conv in convs):
        return None
    inside = {id(value) for conv in convs for value in conv.parameters()}
    besides = [value.grad for value in module.parameters() if id(value) not in inside]
    if any(grad is not None and grad.any() for grad in besides):
        return (
            "it is the identity, and it learns, but by a factor at zero that is not asked for: R is two convolutions "
            "and a ReLU. Which of the two has to begin at zero?"
        )
    return "it is the identity, but nothing can be learned: the weights of neither convolution get a gradient."


@torch.no_grad()
def _other_than_asked(module: nn.Module, convs: list[nn.Module], x: Tensor) -> str | None:
    """The hint if, with any weights, the module is not x + second(relu(first(x)))."""
    rng = torch.Generator().manual_seed(4)
    for value in (value for conv in convs for value in conv.parameters()):
        value.normal_(std=0.3, generator=rng)
    y, orders = module(x), [convs, convs[::-1]]
    if any(torch.allclose(y, x + second(first(x).relu()), atol=1e-4) for first, second in orders):
        return None
    if any(torch.allclose(y, x + second(first(x)), atol=1e-4) for first, second in orders):
        return "there is no ReLU between the two convolutions; without it they are no more than one."
    return "once it has learned something, it is not x + second(ReLU(first(x))); what else happens on the way?"


def _built(block: Any) -> nn.Module:
    """The student's module for 6 channels, able to run."""
    present(block)
    if isinstance(block, nn.Module):
        raise Hint("pass the class itself, without calling it.")
    module = call(block, 6, where="as it is made ")
    if not isinstance(module, nn.Module):
        raise Hint(f"a torch.nn.Module is asked for, and this makes something of type {type(module).__name__}.")
    if type(module).forward is nn.Module.forward:
        raise Hint(NOTHING if not list(module.children()) else "it has no forward yet.")
    return module
