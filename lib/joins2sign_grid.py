"""A grid search, as in R3's 4.6: every combination of some settings, judged by cross-validation on the training part.

R3 searches over learning rates and the losses' weights, by one validation part; our grids, in `GRIDS`, are of learning
rates, dropout and batches, and the folds take turns. The test photos take no part: whoever chooses settings by the test
has no test any more. With ``by_signer`` the folds are whole signers, and the winner may be another one.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from lib.commands import command, positive
from lib.errors import BadInput
from lib.intervals import clip_bootstrap
from lib.joins2sign_results import R3, read_results, write_results
from lib.joins2sign_training import RECIPES, Recipe, predict, train, with_keypoint_pace
from lib.lis import Photos, read_photos
from lib.lis_splits import random_split
from lib.paths import DATA

Grid = dict[str, tuple[float, ...]]
GRIDS: dict[str, Grid] = {
    "ci": {"dropout": (0.0, 0.5)},
    "laptop": {"rate": (5e-4, 2e-3, 8e-3), "dropout": (0.0, 0.2, 0.5)},
    "paper": {"rate": (1e-1, 1e-2, 5e-3, 1e-3), "batch": (32, 64, 128), "dropout": (0.0, 0.2, 0.5)},
}
EPOCHS = 20  # of a keypoint classifier: enough to tell settings apart
FOLDS = {"ci": 2, "laptop": 3, "paper": 5}


def combinations(grid: Grid) -> Iterator[dict[str, float]]:
    """Each combination of the grid's values, as name -> value."""
    for values in product(*grid.values()):
        yield dict(zip(grid, values))


def with_settings(recipe: Recipe, settings: dict[str, float]) -> Recipe:
    """The recipe with these settings; "rate" stands for both weightings' learning rates."""
    named = {("rates" if name == "rate" else name): value for name, value in settings.items()}
    return replace(recipe, **named | ({"rates": (settings["rate"],) * 2} if "rate" in settings else {}))


def folds_of(photos: Photos, rows: np.ndarray, count: int, by_signer: bool, seed: int = 0) -> list[np.ndarray]:
    """``rows`` dealt into ``count`` parts at random; with ``by_signer``, no signer is in two parts."""
    rng = np.random.default_rng(seed)
    if not by_signer:
        return np.array_split(rng.permutation(rows), count)
    people = rng.permutation(np.unique(photos.signers[rows]))
    if len(people) < count:
        raise BadInput(f"{len(people)} signers cannot be dealt into {count} folds: ask for fewer folds.")
    return [rows[np.isin(photos.signers[rows], people[start::count])] for start in range(count)]


def cross_validate(
    kind: str, photos: Photos, rows: np.ndarray, recipe: Recipe, folds: int, by_signer: bool = False, seed: int = 0
) -> list[float]:
    """Accuracy on each fold of a network that learned from the others; the last epoch's weights count, since judging
    epochs by the fold itself would be choosing by the test."""
    parts, found = folds_of(photos, rows, folds, by_signer, seed), []
    for number, test in enumerate(parts):
        learn = np.concatenate([part for other, part in enumerate(parts) if other != number])
        cut = np.random.default_rng([seed, number]).permutation(learn)
        with TemporaryDirectory() as folder:
            model, _ = train(kind, photos, cut[len(cut) // 8 :], cut[: len(cut) // 8], recipe, folder, seed)
        found.append(float((predict(model, photos[test], recipe).letters == photos.labels[test]).mean()))
    return found


def search(
    kind: str, photos: Photos, rows: np.ndarray, recipe: Recipe, grid: Grid, folds: int, by_signer: bool, seed: int = 0
) -> list[dict]:
    """A row a combination, best first: kind, by_signer, settings, accuracy of each fold, their mean and interval."""
    table = []
    for settings in combinations(grid):
        shares = cross_validate(kind, photos, rows, with_settings(recipe, settings), folds, by_signer, seed)
        over = clip_bootstrap(shares, n=2000)
        line = {"kind": kind, "by_signer": by_signer, "settings": settings, "folds": shares, "seed": seed}
        table.append(line | {"mean": over.mean, "low": over.low, "high": over.high})
    return sorted(table, key=lambda row: -row["mean"])


@command
def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA / "lis")
    parser.add_argument("--kind", default="keypoints", help="as in lib.train_joins2sign (default: %(default)s)")
    parser.add_argument("--profile", choices=GRIDS, default="laptop")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=positive, help="of torch")
    parser.add_argument("--ship", type=Path, default=R3, help="file for the rows")
    options = parser.parse_args(argv)
    torch.set_num_threads(options.threads or torch.get_num_threads())
    photos = read_photos(options.data)
    for by_signer in (False, True):
        _one(photos, by_signer, options)


def _one(photos: Photos, by_signer: bool, options: argparse.Namespace) -> None:
    recipe = replace(RECIPES[options.profile], device=options.device)
    if options.kind.startswith("keypoints"):
        recipe = replace(with_keypoint_pace(recipe), epochs=min(EPOCHS, recipe.epochs))
    results = read_results(options.ship, missing_ok=True)
    if any((row["kind"], row["by_signer"]) == (options.kind, by_signer) for row in results["grid"]):
        return
    rows, profile = random_split(photos, options.seed).learn, options.profile
    found = search(options.kind, photos, rows, recipe, GRIDS[profile], FOLDS[profile], by_signer, options.seed)
    results = read_results(options.ship, missing_ok=True)
    results["grid"] += [row | {"profile": profile} for row in found]
    write_results(options.ship, results)
    print(
        f"folds by {'signer' if by_signer else 'chance'}: best {found[0]['settings']}, {100 * found[0]['mean']:.2f} %"
    )


if __name__ == "__main__":
    raise SystemExit(main())
