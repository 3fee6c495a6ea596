"""Frames in and out: video files and folders of images, one frame in memory at a time.

    for frame in read_video("clip.mp4"): ...         # uint8 RGB, (H, W, 3), upright
    write_video("out.mp4", frames, fps=25)           # H.264 that browsers play

A long film therefore costs no more memory than a short one.
"""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.video import image_folder
from lib.video.about import pixel_aspect
from lib.video.codec import ToRGB, checked, encode
from lib.video.containers import announced_end, decoded, frame_count, heard_until, is_shown
from lib.video.survey import no_frame, opened, probe

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
OTHERS = ".m4v .mpg .mpeg .ts .mts .m2ts .m2t .vob .mod .tod .wmv .asf .flv .f4v .3gp .3g2 .ogv .dv .mxf .qt .divx"
VIDEOS = {*FORMATS, *OTHERS.split()}  # to read
_SHORT = 1.0  # seconds that a film may lack before the reader hears of it: sound often runs a little longer


def read_video(path: str | Path, times: list[float] | None = None) -> Iterator[np.ndarray]:
    """Frames (uint8 RGB, (H, W, 3)) of a video file or a folder of images, one at a time and upright.

    Formats: mp4, mov, mkv, webm, avi, gif and whatever else FFmpeg reads. All frames come in square pixels and in the
    size that `probe` tells; the second at which each is shown is added to ``times`` before it comes (not of images).
    Bad files raise BadInput here, not at the first frame (see `probe`). A film damaged or cut short gives what can be
    read, then a warning, and so does one that changes its size.
    """
    path = Path(path)
    frames = image_folder.read_folder(path) if path.is_dir() else _stream(path, [] if times is None else times)
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


def _going_on(begun: list[np.ndarray], frames: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """The frame that was drawn to see whether there is one, which is not kept, then the others."""
    yield begun.pop()
    yield from frames


@dataclass
class _Stored:
    """What went by of a track: packets, those to be shown, and at which seconds."""

    packets: int = 0
    shown: int = 0
    seconds: list[float] = field(default_factory=list)

    def watch(self, packets: Iterable["av.Packet"]) -> Iterator["av.Packet"]:
        for packet in packets:
            self.packets += packet.size > 0
            self.shown += (shown := is_shown(packet))
            if packet.pts is not None and shown:
                self.seconds.append(float(packet.pts * packet.time_base))
            yield packet

    def lost(self, times: list[float], frames: int) -> int:
        """How many frames came of no packet, between those that came at ``times``; the film should have ``frames``."""
        fields = 2 if self.shown > 1.5 * frames else 1  # in packets of their own
        return max(0, sum(times[0] <= second <= times[-1] for second in self.seconds) // fields - len(times))


def _stream(path: Path, times: list[float]) -> Iterator[np.ndarray]:
    info, faults, stored = probe(path), [], _Stored()
    to_rgb, frame_time = ToRGB((info.width, info.height)), 1 / info.fps
    with opened(path) as (film, stream):
        for frame in decoded(film, stream, faults, stored.watch(film.demux(stream))):
            if not times:
                if info.keyed and not frame.key_frame:
                    continue
                faults.clear()  # what is lost at the beginning is said in other words
            times.append(_second(frame, times, frame_time))
            yield to_rgb(frame, pixel_aspect(film, stream))
        if not times:
            raise no_frame(path)
        end = announced_end(film, stream)
        counted = stream.frames if film.format.name.startswith("mov") else 0  # others count what they leave out, too
    first, last = times[0], times[-1]
    if len(times) < stored.shown:  # else all is there, whatever the stamps say: .avi has those of decoding only
        first, last = min([*stored.seconds, first]), max([*stored.seconds, last])
    own_time = (last - first) / max(1, len(times) - 1)  # of the last frame, which lasts after it has begun
    end -= _SHORT
    ends_early = last + own_time < end and heard_until(path) < end  # else what ends there is the sound
    damaged = faults or ends_early or stored.packets < counted
    promised = max(end + _SHORT, last) - first if damaged or last - times[-1] > frame_time / 2 else 0
    for note in _losses(path, times, times[0] - first, promised, stored.lost(times, info.frames), to_rgb):
        warnings.warn(note, stacklevel=1)


def _second(frame: "av.VideoFrame", times: list[float], frame_time: float) -> float:
    """When the frame is shown; without a time stamp, that of its decoding, or else one frame after the last."""
    ticks = frame.dts if frame.pts is None else frame.pts
    if ticks is not None:
        return float(ticks * frame.time_base)
    return times[-1] + frame_time if times else 0.0


def _losses(path: Path, times: list[float], late: float, promised: float, lost: int, to_rgb: ToRGB) -> Iterator[str]:
    """What was lost of a film that has been read, or changed, where it is known only then."""
    if late > 0.001:
        yield (
            f"{path}: its first {late:.2f} seconds cannot be decoded (no key frame, or damaged), so pictures, "
            "keypoints and sound begin after them."
        )
    if promised:
        seconds = f"{times[-1] - times[0]:.1f} of {promised:.1f} seconds"
        yield f"{path} is damaged or cut short: {len(times)} frames ({seconds}) were read."
    if lost:
        yield (
            f"{path} is damaged: frames lost between its first and its last, which cannot be decoded: {lost}. At an "
            "even rate, as keypoints have, what follows comes earlier, by as long as they last."
        )
    if to_rgb.resized:
        sizes = ", ".join(f"{width} x {height}" for width, height in sorted(to_rgb.resized)[:4])
        yield (
            f"{path} changes its size: {to_rgb.resized.total()} of {len(times)} frames ({sizes}) were brought to the "
            f"{to_rgb.size[0]} x {to_rgb.size[1]} of most, with black margins where their shape is another."
        )
