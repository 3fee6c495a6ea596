"""Another way to fill: how hands left the line in the most similar gaps of the windows that the network learns from.

Two gaps are similar where the hands at both ends are, and both arms at both ends and in the middle. What they are worth
is the mean of `NEAREST` of them, drawn out or drawn together to the gap's length.
"""

from functools import partial

import numpy as np

from book.chapters.ch09_gaps import Fill, linear
from book.shared.gaps import inside, runs
from book.studies.long_gaps.learning import Windows
from book.studies.long_gaps.network import fill_by
from book.studies.long_gaps.tracks import HAND, scene
from lib.keypoints import Keypoints

NEAREST = 20
MOMENTS = 9  # of a gap that are kept


class Library:
    """Gaps between found hands: their looks (N, F), and how true hands leave the line in them (N, MOMENTS, HAND, 2)."""

    def __init__(self, data: Windows):
        looks, leaves = [], []
        for row in range(len(data)):
            points, lost = data.points[row].float().numpy(), data.counted[row].numpy()
            off = data.truth[row].float().numpy() - points[:, :HAND]
            for start, stop in runs(lost):
                if start > 0 and stop < len(lost) and data.there[row, stop]:
                    looks.append(_look(points, start, stop))
                    leaves.append(_drawn_out(off[start:stop], MOMENTS))
        self.looks, self.leaves = np.stack(looks), np.stack(leaves)
        self.scale = self.looks.std(axis=0) + 0.05

    def leave(self, points: np.ndarray, start: int, stop: int) -> np.ndarray:
        """How a hand may leave the line in a gap, (stop - start, HAND, 2)."""
        away = (((self.looks - _look(points, start, stop)) / self.scale) ** 2).sum(axis=1)
        return _drawn_out(self.leaves[np.argsort(away)[:NEAREST]].mean(axis=0), stop - start)

    def fill_of(self, clip: Keypoints, part: str) -> Fill:
        """In the form that `book.chapters.ch09_gaps` scores."""
        return fill_by(partial(self._filled, part=part), clip, part)

    def _filled(self, clip: Keypoints, part: str) -> np.ndarray:
        hand, one = linear(clip.part(part)), scene(clip, part)
        whole = one.line.astype(float)
        for start, stop in inside(one.found):
            whole[start:stop] += self.leave(one.points, start, stop)
            hand[start:stop, :, :2] = one.pixels(whole)[start:stop]
        return hand


def _look(points: np.ndarray, start: int, stop: int) -> np.ndarray:
    middle = points[(start + stop) // 2, 2 * HAND :]
    return np.concatenate([points[start - 1], points[stop], middle]).ravel()


def _drawn_out(track: np.ndarray, moments: int) -> np.ndarray:
    """A track (n, ...) at so many moments evenly from its first to its last."""
    at = np.linspace(0, len(track) - 1, moments)
    low = np.floor(at).astype(int)
    high, share = np.minimum(low + 1, len(track) - 1), (at - low).reshape(-1, *[1] * (track.ndim - 1))
    return track[low] * (1 - share) + track[high] * share
