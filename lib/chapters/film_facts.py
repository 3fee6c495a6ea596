"""What to know of a film before it is worked on: size, rate, sound, is it interlaced; and its beginning alone."""

from pathlib import Path

from lib.enhance_sound import has_sound
from lib.enhance_source import interlaced, moved_by
from lib.video import probe

COPIED = (".mp4", ".mov", ".webm", ".mkv")  # the beginning of any other kind of film goes into .mkv, which holds all


def film_facts(path: str | Path) -> dict[str, str]:
    """The facts in words, for a table. Raises BadInput for what is no readable film.

    "shifted by up to" says how far a frame moves when all are shown at an even rate: above a tenth of a second the film
    has a variable frame rate.
    """
    path = Path(path)
    info = probe(path)
    file = not path.is_dir()
    return {
        "size": f"{info.width} x {info.height}",
        "frames a second": f"{info.fps:.2f}",
        "length": "unknown" if info.duration is None else f"{info.duration:.1f} s",
        "shifted by up to": f"{moved_by(path, info.fps) if file else 0:.2f} s",
        "sound": "yes" if has_sound(path) else "no",
        "interlaced": "yes" if interlaced(path) else "no",
    }


def beginning(path: str | Path, seconds: float, folder: str | Path) -> Path:
    """The film's first ``seconds``, or a few frames less, copied to a file in ``folder``; nothing is coded anew.

    A film that is not longer, or of unknown length, or a folder of images, is left alone: its own path is returned.
    """
    import av

    path = Path(path)
    out = Path(folder) / f"{path.stem}{path.suffix.lower() if path.suffix.lower() in COPIED else '.mkv'}"
    duration = probe(path).duration
    if path.is_dir() or duration is None or duration <= seconds:
        return path
    with av.open(str(path)) as film, av.open(str(out), "w") as start:
        kept = [film.streams.video[0], *film.streams.audio[:1]]
        streams = {stream.index: start.add_stream_from_template(stream) for stream in kept}
        first = (film.streams.video[0].start_time or 0) * film.streams.video[0].time_base
        for packet in film.demux(kept):
            if packet.dts is None or packet.pts is None:
                continue
            if packet.stream.type == "video" and float(packet.pts * packet.time_base - first) >= seconds:
                break  # packets come in the order of decoding, and before this one no frame is left out
            packet.stream = streams[packet.stream.index]
            start.mux(packet)
    return out
