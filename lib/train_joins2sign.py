"""Train R3's network and its baselines on the fingerspelling photos, and write down how well they read.

    python data_scripts/lis_fingerspelling.py --out data/lis
    python -m lib.train_joins2sign                                       all networks and splits, laptop profile
    python -m lib.train_joins2sign --kinds keypoints --splits signers    some
    python -m lib.train_joins2sign --profile paper --device cuda         R3's sizes
    python -m lib.train_joins2sign --threads 1 --bfloat16 --ship book/results/r3.json    the course's rows

Numbers alone leave this program: no photo, and no weights that were learned from photos without a licence. A run that
was interrupted goes on; results that are there are not made again.
"""

import argparse
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import numpy as np
import torch

from lib.commands import command, positive
from lib.joins2sign import dynamic_weights
from lib.joins2sign_results import read_results, same, write_results
from lib.joins2sign_rotation import accuracy_by_turn
from lib.joins2sign_scores import scores, together
from lib.joins2sign_training import INVARIANT, KINDS, RECIPES, Recipe, mean_losses, predict, train, with_keypoint_pace
from lib.lis import Photos, read_photos
from lib.lis_splits import Split, leave_signers_out, random_split, unseen_split
from lib.paths import DATA
from lib.sharpen import usable_device

SPLITS = ("random", "signers", "unseen")
TURNED = 400  # test photos that are shown turned, thirteen times each
ALL_KINDS = ("keypoints", "keypoints" + INVARIANT, "dynamic", "static", "cnn", "dynamic" + INVARIANT)


def splits_of(name: str, photos: Photos, seed: int, folds: int) -> list[Split]:
    """The split of that name, as one or several ways to learn and test."""
    if name == "signers":
        return list(leave_signers_out(photos, folds))
    return [random_split(photos, seed) if name == "random" else unseen_split(photos, seed)]


def run(photos: Photos, split: str, kind: str, recipe: Recipe, options: argparse.Namespace) -> dict:
    """Train and test one network on one split: a row of the results."""
    if kind.startswith("keypoints"):
        recipe = with_keypoint_pace(recipe)
    answers, tests, curves, weights, seconds = [], [], [], [], 0.0
    for number, (learn, judge, test) in enumerate(splits_of(split, photos, options.seed, options.folds)):
        folder = options.out / options.profile / f"{split}-{options.seed}" / kind.replace(" ", "-") / str(number)
        model, history = train(kind, photos, learn, judge, recipe, folder, options.seed)
        answers.append(predict(model, photos[test], recipe))
        tests.append(test)
        if kind.startswith("dynamic"):  # what the two losses weigh in the end, on the photos learned from
            weights.append(dynamic_weights(mean_losses(model, photos[learn], recipe), model.first.cpu()).tolist())
        curves.append([[round(row["train"], 5), round(row["validation"], 5)] for row in history])
        seconds += sum(row["seconds"] for row in history)
    facts = {"kind": kind, "split": split, "profile": options.profile, "seed": options.seed, "folds": len(tests)}
    facts |= {
        "minutes": round(seconds / 60, 2),
        "curves": curves,
        "weights": weights,
        "recipe": asdict(recipe),
        "photos": options.photos,
    }
    facts |= {"date": date.today().isoformat(), "torch": torch.__version__, "machine": platform.machine()}
    facts |= scores(together(answers), photos[np.concatenate(tests)])
    return facts | ({"turned": accuracy_by_turn(model, photos[test[:TURNED]], recipe)} if split == "random" else {})


@command
def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    options = _parser().parse_args(argv)
    torch.set_num_threads(options.threads or torch.get_num_threads())
    usable_device(options.device)
    recipe = replace(RECIPES[options.profile], device=options.device, bfloat16=options.bfloat16)
    recipe = replace(recipe, epochs=options.epochs or recipe.epochs)
    photos = read_photos(options.data, options.every)
    for split in options.splits:
        for kind in options.kinds:
            _one(photos, split, kind, recipe, options)


def _one(photos: Photos, split: str, kind: str, recipe: Recipe, options: argparse.Namespace) -> None:
    """One row, unless it is there already."""
    wanted = {"kind": kind, "split": split, "profile": options.profile, "seed": options.seed}
    results = read_results(options.ship, missing_ok=True)
    if any(same(row, wanted) for row in results["rows"]):
        return
    row = run(photos, split, kind, recipe, options)
    results = read_results(options.ship, missing_ok=True)  # another run may have written in the meantime
    results["rows"] = [old for old in results["rows"] if not same(old, wanted)] + [row]
    write_results(options.ship, results)
    joints = f", joints {row['median']:.1f} px (median), AUC {row['auc']:.3f}" if "auc" in row else ""
    print(f"{split}, {kind}: {100 * row['accuracy']:.2f} % of {row['n']}{joints}, {row['minutes']} minutes", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, default=DATA / "lis", help="what data_scripts/lis_fingerspelling.py wrote")
    add("--profile", choices=RECIPES, default="laptop", help="sizes (default: %(default)s)")
    add("--kinds", nargs="+", default=ALL_KINDS, help=f"{', '.join(KINDS)}; all but cnn also with {INVARIANT!r}")
    add("--splits", nargs="+", choices=SPLITS, default=SPLITS)
    add("--folds", type=positive, default=5, help="groups of signers (default: %(default)s)")
    add("--epochs", type=positive, help="other than the profile's")
    add("--every", type=positive, default=1, help="take each so manieth photo only")
    add("--seed", type=int, default=0)
    add("--device", default="cpu")
    add("--threads", type=positive, help="of torch")
    add("--bfloat16", action="store_true", help="half the bits in convolutions")
    add("--out", type=Path, default=DATA / "runs" / "r3", help="checkpoints")
    add("--ship", type=Path, default=DATA / "runs" / "r3.json", help="file for the numbers")
    add("--photos", default="real", help="what the photos are, for the record")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
