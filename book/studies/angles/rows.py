"""The shipped rows of `python -m book.studies.angles`: letters read, over signers (as over languages) and seeds."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from book.studies import runner
from book.studies.real_words.language_rows import Values, over_languages
from lib.evaluation.intervals import Interval
from lib.tools.errors import BadInput

SHIPPED = runner.RESULTS / "letters.json"
COMMAND = "python -m book.studies.angles"
NETWORK, LOGISTIC = "R3's classifier", "logistic regression"
FEW, OWN = "five examples of others", "five examples of one's own"
WITH, ONLY = "R3's classifier, rendered hands too", "R3's classifier, rendered hands alone"
KEYS = ("reader", "sees", "split", "seed", "by_signer")


def read(path: str | Path = SHIPPED) -> tuple[dict, list[dict]]:
    """The facts and the rows. Raises BadInput."""
    facts, parts = runner.read(path, "letters by joint angles", COMMAND, keys=KEYS)
    return facts, parts["rows"]


def values(rows: Sequence[dict], reader: str, sees: str, split: str = "signers", of_found: bool = False) -> Values:
    """By signer the letters read in per cent, (seeds,), by seed: of all photos, or of those that show a hand.

    Raises BadInput where there are no such rows.
    """
    fitting = [row for row in rows if (row["reader"], row["sees"], row["split"]) == (reader, sees, split)]
    if not fitting:
        raise BadInput(f"{SHIPPED.name} has no rows of {reader} that sees {sees}, {split}: make them with {COMMAND}")
    fitting.sort(key=lambda row: row["seed"])
    signers = fitting[0]["by_signer"]
    return {
        one: np.array([_share(row["by_signer"][one], of_found) for row in fitting])
        for one in signers
        if signers[one][1 if of_found else 2]
    }


def _share(counted: Sequence[int], of_found: bool) -> float:
    right, found, there = counted
    return 100 * right / (found if of_found else there)


def gains(rows: Sequence[dict], one: tuple[str, str], other: tuple[str, str], split: str = "signers") -> Values:
    """By signer how many points a reader with a view is above another, (seeds,), seed by seed on the same photos."""
    mine, theirs = (values(rows, *pair, split=split) for pair in (one, other))
    seeds = min(len(found) for both in (mine, theirs) for found in both.values())
    return {signer: mine[signer][:seeds] - theirs[signer][:seeds] for signer in mine if signer in theirs}


def answer(wanted: Mapping) -> tuple[Interval, str]:
    """The figure of a claim's answer (`book.ledger.claim_answers`), and what its n counts. Raises BadInput."""
    _, rows = read()
    one, other = (wanted["reader"], wanted["sees"]), wanted.get("minus")
    if other:
        return over_languages(gains(rows, one, tuple(other))), "signers"
    return over_languages(values(rows, *one)), "signers"
