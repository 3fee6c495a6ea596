"""Film files as FFmpeg knows them: opened for reading, opened for writing, and counted.

Whoever reads a film opens it with `open_film`, whoever writes one with `new_film`: what has to be thought of each time
is thought of there.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import av
    from av.container import InputContainer, OutputContainer


def open_film(file: str | Path | BinaryIO) -> "InputContainer":
    """Open a film to read it. A title that is no UTF-8, as old programs wrote it, gets U+FFFD for its strange bytes."""
    import av

    return av.open(_plain(file), metadata_errors="replace")


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


def pictures(film: "InputContainer") -> "av.VideoStream | None":
    """The track of moving pictures, if there is one; the cover of a music file is none."""
    import av

    cover = av.stream.Disposition.attached_pic
    return next((stream for stream in film.streams.video if not stream.disposition & cover), None)


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
