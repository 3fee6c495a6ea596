"""Where a hand is missing in a sharpened frame: a look at the frame as it was filmed. Ours, not the papers'.

Sharpening brings hands back and loses some, most of all in film that is sharp already. So where Holistic finds no hand
in the network's picture, its networks are asked once more in the film's own: on the square of the hand of the frame
before, if there is one, and else on the one that Holistic would lay by the body (`lib.holistic.crops.better_roi`). As
ever, a hand counts from a presence of one half on, and where this body can have it there (`unlikely`).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch

from lib.holistic.crops import Roi, better_roi, hand_roi, look_into
from lib.holistic.graph import Retouch
from lib.holistic.second_look import HAND, unlikely
from lib.holistic.surety import BODY
from lib.holistic.third_look import SEEN
from lib.holistic.twins import HandTwin, RecropTwin


class OwnFrames:
    """One film's own frames on their way to the network, for who looks at what it makes of them.

    ``through`` is what else wants to see them there.
    """

    def __init__(self, through: Callable[[Iterable[np.ndarray]], Iterator[np.ndarray]] = iter) -> None:
        self._through = through
        self._frames: deque[np.ndarray] = deque()
        self._recrop, self._hand = RecropTwin(), HandTwin()
        self._before = np.full((2, 21, 2), np.nan, np.float32)

    def noted(self, frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The frames, uint8 (H, W, 3), as they are."""
        for frame in self._through(frames):
            self._frames.append(frame)
            yield frame

    def look(self, sharp: np.ndarray, points: np.ndarray) -> np.ndarray:
        """The next sharpened frame's ``points`` (75, 4) with hands that only the frame itself shows.

        A hand so found has the network's presence as confidence, a hair below 1 at most: 1 is Holistic's own.
        """
        frame, points = self._frames.popleft(), points.copy()
        for side, part in enumerate(HAND):
            if np.isnan(points[part, 0]).all() and (found := self._ask(frame, points, side)):
                points[part, :3], points[part, 3] = found
            self._before[side] = points[part, :2] / 2
        return points

    def then(self, retouch: Retouch | None) -> Retouch:
        """`look`, and what comes after it."""
        return (lambda sharp, points: retouch(sharp, self.look(sharp, points))) if retouch else self.look

    def _ask(self, frame: np.ndarray, points: np.ndarray, side: int) -> tuple[np.ndarray, float] | None:
        """Joints (21, 3) in pixels of the sharpened frame, and presence."""
        for roi in self._squares(frame, points, side):
            joints, seen = look_into(self._hand, frame, roi)
            presence = float(seen.presence)
            if presence > SEEN and not unlikely(joints, points / 2, side, frame.shape[1::-1]):
                return 2 * joints, min(presence, 1 - 1e-4)
        return None

    def _squares(self, frame: np.ndarray, points: np.ndarray, side: int) -> Iterator[Roi]:
        if np.isfinite(self._before[side]).all():
            yield hand_roi(torch.from_numpy(self._before[side])[None])
        elif roi := better_roi(self._recrop, frame, points[[*BODY[side]], :2] / 2):
            yield roi
