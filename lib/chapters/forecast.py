"""What a large collection will cost, worked out from a small piece of it that was measured."""

from dataclasses import dataclass
from pathlib import Path

from lib.enhance import Summary
from lib.tools.errors import BadInput


@dataclass(frozen=True)
class Cost:
    """What each second of film cost: seconds of work, bytes of the enlarged video, bytes of keypoints."""

    seconds: float
    video: float
    keypoints: float

    def of(self, hours: float, machines: int = 1) -> dict[str, float]:
        """Days of work of each machine, and gigabytes in all, for so many hours of film like the measured one."""
        if hours <= 0 or machines < 1:
            raise BadInput(f"A forecast needs more than 0 hours and a machine or more, not {hours} and {machines}.")
        return {
            "days": self.seconds * hours / 24 / machines,
            "GB of video": self.video * hours * 3600 / 1e9,
            "GB of keypoints": self.keypoints * hours * 3600 / 1e9,
        }


def measured(summary: Summary, pose: Path) -> Cost:
    """The cost by what `lib.enhance.enhance` has done to a film, whose keypoints it wrote to ``pose``."""
    length = summary.frames / summary.fps
    return Cost(summary.seconds / length, Path(summary.out).stat().st_size / length, Path(pose).stat().st_size / length)
