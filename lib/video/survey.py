"""What a film is like before all of it is decoded: how fast it plays by its packets, the rest by a few frames."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import inf
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from lib.tools.errors import BadInput
from lib.video import image_folder, tone
from lib.video.about import all_pictures, pictures, pixel_aspect
from lib.video.codec import STRANGE, display_matrix, shown_size, side_data
from lib.video.containers import announced_end, decoded, is_shown, open_film
from lib.video.pixels import askew
from lib.video.timing import UNEVEN, moments, moved, rate_of, without_second_fields

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

_LISTS = b"ffconcat", b"#EXTM3U"  # FFmpeg would open what they name, pipes and devices too
_LOOKS = 16  # key frames at the beginning that are looked at, all of them
_APART = 0.25, 0.1  # seconds, and share of the film so far, that lie between later ones at least


@dataclass(frozen=True)
class VideoInfo:
    """A film as `read_video` gives it: upright, in square pixels, in the size that most of its frames have.

    ``fps`` is the rate by the frames' own time stamps; ``duration`` is that of all ``frames`` at this rate, in seconds.
    ``moved`` is seconds by which the frame that moves most moves when all are shown at ``fps``, large for a variable
    rate. ``interlaced`` tells whether a frame holds two moments, in odd and even rows, as television's do, ``keyed``
    whether there are key frames, before the first of which some decoders show grey instead of nothing, ``captioned``
    whether captions may lie within the pictures' packets, as television's do. ``notes`` are sentences about what a
    reader should know: what is made of the film, and what is wrong with it.
    """

    width: int
    height: int
    fps: float
    frames: int
    duration: float
    sound: bool = False
    interlaced: bool = False
    moved: float = 0.0
    keyed: bool = False
    captioned: bool = False
    notes: tuple[str, ...] = ()


class _Look(NamedTuple):
    """What was seen of one frame; ``place`` is its packet's number among all, ``second`` when it is shown."""

    place: int
    second: float
    size: tuple[int, int]
    stored: tuple[int, int]
    pixel_aspect: Fraction
    interlaced: bool
    keyed: bool
    transfer: int
    matrix: int
    captioned: bool
    askew: int


def probe(path: str | Path, fps: float | None = None) -> VideoInfo:
    """All that is asked of a video file or folder of images; ``fps`` where the reader knows better than the film.

    A film is read to its end without decoding it, but for some of its key frames, and once for as long as it stays as
    it is. Raises BadInput for a file that is missing, empty, no video, audio only, or without one readable frame.
    """
    path = Path(path)
    if not path.is_dir():
        state = path.stat() if path.exists() else None
        return _of_film(path, fps, state and (state.st_ino, state.st_size, state.st_mtime_ns))
    files = image_folder.image_files(path)
    height, width = image_folder.read_image(files[0]).shape[:2]
    notes, rate = () if fps else (_rateless(path),), fps or image_folder.FPS
    notes += tuple(image_folder.doubts(path, files))
    return VideoInfo(width, height, rate, len(files), len(files) / rate, notes=notes)


@lru_cache(maxsize=32)
def _of_film(path: Path, fps: float | None, _state: tuple[int, ...] | None) -> VideoInfo:
    with opened(path) as (film, stream):
        looks, clock, count = _read_through(film, stream)
        says, sound = [stream.average_rate, stream.base_rate, stream.guessed_rate], bool(film.streams.audio)
        says = says if clock else says[::-1]  # a bare stream tells its rate in its pictures; FFmpeg's average is 25
        shown, tracks = moments(clock, announced_end(film, stream)), len(all_pictures(film))
    if not looks or looks[0].place:
        looks = [_first_look(path, bool(looks)), *looks]
    if odd := [look.matrix for look in looks if look.matrix in STRANGE]:
        raise BadInput(
            f"{path} has colours that cannot be converted here (H.273's matrix {odd[0]}); convert it to mp4."
        )
    interlaced, keyed = any(look.interlaced for look in looks), any(look.keyed for look in looks)
    if keyed:  # what comes before is not decoded
        count -= sum(second < looks[0].second for second, _ in clock)
        shown = shown[shown >= looks[0].second]
    packets = len(shown)
    shown = without_second_fields(shown, says[0]) if interlaced else shown
    frames = count if len(shown) == packets else (count + 1) // 2
    known = fps or rate_of(shown, says)
    rate, most = known or image_folder.FPS, _most(looks, count)
    captioned = any(look.captioned for look in looks)
    info = VideoInfo(*most.size, rate, frames, frames / rate, sound, interlaced, moved(shown, rate), keyed, captioned)
    about_rate = [] if known else [_rateless(path)]
    if clock and not len(shown) and not fps:
        about_rate = [f"{path}: its clock starts anew: {rate:.2f} frames a second are taken; --fps sets another."]
    if tracks > 1:
        about_rate += [f"{path} holds {tracks} tracks of pictures: that of {info.width} x {info.height} is taken."]
    return replace(info, notes=(*about_rate, *_notes(path, info, most, bool(fps))))


def _rateless(path: Path) -> str:
    return f"{path} does not say how fast it plays: {image_folder.FPS:g} frames a second are taken; --fps sets another."


def _read_through(
    film: "InputContainer", stream: "av.VideoStream"
) -> tuple[list[_Look], list[tuple[float, float]], int]:
    """Some frames, each key frames that are decoded alone; when packets are shown and decoded; how many there are."""
    import av

    looks, clock, count, next_look = [], [], 0, 0.0
    with suppress(av.FFmpegError):  # damaged from there on
        for packet in filter(is_shown, film.demux(stream)):
            if packet.has_sidedata("encryption_info"):
                raise BadInput(f"{film.name} is encrypted, as films that are sold are; give a film that may be copied.")
            stamps = [ticks for ticks in (packet.pts, packet.dts) if ticks is not None]
            if stamps:
                clock.append((float(stamps[0] * packet.time_base), float(stamps[-1] * packet.time_base)))
            second = clock[-1][1] - clock[0][1] if clock else 0.0
            if packet.is_keyframe and (len(looks) < _LOOKS or second >= next_look):
                shown = clock[-1][0] if stamps else -inf
                looks += [_look(count, shown, frame, film, stream) for frame in _alone(packet, stream.codec_context)]
                next_look = second + max(_APART[0], _APART[1] * second)
            count += 1
    return looks, clock, count


def _alone(packet: "av.Packet", decoder: "av.VideoCodecContext") -> list["av.VideoFrame"]:
    """The frame of a packet that needs no other, if it can be decoded."""
    import av

    frames = []
    for piece in (packet, None):
        with suppress(av.FFmpegError, EOFError):
            frames += decoder.decode(piece)
    decoder.flush_buffers()
    return frames


def _first_look(path: Path, keyed: bool) -> _Look:
    """The first frame that can be decoded, of the key frames if there are any, where the first cannot be alone."""
    with opened(path) as (film, stream):
        frames = (frame for frame in decoded(film, stream, []) if frame.key_frame or not keyed)
        if (frame := next(frames, None)) is None:
            raise no_frame(path)
        return _look(0, -inf if frame.time is None else frame.time, frame, film, stream)


def _look(place: int, second: float, frame: "av.VideoFrame", film: "InputContainer", stream: "av.VideoStream") -> _Look:
    aspect = pixel_aspect(film, stream)
    size, stored = shown_size(frame, aspect), (frame.width, frame.height)
    colours, captioned = (frame.color_trc, frame.colorspace), side_data(frame, "A53_CC") is not None
    turned = 0 if (matrix := display_matrix(frame)) is None else askew(matrix)
    fields = frame.interlaced_frame, frame.key_frame
    return _Look(place, second, size, stored, aspect, *fields, *colours, captioned, turned)


def _most(looks: list[_Look], count: int) -> _Look:
    """A frame of the size that most of the ``count`` frames have, each taken to be like the last that was seen."""
    frames = Counter()
    for look, following in zip(looks, [*(look.place for look in looks[1:]), count]):
        frames[look.size] += following - look.place
    size = max(frames, key=frames.get)
    return next(look for look in looks if look.size == size)


def _notes(path: Path, info: VideoInfo, look: _Look, given: bool) -> Iterator[str]:
    """What the reader should know of a film; ``given`` tells whether the rate was."""
    (width, height), aspect = look.stored, look.pixel_aspect
    if aspect != 1:
        yield (
            f"{path}: its pixels are not square ({aspect.numerator}:{aspect.denominator}), so frames of "
            f"{width} x {height} are stretched to {info.width} x {info.height}."
        )
    if look.askew:
        yield f"{path}: its frames are to be turned by {look.askew} degrees beyond a quarter turn; that is left undone."
    if curve := tone.CURVES.get(look.transfer):
        yield (
            f"{path} is an HDR film ({curve}): its light and colours are brought to standard range (ITU-R BT.2390), "
            "and what shines brighter than paper loses most."
        )
    if info.moved > UNEVEN:
        why = "does not play at the rate that was given" if given else "has a variable frame rate"
        yield (
            f"{path} {why}: at an even {info.fps:.2f} frames a second, as keypoints have, a frame moves by up to "
            f"{info.moved:.2f} seconds."
        )
    if info.interlaced:
        yield (
            f"{path} is interlaced: each frame holds two moments, and moving hands look like combs. Part them "
            f"first: ffmpeg -i {quote(path.name)} -vf bwdif {quote(path.stem)}-progressive.mp4"
        )


@contextmanager
def opened(path: Path) -> Iterator[tuple["InputContainer", "av.VideoStream"]]:
    """The container and its video stream; BadInput if there is none."""
    import av

    if not path.exists():
        raise BadInput(f"{path} does not exist; check the name and the folder it should be in.")
    if not path.is_file():
        raise BadInput(f"{path} is a device or a pipe, and films are read more than once; save it as a file first.")
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); copy or download it again.")
    with suppress(OSError), open(path, "rb") as file:
        if file.read(12).startswith(_LISTS):
            raise BadInput(f"{path} is a list of other files and no film; give the films.")
    try:
        container = open_film(path)
    except (av.FFmpegError, OSError) as error:
        reason = os.strerror(error.errno) if isinstance(error, PermissionError) else "no video, damaged or cut short"
        raise BadInput(f"{path} cannot be opened as video ({reason}); copy it again or convert it to mp4.") from error
    with container:
        if (stream := pictures(container)) is None:
            raise BadInput(f"{path} holds sound or text but no pictures; give a file with a video track.")
        if stream.codec_context is None:
            raise BadInput(f"{path} holds pictures that no codec here can read; convert it to mp4 where it was made.")
        # a film of kilobytes can hold frames that fill the memory, whatever its header says
        stream.codec_context.options = {"max_pixels": str(image_folder.MOST_PIXELS)}
        yield container, stream


def no_frame(path: Path) -> BadInput:
    """What is said of a film of which nothing can be seen."""
    most = f"more than {image_folder.MOST_PIXELS:,} pixels"
    return BadInput(f"{path} holds no readable frame: damaged, cut short, or of {most}; copy or download it again.")
