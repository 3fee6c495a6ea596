"""Films as few programs make them, for tests: any time stamps, sizes that change, pixels that are not square, HDR."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from lib.video.containers import open_film

BASE = Fraction(1, 1000)
QUICK = {"libx264": {"bf": "0"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}}


def picture(index: int, width: int = 64, height: int = 48) -> np.ndarray:
    """A light square on a slope, (height, width, 3); no two are alike."""
    frame = np.full((height, width, 3), (90, 120, 60), np.uint8)
    left = index * width // 64 % (width - width // 8)
    frame[height // 4 : height // 2, left : left + width // 8] = (230, 200, 170)
    return frame


def film(
    path: Path,
    times: Sequence[float],
    codec: str = "libx264",
    sizes: Sequence[tuple[int, int]] = ((64, 48),),
    sound: str | None = None,
    header: Fraction | int = 25,
    aspects: Sequence[Fraction | None] = (None,),
    options: dict[str, str] | None = None,
    sounding: float = 0,
) -> Path:
    """Frame i at ``times[i]`` seconds, in ``sizes`` and with ``aspects`` one after the other, each for its share.

    ``header`` is the rate that is written down; with ``sound`` there is a tone from 0 on, ``sounding`` seconds long or
    as long as the film.
    """
    options = options or QUICK.get(codec, {})
    path.parent.mkdir(exist_ok=True)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=header, options=options)
        stream.codec_context.time_base = BASE
        stream.width, stream.height = sizes[0]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.sample_aspect_ratio = aspects[0] or 1
        heard = out.add_stream(sound, rate=48000, layout="stereo") if sound else None
        coder, shape = stream.codec_context, (sizes[0], aspects[0])
        for index, second in enumerate(times):
            wanted, aspect = (kinds[index * len(kinds) // len(times)] for kinds in (sizes, aspects))
            if shape != (wanted, aspect):  # a second encoder, whose packets go into the same track
                for packet in coder.encode(None):
                    _into(out, stream, packet)
                coder = av.CodecContext.create(codec, "w")
                coder.width, coder.height, coder.pix_fmt = *wanted, stream.pix_fmt
                coder.time_base, coder.framerate, coder.options = BASE, Fraction(header), options
                coder.sample_aspect_ratio, shape = aspect or 1, (wanted, aspect)
            frame = av.VideoFrame.from_ndarray(picture(index, *wanted), format="rgb24").reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = round(second / BASE), BASE
            for packet in coder.encode(frame):
                _into(out, stream, packet)
        for packet in coder.encode(None):
            _into(out, stream, packet)
        if heard:
            for packet in _tone(heard, sounding or times[-1] - times[0] + 0.04):
                out.mux(packet)
    return path


def turned(path: Path, out: Path, degrees: float) -> Path:
    """The same film at ``out`` with the note to turn it."""
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(degrees)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    return out


def _into(out, stream, packet) -> None:
    packet.stream, packet.time_base = stream, BASE
    out.mux(packet)


def _tone(heard, seconds: float):
    for start in range(0, round(48000 * seconds), 1024):
        wave = (8000 * np.sin(np.arange(start, start + 1024) * 0.05)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.tile(wave, (2, 1)), format="s16p", layout="stereo")
        frame.sample_rate, frame.pts = 48000, start
        for piece in av.AudioResampler(heard.codec_context.format, "stereo", 48000).resample(frame):
            yield from heard.encode(piece)
    yield from heard.encode(None)


def times_of(path: Path) -> list[float]:
    """When its frames are shown, by a player's reckoning."""
    with open_film(path) as opened:
        return [frame.time for frame in opened.decode(video=0)]
