"""What a film says of itself: its title, dates and the like, and its chapters."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer

_TECHNICAL = re.compile(
    r"encoder|software|major_brand|minor_version|compatible_brands|timecode|wm.*|isvbr|device.*|.*_ul|.*uid|.*umid|"
    r"(product|toolkit)_.*|company_name|application_platform",  # most of the last of .mxf
    re.I,
)


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
