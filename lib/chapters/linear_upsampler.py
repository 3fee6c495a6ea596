"""The smallest learned upsampler: one fixed table of weights, fitted to pairs of frames by least squares.

Bilinear, bicubic and Lanczos enlargement give each new pixel a weighted mean of old ones, with weights from a formula.
Here the weights come from data. No other weights over the same neighbourhood have a lower squared error on those
pairs, so this is how far any *linear* method can go there; what a network gains beyond is not linear.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from lib.tools.errors import BadInput


def fit(pairs: Iterable[tuple[np.ndarray, np.ndarray]], side: int = 7) -> np.ndarray:
    """Weights (side * side + 1, 4) from pairs of frames, uint8 (H, W, 3) and (2H, 2W, 3).

    Column 2r + c is for the new pixel in row r, column c of the four that an old pixel becomes; the last row is a
    constant. All three colours share the weights. Raises BadInput for no pairs, or frames that are not 1 : 2.
    """
    gram, moment = np.zeros((side * side + 1,) * 2), np.zeros((side * side + 1, 4))
    pair = None
    for pair in pairs:
        small, large = pair
        height, width = small.shape[:2]
        if large.shape[:2] != (2 * height, 2 * width):
            raise BadInput(f"A target of {large.shape[:2]} is not twice the input's {small.shape[:2]}: give pairs.")
        x = _neighbourhoods(small, side)
        y = large.reshape(height, 2, width, 2, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 4) / 255
        gram += x.T @ x
        moment += x.T @ y
    if pair is None:
        raise BadInput("There is no pair of frames to fit to; give at least one.")
    return np.linalg.lstsq(gram, moment, rcond=None)[0]


def enlarge(frames: Iterable[np.ndarray], weights: np.ndarray) -> Iterator[np.ndarray]:
    """Frames (uint8, (H, W, 3)) at twice their width and height, by the weights of `fit`."""
    side = int(np.sqrt(len(weights) - 1))
    for frame in frames:
        height, width = frame.shape[:2]
        fours = (_neighbourhoods(frame, side) @ weights).reshape(height, width, 3, 2, 2)
        large = fours.transpose(0, 3, 1, 4, 2).reshape(2 * height, 2 * width, 3)
        yield (255 * large).round().clip(0, 255).astype(np.uint8)


def _neighbourhoods(frame: np.ndarray, side: int) -> np.ndarray:
    """(H * W * 3, side * side + 1): what lies around every pixel of every colour, in [0, 1], and a one."""
    reach = side // 2
    padded = np.pad(frame / 255, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))
    flat = windows.reshape(-1, side * side)
    return np.hstack([flat, np.ones((len(flat), 1))])
