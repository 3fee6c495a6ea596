"""Which films there are to be enhanced, and under which names their results go."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.holistic.corpus import videos_below
from lib.tools.errors import BadInput
from lib.video import FORMATS
from lib.video.image_folder import SUFFIXES as IMAGES, is_plain


@dataclass(frozen=True)
class Job:
    """One film, its enlarged video and, if wanted, its keypoints."""

    source: Path
    out: Path
    keypoints: Path | None

    @property
    def done(self) -> bool:
        """Whether all its results are there, none of them the film itself, nor older: somebody may have replaced it."""
        results = [path for path in (self.out, self.keypoints) if path]
        latest = max((file.stat().st_mtime for file in self._files()), default=0)
        there = (path.exists() and path.stat().st_mtime >= latest for path in results)
        return all(there) and not self.out.samefile(self.source)

    @property
    def size(self) -> int:
        """Bytes of the film, a rough measure of its work; 0 for what is not there."""
        return sum(file.stat().st_size for file in self._files())

    def _files(self) -> list[Path]:
        files = self.source.iterdir() if self.source.is_dir() else [self.source]
        return [file for file in files if file.is_file()]


def plan(inputs: Sequence[Path], out: Path, keypoints: Path | None) -> list[Job]:
    """One job for each film in ``inputs``: videos, folders of images, folders of videos and what lies below them.

    If ``out`` ends like a video (.mp4), it is the result of a single film, and ``keypoints`` a file. Otherwise both
    are folders, which receive NAME.mp4 and NAME.pose; what lies in a folder's folders keeps its place there. Raises
    BadInput where that does not work out.
    """
    films = [film for path in inputs for film in _films(path, out)]
    if out.suffix.lower() in FORMATS:
        if len(films) > 1:
            raise BadInput(f"{out} is one video, but there are {len(films)} to work on; give a folder as --out.")
        return [Job(films[0][0], out, keypoints)]
    if out.suffix[1:].isalpha() and not out.is_dir():
        raise BadInput(
            f"{out} is neither a video that can be written ({', '.join(FORMATS)}) nor a folder; "
            "choose one of these endings, or a folder that is there or has no ending."
        )
    if keypoints and keypoints.suffix == ".pose":
        raise BadInput(f"{keypoints} is one file, but --out {out} is a folder; give a folder for both, or two files.")
    if twice := [name for name, times in Counter(name for _, name in films).items() if times > 1]:
        raise BadInput(f"Two films are called {twice[0]} and would overwrite each other; work on them one by one.")
    return [Job(film, out / f"{name}.mp4", keypoints / f"{name}.pose" if keypoints else None) for film, name in films]


def _films(path: Path, out: Path) -> Iterator[tuple[Path, Path]]:
    """Each film and its name: the file itself, the videos below a folder but for our own, or a folder of images."""
    if not path.is_dir():
        yield path, Path(path.stem)
        return
    ours = out.resolve()
    if videos := [v for v in videos_below(path) if ours == path.resolve() or ours not in v.resolve().parents]:
        yield from ((video, video.relative_to(path).with_suffix("")) for video in videos)
    elif any(file.suffix.lower() in IMAGES and is_plain(file, path) for file in path.iterdir()):
        yield path.resolve(), Path(path.resolve().name)  # so that "." has a name
    else:
        raise BadInput(f"{path} holds neither videos nor images; give a video, or a folder of either.")
