"""Hands that were found, read once more: the last layers of MediaPipe's hand network, taught by true joints in blur.

MediaPipe's hand network has never been taught by a smear whose true joints somebody knew. Rendered film has them, and
`book/studies/exact` taught the network's last layers by them; here they read. Each hand that was found is looked at on
its own square (`lib.holistic.crops.hand_roi`), and x and y of its joints become what these layers see there. No hand
comes and none goes, and z, confidence and the body stay as they were: who found a hand is known afterwards, too.

Every 1 x 1 convolution from layer `FIRST` on becomes W + B A, A (r, in) and B (out, r), its bias free; of the dense
layers those for x and y of the joints and for presence are free. What is shipped is A, B and the free differences.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from lib.holistic.crops import Roi, around, cut, hand_roi, uncut
from lib.holistic.second_look import of_one_clip
from lib.holistic.surety import HAND
from lib.holistic.twins import HandTwin
from lib.keypoints import Keypoints
from lib.tools.openers import reading
from lib.tools.paths import WEIGHTS
from lib.upsampler.sharpen import has_bfloat16

SHIPPED = WEIGHTS / "exact" / "hand-tail.safetensors"
FIRST = 31  # the first layer that is taught; what it reads is a map, 112 x 14 x 14
RANK = 8
AT_ONCE = 16  # crops

Hand = tuple[int, slice, Roi, Tensor]  # frame, points, square, crop (1, 3, 224, 224)


def in_bfloat16(device: torch.device, there: bool = True) -> torch.autocast:
    """Convolutions in bfloat16, where the processor has it built in, and ``there``; else, and elsewhere, in float32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=there and has_bfloat16(device))


class Low(nn.Module):
    """A frozen 1 x 1 convolution plus a learned one of low rank."""

    def __init__(self, layer: nn.Conv2d, rank: int):
        super().__init__()
        self.layer = layer
        self.a = nn.Parameter(torch.randn(rank, layer.in_channels) / layer.in_channels**0.5)
        self.b = nn.Parameter(torch.zeros(layer.out_channels, rank))
        self.c = nn.Parameter(torch.zeros(layer.out_channels))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.layer.weight + (self.b @ self.a)[..., None, None]
        return F.conv2d(x, weight, self.layer.bias + self.c)


class Tail(nn.Module):
    """Maps (N, 112, 14, 14) -> x and y of the joints (N, 21, 2) in pixels of the crop, presence's logit (N,)."""

    def __init__(self, twin: HandTwin, rank: int = RANK):
        super().__init__()
        self.wiring, self.source = twin.wiring[FIRST:], twin.wiring[FIRST][0][0]
        self.layers = nn.ModuleList(list(twin.layers[FIRST:]))
        for layer in self.layers:
            for place, inner in enumerate(layer if isinstance(layer, nn.Sequential) else ()):
                if isinstance(inner, nn.Conv2d) and inner.kernel_size == (1, 1):
                    layer[place] = Low(inner, rank)
        self.joints, self.logit = twin.outputs[0], twin.logit
        self.w = nn.Parameter(torch.zeros(42, 1152))
        self.v = nn.Parameter(torch.zeros(42))
        self.p = nn.Parameter(torch.zeros(1152))
        self.q = nn.Parameter(torch.zeros(1))
        self.mean = next(reads[0] for reads, written in self.wiring if written == self.joints)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        values = {self.source: maps}
        for layer, (reads, written) in zip(self.layers, self.wiring):
            if written == self.mean:  # from here on a few numbers a crop, among them pixels: bfloat16 has three digits
                values[reads[0]] = values[reads[0]].float()
            with in_bfloat16(maps.device, values[reads[0]].ndim == 4 and written != self.mean):
                values[written] = layer(*(values[i] for i in reads))
        mean = values[self.mean]
        joints = values[self.joints].unflatten(1, (21, 3))[..., :2]
        moved = F.linear(mean, self.w, self.v).unflatten(1, (21, 2))
        return joints + moved, values[self.logit][:, 0] + mean @ self.p + self.q

    def learned(self) -> dict[str, nn.Parameter]:
        """What was taught, by its name in the file."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def loaded(path: Path = SHIPPED) -> Tail:
    """MediaPipe's last layers with what they were taught. Raises BadInput where that is missing, or something else."""
    with reading(path, "does not hold the hand network's last layers", "copy or download it again"):
        told = {name: value.float() for name, value in load_file(path).items()}
        tail = Tail(HandTwin(), next((len(value) for name, value in told.items() if name.endswith(".a")), RANK))
        if told.keys() != tail.learned().keys() or not all(value.isfinite().all() for value in told.values()):
            raise ValueError("other numbers than theirs")
        tail.load_state_dict(told, strict=False)
    return tail.eval()


@torch.inference_mode()
def maps_of(twin: HandTwin, crops: Tensor) -> Tensor:
    """What the first layers make of crops (N, 3, 224, 224)."""
    values = {twin.source: crops.contiguous(memory_format=torch.channels_last)}
    with in_bfloat16(crops.device):
        for number, layer in enumerate(twin.layers[:FIRST]):
            reads, written = twin.wiring[number]
            values[written] = layer(*(values[i] for i in reads))
            later = {i for reads, _ in twin.wiring[number + 1 :] for i in reads}
            values = {i: value for i, value in values.items() if i in later}  # all at once are 10 MB a crop
    return values[twin.wiring[FIRST][0][0]].half()


@torch.inference_mode()
def read_again(frames: Iterable[np.ndarray], found: Keypoints, tail: Tail) -> Keypoints:
    """The same keypoints (HOLISTIC_75), x and y of each found hand's joints as ``tail`` sees them on its square.

    ``frames`` (uint8 RGB, (H, W, 3), any iterable, one at a time) are those that ``found`` came from, in its pixels;
    where no hand was found, none is asked for. Raises BadInput for another layout, number of frames, or size.
    """
    xyz, twin, hands = found.xyz.copy(), HandTwin(), _hands(frames, found)
    while some := list(islice(hands, AT_ONCE)):
        times, parts, squares, crops = zip(*some)
        joints, _ = tail(maps_of(twin, torch.cat(crops)).float())
        for time, part, roi, hand in zip(times, parts, squares, joints.split(1)):
            xyz[time, part, :2] = uncut(hand, roi)[0].numpy()
    return replace(found, xyz=xyz)


def _hands(frames: Iterable[np.ndarray], found: Keypoints) -> Iterator[Hand]:
    there = np.stack([np.isfinite(found.xyz[:, part, :2]).all((1, 2)) for part in HAND], axis=1)
    for time, frame in enumerate(of_one_clip(frames, found) if there.any() else ()):
        for part in (part for part, seen in zip(HAND, there[time]) if seen):
            roi = hand_roi(torch.from_numpy(found.xyz[time, part, :2])[None].float())
            corner, picture = around(frame, roi)
            yield time, part, roi, cut(picture, roi._replace(center=roi.center - corner))
