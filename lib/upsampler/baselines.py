"""What needs no training: the ways to enlarge a frame that every learned one has to beat.

Each is a function of frames (uint8 RGB, (H, W, 3), any iterable) and gives an iterator of as many. Three interpolate,
one sharpens besides, and "input" changes nothing: MediaPipe itself shrinks or enlarges whatever it is given.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import cv2
import numpy as np

from lib.degrade import upscale
from lib.tools.errors import BadInput

Frames = Iterable[np.ndarray]


def unsharp(frames: Frames, amount: float = 1.0, sigma: float = 1.0, factor: int = 2) -> Iterator[np.ndarray]:
    """Bicubic enlargement, then an unsharp mask: y + ``amount`` (y - y blurred by a Gaussian of ``sigma`` pixels).

    Edges get steeper, and so does the codec's noise. The numbers are those that scikit-image starts with
    (``skimage.filters.unsharp_mask``: radius 1, amount 1), since no paper names any; ``sigma`` is in pixels of the
    enlarged frame. Raises BadInput for a negative amount or a sigma that is not positive.
    """
    if amount < 0 or sigma <= 0:
        raise BadInput(f"An unsharp mask needs amount >= 0 and sigma > 0, not {amount} and {sigma}.")
    for frame in upscale(frames, factor, "bicubic"):
        yield cv2.addWeighted(frame, 1 + amount, cv2.GaussianBlur(frame, (0, 0), sigma), -amount, 0)  # clips to 0..255


METHODS: dict[str, Callable[[Frames], Iterator[np.ndarray]]] = {
    "input": iter,
    "bilinear": partial(upscale, method="bilinear"),
    "bicubic": partial(upscale, method="bicubic"),
    "lanczos": partial(upscale, method="lanczos"),
    "unsharp": unsharp,
}
