"""What is written: the network's picture where hands are, all else as it was filmed, enlarged by bicubic interpolation.

The networks learn from crops of hands and paint over what they never saw: faces above all, which are language too. So
near hands a frame is the network's, elsewhere the film's own, with a soft edge between. Where hands are, the looks tell
while the film runs by. A hand that was found: around its joints, here and in the frames beside. One that was not, or
lies far from the body's wrist: a wide circle there, and all between where it was last and where it is next. Nobody in
view: the whole frame. MediaPipe is shown the network's whole picture as ever, so keypoints do not depend on this.

One signer is followed. A second person's hands are enlarged as they were filmed.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from queue import SimpleQueue
from types import ModuleType

import cv2
import numpy as np

from lib.enhance.feed import WAITING, Stopped
from lib.holistic.graph import Retouch, graph_of, points_of, solutions
from lib.holistic.second_look import ELBOWS, HAND, KNUCKLES, NEAR, SHOULDERS, WRISTS
from lib.tools.errors import BadInput

AROUND = 12  # frames before and after, half a second, in which a lost hand is known from
WIDE, MARGIN, EDGE = 0.6, 0.2, 0.12  # body widths: radius at a lost hand's wrist; around joints; of the soft edge
COARSE = 4  # pixels of a frame to one of the weights' map
ROWS = 256  # of a frame that are blended at once: as numbers with fractions, all of 4K would be 60 MB more
CIRCLE = np.stack([np.cos(a := np.linspace(0, 2 * np.pi, 16, endpoint=False)), np.sin(a)], axis=1)


class Faithful:
    """One film's frames as they are written, and what the threads that work on it tell each other for that."""

    def __init__(self) -> None:
        self._originals: deque[np.ndarray] = deque()
        self._found: SimpleQueue[np.ndarray | None] = SimpleQueue()

    def noted(self, frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The film's own frames, uint8 (H, W, 3), on their way to the network."""
        for frame in frames:
            self._originals.append(frame)
            yield frame

    @contextmanager
    def overheard(self, retouch: Retouch | None) -> Iterator[Retouch]:
        """``retouch``, for `lib.holistic.extract`, while it is told what each frame's points are."""

        def tell(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
            points = retouch(frame, points) if retouch else points
            self._found.put(points)
            return points

        try:
            yield tell
        finally:
            self._found.put(None)

    def watch(self, sharp: Iterable[np.ndarray]) -> None:
        """Where nobody asks for keypoints: the body alone, for less than half the work. Raises BadInput without it."""
        pose = partial(_solution().Pose, min_detection_confidence=0.3, min_tracking_confidence=0.3)
        with self.overheard(None) as tell, graph_of(pose) as process:
            for frame in sharp:
                tell(frame, points_of(process(frame), frame.shape[1::-1]))

    def written(self, sharp: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The network's frames, uint8 (2H, 2W, 3), as they are written.

        A few wait until it is known where hands will be, fewer where they are large.
        """
        waiting: deque[np.ndarray] = deque()
        points: deque[np.ndarray] = deque()

        def ready() -> np.ndarray:
            frame, now = waiting.popleft(), len(points) - len(waiting) - 1
            weight = weights(points, now, frame.shape[:2])
            if now == AROUND:
                points.popleft()
            return blend(self._originals.popleft(), frame, weight)

        for frame in sharp:
            if (found := self._found.get()) is None:
                for _ in sharp:  # who looks has failed; whoever feeds us hears why, and stops us here
                    pass
                raise Stopped
            waiting.append(frame)
            points.append(found)
            if len(waiting) > min(AROUND, 2 * WAITING // frame.nbytes):
                yield ready()
        while waiting:
            yield ready()


def _solution() -> ModuleType:
    try:
        return solutions().pose
    except BadInput as error:
        raise BadInput(
            f"Where hands are, nobody can say: {error} Or write the network's picture whole (--whole)."
        ) from None


def blend(original: np.ndarray, sharp: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """``sharp`` where ``weight`` (coarser, float32) is 1, and ``original``, half its size, where it is 0."""
    height, width = sharp.shape[:2]
    if weight.all() and weight.min() == 1:
        return sharp
    plain = cv2.resize(original, (width, height), interpolation=cv2.INTER_CUBIC)
    weight = cv2.resize(weight, (width, height), interpolation=cv2.INTER_LINEAR)
    for top in range(0, height, ROWS):
        rows = slice(top, top + ROWS)
        plain[rows] = cv2.blendLinear(sharp[rows], plain[rows], weight[rows], 1 - weight[rows])
    return plain


def weights(points: Sequence[np.ndarray], now: int, size: tuple[int, int]) -> np.ndarray:
    """How much of a frame of ``size`` (height, width) is the network's: float32 in [0, 1], `COARSE` pixels to one.

    ``points`` are those of the frames around, (75, 4) each, ``points[now]`` the frame's own.
    """
    shape = [-(-side // COARSE) for side in size]
    if not np.isfinite(points[now][WRISTS[0], 0]):
        return np.ones(shape, np.float32)
    far, body = np.ones(shape, np.uint8), _body(points[now])
    for side in (0, 1):
        for cloud in _clouds(points, now, side, body):
            cv2.fillConvexPoly(far, cv2.convexHull((cloud / COARSE).round().astype(np.int32)), 0)
    distance = COARSE * cv2.distanceTransform(far, cv2.DIST_L2, 5) / body
    return np.clip(1 + (MARGIN - distance) / EDGE, 0, 1, dtype=np.float32)


def _clouds(points: Sequence[np.ndarray], now: int, side: int, body: float) -> Iterator[np.ndarray]:
    """Points (N, 2) in whose hulls this hand is."""
    beside = list(islice(points, max(0, now - 1), now + 2))
    here, wrist = _hand(points[now], side), points[now][WRISTS[side], :2]
    if here is not None:
        yield np.concatenate([hand for each in beside if (hand := _hand(each, side)) is not None])
        if not np.linalg.norm(here[0] - wrist) > NEAR * body:
            return
    wrists = [each[[WRISTS[side], *KNUCKLES[side]], :2].mean(axis=0) for each in beside]
    yield np.concatenate([wrist + WIDE * body * CIRCLE for wrist in wrists if np.isfinite(wrist).all()])
    before = _first(_hand(points[time], side) for time in range(now - 1, -1, -1))
    after = _first(_hand(points[time], side) for time in range(now + 1, len(points)))
    if known := [hand for hand in (before, after) if hand is not None]:
        yield np.concatenate(known)


def _first(hands: Iterable[np.ndarray | None]) -> np.ndarray | None:
    return next((hand for hand in hands if hand is not None), None)


def _hand(points: np.ndarray, side: int) -> np.ndarray | None:
    """The joints (21, 2) of a hand that was found."""
    joints = points[HAND[side], :2]
    return joints if np.isfinite(joints).all() else None


def _body(points: np.ndarray) -> float:
    """The body's width in pixels, as the second look has it: shoulders, or 1.3 forearms of who stands sideways."""
    ends = zip((SHOULDERS, *zip(ELBOWS, WRISTS)), (1, 1.3, 1.3))
    lengths = [scale * np.linalg.norm(points[a, :2] - points[b, :2]) for (a, b), scale in ends]
    return max(1.0, float(np.nanmax(lengths)))
