"""What to know of a film before it is worked on: size, rate, sound, is it interlaced; and its beginning alone."""

import warnings
from contextlib import ExitStack
from pathlib import Path

from lib.enhance.sound import check_sound
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.video import FORMATS, probe
from lib.video.containers import open_film, pictures
from lib.video.film import check_frames
from lib.video.remux import Tally, copy_tracks, packets, tallied, until_moment

COPIED = (".mp4", ".mov", ".webm", ".mkv")  # the beginning of any other kind of film goes into .mkv, which holds most


def film_facts(path: str | Path) -> dict[str, str]:
    """The facts in words, for a table. Raises BadInput for what is no readable film.

    "shifted by up to" says how far a frame moves when all are shown at an even rate: above a tenth of a second the film
    has a variable frame rate.
    """
    info = probe(path, thorough=True)
    return {
        "size": f"{info.width} x {info.height}",
        "frames a second": f"{info.fps:.2f}",
        "length": "unknown" if info.duration is None else f"{info.duration:.1f} s",
        "shifted by up to": f"{info.moved:.2f} s",
        "sound": "yes" if info.sound else "no",
        "interlaced": "yes" if info.interlaced else "no",
    }


def beginning(path: str | Path, seconds: float, folder: str | Path) -> Path:
    """The film's first ``seconds``, or a few frames less, copied to a file in ``folder``; nothing is coded anew.

    A film that is not longer, or of unknown length, or a folder of images, is left alone: its own path is returned.
    So is, with a warning, a film that cannot be copied in part, as .mkv does not take its kind of pictures or sound.
    """
    import av

    path = Path(path)
    suffix = path.suffix.lower() if path.suffix.lower() in COPIED else ".mkv"
    out = Path(folder) / f"{path.stem}{suffix}"
    duration = probe(path).duration
    if path.is_dir() or duration is None or duration <= seconds:
        return path
    if out.exists() and out.samefile(path):
        raise BadInput(f"{path} would be written over; give another folder than the film's own for its beginning.")
    try:
        with written_whole(out, spare=[path]) as partial:
            _copy_beginning(path, partial, seconds)
        return out
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, OSError):  # the disk, not the film
            raise
    warnings.warn(
        f"{path} is used whole: {suffix} cannot hold a part of it as it is. Cut it first, if it is long: "
        f"ffmpeg -i {path.name} -t {seconds:g} {path.stem}-part.mp4",
        stacklevel=2,
    )
    return path


def _copy_beginning(path: Path, out: Path, seconds: float) -> None:
    """Raises BadInput where fewer frames, or less sound, can be read from the copy than from the film."""
    with ExitStack() as opened:
        films = [opened.enter_context(open_film(path)) for _ in range(2)]  # so that no track waits for the other
        shown = pictures(films[0])
        shown.thread_type = "AUTO"
        end = float((shown.start_time or 0) * shown.time_base) + seconds
        streams = [shown, *films[1].streams.audio[:1]]
        tallies = [Tally() for _ in streams]
        tracks = [
            (stream, tallied(until_moment(packets(film, stream), end), stream, tally))
            for film, stream, tally in zip(films, streams, tallies)
        ]
        copy_tracks(out, FORMATS[out.suffix][0], tracks)
    check_frames(out, tallies[0].frames)
    if len(tallies) > 1:
        check_sound(out, tallies[1])
