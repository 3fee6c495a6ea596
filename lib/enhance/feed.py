"""One stream of frames, several consumers: each works in a thread of its own and is never far behind the stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from queue import Empty, Full, Queue
from threading import Event
from typing import Any

import numpy as np

from lib.video.codec import checked

WAITING = 32 * 2**20  # bytes of frames that may wait for a consumer
MOST = 16  # frames that may wait, however small they are: enough for slow and quick frames to even out
_END = object()
_LOOK_UP = 0.2  # seconds after which a thread that waits looks whether it still should


class Stopped(Exception):
    """What a consumer's iterator raises when the stream ended before its time."""


def feed(frames: Iterable[np.ndarray], consumers: Sequence[Callable[[Iterator[np.ndarray]], Any]]) -> list[Any]:
    """Hand every frame to each consumer, and return the consumers' results in their order.

    Frames (uint8, (H, W, 3), all of one size) are drawn in the calling thread, as long as no consumer has more than a
    few waiting. A consumer is a function of an iterator of all the frames, which it must not change. Where drawing or
    a consumer fails, or the user interrupts, the iterators of all raise `Stopped`, so that they tidy up; once they
    have, the first error is raised here.
    """
    frames = checked(frames)
    first = next(frames)
    room = max(1, min(MOST, WAITING // first.nbytes))
    queues: list[Queue] = [Queue(room) for _ in consumers]
    stop = Event()
    with ThreadPoolExecutor(len(consumers)) as pool:
        work = [pool.submit(consumer, _waiting(queue, stop)) for consumer, queue in zip(consumers, queues)]
        try:
            for frame in chain([first], frames, [_END]):
                for queue, future in zip(queues, work):
                    _put(queue, frame, future)
            return [future.result() for future in work]
        except BaseException:
            stop.set()
            raise


def _put(queue: Queue, frame: Any, future: Future) -> None:
    """Wait for room; where the consumer has ended, so that there will never be any, raise its error."""
    while not future.done():
        try:
            return queue.put(frame, timeout=_LOOK_UP)
        except Full:
            continue
    future.result()


def _waiting(queue: Queue, stop: Event) -> Iterator[np.ndarray]:
    while True:
        try:
            frame = queue.get(timeout=_LOOK_UP)
        except Empty:
            frame = None
        if stop.is_set():
            raise Stopped
        if frame is _END:
            return
        if frame is not None:
            yield frame
