"""How well every method brings the hands back, as a table; see lib/evaluation/evaluation.py for what is done and
measured.

    python -m lib.evaluation  all methods on D1 test (in R1's damage and a camera's) and TD2, both paths
    python -m lib.evaluation --set td2 --models input bicubic target --clips 4
    python -m lib.evaluation --weights runs/mine.safetensors --looks 2      your own network, and a second look
    python -m lib.evaluation --set varied --data data/training              other clips
    python -m lib.evaluation --looks 3 --ship book/results/r1.json          the rows that the chapters show
    python -m lib.evaluation --models b-ae --ship book/results/r1.json --add  those of one method anew, the others kept

Clips that were evaluated before come out of the cache.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from lib.evaluation import shipped_rows
from lib.evaluation.evaluation import PATHS, evaluate_all, of_path, table, watch
from lib.evaluation.intervals import Interval
from lib.evaluation.methods import INPUT, TARGET, Method, find_methods
from lib.holistic.third_look import looks_option
from lib.metrics import frechet_distance
from lib.signer.clips import Clip, clips
from lib.tools.commands import command, positive
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import CLIPS
from lib.upsampler import PRETRAINED
from lib.upsampler.baselines import METHODS
from lib.video import read_video

SETS = ("d1_test_software", "d1_test", "td2")
WHY_NOT = "FID is not measured here: Inception's weights are absent; lib/evaluation/fid.py says where to get them."


def fids(
    methods: Sequence[Method], films: Sequence[Clip], weights: Path | None, path: str = PATHS[0]
) -> dict[tuple[str, str], float]:
    """FID of each method's pictures from the targets, over all frames of a set together: {(set, method): FID}.

    Without "input", which has another size, and without sets that have no targets. Empty where Inception's weights
    are nowhere to be found.
    """
    from lib.evaluation.fid import find_weights, inception_features

    weights = weights or find_weights()
    found: dict[tuple[str, str], float] = {}
    for name in dict.fromkeys(clip.set for clip in films if clip.has_target) if weights else ():
        of_set = [clip for clip in films if clip.set == name]
        reference = inception_features((f for clip in of_set for f in read_video(clip.target_path)), weights)
        for method in methods:
            if method not in (INPUT, TARGET):
                frames = (frame for clip in of_set for frame in watch(method, clip, path=path)[0])
                found[name, method.name] = frechet_distance(inception_features(frames, weights), reference)
    return found


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as one line for each number: set, method, measure, mean, low, high, n."""
    lines = [
        (*place, measure, value.mean, value.low, value.high, value.n)
        for place, row in frame.iterrows()
        for measure, value in row.items()
        if isinstance(value, Interval)
    ]
    return pd.DataFrame(lines, columns=["set", "method", "measure", "mean", "low", "high", "n"])


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as text: "mean [low, high]", and a dash where there is nothing to say.

    Low and high stay in one line, also in a narrow page: a no-break space is between them.
    """
    return frame.map(lambda value: str(value).replace(", ", ",\u00a0") if isinstance(value, Interval) else "–")


def joined(old: Sequence[dict], new: Sequence[dict]) -> list[dict]:
    """The new rows and those of the old that were not measured anew, in the order in which tables show them."""
    names = ["target", *METHODS, *PRETRAINED]

    def place(row: dict) -> tuple:
        method, _, again = row["method"].partition(" + ")
        ranks = [known.index(name) if name in known else len(known) for known, name in
                 ((PATHS, row["path"]), (SETS, row["set"]), (names, method))]  # fmt: skip
        return (*ranks, row["set"], method, again, row["clip"])

    rows = {tuple(row[key] for key in ("path", "set", "method", "clip")): row for row in (*old, *new)}
    return sorted(rows.values(), key=place)


def _ship(rows: Sequence[dict], methods: Sequence[Method], path: Path, add: bool) -> None:
    digests = {method.name: method.digest for method in methods}
    if add:
        rows, digests = joined(shipped_rows.read(path), rows), shipped_rows.weights(path) | digests
    shipped_rows.write(rows, path, digests)


def _run(options: argparse.Namespace) -> None:
    if options.clips is not None and options.clips < 2:
        raise BadInput(f"--clips {options.clips} leaves too few clips for an interval; give 2 or more.")
    methods = find_methods(options.models, options.weights)
    films = [clip for name in options.set for clip in clips(name, options.data)[: options.clips]]
    rows = evaluate_all(methods, films, options.looks, options.paths)
    if options.ship:
        _ship(rows, methods, options.ship, options.add)
    tables = {path: table(of_path(rows, path)) for path in options.paths}
    if options.csv:
        with written_whole(options.csv) as partial:
            pd.concat({path: tidy(frame) for path, frame in tables.items()}, names=["path"]).reset_index("path").to_csv(
                partial, index=False
            )
    for path, frame in tables.items():
        shown = readable(frame)
        if distances := fids(methods, films, options.inception, path):
            shown["FID"] = [f"{distances[place]:.1f}" if place in distances else "–" for place in frame.index]
        for name in options.set:
            count = sum(film.set == name for film in films)
            head = f"{name}, path {path!r}: mean over {count} clips [95 % interval]"
            print(f"\n{head}\n{shown.loc[name].to_string(line_width=120)}")
    if not distances:
        print(f"\n{WHY_NOT}")


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs="+", default=list(SETS), metavar="SET", help="sets of clips")
    parser.add_argument("--data", type=Path, default=CLIPS, metavar="DIR", help="the folder of the sets")
    parser.add_argument("--models", nargs="*", default=["all"], metavar="NAME", help="methods by name, or all")
    parser.add_argument("--weights", nargs="*", type=Path, default=[], metavar="FILE", help="networks of your own")
    about = "how frames reach MediaPipe: as they are, through a film, or both (default)"
    parser.add_argument("--paths", nargs="+", default=list(PATHS), choices=PATHS, help=about)
    parser.add_argument("--clips", type=positive, metavar="N", help="only the first N clips of each set, 2 at least")
    looks_option(parser)
    parser.add_argument("--inception", type=Path, metavar="FILE", help="weights for FID (see lib/evaluation/fid.py)")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the table, one line for each number")
    parser.add_argument("--ship", type=Path, metavar="OUT", help="write a row for each clip, for the chapters")
    parser.add_argument("--add", action="store_true", help="keep the rows of that file that are not measured anew")
    options = parser.parse_args(argv)
    _run(options)


if __name__ == "__main__":
    sys.exit(main())
