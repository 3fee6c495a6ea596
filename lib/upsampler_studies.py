"""What one choice in training is worth: networks that do not ship, judged on D1 test in R1's damage.

    python -m lib.train_upsampler fifth-l1 --ship data/studies          and the other "fifth"s of `lib.recipes`
    python -m lib.upsampler_studies data/studies/*.safetensors          adds their rows to book/results/r1_studies.json

A row is as `lib.evaluation` has it, on the path "frames"; beside the rows stand the facts of each training.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.clips import clips
from lib.commands import command
from lib.errors import BadInput
from lib.evaluation import FRAMES, evaluate_all
from lib.files import written_whole
from lib.methods import network
from lib.paths import CLIPS, ROOT
from lib.weights import read_weights

RESULTS = ROOT / "book" / "results" / "r1_studies.json"
SET = "d1_test_software"
COMMAND = "python -m lib.upsampler_studies data/studies/*.safetensors"
TOLD = ("about", "loss", "seed", "crops", "epochs", "best_epoch", "minutes", "parameters", "curve", "date", "torch")


def named(facts: dict) -> str:
    """The method's name in rows: the stage's, and the seed where it is not 0."""
    return facts["name"] + (f", seed {facts['seed']}" if facts["seed"] else "")


def judge(weights: Sequence[Path], name: str = SET, data: Path = CLIPS) -> dict:
    """{"trainings": {method: facts}, "rows": rows} of networks on the clips of a set."""
    known = {path: read_weights(path)[2] for path in weights}
    methods = [network(path, named(facts)) for path, facts in known.items()]
    trainings = {named(facts): {key: facts[key] for key in TOLD} for facts in known.values()}
    return {"trainings": trainings, "rows": evaluate_all(methods, clips(name, data), paths=[FRAMES])}


def read(path: Path = RESULTS) -> dict:
    """The studies that ship, as `judge` gives them. Raises BadInput where the file is missing or foreign."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content["trainings"], [(row["method"], row["clip"], row["path"]) for row in content["rows"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{path.name} is missing or holds no studies; make it: {COMMAND}") from None
    return content


def added(old: dict, new: dict) -> dict:
    """Both; a training that is in the new one replaces its namesake, rows and all."""
    kept = [row for row in old["rows"] if row["method"] not in new["trainings"]]
    return {"trainings": old["trainings"] | new["trainings"], "rows": kept + new["rows"]}


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="+", type=Path, metavar="FILE", help="weights of lib.train_upsampler --ship")
    parser.add_argument("--set", default=SET, help="clips to judge by (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=CLIPS, metavar="DIR", help="the folder of the sets")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FILE", help="(default: %(default)s)")
    options = parser.parse_args(argv)
    found = judge(options.weights, options.set, options.data)
    if options.out.exists():
        found = added(read(options.out), found)
    with written_whole(options.out) as partial:
        partial.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    print(f"{options.out} holds {len(found['trainings'])} trainings, {len(found['rows'])} rows.")


if __name__ == "__main__":
    sys.exit(main())
