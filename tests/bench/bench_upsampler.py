"""The Attention U-Net, a training step and a frame enlarged, beside MONAI's of the same widths, on two cores."""

from collections.abc import Callable

import torch
from table import compare
from torch import Tensor, nn

from lib.losses import l1
from lib.upsampler import UNet, parameter_count

WIDTHS = (64, 128, 256, 512)
BATCH, HEIGHT, WIDTH = 2, 168, 152


def monai() -> nn.Module:
    """MONAI's Attention U-Net with our x2 head in place of its own 1x1: 64 channels, doubled, to 32, to 3."""
    from monai.networks.nets import AttentionUnet

    network = AttentionUnet(spatial_dims=2, in_channels=3, out_channels=3, channels=WIDTHS, strides=(2, 2, 2))
    network.model[-1] = nn.Sequential(
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Conv2d(WIDTHS[0], WIDTHS[0] // 2, 3, padding=1),
        nn.ReLU(True),
        nn.Conv2d(WIDTHS[0] // 2, 3, 1),
    )
    return network


def contenders() -> dict[str, tuple[nn.Module, torch.memory_format]]:
    """Networks, and the order of memory that they run in; says how to get MONAI where it is not."""
    networks = {"lib.upsampler": (UNet(WIDTHS[0], len(WIDTHS) - 1, attention=True), torch.channels_last)}
    try:
        networks["MONAI"] = (monai(), torch.contiguous_format)
        networks["MONAI, channels last"] = (monai(), torch.channels_last)
    except ModuleNotFoundError:
        print("MONAI is not installed: pip install monai")
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
    torch.set_num_threads(2)
    torch.manual_seed(0)
    pictures, target = torch.rand(BATCH, 3, HEIGHT, WIDTH), torch.rand(BATCH, 3, 2 * HEIGHT, 2 * WIDTH)
    networks = contenders()
    for name, (network, _) in networks.items():
        print(f"{name}: {parameter_count(network) / 1e6:.1f} M parameters")
    for half in (False, True):
        steps, frames = {}, {}
        for name, (network, order) in networks.items():
            network, inputs = network.to(memory_format=order), pictures.contiguous(memory_format=order)
            steps[name] = training(network, inputs, target.contiguous(memory_format=order), half)
            frames[name] = inference(network, inputs, half)
        kind = f"{WIDTH} x {HEIGHT} x2, {'bfloat16' if half else 'float32'}, {torch.get_num_threads()} threads"
        compare(f"Attention U-Net, training, {kind}", steps, items=BATCH, unit="frame")
        compare(f"Attention U-Net, inference, {kind}", frames, items=BATCH, unit="frame")


if __name__ == "__main__":
    main()
