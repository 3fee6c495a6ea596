"""Single frames out of several clips, without keeping whole clips in memory."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from lib.degrade import upscale
from lib.signer.clips import Clip

Place = tuple[int, int]  # which clip, which frame


class Shot(NamedTuple):
    """One frame of a clip as it is in both videos."""

    input: np.ndarray  # (h, w, 3) uint8, degraded
    target: np.ndarray  # (2h, 2w, 3) uint8, sharp

    @property
    def enlarged(self) -> np.ndarray:
        """The input at the target's size, by bilinear interpolation."""
        return next(upscale([self.input], 2, "bilinear"))


def read_shots(films: Sequence[Clip], places: Iterable[Place]) -> dict[Place, Shot]:
    """The frames at these places; each clip is decoded once."""
    rows: dict[int, set[int]] = {}
    for clip, row in places:
        rows.setdefault(int(clip), set()).add(int(row))
    shots = {}
    for clip in sorted(rows):
        source, target = films[clip].input(), films[clip].target()
        shots |= {(clip, row): Shot(source[row].copy(), target[row].copy()) for row in sorted(rows[clip])}
    return shots
