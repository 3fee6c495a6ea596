"""The SSIM loss, forward and backward, beside four libraries' own, on two cores."""

import sys
from collections.abc import Callable
from unittest.mock import Mock, patch

import torch
from table import compare
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure

from lib.losses import hand_weights, ssim_l1, ssim_map

SHAPE = (8, 3, 336, 304)
Loss = Callable[[Tensor, Tensor], Tensor]


def torchmetrics() -> Loss:
    return lambda pred, target: 1 - structural_similarity_index_measure(pred, target, data_range=1.0)


def pytorch_msssim() -> Loss:
    from pytorch_msssim import ssim

    return lambda pred, target: 1 - ssim(pred, target, data_range=1.0)


def kornia() -> Loss:
    from kornia.losses import SSIMLoss

    return SSIMLoss(11)


def piq() -> Loss:
    # piq loads torchvision for other measures than this one; a torch without CUDA finds no build of it on PyPI
    with patch.dict(sys.modules, {"torchvision": Mock(), "torchvision.models": Mock()}):
        from piq import SSIMLoss

    return SSIMLoss()


LIBRARIES = {
    "torchmetrics": torchmetrics,
    "pytorch-msssim": pytorch_msssim,
    "kornia": kornia,
    "piq": piq,
}


def contenders() -> dict[str, Loss]:
    """The losses of the libraries that are there; says which are not."""
    found = {}
    for name, load in LIBRARIES.items():
        try:
            found[name] = load()
        except ImportError as problem:
            print(f"{name} is left out ({problem}); `make bench` installs it.")
    return found


def main() -> None:
    """Print the table."""
    torch.set_num_threads(2)
    torch.manual_seed(0)
    target = torch.rand(SHAPE)
    pred = (target + 0.1 * torch.randn(SHAPE)).clamp(0, 1).requires_grad_()
    weight = hand_weights(300 * torch.rand(SHAPE[0], 2, 2), SHAPE[-2:], 50.0)

    def step(loss: Loss) -> None:
        pred.grad = None
        loss(pred, target).backward()

    losses = {
        "lib.losses": lambda x, y: 1 - ssim_map(x, y).mean(),
        "lib.losses, SSIM + L1, hands weighted": lambda x, y: ssim_l1(x, y, weight),
        **contenders(),
    }
    cases = {name: lambda loss=loss: step(loss) for name, loss in losses.items()}
    compare(
        f"SSIM loss, forward and backward, {SHAPE}, {torch.get_num_threads()} threads", cases, unit="step", rounds=7
    )


if __name__ == "__main__":
    main()
