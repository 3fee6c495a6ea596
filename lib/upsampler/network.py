"""The networks that enlarge a frame twofold and sharpen it: autoencoder, U-Net, Attention U-Net (R1, III-A).

    frames (N, 3, H, W) -> encoder: [3x3, ReLU] x 2, halve;  bottleneck;  decoder: 1x1, double, join, 3x3, ReLU
                        -> x2 head: upsampling layer, 1x1 -> (N, 3, 2H, 2W)

R1 has the parts, not the widths: ``width`` channels at the input's size, twice as many after each of ``depth``
halvings, and no normalisation layers (a picture's contrast must survive) are ours. The encoder looks, the decoder puts
together: its channels are halved before the size is doubled, and one convolution follows, which costs a third less
time than the two of a mirror image, as which R1 describes its decoder.

What R1's last upsampling layer is, it does not say. Were it an interpolation, the 1x1 convolution could as well stand
before it: both are linear, one mixes channels and the other neighbours. The output would be a small picture enlarged
bilinearly, however good the network. So ours is a transposed convolution, U-Net's own "up-convolution"; the other
reading is there to be measured.

On disk a network is a safetensors file, with its configuration and the facts of its making. Nothing here unpickles:
such a file can hold wrong numbers, but no program.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import safetensors
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import check_types, reading
from lib.tools.paths import WEIGHTS
from lib.training import parameter_count as parameter_count

R1_FIVE = ("b-ae", "b-unet", "ba-unet", "bwa-unet", "bwfa-unet")  # in the order in which R1 builds them up
# R1's five on R1's damage, the same idea on a camera's, and ours: of varied films, and guided by the detector
PRETRAINED = (*R1_FIVE, *(f"{name}-camera" for name in R1_FIVE), "bv-unet", "bg-unet")
TWOFOLD = {"scale_factor": 2, "mode": "bilinear"}


@dataclass(frozen=True)
class Config:
    """What decides a network's shape; saved with its weights."""

    width: int = 64
    depth: int = 3
    attention: bool = False
    skips: bool = True
    residual: bool = False  # add the bilinear enlargement, so that only the difference is learned (not in R1)
    head: str = "transposed"  # or "bilinear", the other reading of R1's upsampling layer, or "conv3", which is ours


class UNet(nn.Module):
    """R1's networks in one: ``skips=False`` is the autoencoder, ``attention=True`` the Attention U-Net.

    Input (N, 3, H, W) in [0, 1], any H and W from 1; output (N, 3, 2H, 2W), linear: clamp it where it is saved.
    ``others`` are further fields of `Config`.
    Raises BadInput for an odd width, a depth of 0, attention without skips, and an unknown head.
    Parameters (weights and biases) of the width w, the halvings d, and c_i = w 2^i channels at level i:

        encoder, level i = 0..d    9 c_(i-1) c_i + c_i + 9 c_i^2 + c_i                   (c_(-1) = 3)
        decoder, level i = d-1..0  c_(i+1) c_i + c_i  and  9 s c_i^2 + c_i                (s = 2 with skips, else 1)
        gates,   level i = d-1..0  (c_i^2 + c_i) / 2 + (c_(i+1) c_i + c_i) / 2 + c_i / 2 + 1  (attention only)
        head                       4 w^2 + w (transposed), 0 (bilinear), 9 w (w / 2) + w / 2 (conv3)
        last                       3 w + 3, of w / 2 channels after conv3

    Source: R1 III-A, IV-A; Ronneberger et al., 2015; the gates: Oktay et al., 2018, Attention U-Net.
    """

    def __init__(self, width: int = 64, depth: int = 3, attention: bool = False, skips: bool = True, **others):
        super().__init__()
        self.config = config = Config(width, depth, attention, skips, **others)
        check_config(config)
        channels = [width * 2**level for level in range(depth + 1)]
        self.encoder = nn.ModuleList(two_convs(a, b) for a, b in zip([3, *channels], channels))
        self.decoder = nn.ModuleList(Up(channels[i + 1], channels[i], skips, attention) for i in reversed(range(depth)))
        self.head = HEADS[config.head](width)
        self.last = nn.Conv2d(width // 2 if config.head == "conv3" else width, 3, 1)
        self.apply(he)
        if config.residual:  # start as bilinear enlargement, exactly
            nn.init.zeros_(self.last.weight)
            nn.init.zeros_(self.last.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, 3, 2H, 2W). Raises BadInput for what is no batch of colour pictures in floats."""
        check_pictures(x)
        height, width = x.shape[-2:]
        step = 2**self.config.depth
        padded = F.pad(x, (0, -width % step, 0, -height % step), mode="replicate")
        skips, y = [], padded
        for level, convs in enumerate(self.encoder):
            y = convs(F.max_pool2d(y, 2) if level else y)
            skips.append(y)
        for up, skip in zip(self.decoder, reversed(skips[:-1])):
            y = up(y, skip)
        y = self.last(self.head(y))[..., : 2 * height, : 2 * width]
        return y + F.interpolate(x, **TWOFOLD) if self.config.residual else y


def check_config(config: Config) -> None:
    """Raises BadInput for what `UNet` says."""
    width, depth = config.width, config.depth
    if width < 2 or width % 2 or depth < 1 or (config.attention and not config.skips):
        raise BadInput(
            f"width {width}, depth {depth}: give an even width, a depth from 1, and attention only with skips."
        )
    if config.head not in HEADS:
        raise BadInput(f"There is no head {config.head!r}; choose {', '.join(HEADS)}.")


def check_pictures(x: Tensor) -> None:
    """Raises BadInput for what is no batch of colour pictures in floats."""
    if x.ndim != 4 or x.shape[1] != 3 or not x.is_floating_point():
        raise BadInput(f"The network takes floats (N, 3, H, W) in [0, 1], not {x.dtype} {tuple(x.shape)}.")


def he(layer: nn.Module) -> None:
    """He et al., 2015: what passes a ReLU keeps its size. PyTorch's default lets it fade, layer by layer."""
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)


class Up(nn.Module):
    """Half the channels, twice the size; join what the encoder knew there; convolve."""

    def __init__(self, below: int, here: int, skips: bool, attention: bool):
        super().__init__()
        self.up = nn.Sequential(nn.Conv2d(below, here, 1), nn.Upsample(**TWOFOLD))
        self.gate = AttentionGate(here, below) if attention else None
        self.skips = skips
        self.conv = nn.Sequential(nn.Conv2d(2 * here if skips else here, here, 3, padding=1), nn.ReLU(True))

    def forward(self, below: Tensor, skip: Tensor) -> Tensor:
        y = self.up(below)
        if not self.skips:
            return self.conv(y)
        if self.gate is not None:
            skip = self.gate(skip, below)
        return self.conv(torch.cat([skip, y], dim=1))


class AttentionGate(nn.Module):
    """Scales every pixel of the skip by sigmoid(psi(ReLU(W_x x + W_g g))) in (0, 1) (Oktay et al., eq. 1).

    ``skip`` x is (N, C, 2H, 2W), ``signal`` g comes from one level below, (N, C', H, W). As in their Figure 2
    the weights are found at the signal's size and enlarged: there x is averaged over squares of 2 x 2 pixels. The last
    map of weights is kept as ``weights``, (N, 1, H, W).
    """

    def __init__(self, channels: int, below: int):
        super().__init__()
        self.skip = nn.Conv2d(channels, channels // 2, 1)
        self.signal = nn.Conv2d(below, channels // 2, 1)
        self.psi = nn.Conv2d(channels // 2, 1, 1)
        self.weights: Tensor | None = None

    def forward(self, skip: Tensor, signal: Tensor) -> Tensor:
        coarse = self.skip(F.avg_pool2d(skip, 2)) + self.signal(signal)
        weights = torch.sigmoid(self.psi(F.relu(coarse)))
        self.weights = weights.detach()
        return skip * F.interpolate(weights, **TWOFOLD)


def two_convs(before: int, after: int) -> nn.Sequential:
    """(N, before, H, W) -> (N, after, H, W): two 3x3 convolutions, each with a ReLU, as in U-Net (2015)."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1), nn.ReLU(True), nn.Conv2d(after, after, 3, padding=1), nn.ReLU(True)
    )


# what stands before the last 1x1 convolution: (N, w, H, W) -> (N, w or w / 2, 2H, 2W)
HEADS: dict[str, Callable[[int], nn.Sequential]] = {
    "transposed": lambda width: nn.Sequential(nn.ConvTranspose2d(width, width, 2, stride=2)),
    "bilinear": lambda width: nn.Sequential(nn.Upsample(**TWOFOLD)),
    "conv3": lambda width: nn.Sequential(
        nn.Upsample(**TWOFOLD), nn.Conv2d(width, width // 2, 3, padding=1), nn.ReLU(True)
    ),
}


def save(model: UNet, path: str | Path, facts: dict) -> Path:
    """Write a network's weights (half precision) with its configuration and ``facts`` about its training."""
    half = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in model.state_dict().items()}
    notes = {"config": json.dumps(asdict(model.config)), "facts": json.dumps(facts)}
    with written_whole(path) as partial:
        partial.write_bytes(safetensors.torch.save(half, notes))
    return Path(path)


def read_weights(path: str | Path) -> tuple[dict[str, Tensor], dict, dict]:
    """The (state in float32, configuration, facts) of a file. BadInput if it is missing, cut short or foreign."""
    if not Path(path).is_file():
        raise BadInput(f"{path} does not exist; check the name, or train it: python -m lib.train_upsampler")
    with reading(path, "is no whole safetensors file", "copy or download it again"):
        with safetensors.safe_open(str(path), "pt") as file:
            notes = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        if odd := [name for name, value in state.items() if not value.is_floating_point()]:
            raise ValueError(f"{odd[0]} is of another type than weights are")
        state = {name: value.float() for name, value in state.items()}
    try:
        return state, dict(json.loads(notes["config"])), dict(json.loads(notes.get("facts", "{}")))
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        what = f"{path} does not say which network it is for; give weights that this course has written."
        raise BadInput(what) from error


def build(config: Config) -> UNet:
    """The network of a configuration, with fresh weights."""
    return UNet(**asdict(config))


def load(path: str | Path) -> UNet:
    """The network of a weight file, ready to use (float32, eval mode). Raises BadInput if it is another network's, and
    if a weight is no number.
    """
    state, config, _ = read_weights(path)
    try:
        config = Config(**{"head": "conv3"} | config)  # the only one there was when files named none
        check_types(config)
        largest = state[f"encoder.{config.depth}.2.weight"]  # if that is there, so is the memory for the whole network
        if largest.shape != (len(largest), len(largest), 3, 3) or len(largest) >> config.depth != config.width:
            raise ValueError("it is smaller than it says")
        model = build(config)
        model.load_state_dict(state)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise BadInput(f"{path} holds another kind of network; give one that lib.upsampler has saved.") from error
    if not all(weights.isfinite().all() for weights in model.parameters()):
        raise BadInput(f"{path} holds weights that are no numbers; give a network whose training went well.")
    return model.eval()


def load_pretrained(name: str = "bg-unet") -> UNet:
    """One of the networks that come with the course, by its name in ``PRETRAINED``. Errors as in `load`."""
    if name not in PRETRAINED:
        raise BadInput(f"There is no model {name!r}; choose one of {', '.join(PRETRAINED)}.")
    return load(WEIGHTS / f"{name}.safetensors")
