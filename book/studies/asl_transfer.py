"""R2's second target (5.2, Table 5): any trained PTN goes over to Kaggle's asl-signs, for readers who have them.

    python -m book.studies.asl_transfer --source FILE  FILE: weights, such as book.studies.signs keeps, or best.pt
                                                   of book.studies.paper_signs; --device cuda where there is a GPU

R2 keeps four of the signers for validation, and its accuracies are of these; so are ours. The interval is over their
clips: other signers may give other figures.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from book.shared.trained import read_ptn
from book.studies.real_transfer import fresh, named
from data_scripts.asl_signs import load
from lib.evaluation.intervals import Interval, paired_bootstrap
from lib.ptn import PTN
from lib.ptn.training import Recipe, SignSet, train, transfer
from lib.tools.commands import arguments, command
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.tools.paths import DATA
from lib.tools.processes import usable_device

WAYS = ("frozen", "sequence", "all")
RECIPE = Recipe(epochs=60, patience=12)


def kept_signers(signers: np.ndarray) -> np.ndarray:
    """Which clips are for validation, bool (N,): those of the last signers by name, as many as R2's.

    Raises BadInput where no signer would be left to learn from.
    """
    number, names = int(look_up("R2 5.2, ASL validation signers").value), np.unique(signers)
    if len(names) <= number:
        raise BadInput(f"asl-signs has {len(names)} signers here, too few to keep {number} for validation")
    return np.isin(signers, names[-number:])


def onto(source: PTN, target: SignSet, held: np.ndarray, recipe: Recipe = RECIPE) -> dict[str, np.ndarray]:
    """Which of the ``held`` (N,) clips are named rightly: after each of R2's three stages, and from scratch.

    All four stop early by the same clips, as R2's do. ``source`` stays as it is.
    """
    learn, judge, signs = target.take(~held), target.take(held), int(target.labels.max()) + 1
    networks = dict(transfer(source, signs, learn, judge, recipe))
    networks["scratch"] = fresh(target, recipe.seed)
    train(networks["scratch"], learn, judge, recipe)
    return {name: named(network, judge) for name, network in networks.items()}


def gains(found: dict[str, np.ndarray]) -> dict[str, Interval]:
    """What each way of `onto` wins over training from scratch, in points, over the same clips."""
    return {way: paired_bootstrap(100.0 * found[way], 100.0 * found["scratch"]) for way in WAYS}


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("--source", type=Path, required=True, help="a trained PTN's weights (.pt)")
    parser.add_argument("--data", type=Path, default=DATA / "asl_signs", help="folder of data_scripts/asl_signs.py")
    parser.add_argument("--device", default="cpu", help='"cpu" or "cuda", where layers have half the bits')
    options = parser.parse_args(argv)
    usable_device(options.device)
    source = read_ptn(options.source)
    clips, names, signers = load(options.data)
    recipe = replace(RECIPE, device=options.device, bfloat16=options.device == "cuda")
    found = onto(source, clips, kept_signers(signers), recipe)
    for way, right in found.items():
        print(f"{way}: {100 * right.mean():.2f} % of {len(right)} clips, {len(names)} signs")
    for way, gain in gains(found).items():
        print(f"{way} minus scratch: {gain} points")


if __name__ == "__main__":
    raise SystemExit(main())
