"""A stretch of a long film: found by its index and decoded, so that a minute costs a minute and not the whole film."""

import warnings
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lib.tools.errors import BadInput
from lib.video.codec import ToRGB
from lib.video.containers import decoded, open_film, pictures
from lib.video.survey import probe

if TYPE_CHECKING:
    import av

_EARLIER = 2.0  # seconds by which the film is entered before its stretch: indexes are not exact
_EXACT = 1e-6  # seconds that are no difference


def frames_between(path: str | Path, start: float, stop: float, fps: float = 25.0) -> Iterator[np.ndarray]:
    """Frames (uint8 RGB, (H, W, 3), upright) of a film from second ``start`` up to ``stop``, ``fps`` of them a second.

    Frame i is the film's nearest to ``start`` + i / ``fps``, so another rate than the film's leaves frames out or
    repeats them, as FFmpeg's filter of that name does. Frames are decoded, packets never copied: the stretch begins
    where it should and not at a key frame. Fewer frames come where the film ends earlier. Raises BadInput for what is
    no film, and for a film that does not say when its frames are shown; warns of a damaged stretch.
    """
    path = Path(path)
    rate, faults = probe(path).fps, []
    to_rgb, count, wanted = ToRGB(), 0, start
    for second, frame in _timed(path, start, faults):
        end, rgb = min(stop - _EXACT, second + 0.5 / rate), None
        while wanted < end:
            rgb = to_rgb(frame) if rgb is None else rgb
            yield rgb
            count += 1
            wanted = start + count / fps
        if wanted >= stop - _EXACT:
            break
    if faults:
        warnings.warn(f"{path} is damaged between second {start:g} and {stop:g}; what is lost is filled.", stacklevel=2)


def _timed(path: Path, start: float, faults: list[Exception]) -> Iterator[tuple[float, "av.VideoFrame"]]:
    """(second, frame) from some place before ``start`` on; from the beginning, where the film's index leads astray."""
    with open_film(path) as film:
        first = _time(next(decoded(film, pictures(film), [])), path)
    for entry in dict.fromkeys((max(0.0, start - _EARLIER), 0.0)):
        with open_film(path) as film:
            stream = pictures(film)
            if entry:
                film.seek(round((first + entry) / stream.time_base), stream=stream)
            frames = decoded(film, stream, faults)
            frame = next(frames, None)
            if frame is not None and (not entry or _time(frame, path) - first <= start):
                yield from ((_time(each, path) - first, each) for each in chain([frame], frames))
                return


def _time(frame: "av.VideoFrame", path: Path) -> float:
    if frame.time is None:
        raise BadInput(f"{path} does not say when its frames are shown; convert it, for example to mp4.")
    return frame.time
