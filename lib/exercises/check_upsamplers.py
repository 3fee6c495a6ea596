"""Chapter 3's checker: it says whether an answer is right, and where to look if it is not."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lib.upsampler import UNet, parameter_count


def check_level(answer: int | None, width: int, level: int) -> str:
    """Exercise 1: parameters of one decoder level of a U-Net with skips and without gates, of that width."""
    if answer is None:
        return "Nothing to check yet: put your number in place of None."
    up = UNet(width, level + 1).decoder[0]
    doubled, joined = parameter_count(up.up), parameter_count(up.conv)
    biases = sum(value.numel() for name, value in up.named_parameters() if name.endswith("bias"))
    unjoined = parameter_count(UNet(width, level + 1, skips=False).decoder[0])
    wide = doubled + 8 * up.up[0].weight.numel()  # nine weights where there is one
    hints = {
        doubled + joined: "Correct.",
        doubled + joined - biases: "Nearly: every output channel has a bias as well.",
        joined: "Nearly: there is a convolution before the doubling, too, and the skip joins after it.",
        unjoined: "Nearly: the skip doubles the channels that come into the second convolution.",
        wide + joined: "Nearly: the convolution before the doubling is 1x1, so it has no 9.",
    }
    return hints.get(answer, "Not yet: two convolutions, 1x1 and 3x3; (side squared) x (in) x (out) + (out) each.")


def check_padding(pad: Callable[[Tensor, int], Tensor]) -> str:
    """Exercise 2: ``pad(x, step)`` fills (N, C, H, W) to multiples of ``step``, right and below, with the edge."""
    for height, width, step in ((7, 13, 4), (8, 12, 4), (1, 9, 8), (168, 151, 8)):
        x = torch.rand(1, 3, height, width)
        y = pad(x, step)
        if y is None:
            return "Nothing to check yet: let pad_to_multiple return the padded pictures."
        down, right = -(-height // step) * step, -(-width // step) * step
        if tuple(y.shape) != (1, 3, down, right):
            return f"Not yet: {height} x {width} in steps of {step} is {down} x {right}, not {tuple(y.shape[-2:])}."
        if not torch.equal(y[..., :height, :width], x):
            return "Not yet: the picture itself must stay where it was, in the upper left corner."
        rows, columns = torch.arange(down).clamp(max=height - 1), torch.arange(right).clamp(max=width - 1)
        if not torch.equal(y, x[:, :, rows][..., columns]):
            return "Nearly: the size is right; fill it with copies of the last column and the last row."
    return "Correct."


def check_residual(block: type[nn.Module]) -> str:
    """Exercise 3: ``block(channels)`` gives x + something learned, two 3x3 convolutions, and begins as the identity."""
    x = torch.rand(2, 6, 9, 11)
    try:
        module = block(6)
        y = module(x)
    except (NotImplementedError, TypeError, RuntimeError) as error:
        return f"Not yet: it does not run ({error})."
    convs = [part for part in module.modules() if isinstance(part, nn.Conv2d)]
    if len(convs) != 2 or y.shape != x.shape:
        return "Not yet: two convolutions of 6 to 6 channels, with padding, so that the size stays."
    if not torch.equal(y, x):
        return "Not yet: untrained, it shall give back just what it gets; look at UNet.__init__ for how."
    y.square().sum().backward()
    if all(part.weight.grad is None or not part.weight.grad.any() for part in convs):
        return "Nearly: it is the identity, but nothing can be learned: no gradient comes to any convolution."
    return "Correct."
