"""The sound of one film under the pictures of another: both copied, neither coded anew."""

from pathlib import Path

from lib.tools.errors import BadInput
from lib.video import FORMATS
from lib.video.containers import Tally, copy_tracks, from_moment, open_film, packets, pictures, tallied, tally
from lib.video.film import check_frames

LOST = 0.25  # seconds of sound, at beginning and end, that each container counts in its own way


def add_sound(silent: Path, film: Path, out: Path, frames: int) -> None:
    """Write ``silent``, a film of so many frames, with the first sound track of ``film`` to ``out``.

    Sound that begins before the first frame loses its beginning, so that both start together. What was written is read
    again. Raises BadInput where that kind of file cannot hold that kind of sound, or some of it is not there.
    """
    import av

    heard = Tally()
    with open_film(silent) as seen, open_film(film) as source:
        shown, filmed, track = pictures(seen), pictures(source), source.streams.audio[0]
        begin = float((filmed.start_time or 0) * filmed.time_base)
        sound = tallied(from_moment(packets(source, track), begin), track, heard)
        codec = track.codec_context.name if track.codec_context else "unknown"
        sentence = f"{film}: its sound ({codec}) is left out"
        try:
            copy_tracks(out, FORMATS[out.suffix.lower()][0], [(shown, packets(seen, shown)), (track, sound)])
        except (av.FFmpegError, ValueError) as error:
            if isinstance(error, OSError):  # the disk, not the sound
                raise
            raise BadInput(f"{sentence}, {out.suffix} cannot hold it.") from error
    try:
        check_frames(out, frames)
        check_sound(out, heard)
    except BadInput as error:
        raise BadInput(f"{sentence}. {error}") from error


def check_sound(film: Path, heard: Tally) -> None:
    """Raise BadInput unless as much sound, at its time, can be decoded from a film that was just written."""
    with open_film(film) as written:
        tracks = written.streams.audio
        found = tally(written, tracks[0]) if tracks else Tally()
    if not tracks or max(abs(found.seconds - heard.seconds), abs(found.end - heard.end)) > LOST:
        raise BadInput(
            f"Of {heard.seconds:.1f} seconds of sound {found.seconds:.1f} could be read again, to end at "
            f"{found.end:.1f} and not {heard.end:.1f} s; choose another kind of file."
        )
