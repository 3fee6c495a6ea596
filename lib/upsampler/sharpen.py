"""A network of `lib.upsampler` over a film: frames in, frames of twice the width and height out, a few at a time.

On a CPU every small frame is computed by one thread, and as many frames at once as torch has threads. Many threads on
one frame wait for each other at every layer, and where MediaPipe works beside them they wait for it too. Large frames
would not fit into memory side by side, and so have the threads together.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain, islice

import numpy as np
import torch
from torch import Tensor

from lib.tools.processes import usable_device
from lib.upsampler.network import UNet
from lib.video.codec import checked

TILE = 384  # pixels of a side: frames of more than twice that are computed in tiles, so that 4K fits into memory
AT_ONCE = 2**21  # pixels of the frames that are in work side by side: more of them would not fit, either
NICENESS = 10  # a thread that is behind gets a tenth of the time of one that is not, and all that is left over


def sharpen(
    model: UNet,
    frames: Iterable[np.ndarray],
    batch: int = 4,
    device: str | torch.device | None = None,
    behind: bool = False,
) -> Iterator[np.ndarray]:
    """Frames (uint8 RGB, (H, W, 3), any number) -> as many of (2H, 2W, 3), in order, while the next are computed: one
    for each of torch's threads on a CPU, if they are small, two batches on a GPU.

    batch    how many frames go through the network together: memory grows with it; a GPU is busier with more
    device   where to compute; None: where the model is. The model is moved there, and put into eval mode
    behind   let the program's other threads have one of torch's, and the processor first (on Linux), where one of them
             is what all wait for

    Convolutions use bfloat16 where the machine has it built in (see `has_bfloat16`). Raises BadInput for no frames, a
    frame of another size or type than the first, and a device that is not there.
    """
    device = usable_device(device or next(model.parameters()).device)
    model, bfloat16 = model.to(device, memory_format=torch.channels_last).eval(), has_bfloat16(device)
    threads, stream = torch.get_num_threads(), checked(frames)
    first = next(stream)
    free = max(1, threads - behind)
    workers = _fitting(first, batch, free) if device.type == "cpu" else 2
    pool = ThreadPoolExecutor(workers, initializer=_begin_thread, initargs=(max(1, free // workers), behind))
    pending: deque[Future[np.ndarray]] = deque()
    try:
        stream = chain([first], stream)
        while group := list(islice(stream, batch)):
            pending.append(pool.submit(_run, model, device, bfloat16, group))
            if len(pending) > workers:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)


def _fitting(frame: np.ndarray, batch: int, threads: int) -> int:
    height, width = frame.shape[:2]
    return max(1, min(threads, AT_ONCE // (batch * height * width)))


def _begin_thread(threads: int, behind: bool) -> None:
    torch.set_num_threads(threads)
    if behind:
        step_behind()


def step_behind() -> None:
    """Let the program's other threads have the processor before this one, for the rest of its life."""
    if sys.platform == "linux":  # elsewhere niceness is the whole process's
        os.nice(NICENESS)


def has_bfloat16(device: torch.device) -> bool:
    """Whether convolutions in bfloat16 are built in, and so faster: GPUs since 2020, CPUs with AVX-512 BF16 or AMX.

    The picture they give is less than half a grey level from the float32 one, in the mean (tested).
    """
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    can = torch.cpu.get_capabilities()
    return device.type == "cpu" and bool(can.get("avx512_bf16") or can.get("amx_bf16"))


def _run(model: UNet, device: torch.device, bfloat16: bool, frames: list[np.ndarray]) -> np.ndarray:
    """The network over some frames, (N, 2H, 2W, 3) uint8; may be called from any thread."""
    # modes are a thread's own; (N, H, W, 3) seen as (N, 3, H, W) is channels-last already
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
        images = torch.from_numpy(np.stack(frames)).to(device).permute(0, 3, 1, 2)
        y = _tiled(partial(_in_bytes, model), images, 2**model.config.depth)
        return y.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _in_bytes(model: UNet, x: Tensor) -> Tensor:
    """``model`` from uint8 to uint8."""
    return model(x.float().div_(255)).float().mul_(255).round_().clamp_(0, 255).to(torch.uint8)


def _tiled(compute: Callable[[Tensor], Tensor], x: Tensor, step: int, side: int = TILE) -> Tensor:
    """``compute(x)``, a network that halves until ``step`` pixels are one, of x's type: in tiles of at most ``side``
    pixels a side where x has more than twice as many, each computed with all around it that matters."""
    height, width = x.shape[-2:]
    if max(height, width) <= 2 * side:
        return compute(x)
    margin = 8 * step  # with 3 halvings a pixel depends on 62 to either side
    shape = (*x.shape[:2], 2 * height, 2 * width)
    y = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
    for top, bottom in _pieces(height, side, step):
        for left, right in _pieces(width, side, step):
            up, back = min(top, margin), min(left, margin)
            tile = compute(x[..., top - up : bottom + margin, left - back : right + margin])
            part = tile[..., 2 * up : 2 * (up + bottom - top), 2 * back : 2 * (back + right - left)]
            y[..., 2 * top : 2 * bottom, 2 * left : 2 * right] = part
    return y


def _pieces(length: int, largest: int, step: int) -> list[tuple[int, int]]:
    """(start, stop) of equal pieces; each starts at a multiple of ``step``, where the network's halvings meet."""
    count = -(-length // largest)
    size = -(-length // (count * step)) * step
    return [(start, min(start + size, length)) for start in range(0, length, size)]
