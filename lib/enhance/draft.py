"""A draft of the enlarged film, in a quarter of its work: what a third look reads, and whoever comes after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from lib.enhance.exact import Tail, read_again
from lib.holistic.surety import surely, with_probabilities
from lib.holistic.third_look import third_look
from lib.keypoints import Keypoints
from lib.upsampler.sharpen import step_behind
from lib.video.codec import encode

DRAFT = 12  # crf: the third look sees hands as the network makes them, to 1.5 pixels; in a film of crf 18 to 9


@contextmanager
def drafted(video: Path) -> Iterator[Path]:
    """Where the draft beside ``video`` lies while it is needed; begins as this run's other partial files do."""
    path = video.with_name(f"{video.stem}-network.mp4")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def drafter(fps: float, draft: Path) -> Callable[[Iterator[np.ndarray]], None]:
    """Writes (H, W, 3) frames, which tell by themselves later whether all are there."""

    def write(frames: Iterator[np.ndarray]) -> None:
        step_behind()
        encode(frames, str(draft), "mp4", "h264-draft", DRAFT, fps)

    return write


def once_more(again: Callable, what: str, found: Keypoints, progress: bool) -> Iterator[np.ndarray]:
    """A film's (H, W, 3) frames, now that it is known what comes after each; opened when the first is asked for."""
    yield from tqdm(again(), what, len(found), unit=" frames", disable=not progress, leave=False)


def later_looks(found: Keypoints, again: Callable, third: bool, tail: Tail | None, least: float | None) -> Keypoints:
    """``found`` after a third look and read once more, its hands with probabilities; or all at least ``least`` so."""
    found = third_look(again("third look", found), found) if third else found
    found = read_again(again("exact hands", found), found, tail) if tail else found
    return with_probabilities(found) if least is None else surely(again("refused hands", found), found, least)


def doubled(found: Keypoints) -> Keypoints:
    """A film's keypoints in pixels of the same film of twice the size."""
    return replace(found, xyz=2 * found.xyz, size=(2 * found.size[0], 2 * found.size[1]))
