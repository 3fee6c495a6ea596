"""Frames in and out: video files and folders of images, one frame in memory at a time.

    for frame in read_video("clip.mp4"): ...         # uint8 RGB, (H, W, 3), upright
    write_video("out.mp4", frames, fps=25)           # H.264 that browsers play

A long film therefore costs no more memory than a short one.
"""

import os
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.video import image_folder
from lib.video.codec import ToRGB, checked, encode
from lib.video.containers import decoded, frame_count, open_film, pictures

if TYPE_CHECKING:
    import av

# what a suffix means: FFmpeg's container, and the codec that players expect in it
FORMATS = {
    ".mp4": ("mp4", "h264"),
    ".mov": ("mov", "h264"),
    ".mkv": ("matroska", "h264"),
    ".avi": ("avi", "h264-avi"),
    ".webm": ("webm", "vp9"),
    ".gif": ("gif", "gif"),
}
VIDEOS = {*FORMATS, ".m4v", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".vob", ".wmv", ".flv", ".3gp", ".ogv"}  # to read
_SHORT = 1.0  # seconds that a film may lack before the reader hears of it: sound often runs a little longer
_BREAK = 0.5  # seconds of a film that are announced and not there: it was cut short
_ASKED = 10  # frames that are asked whether they are interlaced


@dataclass(frozen=True)
class VideoInfo:
    """What a file says of itself. Size is in pixels, upright as a player shows it; ``duration`` in seconds.

    ``frames`` is None where the format does not count them (webm, mkv, gif), ``duration`` where it is unknown.
    ``fps`` is the average rate, 25 for a folder of images; ``sound`` tells whether there is a sound track.
    ``interlaced`` tells whether a frame holds two moments, in odd and even rows, as television's do; ``moved`` is
    seconds by which the frame that moves most moves when all are shown at ``fps``, large for a variable rate. Both are
    None where `probe` was not to be thorough.
    """

    width: int
    height: int
    fps: float
    frames: int | None
    duration: float | None
    sound: bool = False
    interlaced: bool | None = None
    moved: float | None = None


def probe(path: str | Path, thorough: bool = False) -> VideoInfo:
    """All that is asked of a video file or folder of images, which is opened once; a frame is decoded to be sure.

    ``thorough`` decodes some more, and reads the film to its end without decoding it: see `VideoInfo`.
    Raises BadInput for a file that is missing, empty, no video, audio only, or without one readable frame.
    """
    from av import FFmpegError

    path = Path(path)
    if path.is_dir():
        files = image_folder.image_files(path)
        height, width = image_folder.read_image(files[0]).shape[:2]
        frames, fps = len(files), image_folder.FPS
        return VideoInfo(width, height, fps, frames, frames / fps, interlaced=False, moved=0.0)
    with _opened(path) as (container, stream):
        times: list[tuple[float, float]] = []
        stored = _timed(container, stream, times)
        frames = decoded(container, stream, [], stored)
        if (first := next(frames, None)) is None:
            raise _no_frame(path)
        height, width = ToRGB()(first).shape[:2]
        fps = float(stream.average_rate or stream.guessed_rate or image_folder.FPS)
        says = (width, height, fps, stream.frames or None, _duration(container, stream), bool(container.streams.audio))
        if not thorough:
            return VideoInfo(*says)
        interlaced = any(frame.interlaced_frame for frame in chain([first], islice(frames, _ASKED - 1)))
        with suppress(FFmpegError):  # damaged from there on
            deque(stored, maxlen=0)
        return VideoInfo(*says, interlaced, _moved(times, (container.duration or 0) / 1e6, fps))


def read_video(path: str | Path) -> Iterator[np.ndarray]:
    """Frames (uint8 RGB, (H, W, 3)) of a video file or a folder of images, one at a time and upright.

    Formats: mp4, mov, mkv, webm, avi, gif and whatever else FFmpeg reads. Pixels are given as stored: those of
    a film whose pixels are not square are not stretched. Bad files raise BadInput here, not at the first frame
    (see `probe`). A film damaged or cut short further on gives what can be read, then a warning.
    """
    path = Path(path)
    frames = image_folder.read_folder(path) if path.is_dir() else _stream(path)
    return _going_on([next(frames)], frames)


def read_all(path: str | Path, max_frames: int | None = None) -> np.ndarray:
    """A short clip as one array (T, H, W, 3), at most ``max_frames`` of it."""
    return np.stack(list(islice(read_video(path), max_frames)))


def write_video(path: str | Path, frames: Iterable[np.ndarray], fps: float, crf: int = 18) -> Path:
    """Write frames (uint8 RGB, (H, W, 3), all of one size) as the suffix says, and return the path.

    .mp4, .mov and .mkv: H.264 that browsers play; .avi: H.264; .webm: VP9; .gif; no suffix: a folder of PNG files.
    ``crf`` is the codec's quality, smaller is better (H.264: 18 looks lossless; VP9: 30); GIF and PNG ignore it.
    An odd width or height grows by one pixel, a repeated column or row, since video stores colour in pairs.
    The same frames give the same bytes again on one machine. Nothing is left behind when anything fails.
    Every film is read again before it gets its name, so that what is there has all its frames. BadInput
    for another suffix, no frames, or frames of a wrong or changing shape or dtype.
    """
    path = Path(path)
    if path.suffix and path.suffix.lower() not in FORMATS:
        raise BadInput(f"{path}: cannot write {path.suffix}; choose {', '.join(FORMATS)}, or no suffix for a folder.")
    return _write(path, frames, FORMATS.get(path.suffix.lower()), crf, fps)


def write_lossless(path: str | Path, frames: Iterable[np.ndarray], fps: float) -> Path:
    """Write frames to an .mkv from which they come back to the last bit (H.264 in RGB), for players such as VLC.

    For frames whose damage is to be what somebody else's recipe says, and not a codec's. Errors as in `write_video`.
    """
    return _write(Path(path), frames, ("matroska", "h264-rgb"), 0, fps)


def _write(path: Path, frames: Iterable[np.ndarray], kind: tuple[str, str] | None, crf: int, fps: float) -> Path:
    """Write a film; ``kind`` is its container and codec, or None for a folder of PNG files."""
    try:
        if kind is None:
            image_folder.write_folder(path, checked(frames))
            return path
        with written_whole(path) as partial:
            count, _ = encode(frames, str(partial), *kind, crf, fps)
            check_frames(partial, count)
        return path
    except BadInput as error:
        raise BadInput(f"{path} was not written. {error}") from error


def check_frames(film: Path, frames: int) -> None:
    """Raise BadInput unless so many frames can be decoded from a film that was just written."""
    if (found := frame_count(film)) != frames:
        raise BadInput(
            f"Of {frames} frames {found} could be read again; look whether the disk is sound and has room, "
            "or choose another kind of file."
        )


@contextmanager
def _opened(path: Path) -> Iterator[tuple["av.container.InputContainer", "av.VideoStream"]]:
    """The container and its video stream; BadInput if there is none."""
    import av

    if not path.exists():
        raise BadInput(f"{path} does not exist; check the name and the folder it should be in.")
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); copy or download it again.")
    try:
        container = open_film(path)
    except (av.FFmpegError, OSError) as error:
        reason = os.strerror(error.errno) if isinstance(error, PermissionError) else "no video, damaged or cut short"
        raise BadInput(f"{path} cannot be opened as video ({reason}); copy it again or convert it to mp4.") from error
    with container:
        if (stream := pictures(container)) is None:
            raise BadInput(f"{path} holds sound but no pictures; give a file with a video track.")
        yield container, stream


def _no_frame(path: Path) -> BadInput:
    return BadInput(f"{path} holds no readable frame: damaged or cut short; copy or download it again.")


def _timed(
    container: "av.container.InputContainer", stream: "av.VideoStream", times: list[tuple[float, float]]
) -> Iterator["av.Packet"]:
    """The track's packets; the seconds at which each is shown and decoded are added to ``times``."""
    for packet in container.demux(stream):
        if packet.pts is not None:
            moments = (packet.pts, packet.pts if packet.dts is None else packet.dts)
            times.append(tuple(float(moment * packet.time_base) for moment in moments))
        yield packet


def _moved(times: list[tuple[float, float]], length: float, fps: float) -> float:
    """`VideoInfo.moved`, by the moments at which packets are shown and decoded; ``length`` in seconds is announced."""
    if not times:
        return 0.0
    shown, last = np.sort([moment for moment, _ in times]), times[-1][1]
    if length - np.ptp(shown) > _BREAK:
        # a frame is stored after those it is drawn from: where the film breaks off, frames between its last ones lack
        shown = shown[shown <= max(last, shown[0])]
    return float(np.abs(shown - shown[0] - np.arange(len(shown)) / fps).max())


def _going_on(begun: list[np.ndarray], frames: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """The frame that was drawn to see whether there is one, which is not kept, then the others."""
    yield begun.pop()
    yield from frames


def _stream(path: Path) -> Iterator[np.ndarray]:
    faults: list[Exception] = []
    with _opened(path) as (container, stream):
        to_rgb, count, start, end = ToRGB(), 0, None, 0.0
        for frame in decoded(container, stream, faults):
            start = frame.time if start is None else start
            end = frame.time if frame.time is not None else end
            count += 1
            yield to_rgb(frame)
        if not count:
            raise _no_frame(path)
        seconds, promised = end - (start or 0.0), _duration(container, stream) or 0.0
    if faults or seconds < promised - _SHORT:
        text = f"{path} is damaged or cut short: {count} frames ({seconds:.1f} of {promised:.1f} seconds) were read."
        warnings.warn(text, stacklevel=3)  # past `_going_on`


def _duration(container: "av.container.InputContainer", stream: "av.VideoStream") -> float | None:
    """Seconds, by the video track if it says, else by the container (which may count longer sound)."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None
