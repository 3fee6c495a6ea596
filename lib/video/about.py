"""What a film says of itself: title, dates and the like, chapters, tracks of pictures, how wide their pixels are."""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

_TECHNICAL = re.compile(
    r"encoder|software|major_brand|minor_version|compatible_brands|timecode|wm.*|isvbr|device.*|.*_ul|.*uid|.*umid|"
    r"(product|toolkit)_.*|company_name|application_platform",  # most of the last of .mxf
    re.I,
)
_BY_PICTURES = {"mpegts", "mpeg", "mpegvideo", "h264", "hevc", "dv"}  # FFmpeg's names of such containers
_TEXTS = {"tty", "bin", "xbin", "idf", "adf"}  # likewise, of texts, which it would film as a terminal shows them


@dataclass(frozen=True)
class About:
    """What a film says of itself, title and dates among it, and its chapters as PyAV has them."""

    metadata: dict[str, str] = field(default_factory=dict)
    chapters: tuple[dict, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.metadata or self.chapters)

    def names_but(self, other: "About") -> list[str]:
        """What of this is not in another film's, in words."""
        there = {key.lower() for key in other.metadata}
        lost = [key for key in self.metadata if key.lower() not in there]
        return lost + (["chapters"] if len(other.chapters) < len(self.chapters) else [])


NOTHING = About()


def about(film: "InputContainer", begin: float = 0.0) -> About:
    """What a film says of itself, but not of its file; chapters as of second ``begin``, which becomes 0."""
    metadata = {key: value for key, value in film.metadata.items() if not _TECHNICAL.fullmatch(key)}
    chapters = []
    for chapter in film.chapters():
        start, end = (int(chapter[key] - begin / chapter["time_base"]) for key in ("start", "end"))
        if end > 0:
            chapters.append(chapter | {"start": max(0, start), "end": end})
    return About(metadata, tuple(chapters))


def all_pictures(film: "InputContainer") -> list["av.VideoStream"]:
    """The tracks of moving pictures, that first which players show; the cover of a music file is none.

    It is the one that the film says is to be shown, or else the largest, or else the first.
    """
    import av

    mark = av.stream.Disposition
    tracks = [s for s in film.streams.video if film.format.name not in _TEXTS and not s.disposition & mark.attached_pic]
    coders = {track.index: track.codec_context for track in tracks}  # None where no codec here can read it
    pixels = {index: coder.width * coder.height if coder else 0 for index, coder in coders.items()}
    return sorted(tracks, key=lambda track: (not track.disposition & mark.default, -pixels[track.index]))


def pictures(film: "InputContainer") -> "av.VideoStream | None":
    """The track of moving pictures that players show, if there is one."""
    return next(iter(all_pictures(film)), None)


def pixel_aspect(film: "InputContainer", stream: "av.VideoStream") -> Fraction:
    """Width over height of the pixels of the frame that was decoded last, 1 where they are square or nearly so.

    What the container says holds, except in kinds that leave it to the pictures, which may change, as television does
    between 4:3 and 16:9. What no camera makes is not believed.
    """
    said, now = stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio
    aspect = now if now and film.format.name in _BY_PICTURES else said
    return Fraction(aspect) if aspect and abs(aspect - 1) > 0.01 and 1 / 4 <= aspect <= 4 else Fraction(1)
