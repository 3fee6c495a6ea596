"""Film files as FFmpeg knows them: opened for reading and writing, counted, and tracks copied packet by packet.

Whoever reads a film opens it with `open_film`, whoever writes one with `new_film`: what has to be thought of each time
is thought of there. Tracks are copied without being coded anew, and nothing is left out.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import merge
from itertools import zip_longest
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lib.video.about import NOTHING, About, pictures

if TYPE_CHECKING:
    import av
    from av.container import InputContainer, OutputContainer

_OF_TRACKS = {"language", "title"}
_STREAMS = {".ts", ".mts", ".m2ts", ".m2t"}
_NAMED = {"1 channels": "mono", "2 channels": "stereo"}  # sound of which it is not said; mp4 takes none of that
_REORDERED = 64  # packets at most that wait for the first moment of decoding; H.264 has 16 frames to reorder


def open_film(file: str | Path | BinaryIO) -> "InputContainer":
    """Open a film to read it. A title that is no UTF-8, as old programs wrote it, gets U+FFFD for its strange bytes.
    Two or three frames of a broadcast are too short for FFmpeg to know what they are: there the ending is believed."""
    import av

    try:
        return av.open(_plain(file), metadata_errors="replace")
    except av.FFmpegError:
        if Path(str(file)).suffix.lower() not in _STREAMS:
            raise
        return av.open(_plain(file), format="mpegts", metadata_errors="replace")


def new_film(file: str | Path | BinaryIO, container: str) -> "OutputContainer":
    """Begin a film; ``container`` is FFmpeg's name ("mp4", "matroska", ...).

    The file names no date and no version of a program, and an mp4 plays before it is all there.
    """
    import av

    options = {"fflags": "+bitexact"} | ({"movflags": "faststart"} if container in ("mp4", "mov") else {})
    return av.open(_plain(file), "w", format=container, options=options, metadata_errors="replace")


def _plain(file: str | Path | BinaryIO) -> str | BinaryIO:
    """A path from the root on, since FFmpeg takes 12:30.mp4 for an address of the net."""
    return os.path.abspath(file) if isinstance(file, (str, Path)) else file


def announced_end(film: "InputContainer", stream: "av.VideoStream") -> float:
    """The second at which the pictures end, or failing that the film, by what it says; -inf where it says nothing."""
    if stream.duration:
        return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    begin = 0 if film.format.name.startswith("matroska") else film.start_time or 0  # Matroska's length counts from 0
    return (begin + film.duration) / 1e6 if film.duration else -inf


def heard_until(path: Path) -> float:
    """The second at which the last sound ends that is stored, -inf without any."""
    with open_film(path) as film:
        sounds = film.streams.audio
        stored = _stored(film, *sounds) if sounds else ()
        return max(
            (float((p.pts + (p.duration or 0)) * p.time_base) for p in stored if p.pts is not None), default=-inf
        )


def is_shown(packet: "av.Packet") -> bool:
    """Whether a packet of a film's pictures is one that players show, so that a frame should come of it."""
    if not packet.size or packet.is_discard:
        return False
    return packet.stream.codec_context.name != "vp8" or bool(memoryview(packet)[0] & 0x10)  # RFC 6386, 9.1: show_frame


def decoded(
    film: "InputContainer",
    stream: "av.VideoStream",
    faults: list[Exception],
    stored: Iterator["av.Packet"] | None = None,
) -> Iterator["av.VideoFrame"]:
    """All frames that can be decoded; what went wrong on the way is added to ``faults``.

    ``stored`` are the track's packets, for who wants to see them go by.
    """
    import av

    stream.thread_type = "AUTO"
    stored = film.demux(stream) if stored is None else stored
    while True:
        try:
            packet = next(stored)
            frames = packet.decode()
        except StopIteration:
            return
        except av.FFmpegError as error:  # a broken piece: the next one may be whole
            faults.append(error)
            continue
        yield from frames


def frame_count(path: str | Path) -> int:
    """Number of frames of a film that can be decoded, 0 where it cannot be opened; their colours are left alone."""
    import av

    try:
        with open_film(path) as film:
            stream = pictures(film)
            return sum(1 for _ in decoded(film, stream, [])) if stream else 0
    except av.FFmpegError:
        return 0


@dataclass
class Tally:
    """What was in the packets that went by: frames or captions, or seconds of sound and the moment it ends at."""

    frames: int = 0
    seconds: float = 0.0
    end: float = 0.0


def copy_tracks(
    out: Path,
    container: str,
    tracks: Sequence[tuple["av.Stream", Iterable["av.Packet"]]],
    facts: About = NOTHING,
    codecs: Sequence[str | None] = (),
) -> None:
    """Write tracks, each a template and its packets, to ``out``; ``container`` is FFmpeg's name for its kind.

    ``facts`` are what the film says of itself, ``codecs`` those of tracks that are not their template's. Raises
    ValueError or av.FFmpegError where that kind of file cannot hold them.
    """
    with new_film(out, container) as output:
        output.metadata.update(facts.metadata)
        output.set_chapters(list(facts.chapters))
        streams = [_new_track(output, *both) for both in zip_longest((stream for stream, _ in tracks), codecs)]
        for stream, (template, _) in zip(streams, tracks):
            stream.metadata.update({key: template.metadata[key] for key in _OF_TRACKS & template.metadata.keys()})
        output.start_encoding()
        timed = [_timed(number, packets) for number, (_, packets) in enumerate(tracks)]
        for _, number, packet in merge(*timed, key=lambda item: item[0]):  # so that the muxer holds nothing back
            packet.stream = streams[number]
            output.mux(packet)


def _new_track(output: "OutputContainer", template: "av.Stream", codec: str | None) -> "av.Stream":
    if codec is None:
        stream = output.add_stream_from_template(template, opaque=True)
        if stream.type == "audio" and (layout := _NAMED.get(stream.codec_context.layout.name)):
            stream.codec_context.layout = layout
        return stream
    stream = output.add_mux_stream(codec)
    stream.time_base = template.time_base
    return stream


def packets(film: "InputContainer", stream: "av.Stream") -> Iterator["av.Packet"]:
    """The packets of a track in the order of decoding; ends where the file is damaged.

    Matroska does not say when its first packets are decoded (their dts), the key frame among them: they get the moments
    before the first that it says. The empty packet at the end, which flushes decoders, is left out.
    """
    stored, begun = _stored(film, stream), []
    for packet in stored:
        begun.append(packet)
        if packet.dts is not None or len(begun) > _REORDERED:
            break
    if begun and (first := begun[-1]).dts is not None:
        for place, packet in enumerate(begun[-2::-1], start=1):
            packet.dts = first.dts - place * (first.duration or 1)
    yield from begun
    yield from stored


def from_moment(packets: Iterable["av.Packet"], begin: float) -> Iterator["av.Packet"]:
    """The packets that are shown or heard from ``begin`` (seconds) on, which becomes 0."""
    for packet in packets:
        offset = round(begin / packet.time_base)
        if packet.pts is None:
            packet.pts = packet.dts
        if packet.pts is None or packet.pts < offset:
            continue
        packet.pts -= offset
        if packet.dts is not None:
            packet.dts -= offset
        yield packet


def tallied(packets: Iterable["av.Packet"], stream: "av.Stream", tally: Tally) -> Iterator["av.Packet"]:
    """The packets as they come, each decoded on the way to know what is in it."""
    for packet in packets:
        _add(tally, packet.decode)
        yield packet
    if stream.type != "subtitle":  # whose decoders hold nothing back
        _add(tally, lambda: stream.codec_context.decode(None))


def tally(film: "InputContainer", stream: "av.Stream") -> Tally:
    """What a track holds that can be decoded."""
    found = Tally()
    deque(tallied(_stored(film, stream), stream, found), maxlen=0)
    return found


def _add(tally: Tally, decode) -> None:
    import av

    with suppress(av.FFmpegError):  # a broken piece, which stays broken
        for frame in decode():
            tally.frames += 1
            if isinstance(frame, av.AudioFrame):
                length = frame.samples / frame.sample_rate
                tally.seconds += length
                tally.end = max(tally.end, (frame.time or 0.0) + length)


def _stored(film: "InputContainer", *streams: "av.Stream") -> Iterator["av.Packet"]:
    import av

    with suppress(av.FFmpegError):
        yield from (packet for packet in film.demux(*streams) if packet.size)


def _timed(number: int, packets: Iterable["av.Packet"]) -> Iterator[tuple[float, int, "av.Packet"]]:
    """(seconds, ``number``, packet); what goes back in time, which no container takes, is left out."""
    last = None
    for packet in packets:
        ticks = packet.pts if packet.dts is None else packet.dts
        if ticks is not None and last is not None and ticks < last:
            continue
        last = ticks
        yield float((ticks or 0) * packet.time_base), number, packet
