"""What one choice in training is worth: networks that do not ship, judged on D1 test in R1's damage.

    python -m lib.train_upsampler fifth-l1 --ship data/studies  and the other "fifth"s of `lib.upsampler.recipes`
    python -m lib.train_upsampler fifth --width 48 --ship data/wide     wider; fifth --crop 0 --crops 480: whole frames
    python -m book.studies.upsamplers data/studies/*.safetensors   adds rows to book/results/r1_studies.json
    python -m lib.train_upsampler b-unet --seed 1 --bfloat16 --ship data/second     a second training, for chapter 6
    python -m book.studies.upsamplers data/second/*.safetensors --sets d1_test_software td2 d1_test --paths frames film

A row is as `lib.evaluation` has it; beside the rows stand the facts of each training.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from book.studies import runner
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import FRAMES, PATHS, evaluate_all
from lib.evaluation.methods import network
from lib.signer.clips import clips
from lib.tools.commands import arguments, command
from lib.tools.paths import CLIPS
from lib.upsampler import read_weights

RESULTS = runner.RESULTS / "r1_studies.json"
SET = "d1_test_software"
FILMS = (22, 12)  # of D1 and of TD1, which all others have learned from
TOLD = (
    "about",
    "loss",
    "seed",
    "clips",
    "crops",
    "epochs",
    "best_epoch",
    "minutes",
    "parameters",
    "curve",
    "date",
    "torch",
)


def named(facts: dict) -> str:
    """The method's name in rows: the stage's, with seed and films where they are others, and what its command asked."""
    seed = f" --seed {facts['seed']}" if facts["seed"] else ""
    films = sum(facts.get("clips", {}).values()) or FILMS[0]
    others = f" --films {films}" if films not in FILMS else ""
    asked = re.findall(r"--(seed|width|crop|crops|epochs|batch|films) (\d+)", f"{facts['command']}{seed}{others}")
    return ", ".join([facts["name"], *(f"{option} {value}" for option, value in dict(asked).items())])


def judge(
    weights: Sequence[Path], sets: Sequence[str] = (SET,), paths: Sequence[str] = (FRAMES,), data: Path = CLIPS
) -> tuple[list[dict], dict[str, dict]]:
    """The rows of networks on the clips of some sets, and the facts of each one's training by its `named` name."""
    known = {path: read_weights(path)[2] for path in weights}
    methods = [network(path, named(facts)) for path, facts in known.items()]
    trainings = {named(facts): {key: facts[key] for key in TOLD} for facts in known.values()}
    films = [clip for name in sets for clip in clips(name, data)]
    return evaluate_all(methods, films, paths=paths), trainings


def add(rows: Sequence[dict], trainings: dict[str, dict], path: Path) -> list[dict]:
    """Write them to a file beside what it holds already; a training replaces its namesake, rows and all."""
    if path.exists():
        kept = [row for row in shipped_rows.read(path) if row["method"] not in trainings]
        rows, trainings = [*kept, *rows], shipped_rows.about(path)["trainings"] | trainings
    least = {name: min(judged for _, judged in facts["curve"]) for name, facts in trainings.items()}
    shipped_rows.write(rows, path, {}, {"validation": least, "trainings": trainings})
    return list(rows)


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("weights", nargs="+", type=Path, metavar="FILE", help="weights of lib.train_upsampler --ship")
    parser.add_argument("--sets", nargs="+", default=[SET], help="clips to judge by (default: %(default)s)")
    parser.add_argument("--paths", nargs="+", choices=PATHS, default=[FRAMES], help="(default: %(default)s)")
    parser.add_argument("--data", type=Path, default=CLIPS, metavar="DIR", help="the folder of the sets")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FILE", help="(default: %(default)s)")
    options = parser.parse_args(argv)
    rows = add(*judge(options.weights, options.sets, options.paths, options.data), options.out)
    print(f"{options.out} holds {len(rows)} rows of {len({row['method'] for row in rows})} trainings.")


if __name__ == "__main__":
    raise SystemExit(main())
