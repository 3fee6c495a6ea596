"""The command line of `lib.enhance`: one film or many, each reported in a sentence."""

import argparse
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import torch

from lib.enhance import MODEL, enhance, film
from lib.enhance.source import Box
from lib.holistic.third_look import MOST, looks_option
from lib.tools.commands import arguments, command, positive, print_any_name
from lib.tools.errors import BadInput, in_a_line
from lib.tools.parallel import in_parallel
from lib.upsampler import PRETRAINED, UNet, load, load_pretrained
from lib.upsampler.sharpen import usable_device
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


AGAIN = "give the command again with --processes {}, and it goes on with what is left."
STATUS = "exit status: 0 if every film is done, also one with a damaged end; 1 if one failed; 130 if interrupted"


@command
def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster that stops us is as good as Ctrl-C
    try:
        jobs = plan(options.input, options.out, options.keypoints)
        usable_device(options.device)
        _network(options.weights, options.model)  # what is wrong with it is said once, and before any work begins
        return _work_through(jobs, options)
    except KeyboardInterrupt:
        print("\nInterrupted: nothing half-written is left.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = arguments(film.__doc__, prog="python -m lib.enhance", epilog=STATUS)
    add = parser.add_argument
    add("input", nargs="+", type=Path, metavar="IN", help="video, folder of images, folder of videos")
    add("--out", type=Path, required=True, help="the enlarged video (.mp4, ...); for several films a folder")
    add("--keypoints", type=Path, metavar="POSE", help=".pose file; for several films a folder")
    add("--model", choices=PRETRAINED, default=MODEL, help="default: %(default)s")
    add("--weights", type=Path, metavar="FILE", help="a network of your own, instead of --model")
    add("--device", default="cpu", help='where the network runs: "cpu" (default) or "cuda"')
    about = '"signer", or the corners X0,Y0,X1,Y1 in pixels: keep this part only'
    add("--crop", type=_box, metavar="BOX", help=about)
    add("--height", type=positive, metavar="N", help="reduce higher frames to N pixels first")
    looks_option(parser, MOST)
    about = "so many films at once; with many cores, half their number (default: 1)"
    add("--processes", type=positive, default=1, metavar="N", help=about)
    add("--again", action="store_true", help="redo films of a folder that are done already")
    return parser


def _box(text: str) -> Box | str:
    """ "signer" as it is, X0,Y0,X1,Y1 as numbers."""
    if text == "signer":
        return text
    try:
        x0, y0, x1, y1 = (int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f'give "signer" or four numbers X0,Y0,X1,Y1, not {text!r}') from None
    if not (0 <= x0 < x1 and 0 <= y0 < y1):
        raise argparse.ArgumentTypeError(f"{text}: X0 must be left of X1 and Y0 above Y1")
    return x0, y0, x1, y1


def _work_through(jobs: Sequence[Job], options: argparse.Namespace) -> int:
    """All films, several at once if wanted, as MediaPipe keeps one film to two cores; the exit status."""
    options.processes = min(options.processes, len(jobs))
    options.threads = max(1, torch.get_num_threads() // options.processes)
    done = list(in_parallel(partial(_attempt, options=options), jobs, options.processes, lost=lambda job: None))
    if lost := done.count(None):
        fewer = max(1, options.processes // 2)
        print(f"{lost} processes ended early, perhaps for want of memory: {AGAIN.format(fewer)}", file=sys.stderr)
    if len(jobs) > 1:
        print(f"{len(jobs)} films: {done.count(True)} done, {len(done) - done.count(True)} failed.")
    return 0 if all(done) else 1


def _attempt(job: Job, options: argparse.Namespace) -> bool:
    """Whether the film is done: one that cannot be does not keep the others from it."""
    if job.done and options.out.suffix.lower() not in FORMATS and not options.again:
        print(f"{job.out} is done already.")
        return True
    alone = options.processes == 1
    if not alone:
        torch.set_num_threads(options.threads)
    with _plain_words():
        try:
            network, part = _network(options.weights, options.model), {"crop": options.crop, "height": options.height}
            settings = {"device": options.device, "looks": options.looks, "progress": alone}
            print(enhance(job.source, job.out, job.keypoints, model=network, **part, **settings), flush=True)
            return True
        except Exception as error:  # whatever is wrong with one film, the others can be done
            told = error if isinstance(error, BadInput) else f"{job.source} failed: {in_a_line(error)}."
            print(told, file=sys.stderr)
            return False


@lru_cache(maxsize=1)
def _network(weights: Path | None, model: str) -> UNet:
    return load(weights) if weights else load_pretrained(model)


@contextmanager
def _plain_words() -> Iterator[None]:
    """The course's own warnings as sentences, each time, other libraries' not at all; see `_own_stderr`."""
    print_any_name()  # in each process
    with _own_stderr(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("always", category=UserWarning, module=r"lib\.")
        warnings.showwarning = lambda message, *_: print(f"\nNote: {message}", file=sys.stderr)
        yield


@contextmanager
def _own_stderr() -> Iterator[None]:
    """Python's messages past `lib.tools.quiet`, which holds back what descriptor 2 gets while MediaPipe works."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, ValueError):  # a stream without descriptor needs no other
        yield
        return
    names = "backslashreplace"  # a file's name may be no UTF-8
    with open(descriptor, "w", buffering=1, encoding="utf-8", errors=names) as stream, redirect_stderr(stream):
        yield
