"""How the last layers of MediaPipe's hand network (`lib.enhance.exact`) are taught by true joints in blur.

What is learned, and shipped, is their difference to MediaPipe's own alone.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from book.studies.exact.crops import Crops
from lib.enhance.exact import Tail


def fit(
    tail: Tail, crops: Crops, epochs: int = 3, rate: float = 2e-3, batch: int = 64, seed: int = 0, decay: float = 1e-3
) -> Iterator[float]:
    """By AdamW and a falling rate: distance of joints in hands (Huber, from a tenth on straight), and presence."""
    generator = torch.Generator().manual_seed(seed)
    steps = epochs * (len(crops.there) // batch)
    optimizer = torch.optim.AdamW(tail.learned().values(), rate, weight_decay=decay)
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
    save_file({name: value.detach().half().contiguous() for name, value in tail.learned().items()}, path)
