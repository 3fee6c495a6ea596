"""How well every method brings the hands back, as a table; see lib/evaluation/evaluation.py for what is done and
measured.

    python -m lib.evaluation  all methods on D1 test (in R1's damage and a camera's) and TD2, both paths
    python -m lib.evaluation --set td2 --models input bicubic target --clips 4
    python -m lib.evaluation --weights runs/mine.safetensors --looks 2      your own network, and a second look
    python -m lib.evaluation --set varied --data data/training              other clips

Clips that were evaluated before come out of the cache. The rows that the chapters show, and FID, are made by
book.studies.r1_rows.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from lib.evaluation.evaluation import PATHS, evaluate_all, of_path, table
from lib.evaluation.intervals import Interval
from lib.evaluation.methods import Method, find_methods
from lib.holistic.third_look import looks_option
from lib.signer.clips import Clip, clips
from lib.tools.commands import arguments, command, positive
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import CLIPS

SETS = ("d1_test_software", "d1_test", "td2")


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as one line for each number: set, method, measure, mean, low, high, n."""
    values = frame.rename_axis(columns="measure").stack(future_stack=True).dropna()
    return pd.DataFrame(map(vars, values), values.index, ["mean", "low", "high", "n"]).reset_index()


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as text: "mean [low, high]", and a dash where there is nothing to say.

    Low and high stay in one line, also in a narrow page: a no-break space is between them.
    """
    return frame.map(lambda value: str(value).replace(", ", ",\u00a0") if isinstance(value, Interval) else "–")


def evaluated(options: argparse.Namespace) -> tuple[list[Method], list[Clip], list[dict]]:
    """The methods and clips that were asked for, and their rows, whose tables are printed and kept on the way."""
    if options.clips is not None and options.clips < 2:
        raise BadInput(f"--clips {options.clips} leaves too few clips for an interval; give 2 or more.")
    methods = find_methods(options.models, options.weights)
    films = [clip for name in options.set for clip in clips(name, options.data)[: options.clips]]
    rows = evaluate_all(methods, films, options.looks, options.paths)
    tables = {path: table(of_path(rows, path)) for path in options.paths}
    if options.csv:
        lines = pd.concat({path: tidy(frame) for path, frame in tables.items()}, names=["path"]).reset_index("path")
        with written_whole(options.csv) as partial:
            lines.to_csv(partial, index=False)
    for path, frame in tables.items():
        for name in options.set:
            count = sum(film.set == name for film in films)
            head = f"{name}, path {path!r}: mean over {count} clips [95 % interval]"
            print(f"\n{head}\n{readable(frame).loc[name].to_string(line_width=120)}")
    return methods, films, rows


def parser(about: str) -> argparse.ArgumentParser:
    """The options of `evaluated`."""
    options = arguments(about)
    add = options.add_argument
    add("--set", nargs="+", default=list(SETS), metavar="SET", help="sets of clips")
    add("--data", type=Path, default=CLIPS, metavar="DIR", help="the folder of the sets")
    add("--models", nargs="*", default=["all"], metavar="NAME", help="methods by name, or all")
    add("--weights", nargs="*", type=Path, default=[], metavar="FILE", help="networks of your own")
    told = "how frames reach MediaPipe: as they are, through a film, or both (default)"
    add("--paths", nargs="+", default=list(PATHS), choices=PATHS, help=told)
    add("--clips", type=positive, metavar="N", help="only the first N clips of each set, 2 at least")
    looks_option(options)
    add("--csv", type=Path, metavar="OUT", help="write the table, one line for each number")
    return options


@command
def main(argv: list[str] | None = None) -> None:
    """Evaluate what the options name, and print its table."""
    evaluated(parser(__doc__).parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
