"""Keypoints of a whole corpus: one .pose file a video, in one process, in several, or on many machines.

    python -m lib.holistic VIDEOS --out KEYPOINTS --processes 8
    python -m lib.holistic VIDEOS --out KEYPOINTS --scheduler tcp://HOST:8786     a dask.distributed cluster

VIDEOS is a folder; what lies in its folders keeps its place below KEYPOINTS. A run that was cut off goes on: a video
whose .pose file is there and not older is left alone. A video that cannot be read is named at the end, and the others
are done. On a cluster both folders must be on a disk that all machines share; start it with `dask scheduler` on one
machine and `dask worker tcp://HOST:8786 --nthreads 1 --nworkers auto` on each.

The confidence of a hand's points is the probability that it is in place (`lib.holistic.surety`). --all-hands keeps
hands that MediaPipe refused, too, and --least P those among all that are at least so probable.
"""

import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lib.holistic.surety import least_options
from lib.tools.commands import arguments, command
from lib.tools.errors import BadInput, in_a_line, printable
from lib.tools.files import at_its_place
from lib.tools.parallel import spread, spread_options
from lib.video import VIDEOS
from lib.video.image_folder import is_plain
from lib.video.timing import rate_option


@dataclass(frozen=True)
class Outcome:
    """What became of one video: its keypoints' file, one sentence if there are none, and what else there is to say."""

    path: Path
    error: str = ""
    notes: tuple[str, ...] = ()


Job = tuple[Path, Path]  # a video, and its .pose file to be


def extract_video(job: Job, fps: float | None = None, least: float | None = None) -> Outcome:
    """Write one video's keypoints, unless they are there; never raises an error. Settings as in `extract_file`."""
    from lib.holistic.graph import extract_file

    video, path = job
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        try:
            if not (path.exists() and path.stat().st_mtime >= video.stat().st_mtime):
                extract_file(video, fps, least=least, progress=False).save(path)
        except Exception as error:  # whatever is wrong with one video, the others can be done
            return Outcome(path, str(error) if isinstance(error, BadInput) else f"{video} failed: {in_a_line(error)}.")
    return Outcome(path, notes=tuple(str(warning.message) for warning in said if warning.category is UserWarning))


def _lost(job: Job) -> Outcome:
    why = "its process ended early, perhaps for want of memory; try again with fewer --processes."
    return Outcome(job[1], f"{job[0]} failed: {why}")


def videos_below(folder: Path) -> list[Path]:
    """The videos below a folder, in order; see `is_plain` for what is none. Warns of folders that cannot be read."""
    files = (path for here in _folders(Path(folder)) for path in here)
    return sorted(path for path in files if path.suffix.lower() in VIDEOS and is_plain(path, folder))


def _folders(folder: Path) -> Iterator[list[Path]]:
    """What lies in a folder and in each below it, once, also where links lead out of it: collections lie on many disks.

    Folders come before links, so that what can be reached both ways is known by its own place.
    """
    waiting, links, seen = [folder], [], set(at_its_place(folder).resolve().parents)
    while waiting or links:
        here = (waiting or links).pop()
        if (place := here.resolve()) in seen:
            continue
        seen.add(place)
        try:
            inside = sorted(here.iterdir())  # so that of two links to one folder it is always the same
        except NotADirectoryError:  # or nothing at all
            continue
        except OSError as error:
            warnings.warn(f"{here} cannot be looked into ({error.strerror}): films in it are left out.", stacklevel=4)
            continue
        yield inside
        for path in inside:
            if not path.name.startswith(".") and path.is_dir():
                (links if path.is_symlink() else waiting).append(path)


def find_videos(folder: Path) -> list[Path]:
    """`videos_below`; raises BadInput where there are none, or two would share a .pose file."""
    found = videos_below(folder)
    if not found:
        raise BadInput(f"{folder} holds no videos ({', '.join(sorted(VIDEOS))}): give the folder that does.")
    names = Counter(path.with_suffix("") for path in found)
    if twice := next((name for name, times in names.items() if times > 1), None):
        raise BadInput(f"{folder} holds two videos called {twice.name}: rename one, or they would share a .pose file.")
    return found


def extract_folder(
    videos: Path, out: Path, processes: int = 1, scheduler: str | None = None, **settings: float | None
) -> list[Outcome]:
    """Keypoints of every video below ``videos``, with a bar; ``fps`` and ``least`` as in `extract_file`.

    The largest files go first, so that no process is left alone with a long film at the end.
    """
    from tqdm import tqdm

    found = sorted(find_videos(videos), key=lambda video: video.stat().st_size, reverse=True)
    jobs = [(video, out / video.relative_to(videos).with_suffix(".pose")) for video in found]
    make = partial(extract_video, **settings)
    return list(tqdm(spread(make, jobs, processes, scheduler, _lost), total=len(jobs), unit="video"))


@command
def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit status: 1 where a video failed."""
    parser = arguments(__doc__)
    parser.add_argument("videos", type=Path, metavar="VIDEOS", help="folder with videos")
    parser.add_argument("--out", type=Path, required=True, metavar="KEYPOINTS", help="folder for the .pose files")
    rate_option(parser)
    least_options(parser)
    spread_options(parser)
    options = parser.parse_args(argv)
    if options.scheduler:  # whose workers begin in folders of their own
        options.videos, options.out = options.videos.absolute(), options.out.absolute()
    if options.out.exists() and not options.out.is_dir():
        raise BadInput(f"{options.out} is a file; give a folder for the .pose files.")
    settings = {"fps": options.fps, "least": options.least}
    outcomes = extract_folder(options.videos, options.out, options.processes, options.scheduler, **settings)
    for note in (note for outcome in outcomes for note in outcome.notes):
        print(f"Note: {printable(note)}", file=sys.stderr)
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        print(printable(outcome.error), file=sys.stderr)
    print(f"{options.out} holds the keypoints of {len(outcomes) - len(failed)} of {len(outcomes)} videos.")
    return 1 if failed else 0
