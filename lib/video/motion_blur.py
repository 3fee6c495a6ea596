"""Motion blur for real video: what an open shutter does to a moving hand, by optical flow.

A shutter is given as the part of the frame interval that it stays open: 0.5 is the film maker's 180 degrees, 1 never
closes, and 3 smears over three intervals, which no camera does but R1's recipe may (III-C: DaVinci, "scale 3").
It opens and closes symmetrically about the frame's own instant, and it adds up *light*, not pixel values.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from math import ceil, floor

import cv2
import numpy as np

from lib.tools.errors import BadInput
from lib.video.codec import checked
from lib.video.pixels import linear_to_srgb, srgb_to_linear

Moment = Callable[[float], np.ndarray]  # an interval: where in it, [0, 1) -> linear light, (H, W, 3)
_STILL = 0.5  # pixels of flow between two frames below which a point stands still, and so stays sharp


def flow_blur(frames: Iterable[np.ndarray], shutter: float = 0.5, samples: int = 8) -> Iterator[np.ndarray]:
    """Motion blur for real video: neighbouring frames are joined by optical flow, and the moments between averaged.

    ``frames`` are uint8 (H, W, 3) at their own rate; as many come back. ``samples`` moments, spread evenly over the
    open shutter, are each made by moving the nearest frame's pixels along the flow (DIS: Kroeger et al., 2016), and
    averaged as light. With ``shutter`` above 1 the moments reach past the neighbouring frames to those behind them,
    each along its own flow, so a curved movement leaves a curved smear; take 8 samples for each interval, or a fast
    hand falls apart into copies. Beyond the first and the last frame nothing moves. A point that stands still, and a
    clip of one frame, come back as they were. Flow makes nothing sensible of a cut: give one scene at a time.
    """
    if not (shutter > 0 and samples >= 1):
        raise BadInput(f"The shutter is open for {shutter} of a frame in {samples} parts; both must be above 0.")
    moments = (shutter * ((np.arange(samples) + 0.5) / samples - 0.5)).tolist()  # in intervals, 0 is the frame itself
    reach = max(1, ceil(shutter / 2))  # intervals to hold on either side
    intervals: deque[Moment] = deque(maxlen=2 * reach)
    for index, interval in enumerate(intervals_between(checked(frames), reach)):
        intervals.append(interval)
        if index >= 2 * reach - 1:
            light = sum(intervals[reach + floor(moment)](moment - floor(moment)) for moment in moments)
            yield linear_to_srgb(light / samples)


def intervals_between(frames: Iterator[np.ndarray], reach: int) -> Iterator[Moment]:
    """The intervals between neighbours, with ``reach`` motionless ones before the first frame and after the last."""
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow.setUseMeanNormalization(False)  # within a film the light stays; brightness is what tells skin from cloth
    frame = next(frames)
    yield from repeat(_still(frame), reach)
    known = None
    for after in frames:
        interval = _Interval(frame, after, flow, known)
        yield interval.at
        frame, known = after, -interval.back.field
    yield from repeat(_still(frame), reach)


def _still(frame: np.ndarray) -> Moment:
    light = srgb_to_linear(frame)
    return lambda _: light


class _Interval:
    """The time between two frames, and the pictures that a faster camera would have taken in it.

    A fast hand travels further than its own width between two frames, where flow finds it only if it knows where to
    look: the search starts from how that point moved in the interval before (``known``, (H, W, 2) or None), and the
    search back in time from the one forward. That is worth 1 to 5 dB where things move.
    """

    def __init__(
        self, before: np.ndarray, after: np.ndarray, flow: cv2.DISOpticalFlow, known: np.ndarray | None
    ) -> None:
        self.before, self.after = srgb_to_linear(before), srgb_to_linear(after)
        one, other = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, after))
        self.ahead = _Motion(flow.calc(one, other, known))
        arrived, _ = self.ahead.moved(1.0)
        self.back = _Motion(flow.calc(other, one, -arrived))

    def at(self, fraction: float) -> np.ndarray:
        """Linear light (H, W, 3) at a moment in [0, 1): the nearer frame's points moved along their way.

        Ground that they uncover is taken from the other frame.
        """
        if fraction < 0.5:
            near, far, motion = self.before, self.after, self.ahead
        else:
            near, far, motion, fraction = self.after, self.before, self.back, 1 - fraction
        flow, uncovered = motion.moved(fraction)
        image = cv2.remap(near, motion.grid - fraction * flow, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        image[uncovered] = far[uncovered]
        return image


class _Motion:
    """Where the points of one frame go on their way to another: ``field`` (H, W, 2), in pixels right and down."""

    def __init__(self, field: np.ndarray) -> None:
        self.field = field
        height, width = field.shape[:2]
        self.grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2).astype(np.float32)
        speed = np.linalg.norm(field, axis=2)
        self.moving = speed > _STILL
        rows, columns = np.nonzero(self.moving)
        order = np.argsort(speed[rows, columns], kind="stable")  # the fast come last and cover the slow: hands are near
        self.rows, self.columns = rows[order], columns[order]

    def moved(self, fraction: float) -> tuple[np.ndarray, np.ndarray]:
        """The field after each point has gone ``fraction`` of its way, taking its flow along, and what it uncovered.

        Returns the flow (H, W, 2), zero where nothing moves, and a mask (H, W) of points left that none came to.
        """
        height, width = self.moving.shape
        wide = width + 4  # a rim of two pixels catches what leaves the picture
        flow = self.field[self.rows, self.columns]
        points = np.floor(self.grid[self.rows, self.columns] + fraction * flow)
        columns, rows = np.clip(points, -2, (width, height)).astype(int).T + 2
        corners = (rows * wide + columns)[:, None] + (0, 1, wide, wide + 1)  # a point between pixels touches four
        comer = np.full((height + 4) * wide, -1)  # which point comes to each pixel; the last one written stays
        comer[corners] = np.arange(len(flow))[:, None]
        comer = comer.reshape(-1, wide)[2:-2, 2:-2]
        reached = comer >= 0
        moved = np.zeros_like(self.field)
        moved[reached] = flow[comer[reached]]
        return moved, self.moving & ~reached
