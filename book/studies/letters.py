"""Train R3's network and its baselines on the fingerspelling photos, and write down how well they read.

    python data_scripts/lis_fingerspelling.py --out data/lis
    python -m book.studies.letters                                       all networks and splits, laptop profile
    python -m book.studies.letters --kinds keypoints --splits signers    some
    python -m book.studies.letters --profile paper --device cuda         R3's sizes, batches and epochs
    torchrun --nproc-per-node 8 -m book.studies.letters --profile paper --device cuda --splits random --kinds dynamic

The course's rows (the networks that are compared learn from every third photo; what is there is not made again):

    R3="python -m book.studies.letters --threads 1 --bfloat16 --ship book/results/r3.json"
    $R3 --splits random --kinds keypoints "keypoints invariant" "keypoints cartesian" dynamic static cnn
    $R3 --splits signers unseen --kinds keypoints
    $R3 --splits random --every 3 --seeds 0 1 2 3 4 --kinds dynamic static cnn \
        "dynamic with dropout" "dynamic without BatchNorm" "dynamic cartesian"
    $R3 --splits signers unseen --every 3 --folds 3 --kinds dynamic

Numbers alone leave this program: no photo, and no weights that were learned from photos without a licence. A run that
was interrupted goes on; results that are there are not made again.
"""

import argparse
import platform
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from book.shared.letter_scores import scores
from book.studies.rows.letter_rows import MADE_BY, add
from data_scripts.shared.lis_photos import read_photos
from lib.joins2sign.losses import dynamic_weights
from lib.joins2sign.photos import SIDE, Photos, Split, random_split, unseen_split
from lib.joins2sign.recipes import INVARIANT, KINDS, PATIENT, RECIPES, VARIANTS, Pace, split_kind
from lib.joins2sign.training import Prediction, predict, train
from lib.tools.commands import arguments, command, from_zero, positive
from lib.tools.errors import BadInput
from lib.tools.paths import DATA
from lib.tools.processes import is_first, take_own

DEGREES = (-90, -60, -45, -30, -20, -10, 0, 10, 20, 30, 45, 60, 90)


# Turned pictures: does it matter to a network how the camera is held?
#
# R3 hopes that polar coordinates do not care (1), and says that its convolutions do (6). The coordinates do as well:
# turning the picture adds the same amount to all angles. Only distances stay as they are, and angles against a
# direction of the hand itself.
def turned(photos: Photos, degrees: float) -> Photos:
    """All pictures turned clockwise about their middle, joints with them; the rim's colour fills the corners."""
    height, width = photos.images.shape[1:3]
    middle = (width / 2, height / 2)
    turn = cv2.getRotationMatrix2D(middle, -degrees, 1.0)  # in coordinates where 0 is the rim of the first pixel
    pixels = turn.copy()
    pixels[:, 2] += turn[:, :2] @ (0.5, 0.5) - (0.5, 0.5)  # OpenCV counts from the middle of the first pixel
    images = [cv2.warpAffine(i, pixels, (width, height), borderMode=cv2.BORDER_REPLICATE) for i in photos.images]
    joints = photos.joints @ turn[:, :2].T + turn[:, 2]
    return replace(photos, images=np.stack(images), joints=joints.astype(np.float32))


def accuracy_by_turn(model: nn.Module, photos: Photos, recipe: Pace) -> dict[str, float]:
    """Share of letters read rightly after each turn of `DEGREES` (as text, for JSON)."""
    found = {}
    for degrees in DEGREES:
        view = turned(photos, degrees)
        found[str(degrees)] = float((predict(model, view, recipe).letters == view.labels).mean())
    return found


class Progress:
    """The losses of joints and letters of every batch, by epoch; a training that goes on adds what comes after."""

    def __init__(self) -> None:
        self.losses: dict[int, list[list[float]]] = defaultdict(list)

    def add(self, epoch: int, losses: Tensor) -> None:
        """``losses`` (2,): of the joints and of the letters."""
        self.losses[epoch].append(losses.detach().tolist())

    def weights(self, epoch: int, power: float) -> np.ndarray:
        """(batches, 2): what eq. 6 gives each loss in each batch of that epoch; 1 in the first."""
        losses = torch.tensor(self.losses[epoch], dtype=torch.float64)
        return dynamic_weights(losses, losses[0], power).numpy()

    def by_epoch(self, power: float) -> list[dict]:
        """A row an epoch: the mean losses of joints and letters, and the least, mean and largest of both weights."""
        rows = []
        for epoch in sorted(self.losses):
            weights = self.weights(epoch, power)
            row = {"losses": np.mean(self.losses[epoch], axis=0), "least": weights.min(axis=0)}
            row |= {"mean": weights.mean(axis=0), "largest": weights.max(axis=0)}
            rows.append({"epoch": epoch + 1} | {name: np.round(pair, 4).tolist() for name, pair in row.items()})
        return rows


SPLITS = ("random", "signers", "unseen")
TURNED = 400  # test photos that are shown turned, thirteen times each
ALL_KINDS = ("keypoints", "keypoints" + INVARIANT, "dynamic", "static", "cnn")


def splits_of(name: str, photos: Photos, seed: int, folds: int) -> list[Split]:
    """The split of that name, as one or several ways to learn and test."""
    if name == "signers":
        return list(leave_signers_out(photos, folds))
    return [random_split(photos, seed) if name == "random" else unseen_split(photos, seed)]


def leave_signers_out(photos: Photos, folds: int = 5) -> Iterator[Split]:
    """Each signer is tested by a network that has seen neither them nor, to judge its epochs, a test signer.

    The signers who are not kept apart are dealt into ``folds`` groups; one group tests, the next one judges.
    """
    known = np.unique(photos.signers[~photos.unseen])
    if not 3 <= folds <= len(known):
        raise BadInput(f"{len(known)} signers cannot be dealt into {folds} groups to learn from, judge by and test.")
    groups = [known[start::folds] for start in range(folds)]
    for number in range(folds):
        test, judge = (np.isin(photos.signers, groups[(number + step) % folds]) for step in (0, 1))
        kept = ~photos.unseen
        yield Split(*(np.flatnonzero(kept & part) for part in (~test & ~judge, judge, test)))


def at_own_pace(kind: str, recipe: Pace) -> Pace:
    """R3's networks as ``recipe`` says; the baselines have a pace of their own, the CNN only at its full size."""
    name, variant = split_kind(kind)
    if name == "keypoints":  # so small that it can have more epochs, and R3's batches
        epochs = max(2, min(60, 4 * recipe.epochs))
        return replace(recipe, epochs=epochs, rates=(2e-3, 2e-3), batch=128, momentum=None, cosine=True)
    if name != "cnn":
        return recipe
    if recipe.width < 1:  # our pace, and channels with which it calculates as long as our narrow network
        epochs = 60 if variant == PATIENT else recipe.epochs
        return replace(recipe, size=SIDE, width=2 * recipe.width, epochs=epochs)
    return Pace(SIDE, 1.0, 250, batch=64, cosine=False, bfloat16=recipe.bfloat16, device=recipe.device)


def run(photos: Photos, split: str, kind: str, recipe: Pace, seed: int, options: argparse.Namespace) -> list[dict]:
    """Train and test one network on one split: a row of the results, none in torchrun's processes but the first.
    Settings have been chosen before, so that the photos that could judge them are learned from, too, as R3 does in the
    end (4.6)."""
    recipe = at_own_pace(kind, recipe)
    answers, tests, curves, seen, seconds = [], [], [], [], 0.0
    for number, (learn, judge, test) in enumerate(splits_of(split, photos, seed, options.folds)):
        progress, folder = Progress(), options.out / options.profile / f"{split}-{seed}-{options.every}"
        into = folder / kind.replace(" ", "-") / str(number)
        model, history = train(kind, photos, learn, judge, recipe, into, seed, final=True, told=progress.add)
        answers.append(predict(model, photos[test], recipe))
        tests.append(test)
        curves.append([round(row["train"], 5) for row in history])
        seen.append(progress.by_epoch(recipe.power))
        seconds += sum(row["seconds"] for row in history)
    facts = {"kind": kind, "split": split, "profile": options.profile, "seed": seed, "every": options.every}
    facts |= {"folds": len(tests), "minutes": round(seconds / 60, 2), "curves": curves, "epochs": seen}
    facts |= {"recipe": asdict(recipe), "photos": options.photos, "made_by": MADE_BY}
    facts |= {"date": date.today().isoformat(), "torch": torch.__version__, "machine": platform.machine()}
    facts |= scores(together(answers), photos[np.concatenate(tests)])
    if split_kind(kind)[0] == "cnn":  # as its authors test it
        spoiled = predict(model, photos[test], recipe, spoil=True).letters
        facts["accuracy_spoiled"] = float((spoiled == photos.labels[test]).mean())
    if split == "random" and seed == 0:
        facts["turned"] = accuracy_by_turn(model, photos[test[:TURNED]], recipe)
    return [facts] if is_first() else []


def together(folds: list[Prediction]) -> Prediction:
    """The answers of several folds' networks as one, in the folds' order."""
    joints = None if folds[0].joints is None else np.concatenate([fold.joints for fold in folds])
    return Prediction(joints, np.concatenate([fold.letters for fold in folds]))


@command
def main(argv: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(argv)
    torch.set_num_threads(options.threads or torch.get_num_threads())
    take_own(options.device)
    recipe = replace(RECIPES[options.profile], device=options.device)
    chosen = {name: getattr(options, name) for name in ("epochs", "batch", "bfloat16")}
    recipe = replace(recipe, **{name: value for name, value in chosen.items() if value is not None})
    photos = read_photos(options.data, options.every)
    for seed, split, kind in product(options.seeds, options.splits, options.kinds):
        wanted = {"kind": kind, "split": split, "profile": options.profile, "seed": seed, "every": options.every}
        make = partial(run, photos, split, kind, recipe, seed, options)
        for row in add(options.ship, "rows", wanted, make):
            joints = f", joints {row['median']:.1f} px (median), AUC {row['auc']:.3f}" if "auc" in row else ""
            found = f"{100 * row['accuracy']:.2f} % of {row['n']}{joints}, {row['minutes']} minutes"
            print(f"{split}, {kind}, seed {seed}: {found}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = arguments(__doc__)
    add = parser.add_argument
    add("--data", type=Path, default=DATA / "lis", help="what data_scripts/lis_fingerspelling.py wrote")
    add("--profile", choices=RECIPES, default="laptop", help="sizes (default: %(default)s)")
    told = f"{', '.join(KINDS)}; all but cnn also with one of {tuple(VARIANTS)}"
    add("--kinds", nargs="+", default=ALL_KINDS, help=told)
    add("--splits", nargs="+", choices=SPLITS, default=SPLITS)
    add("--folds", type=positive, default=5, help="groups of signers (default: %(default)s)")
    add("--epochs", type=positive, help="other than the profile's")
    add("--batch", type=positive, help="other than the profile's; of all processes together")
    add("--every", type=positive, default=1, help="take each so manieth photo only")
    add("--seeds", type=from_zero, nargs="+", default=[0])
    add("--device", default="cpu")
    add("--threads", type=positive, help="of torch")
    add("--bfloat16", action=argparse.BooleanOptionalAction, help="half the bits in convolutions")
    add("--out", type=Path, default=DATA / "runs" / "r3", help="checkpoints")
    add("--ship", type=Path, default=DATA / "runs" / "r3.json", help="file for the numbers")
    add("--photos", default="real", help="what the photos are, for the record")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
