"""Sound, captions, chapters, title and dates of one film with the pictures of another: copied, none coded anew."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lib.tools.errors import BadInput
from lib.video import FORMATS, probe
from lib.video.about import NOTHING, About, about, pictures
from lib.video.containers import Tally, copy_tracks, from_moment, new_film, open_film, packets, tallied, tally
from lib.video.film import check_frames

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

LOST = 0.25  # seconds of sound, at beginning and end, that each container counts in its own way
TEXT = {"mp4": "mov_text", "mov": "mov_text", "matroska": "subrip", "webm": "webvtt"}  # captions, by kind of file
_OF_TEXT = {"mov_text", "subrip", "srt", "webvtt", "ass", "ssa", "text"}
_IN_PICTURES = "captions within the pictures (CEA-608 or 708)"
_WORDS = {"audio": "sound", "subtitle": "captions", "video": "other pictures"}  # others keep FFmpeg's word


def add_tracks(silent: Path, film: Path, out: Path, frames: int, begin: float) -> bool:
    """Write ``silent``, of so many frames, with all else that ``film`` holds to ``out``; whether its sound is there.

    ``begin`` is the second at which the film's first frame is shown: what is heard before is left out, so that all
    starts together. What was written is read again. Nothing is written where there is nothing to add. Warns of what is
    left out, since ``out`` cannot hold it or it could not be read again, and of captions that become plain text.
    """
    with open_film(film) as source:
        facts, names = about(source, begin), _other_tracks(source)
        sound = next((stream.index for stream in source.streams.audio), None)
        codecs = {index: _codec(source.streams[index], FORMATS[out.suffix.lower()][0]) for index in names}
    fit = {index: codec for index, codec in codecs.items() if codec is not None}
    written, told, reason = {}, NOTHING, ""
    for tracks, facts_too in ((fit, facts), ({index: fit[index] for index in fit if index == sound}, NOTHING)):
        if not (tracks or facts_too):
            continue
        try:
            _write(silent, film, out, frames, begin, tracks, facts_too)
            written, told, reason = tracks, _told(out), ""
            break
        except BadInput as error:
            reason = f" {error}"
            out.unlink(missing_ok=True)
    if sound is not None and sound not in written:
        why = f".{reason}" if reason else f", {out.suffix} cannot hold it."
        warnings.warn(f"{film}: its {names[sound]} is left out{why}", stacklevel=2)
    if plain := [names[index] for index, codec in written.items() if codec]:
        warnings.warn(f"{film}: its {', '.join(plain)} become plain text in {out.suffix}.", stacklevel=2)
    lost = [name for index, name in names.items() if index not in (*written, sound)] + facts.names_but(told)
    lost += [_IN_PICTURES] if probe(film).captioned else []
    if lost:
        warnings.warn(f"{film}: what {out.suffix} does not take over is left out: {', '.join(lost)}.", stacklevel=2)
    return sound in written


def _other_tracks(film: "InputContainer") -> dict[int, str]:
    """What to call the tracks that are not the pictures, by their index; names of chapters are no track."""
    names, shown = {}, pictures(film)
    for stream in film.streams:
        codec = stream.codec_context.name if stream.codec_context else "unknown"
        if stream.index != shown.index and not (film.chapters() and stream.type == "data" and codec == "unknown"):
            names[stream.index] = f"{_WORDS.get(stream.type, stream.type)} ({codec})"
    return names


def _codec(stream: "av.Stream", container: str) -> str | None:
    """What such sound or captions become in that kind of file: "" for what they are; None where it takes them not."""
    if stream.type not in ("audio", "subtitle") or not stream.codec_context:
        return None
    with new_film(io.BytesIO(), container) as trial:
        try:
            trial.add_stream_from_template(stream, opaque=True)
            return ""
        except ValueError:
            return TEXT.get(container) if stream.codec_context.name in _OF_TEXT else None


def _as_text(captions: Iterable["av.Packet"], codec: str) -> Iterator["av.Packet"]:
    """Captions of any kind that is made of text in another such kind, without italics and the like."""
    import av

    for packet in captions:
        with suppress(av.FFmpegError):  # a broken one
            text = b"\n".join(each.dialogue for each in packet.decode() if each.type == b"ass").strip()
            if not text:  # between captions, in mp4
                continue
            plain = av.Packet(len(text).to_bytes(2, "big") + text if codec == "mov_text" else text)
            plain.pts, plain.dts, plain.duration = packet.pts, packet.pts, packet.duration
            plain.time_base, plain.is_keyframe = packet.time_base, True
            yield plain


def _write(
    silent: Path, film: Path, out: Path, frames: int, begin: float, tracks: dict[int, str], facts: About
) -> None:
    """``tracks`` are what `_codec` has said of each.

    Raises BadInput where that kind of file cannot hold it all after all, or some of it is not there.
    """
    import av

    held = [Tally() for _ in tracks]
    with ExitStack() as opened:
        seen = opened.enter_context(open_film(silent))
        copied = [(pictures(seen), packets(seen, pictures(seen)))]
        for (index, codec), tally in zip(tracks.items(), held):
            source = opened.enter_context(open_film(film))  # one for each, so that no track waits for another
            track = source.streams[index]
            stored = tallied(from_moment(packets(source, track), begin), track, tally)
            copied.append((track, _as_text(stored, codec) if codec else stored))
        try:
            codecs = [None, *(codec or None for codec in tracks.values())]
            copy_tracks(out, FORMATS[out.suffix.lower()][0], copied, facts, codecs)
        except (av.FFmpegError, ValueError) as error:
            if isinstance(error, OSError):  # the disk, not the sound
                raise
            raise BadInput(f"{out.suffix} cannot hold it.") from error
    check_frames(out, frames)
    for number, tally in enumerate(held, start=1):
        check_track(out, number, tally)


def check_track(film: Path, number: int, heard: Tally) -> None:
    """Raise BadInput unless as much of a track, at its time, can be decoded from a film that was just written."""
    with open_film(film) as written:
        found = tally(written, written.streams[number]) if number < len(written.streams) else Tally()
    if not heard.seconds and found.frames < heard.frames:
        raise BadInput(f"Of {heard.frames} captions {found.frames} could be read again; choose another kind of file.")
    if max(abs(found.seconds - heard.seconds), abs(found.end - heard.end)) > LOST:
        raise BadInput(
            f"Of {heard.seconds:.1f} seconds of sound {found.seconds:.1f} could be read again, to end at "
            f"{found.end:.1f} and not {heard.end:.1f} s; choose another kind of file."
        )


def _told(film: Path) -> About:
    with open_film(film) as written:
        return about(written)
