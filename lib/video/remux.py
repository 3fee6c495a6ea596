"""Tracks of films copied into another film, packet by packet: nothing is coded anew, and nothing is left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING

from lib.video.containers import new_film

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

_REORDERED = 64  # packets at most that wait for the first moment of decoding; H.264 has 16 frames to reorder


@dataclass
class Tally:
    """What was in the packets that went by: frames of pictures, or seconds of sound and the moment it ends at."""

    frames: int = 0
    seconds: float = 0.0
    end: float = 0.0


def copy_tracks(out: Path, container: str, tracks: Sequence[tuple["av.Stream", Iterable["av.Packet"]]]) -> None:
    """Write tracks, each a template and its packets, to ``out``; ``container`` is FFmpeg's name for its kind.

    Raises ValueError or av.FFmpegError where that kind of file cannot hold them.
    """
    with new_film(out, container) as output:
        streams = [output.add_stream_from_template(stream, opaque=True) for stream, _ in tracks]
        output.start_encoding()
        timed = [_timed(number, packets) for number, (_, packets) in enumerate(tracks)]
        for _, number, packet in merge(*timed, key=lambda item: item[0]):  # so that the muxer holds nothing back
            packet.stream = streams[number]
            output.mux(packet)


def packets(film: "InputContainer", stream: "av.Stream") -> Iterator["av.Packet"]:
    """The packets of a track in the order of decoding; ends where the file is damaged.

    Matroska does not say when its first packets are decoded (their dts), the key frame among them: they get the moments
    before the first that it says. The empty packet at the end, which flushes decoders, is left out.
    """
    waiting: list | None = []
    for packet in _stored(film, stream):
        if waiting is not None and packet.dts is None and len(waiting) < _REORDERED:
            waiting.append(packet)
            continue
        yield from _dated(waiting or [], packet)
        waiting = None
        yield packet
    yield from waiting or []


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


def until_moment(packets: Iterable["av.Packet"], end: float) -> Iterator["av.Packet"]:
    """The packets before the first that is shown or heard at ``end`` (seconds) or later.

    They come in the order of decoding, so a few frames before ``end`` may be lacking, but none before those (.avi does
    not say when a frame is shown: there, the last one may be from a little later).
    """
    for packet in packets:
        ticks = packet.dts if packet.pts is None else packet.pts
        if ticks is not None and float(ticks * packet.time_base) >= end:
            return
        yield packet


def tallied(packets: Iterable["av.Packet"], stream: "av.Stream", tally: Tally) -> Iterator["av.Packet"]:
    """The packets as they come, each decoded on the way to know what is in it."""
    for packet in packets:
        _add(tally, packet.decode)
        yield packet
    _add(tally, lambda: stream.codec_context.decode(None))


def tally(film: "InputContainer", stream: "av.Stream") -> Tally:
    """What a track holds that can be decoded."""
    found = Tally()
    for _ in tallied(_stored(film, stream), stream, found):
        pass
    return found


def _add(tally: Tally, decode) -> None:
    import av

    try:
        for frame in decode():
            tally.frames += 1
            if isinstance(frame, av.AudioFrame):
                length = frame.samples / frame.sample_rate
                tally.seconds += length
                tally.end = max(tally.end, (frame.time or 0.0) + length)
    except av.FFmpegError:
        pass  # a broken piece, which stays broken


def _stored(film: "InputContainer", stream: "av.Stream") -> Iterator["av.Packet"]:
    import av

    stored = film.demux(stream)
    while True:
        try:
            packet = next(stored, None)
        except av.FFmpegError:
            return
        if packet is None:
            return
        if packet.size:
            yield packet


def _dated(waiting: Sequence["av.Packet"], first: "av.Packet") -> Sequence["av.Packet"]:
    if first.dts is not None:
        for place, packet in enumerate(reversed(waiting), start=1):
            packet.dts = first.dts - place * (first.duration or 1)
    return waiting


def _timed(number: int, packets: Iterable["av.Packet"]) -> Iterator[tuple[float, int, "av.Packet"]]:
    """(seconds, ``number``, packet); what goes back in time, which no container takes, is left out."""
    last = None
    for packet in packets:
        ticks = packet.pts if packet.dts is None else packet.dts
        if ticks is not None and last is not None and ticks < last:
            continue
        last = ticks
        yield float((ticks or 0) * packet.time_base), number, packet
