"""The command line of `lib.enhance`: one film or many, each reported in a sentence."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.enhance import MODEL, film
from lib.enhance.corpus import network, work_through
from lib.enhance.jobs import plan
from lib.enhance.source import Box
from lib.holistic.surety import least_options
from lib.holistic.third_look import MOST, looks_option
from lib.tools.commands import arguments, command, positive
from lib.tools.parallel import spread_options
from lib.tools.processes import usable_device
from lib.upsampler import PRETRAINED
from lib.video import FORMATS
from lib.video.timing import rate_option

STATUS = "exit status: 0 if every film is done, also one with a damaged end; 1 if one failed; 130 if interrupted"


@command
def main(argv: Sequence[str] | None = None) -> int:
    """Enhance every film that is named; 0 if all are done, 1 if one is not."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster that stops us is as good as Ctrl-C
    try:
        jobs = plan(*_places(options))
        network(options)  # what is wrong with it is said once, and before any work begins
        if options.device is None:
            options.device = "auto" if options.scheduler else "cpu"
        if options.device != "auto":
            usable_device(options.device)
        options.again |= options.out.suffix.lower() in FORMATS  # who names a file wants it now
        return work_through(jobs, options)
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
    add(
        "--device",
        help='where the network runs: "cpu" (default), "cuda", or "auto": the GPU where there is one '
        "(default on a cluster)",
    )
    about = '"signer", or the corners X0,Y0,X1,Y1 in pixels: keep this part only'
    add("--crop", type=_box, metavar="BOX", help=about)
    add(
        "--height", type=positive, metavar="N", help="reduce higher frames to N pixels first (default: 4K and the like)"
    )
    rate_option(parser)
    looks_option(parser, MOST)
    least_options(parser)
    about = "read the hands of a sharpened film once more, more exactly for synthetic signers, for people less so"
    add("--exact", action="store_true", help=about)
    about = "write the network's picture whole, faces too; else only hands are the network's, and the rest is enlarged"
    add("--whole", action="store_true", help=about)
    about = "sharpen also where a few frames of the film show no more hands for it; else that is enlarged only"
    add("--always", action="store_true", help=about)
    spread_options(parser, 1, "so many films at once; with many cores, half their number (default: 1)")
    add("--again", action="store_true", help="redo films of a folder that are done already")
    return parser


def _places(options: argparse.Namespace) -> tuple[list[Path], Path, Path | None]:
    """Films, results and keypoints; a cluster's workers begin in folders of their own and need whole paths."""
    places = (options.input, options.out, options.keypoints)
    if not options.scheduler:
        return places
    options.weights = options.weights and options.weights.absolute()
    return [path.absolute() for path in options.input], options.out.absolute(), places[2] and places[2].absolute()


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
