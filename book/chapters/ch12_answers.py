"""R3's figures over the trainings that differ in their seed, from the rows of `book.studies.rows.letter_rows`.

Each seed splits the photos at random anew, so what differs between seeds is the network's beginnings and its test.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from book.studies.rows import letter_rows
from book.studies.rows.letter_rows import seeds_of
from book.studies.runner import pairs, right
from lib.evaluation.intervals import Interval, clip_bootstrap, over_seeds, wider
from lib.joins2sign.photos import LETTERS
from lib.tools.errors import BadInput

PAIR = "ru"  # the letters that R3 looks at (5.2)
TURNED = 400  # photos of a test that book.studies.letters shows turned


def measured(row: dict, measure: str) -> float:
    """One training's figure: "accuracy" in %, joints' "median" and "epe" in pixels of the 256 frame, "auc", "ru" (the %
    of R and U that are taken for each other), "unrest" of the training loss in %, or another of the row's numbers."""
    if measure == "ru":
        first, second = (LETTERS.index(letter) for letter in PAIR)
        counts = np.asarray(row["confusion"], float)
        return float(100 * (counts[first, second] + counts[second, first]) / counts[[first, second]].sum())
    if measure == "unrest":
        return unrest(row["curves"][0])
    return row[measure] * (100 if measure.startswith("accuracy") else 1)


def unrest(curve: list[float]) -> float:
    """How jagged a curve of losses is: by how many per cent, in the mean, a value is off the geometric mean of its two
    neighbours. A smooth fall has next to none, however steep. R3 (5.4) sees it in its Figure 3, without a number."""
    logs = np.log(curve)
    off = np.abs(logs[1:-1] - (logs[:-2] + logs[2:]) / 2)
    return float(100 * np.expm1(off).mean())


def joint_interval(row: dict, name: str) -> Interval | float:
    """``row["median"]`` or ``row["auc"]`` with its interval over photos, where the row has one."""
    ends = row.get(f"{name}_ends")
    return Interval(row[name], *ends, row["hands"]) if ends else row[name]


def over_photos(row: dict) -> Interval:
    """The accuracy of a test in per cent, and its interval over photos: as if each were taken for itself, of known
    signers."""
    right = round(row["accuracy"] * row["n"])
    return clip_bootstrap(np.repeat([100.0, 0.0], [right, row["n"] - right]), n=2000)


def over_signers(rows: Sequence[dict]) -> Interval:
    """The mean over signers of their accuracies in per cent, with its interval over signers: for the next signer."""
    return clip_bootstrap([100 * right / n for row in rows for right, n in row["by_signer"].values()])


def over_trainings(rows: Sequence[dict], measure: str = "accuracy") -> Interval | float:
    """The mean over seeds of a network's figure; of letters, over seeds or photos, whichever interval is wider. Where
    there is one training only: over photos, or a bare number."""
    if len(rows) == 1 and measure == "accuracy":
        return over_photos(rows[0])
    if len(rows) == 1:
        return joint_interval(rows[0] | {measure: measured(rows[0], measure)}, measure)
    seeds = over_seeds([measured(row, measure) for row in rows])
    if measure != "accuracy":
        return seeds
    return wider(seeds, clip_bootstrap(100.0 * np.concatenate([right(row) for row in rows]), n=2000))


def gain(rows: Sequence[dict], others: Sequence[dict], measure: str = "accuracy") -> Interval:
    """One network less another, seed by seed on the same photos; of letters, over seeds or photos, whichever is wider.

    Raises BadInput for fewer than two seeds in common.
    """
    both = pairs(rows, others)
    seeds = over_seeds([measured(one, measure) - measured(other, measure) for one, other in both])
    if measure != "accuracy":
        return seeds
    return wider(seeds, clip_bootstrap(100.0 * np.concatenate([right(a) - right(b) for a, b in both]), n=2000))


def smallest_step(networks: Sequence[Sequence[dict]]) -> Interval:
    """How far apart, in points of letters, those two are that lie closest of networks in a row: above 0 where each
    reads more than the one before it. Over seeds; each element has the rows of one network."""
    accuracies = [{row["seed"]: measured(row, "accuracy") for row in rows} for rows in networks]
    common = sorted(set.intersection(*(set(one) for one in accuracies)))
    return over_seeds([np.diff([one[seed] for one in accuracies]).min() for seed in common])


def answer(wanted: Mapping) -> tuple[Interval, str]:
    """The figure of a claim's answer (`book.ledger.claim_answers`), and what its n counts. Raises BadInput."""
    rows, split, every = letter_rows.read_results()["rows"], wanted["split"], wanted.get("every", 1)
    if "order" in wanted:
        return smallest_step([_there(rows, kind, split, every) for kind in wanted["order"]]), "trainings"
    mine, measure = _there(rows, wanted["method"], split, every), wanted.get("measure", "accuracy")
    if "turned" in wanted:
        return _turned(mine[0], wanted["turned"]), "photos"
    other = wanted.get("minus")
    if isinstance(other, str):
        return gain(mine, _there(rows, other, split, every), measure), "trainings"
    if other:  # another split: other photos, other people
        found, of = _alone(mine[0])
        against, of_other = _alone(_there(rows, other["method"], other["split"], every)[0])
        return minus(found, against), of if found.n <= against.n else of_other
    found = over_trainings(mine, measure)
    if not isinstance(found, Interval):
        raise BadInput(f"There is one training only of {wanted['method']}, {split} in r3.json")
    return found, "trainings" if len(mine) > 1 else "photos"


def _there(rows: list[dict], kind: str, split: str, every: int = 1) -> list[dict]:
    if not (found := seeds_of(rows, kind, split, every)):
        raise BadInput(f"There are no rows for {kind}, {split} in r3.json")
    return found


def _alone(row: dict) -> tuple[Interval, str]:
    """In per cent: over photos, or over signers where they were left out of training."""
    left_out = row["split"] == "signers"
    return over_signers([row]) if left_out else over_photos(row), "signers" if left_out else "photos"


def _turned(row: dict, degrees: int) -> Interval:
    turns, n = row.get("turned") or {}, min(TURNED, row["n"])
    if str(degrees) not in turns:
        raise BadInput("There are no rows for turned photos in r3.json")
    return minus(*(over_photos({"accuracy": turns[angle], "n": n}) for angle in (str(degrees), "0")))


def minus(one: Interval, other: Interval) -> Interval:
    """The difference of two figures that were measured apart, with the interval that follows from theirs.

    Zou and Donner, 2008, "Construction of confidence limits about effect measures", equation 4. Wider than a
    comparison photo by photo would be, which two splits do not allow. ``n`` is the smaller one.
    """
    difference = one.mean - other.mean
    low = difference - np.hypot(one.mean - one.low, other.high - other.mean)
    high = difference + np.hypot(one.high - one.mean, other.mean - other.low)
    return Interval(difference, float(low), float(high), min(one.n, other.n))
