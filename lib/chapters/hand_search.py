"""Holistic's search for a hand, step by step: where it looks first, and which crop the recrop network names there.

For pictures and figures; the loss that is made of it is `lib.upsampler.guidance`.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lib.holistic.crops import Roi, cut, recrop_roi, search_roi
from lib.holistic.twins import RECROP_SIZE as SIZE
from lib.holistic.twins import RecropTwin
from lib.keypoints import HOLISTIC_75
from lib.video.pixels import batch_of

BODY = {  # what the search goes by: the body's wrist and its knuckles of index and little finger
    side: [HOLISTIC_75.index(f"{side}_{point}") for point in ("wrist", "index", "pinky")] for side in ("left", "right")
}


class Search(NamedTuple):
    """The search for one hand in one picture."""

    image: Tensor  # (1, 3, H, W) in [0, 1]
    first: Roi  # the coarse crop, laid by the body
    named: Roi  # the better one that the recrop network names: what the hand network gets to see


def search(frame: np.ndarray, points: np.ndarray, recrop: RecropTwin, hand: str = "right") -> Search:
    """The search in a frame, uint8 (H, W, 3), by the points (75, 2+) of the body that is in it, in its pixels."""
    image = batch_of([frame])
    wrist, index, pinky = (torch.from_numpy(points[None, point, :2]).float() for point in BODY[hand])
    first = search_roi(wrist, index, pinky)
    with torch.no_grad():
        return Search(image, first, recrop_roi(recrop(cut(image, first, SIZE)), first, SIZE))


def astray(found: Roi, wanted: Roi) -> Tensor:
    """(N,) how far the crops' middles are from where they should be, as a share of the wanted crops' sides."""
    return (found.center - wanted.center).norm(dim=1) / wanted.size
