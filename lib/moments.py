"""Do two films show the same moments? A pair to learn from that is off by a frame teaches to smear."""

from collections.abc import Iterable
from itertools import islice

import cv2
import numpy as np

FRAMES = 50  # two seconds


def best_lag(one: Iterable[np.ndarray], other: Iterable[np.ndarray], most: int = 5) -> tuple[int, float]:
    """By how many frames (``most`` at most) the other film is late, by the changes from frame to frame of both.

    Frames are uint8 (H, W, 3), each film of a size of its own; of each the first `FRAMES` are looked at. Returns that
    number, below 0 where it is early, and the correlation of the changes there, at most 1; 0 where nothing moves.
    """
    changes = [np.diff([_small(frame) for frame in islice(film, FRAMES)], axis=0) for film in (one, other)]
    scores = {0: 0.0}
    for lag in range(-most, most + 1):
        a, b = changes[0][max(0, -lag) :], changes[1][max(0, lag) :]
        length = min(len(a), len(b))
        if length > 1 and a[:length].any() and b[:length].any():
            scores[lag] = float(np.corrcoef(a[:length].ravel(), b[:length].ravel())[0, 1])
    lag = max(scores, key=lambda lag: (scores[lag], -abs(lag)))
    return lag, scores[lag]


def _small(frame: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (80, 45), interpolation=cv2.INTER_AREA).astype(np.float32)
