"""The rows of R1's methods that ship with the course, and FID, where its weights are (see book/studies/fid.py).

    python -m book.studies.r1_rows --looks 3 --ship book/results/r1.json           all methods
    python -m book.studies.r1_rows --models b-ae --ship book/results/r1.json --add  those of one anew, the others kept

What is evaluated is chosen as in `python -m lib.evaluation`, and printed as there.
"""

from collections.abc import Sequence
from pathlib import Path

from book.studies.fid import WHY_NOT, fids
from book.studies.rows import shipped_rows
from lib.degrade import BASELINES
from lib.evaluation.__main__ import SETS, evaluated, parser
from lib.evaluation.evaluation import PATHS
from lib.tools.commands import command
from lib.upsampler import PRETRAINED


def joined(old: Sequence[dict], new: Sequence[dict]) -> list[dict]:
    """The new rows and those of the old that were not measured anew, in the order in which tables show them."""
    names = ["target", *BASELINES, *PRETRAINED]

    def place(row: dict) -> tuple:
        method, _, again = row["method"].partition(" + ")
        ranks = [known.index(name) if name in known else len(known) for known, name in
                 ((PATHS, row["path"]), (SETS, row["set"]), (names, method))]  # fmt: skip
        return (*ranks, row["set"], method, again, row["clip"])

    rows = {tuple(row[key] for key in ("path", "set", "method", "clip")): row for row in (*old, *new)}
    return sorted(rows.values(), key=place)


@command
def main(argv: list[str] | None = None) -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--inception", type=Path, metavar="FILE", help="weights for FID (see book/studies/fid.py)")
    arguments.add_argument("--ship", type=Path, metavar="OUT", help="write a row for each clip, for the chapters")
    arguments.add_argument("--add", action="store_true", help="keep the rows of that file that are not measured anew")
    options = arguments.parse_args(argv)
    methods, films, rows = evaluated(options)
    if options.ship:
        digests = {method.name: method.digest for method in methods}
        if options.add:
            rows = joined(shipped_rows.read(options.ship), rows)
            digests = shipped_rows.weights(options.ship) | digests
        shipped_rows.write(rows, options.ship, digests)
    distances = {path: fids(methods, films, options.inception, path) for path in options.paths}
    for path, by_place in distances.items():
        for (name, method), value in by_place.items():
            print(f"FID, {name}, path {path!r}, {method}: {value:.1f}")
    if not any(distances.values()):
        print(f"\n{WHY_NOT}")


if __name__ == "__main__":
    raise SystemExit(main())
