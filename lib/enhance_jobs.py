"""Several films in one call: which there are, and where each one's results go."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.tools.errors import BadInput
from lib.video import FORMATS, VIDEOS
from lib.video.image_folder import SUFFIXES as IMAGES


@dataclass(frozen=True)
class Job:
    """One film, its enlarged video and, if wanted, its keypoints."""

    source: Path
    out: Path
    keypoints: Path | None

    @property
    def done(self) -> bool:
        """Whether all its results are there."""
        return self.out.exists() and (self.keypoints is None or self.keypoints.exists())


def plan(inputs: Sequence[Path], out: Path, keypoints: Path | None) -> list[Job]:
    """One job for each film in ``inputs``: videos, folders of images, folders of videos.

    If ``out`` ends like a video (.mp4), it is the result of a single film, and ``keypoints`` a file. Otherwise both
    are folders, which receive NAME.mp4 and NAME.pose. Raises BadInput where that does not work out.
    """
    films = [film for path in inputs for film in _films(path)]
    if out.suffix.lower() in FORMATS:
        if len(films) > 1:
            raise BadInput(f"{out} is one video, but there are {len(films)} to work on; give a folder as --out.")
        return [Job(films[0], out, keypoints)]
    if out.suffix[1:].isalpha() and not out.is_dir():
        raise BadInput(
            f"{out} is neither a video that can be written ({', '.join(FORMATS)}) nor a folder; "
            "choose one of these endings, or a folder that is there or has no ending."
        )
    if keypoints and keypoints.suffix == ".pose":
        raise BadInput(f"{keypoints} is one file, but --out {out} is a folder; give a folder for both, or two files.")
    names = [film.name if film.is_dir() else film.stem for film in films]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadInput(f"Two films are called {twice[0]} and would overwrite each other; work on them one by one.")
    return [
        Job(film, out / f"{name}.mp4", keypoints / f"{name}.pose" if keypoints else None)
        for film, name in zip(films, names)
    ]


def _films(path: Path) -> list[Path]:
    """The file itself, a folder's videos, or a folder of images as one film."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if not file.name.startswith("."))
    if videos := [file for file in files if file.suffix.lower() in VIDEOS]:
        return videos
    if any(file.suffix.lower() in IMAGES for file in files):
        return [path.resolve()]  # so that "." has a name
    raise BadInput(f"{path} holds neither videos nor images; give a video, or a folder of either.")
