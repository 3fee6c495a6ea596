"""Pairs to learn from: crops around the hands of rendered clips, the same crop of input and target.

Hands fill a fiftieth of the picture, so a crop around one teaches more a second than the whole frame does. Whole
frames are there too (``crop=None``), for R1 speaks of frames and of no crops.
"""

import math
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import psutil
import torch
from torch import Tensor

from lib.keypoints import HOLISTIC_75
from lib.signer.clips import Clip
from lib.tools.errors import BadInput

BODY_WRISTS, SHOULDERS = list(HOLISTIC_75.body_wrists), HOLISTIC_75.shoulders
HANDS = HOLISTIC_75.parts["left_hand"], HOLISTIC_75.parts["right_hand"]


@dataclass(frozen=True)
class Batch:
    """N pairs. Points are in pixels of the target crop, x right, y down."""

    input: Tensor  # (N, 3, h, w) in [0, 1]
    target: Tensor  # (N, 3, 2h, 2w)
    wrists: Tensor  # (N, 2, 2)
    radius: Tensor  # (N,) of the circles: half the shoulder width
    hand: Tensor  # (N, 21, 2) the joints of the hand in the middle

    def to(self, device: str | torch.device) -> "Batch":
        """The batch on a device, pictures channels-last, which convolutions are fastest with."""
        pictures = (t.to(device).contiguous(memory_format=torch.channels_last) for t in (self.input, self.target))
        return Batch(*pictures, *(t.to(device) for t in (self.wrists, self.radius, self.hand)))


@dataclass(frozen=True)
class Frames:
    """Pairs in memory: inputs (T, H, W, 3) and targets (T, 2H, 2W, 3) uint8, joints (T, 75, 2) target pixels."""

    inputs: np.ndarray
    targets: np.ndarray
    joints: np.ndarray

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Counted:
    """Items that come one by one, and how many there will be: a progress bar tells the time left from it."""

    items: Iterable[Batch]
    count: int

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.items)

    def __len__(self) -> int:
        return self.count


def read_frames(clips: Sequence[Clip], stride: int = 2, store: Path | None = None) -> Frames:
    """Every ``stride``-th frame of the clips: neighbours are too alike to pay.

    Pictures that would fill more than half of the free memory, as R1's 180,000 frames would, are kept in the folder
    ``store`` until the program ends. Raises BadInput where there is no clip, no such folder or no room in it.
    """
    from tqdm.auto import tqdm

    if not clips:
        raise BadInput("There is no clip to learn from; make some: python data_scripts/training_films.py")
    counts = [len(range(0, clip.info["frames"], stride)) for clip in clips]
    width, height = clips[0].info["size"]
    inputs = room((sum(counts), height // 2, width // 2, 3), store)
    targets = room((sum(counts), height, width, 3), store)
    joints, at = np.empty((sum(counts), 75, 2), np.float32), 0
    for clip, count in zip(tqdm(clips, desc="reading", unit="clip"), counts):
        here, parts = slice(at, at + count), (clip.input(), clip.target(), clip.joints().xyz[..., :2])
        for column, part in zip((inputs, targets, joints), parts):
            _fill(column[here], part[::stride], clip)
        at += count
    return Frames(inputs, targets, joints)


def _fill(column: np.ndarray, part: np.ndarray, clip: Clip) -> None:
    if column.shape != part.shape:
        raise BadInput(
            f"{clip.folder} has other frames than its clip.json says, {part.shape} and not {column.shape}; "
            "delete the folder and make the clip again."
        )
    column[...] = part


def room(shape: tuple[int, ...], store: Path | None) -> np.ndarray:
    """Zeros (uint8): in memory where half of what is free holds them, else in a file in ``store`` without a name."""
    size = math.prod(shape)
    if size < psutil.virtual_memory().available / 2:
        return np.zeros(shape, np.uint8)
    free = shutil.disk_usage(store).free if store and store.is_dir() else 0
    if size > free:
        raise BadInput(
            f"The frames take {size / 2**30:.1f} GiB, more than half of the free memory, and the disk has "
            f"{free / 2**30:.1f} GiB for them; give fewer films, or a place with more room."
        )
    with TemporaryFile(dir=store) as file:
        return np.memmap(file, np.uint8, "w+", shape=shape)


def batches(
    frames: Frames, rng: np.random.Generator, *, count: int, size: int = 16, crop: int | None = 64, jitter: int = 8
) -> Iterator[Batch]:
    """``count`` pairs in batches of ``size``: a random frame, one of its hands, mirrored and recoloured by chance.

    ``crop`` is the side in input pixels (None: whole frames), ``jitter`` how far the hand is from its middle at most.
    The same generator gives the same batches.
    """
    picks = rng.permutation(_in_view(frames))
    if not len(picks):
        raise BadInput("No hand is inside the picture in any frame; give clips that show a signer.")
    picks = np.resize(picks, (count, 2))
    for start in range(0, count, size):
        columns = zip(*(_sample(frames, *pick, rng, crop, jitter) for pick in picks[start : start + size]))
        yield Batch(*(torch.as_tensor(np.stack(column), dtype=torch.float32) for column in columns))


def _in_view(frames: Frames) -> np.ndarray:
    """(M, 2): the frame and side of every hand whose middle is inside the picture."""
    height, width = frames.targets.shape[1:3]
    middles = np.stack([frames.joints[:, hand].mean(axis=1) for hand in HANDS], axis=1)
    return np.argwhere(((middles >= 0) & (middles < (width, height))).all(axis=-1))


def _sample(frames: Frames, index: int, side: int, rng: np.random.Generator, crop: int | None, jitter: int) -> tuple:
    joints, source, target = frames.joints[index], frames.inputs[index], frames.targets[index]
    height, width = source.shape[:2]
    w, h = (min(crop or width, width), min(crop or height, height))
    middle = joints[HANDS[side]].mean(axis=0) / 2 + rng.integers(-jitter, jitter, 2, endpoint=True)
    x = int(np.clip(middle[0] - w / 2, 0, width - w))
    y = int(np.clip(middle[1] - h / 2, 0, height - h))
    joints = joints - (2 * x, 2 * y)
    pictures = [source[y : y + h, x : x + w], target[2 * y : 2 * (y + h), 2 * x : 2 * (x + w)]]
    if rng.random() < 0.5:
        pictures = [picture[:, ::-1] for picture in pictures]
        joints = joints * (-1, 1) + (2 * w - 1, 0)
    pictures = _recolour(pictures, rng)
    radius = np.linalg.norm(joints[SHOULDERS[0]] - joints[SHOULDERS[1]]) / 2
    return *pictures, joints[BODY_WRISTS], radius, joints[HANDS[side]]


def _recolour(pictures: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Another exposure, contrast and white balance, the same for both pictures; float32 in [0, 1]."""
    gain = rng.uniform(0.8, 1.15) * rng.uniform(0.93, 1.07, 3)
    table = (np.linspace(0, 1, 256)[:, None] ** rng.uniform(0.75, 1.35) * gain).clip(0, 1).astype(np.float32)
    return [np.stack([table[picture[..., c], c] for c in range(3)]) for picture in pictures]
