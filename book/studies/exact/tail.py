"""The last layers of MediaPipe's hand network, taught by true joints in blur: a difference of low rank.

Every 1 x 1 convolution from layer `FIRST` on becomes W + B A, A (r, in) and B (out, r), its bias free; of the dense
layers those for x and y of the joints and for presence are free. What is shipped is A, B and the free differences.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from book.studies.exact.crops import FIRST
from lib.holistic.twins import HandTwin

RANK = 8


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
    """Maps (N, 192, 7, 7) -> x and y of the joints (N, 21, 2) in pixels of the crop, presence's logit (N,)."""

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
            values[written] = layer(*(values[i] for i in reads))
        mean = values[self.mean]
        joints = values[self.joints].unflatten(1, (21, 3))[..., :2]
        moved = F.linear(mean, self.w, self.v).unflatten(1, (21, 2))
        return joints + moved, values[self.logit][:, 0] + mean @ self.p + self.q

    def learned(self) -> list[nn.Parameter]:
        return [p for p in self.parameters() if p.requires_grad]


def fit(tail: Tail, crops, epochs: int = 3, rate: float = 2e-3, batch: int = 64, seed: int = 0, decay: float = 1e-3):
    """By AdamW and a falling rate: distance of joints in hands (Huber, from a tenth on straight), and presence."""
    generator = torch.Generator().manual_seed(seed)
    steps = epochs * (len(crops.there) // batch)
    optimizer = torch.optim.AdamW(tail.learned(), rate, weight_decay=decay)
    falling = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    for _ in range(epochs):
        order = torch.randperm(len(crops.there), generator=generator)
        for some in order[: len(order) // batch * batch].split(batch):
            joints, there = crops.joints[some], crops.there[some]
            with torch.autocast("cpu", torch.bfloat16):
                told, logit = tail(crops.maps[some].float().contiguous(memory_format=torch.channels_last))
            size = (joints.amax(1) - joints.amin(1)).amax(-1)[:, None]
            off = (told.float() - joints).norm(dim=-1) / size
            off = F.huber_loss(off[there], torch.zeros_like(off[there]), delta=0.1)
            loss = 10 * off + 0.1 * F.binary_cross_entropy_with_logits(logit.float(), there.float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            falling.step()
        yield float(off.detach())


def save(tail: Tail, path: Path) -> None:
    """What was learned, in half precision."""
    path.parent.mkdir(parents=True, exist_ok=True)
    learned = {
        name: value.detach().half().contiguous() for name, value in tail.named_parameters() if value.requires_grad
    }
    save_file(learned, path)


def loaded(path: Path) -> Tail:
    """MediaPipe's last layers with what was learned."""
    learned = {name: value.float() for name, value in load_file(path).items()}
    tail = Tail(HandTwin(), next(len(value) for name, value in learned.items() if name.endswith(".a")))
    tail.load_state_dict(learned, strict=False)
    return tail.eval()
