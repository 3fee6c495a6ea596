"""R3's search over a grid of settings (4.6): each learning rate with each alpha, judged on the validation photos.

    python -m book.studies.letters_grid --threads 1 --bfloat16 --ship book/results/r3.json

alpha is the share of the joints' loss where the weighting is static, and the power where it is dynamic. R3 prints its
first three rates as 10e-2 and so on, a tenth to a thousandth; it chose .01 from among them, so .01 to .0001 is meant.
The test photos take no part: whoever chooses settings by the test has no test any more. Not in R3: each setting is also
judged on signers that it has not learned from (``judged_by``), and the winner may be another one.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from book.shared.letter_scores import joint_scores
from book.studies.rows.letter_rows import MADE_BY, R3, add
from data_scripts.shared.lis_photos import read_photos
from lib.joins2sign.photos import Photos, random_split
from lib.joins2sign.recipes import RECIPES, Pace
from lib.joins2sign.training import predict, train
from lib.tools.commands import arguments, command, from_zero, positive
from lib.tools.errors import BadInput
from lib.tools.paths import DATA

GRIDS: dict[str, dict[str, tuple[float, ...]]] = {
    "static": {"rate": (1e-2, 1e-3, 1e-4), "alpha": (0.3, 0.4, 0.5)},
    "dynamic": {"rate": (5e-3, 1e-3), "alpha": (0.5, 0.8, 1.0)},  # R3 names the ends, and what it chose
}
JUDGES = ("chance", "signers")
EPOCHS = {"ci": 1, "laptop": 4, "paper": 20}  # "few epochs" in R3: enough to tell settings apart


def parts(photos: Photos, rows: np.ndarray, judged_by: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """``rows`` as those to learn from and those to judge by, a fifth: by "chance", or whole "signers". Raises BadInput
    where there is one signer only."""
    rng = np.random.default_rng(seed)
    if judged_by == "chance":
        learn, judge = np.split(rng.permutation(rows), [round(0.8 * len(rows))])
        return learn, judge
    people = rng.permutation(np.unique(photos.signers[rows]))
    if len(people) < 2:
        raise BadInput(
            "All photos are of one signer, whom a network cannot learn from and not know: give photos of more."
        )
    apart = np.isin(photos.signers[rows], people[: max(1, round(len(people) / 5))])
    return rows[~apart], rows[apart]


def search(kind: str, photos: Photos, rows: np.ndarray, recipe: Pace, judged_by: str, seed: int = 0) -> list[dict]:
    """A row a combination, the most letters first: kind, judge, settings, accuracy, median error of the joints."""
    learn, judge = parts(photos, rows, judged_by, seed)
    table = []
    for rate, alpha in product(*GRIDS[kind].values()):
        chosen = replace(recipe, rates=(rate, rate), weights=(alpha, 1 - alpha), power=alpha)  # for either weighting
        with TemporaryDirectory() as folder:
            model, _ = train(kind, photos, learn, judge, chosen, folder, seed)
        found = predict(model, photos[judge], chosen)
        line = {"kind": kind, "judged_by": judged_by, "settings": {"rate": rate, "alpha": alpha}, "n": len(judge)}
        line |= {"seed": seed, "accuracy": float((found.letters == photos.labels[judge]).mean())}
        table.append(line | {"median": joint_scores(found.joints, photos[judge])["median"], "epochs": recipe.epochs})
    return sorted(table, key=lambda row: -row["accuracy"])


@command
def main(argv: Sequence[str] | None = None) -> None:
    parser = arguments(__doc__)
    add_option = parser.add_argument
    add_option("--data", type=Path, default=DATA / "lis")
    add_option("--profile", choices=EPOCHS, default="laptop")
    add_option("--every", type=positive, default=4, help="take each so manieth photo only (default: %(default)s)")
    add_option("--device", default="cpu")
    add_option("--seed", type=from_zero, default=0)
    add_option("--threads", type=positive, help="of torch")
    add_option("--bfloat16", action="store_true", help="half the bits in convolutions")
    add_option("--ship", type=Path, default=R3, help="file for the rows")
    options = parser.parse_args(argv)
    torch.set_num_threads(options.threads or torch.get_num_threads())
    photos = read_photos(options.data, options.every)
    recipe = replace(RECIPES[options.profile], device=options.device, bfloat16=options.bfloat16)
    recipe = replace(recipe, epochs=EPOCHS[options.profile])
    split = random_split(photos, options.seed)
    rows = np.concatenate([split.learn, split.judge])
    facts = {"profile": options.profile, "every": options.every, "made_by": MADE_BY}

    def make(kind: str, judged_by: str) -> list[dict]:
        return [row | facts for row in search(kind, photos, rows, recipe, judged_by, options.seed)]

    for kind, judged_by in product(GRIDS, JUDGES):
        wanted = {"kind": kind, "judged_by": judged_by}
        for best in add(options.ship, "grid", wanted, partial(make, **wanted))[:1]:
            found = f"best {best['settings']}, {100 * best['accuracy']:.1f} %"
            print(f"{kind}, judged by {judged_by}: {found}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
