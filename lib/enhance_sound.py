"""The sound of one film under the pictures of another: both copied, neither decoded."""

from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING

from lib.errors import BadInput
from lib.video import FORMATS

if TYPE_CHECKING:
    import av


def has_sound(path: Path) -> bool:
    """Whether a film has a sound track; a folder of images has none."""
    import av

    if path.is_dir():
        return False
    with av.open(str(path)) as container:
        return bool(container.streams.audio)


def add_sound(pictures: Path, film: Path, out: Path) -> None:
    """Write ``pictures`` (a film without sound) with the first sound track of ``film`` to ``out``.

    Sound that begins before the first frame loses its beginning, so that both start together. Raises BadInput where
    that kind of file cannot hold that kind of sound.
    """
    import av

    kind = FORMATS[out.suffix.lower()][0]
    options = {"fflags": "bitexact"} | ({"movflags": "faststart"} if kind in ("mp4", "mov") else {})
    with av.open(str(pictures)) as seen, av.open(str(film)) as heard:
        filmed, track = heard.streams.video[0], heard.streams.audio[0]
        with av.open(str(out), "w", format=kind, options=options) as output:
            try:
                streams = [output.add_stream_from_template(source) for source in (seen.streams.video[0], track)]
                output.start_encoding()
            except (av.FFmpegError, ValueError) as error:
                codec = track.codec_context.name
                raise BadInput(f"{film}: its sound ({codec}) is left out, {out.suffix} cannot hold it.") from error
            begin = float((filmed.start_time or 0) * filmed.time_base)
            both = [_packets(seen, seen.streams.video[0], 0.0, 0), _packets(heard, track, begin, 1)]
            for _, which, packet in merge(*both, key=lambda item: item[0]):  # so that nothing is held back
                packet.stream = streams[which]
                output.mux(packet)


def _packets(
    container: "av.container.InputContainer", stream: "av.Stream", begin: float, which: int
) -> Iterator[tuple[float, int, "av.Packet"]]:
    """(seconds, ``which``, packet) of a stream from ``begin`` on, which becomes 0; ends where the file is damaged."""
    import av

    offset = round(begin / stream.time_base)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            return
        if packet is None:
            return
        if packet.pts is None or packet.dts is None or packet.pts < offset:
            continue  # the empty packet at the end, or sound from before the first frame
        packet.pts -= offset
        packet.dts -= offset
        yield float(packet.dts * packet.time_base), which, packet
