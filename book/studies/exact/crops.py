"""Crops of hands in damaged and sharpened film, as the hand network sees them, and where their joints truly are.

A network's first layers are left as they are; what comes out of them (`maps_of`, 112 x 14 x 14) is computed once for
each crop and kept, so that the layers after it can be trained over and over. A crop's square is laid round the true
hand, strayed, or beside it, where there is no hand to be seen.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from lib.enhance.exact import AT_ONCE, maps_of
from lib.holistic.crops import Jitter, Roi, cut, hand_roi, jittered
from lib.holistic.surety import HAND
from lib.holistic.twins import SIZE, HandTwin

STRAY = Jitter(shift=0.12, scale=0.2, turn=np.radians(25))


class Crops(NamedTuple):
    """N crops: maps in half precision, joints (N, 21, 2) in pixels of the crop, whether there is a hand."""

    maps: Tensor
    joints: Tensor
    there: Tensor


def into(points: Tensor, roi: Roi, size: int = SIZE) -> Tensor:
    """Points (N, P, 2) in pixels of the pictures, in pixels of crops of that size: `lib.holistic.crops.uncut`, back."""
    sin, cos = roi.rotation.sin()[:, None], roi.rotation.cos()[:, None]
    x, y = (points - roi.center[:, None]).unbind(-1)
    return torch.stack([x * cos + y * sin, y * cos - x * sin], -1) * (size / roi.size)[:, None, None] + size / 2


def hands_of(xyz: np.ndarray, visible: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """(frame, joints (21, 2)) of the hands of a film, (T, 75, 2 or more), of which at least half of the joints show."""
    return [(t, xyz[t, part, :2]) for part in HAND for t in range(len(xyz)) if visible[t, part].mean() > 0.5]


def crops_of(
    twin: HandTwin, frames: np.ndarray, hands: list, generator: Generator, times: int = 2, beside: float = 0.15
) -> Iterator[Crops]:
    """Crops of each hand, ``times`` strayed ones, half of them mirrored; a share lies beside the hand."""
    todo = [hand for hand in hands for _ in range(times)]
    for start in range(0, len(todo), AT_ONCE):
        part = todo[start : start + AT_ONCE]
        joints = torch.from_numpy(np.stack([hand for _, hand in part])).float()
        roi = jittered(hand_roi(joints), generator, STRAY)
        off = torch.rand(len(part), generator=generator) < beside
        way = 2 * torch.pi * torch.rand(len(part), generator=generator)
        far = (0.6 + 0.5 * torch.rand(len(part), generator=generator)) * roi.size * off
        roi = roi._replace(center=roi.center + far[:, None] * torch.stack([way.cos(), way.sin()], 1))
        pictures = torch.from_numpy(np.stack([frames[t] for t, _ in part])).permute(0, 3, 1, 2) / 255
        crops, places = cut(pictures, roi), into(joints, roi)
        flip = torch.rand(len(part), generator=generator) < 0.5
        crops[flip] = crops[flip].flip(-1)
        places[flip, :, 0] = SIZE - places[flip, :, 0]
        yield Crops(maps_of(twin, crops), places, ~off)


def joined(crops: list[Crops]) -> Crops:
    """All of them as one."""
    return Crops(*(torch.cat(column) for column in zip(*crops)))
