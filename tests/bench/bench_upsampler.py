"""The Attention U-Net, a training step and a frame enlarged, beside MONAI's of the same widths.

    python tests/bench/bench_upsampler.py [--width 64] [--threads 2]

Both with a x2 head, ours in channels-last order, MONAI's in both orders, float32 and bfloat16, all in turn in one run.
"""

import argparse
from collections.abc import Callable

import torch
from table import compare
from torch import Tensor, nn

from lib.losses import l1
from lib.upsampler import UNet, parameter_count

DEPTH = 3  # halvings
BATCH, HEIGHT, WIDTH = 2, 168, 152


def monai(width: int) -> nn.Module:
    """MONAI's Attention U-Net with our x2 head in place of its own 1x1: ``width`` channels, doubled, to half, to 3."""
    from monai.networks.nets import AttentionUnet

    channels = [width * 2**level for level in range(DEPTH + 1)]
    network = AttentionUnet(spatial_dims=2, in_channels=3, out_channels=3, channels=channels, strides=(2,) * DEPTH)
    network.model[-1] = nn.Sequential(
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Conv2d(width, width // 2, 3, padding=1),
        nn.ReLU(True),
        nn.Conv2d(width // 2, 3, 1),
    )
    return network


def contenders(width: int) -> dict[str, tuple[nn.Module, torch.memory_format]]:
    """Networks, and the order of memory that they run in; says so where MONAI is not here."""
    networks = {"lib.upsampler": (UNet(width, DEPTH, attention=True), torch.channels_last)}
    try:
        networks["MONAI"] = (monai(width), torch.contiguous_format)
        networks["MONAI, channels last"] = (monai(width), torch.channels_last)
    except ImportError as problem:
        print(f"MONAI is left out ({problem}); `make bench` installs it.")
    return networks


def training(network: nn.Module, pictures: Tensor, target: Tensor, half: bool) -> Callable[[], None]:
    """One step: forward, L1, backward, Adam."""
    adam = torch.optim.Adam(network.parameters(), 1e-3)

    def step() -> None:
        network.train()
        adam.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            pred = network(pictures)
        l1(pred, target).backward()
        adam.step()

    return step


def inference(network: nn.Module, pictures: Tensor, half: bool) -> Callable[[], None]:
    """The pictures enlarged, nothing kept for gradients."""

    def enlarge() -> None:
        network.eval()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            network(pictures)

    return enlarge


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=64, help="channels at the input's size")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    pictures, target = torch.rand(BATCH, 3, HEIGHT, WIDTH), torch.rand(BATCH, 3, 2 * HEIGHT, 2 * WIDTH)
    networks = contenders(options.width)
    for name, (network, _) in networks.items():
        print(f"{name}: {parameter_count(network) / 1e6:.1f} M parameters")
    for half in (False, True):
        steps, frames = {}, {}
        for name, (network, order) in networks.items():
            network, inputs = network.to(memory_format=order), pictures.contiguous(memory_format=order)
            steps[name] = training(network, inputs, target.contiguous(memory_format=order), half)
            frames[name] = inference(network, inputs, half)
        bits = "bfloat16" if half else "float32"
        kind = f"width {options.width}, {WIDTH} x {HEIGHT} x2, {bits}, threads: {options.threads}"
        compare(f"Attention U-Net, training, {kind}", steps, items=BATCH, unit="frame")
        compare(f"Attention U-Net, inference, {kind}", frames, items=BATCH, unit="frame")


if __name__ == "__main__":
    main()
