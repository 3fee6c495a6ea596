"""The letters of strangers as tables: by reader and view, and what one adds to another."""

from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

from book.studies.angles.rows import FEW, LOGISTIC, NETWORK, ONLY, OWN, WITH, gains, values
from book.studies.angles.views import BOTH, FLAT, PLACED, PLAIN, POLAR, SPACE
from book.studies.real_words.language_rows import over_languages
from lib.evaluation.intervals import Interval

READERS = (NETWORK, LOGISTIC, FEW, OWN, WITH, ONLY)
VIEWS = (POLAR, PLAIN, PLACED, FLAT, SPACE, BOTH)
SPLITS = {"random": "photos at random", "unseen": "the signer kept apart", "signers": "signers left out"}
ASKED = {  # what is asked, and the two (reader, view) whose difference answers
    "angles beside the polar form": ((NETWORK, BOTH), (NETWORK, POLAR)),
    "angles in the polar form's place": ((NETWORK, SPACE), (NETWORK, POLAR)),
    "five examples: angles minus coordinates": ((FEW, SPACE), (FEW, PLACED)),
    "five of one's own: angles minus coordinates": ((OWN, SPACE), (OWN, PLACED)),
    "rendered hands too": ((WITH, BOTH), (NETWORK, BOTH)),
}


def strangers(rows: Sequence[dict]) -> pd.DataFrame:
    """Letters read in per cent: a row a reader and view, a column a split; intervals over signers and seeds where
    signers were left out, means elsewhere, "" where nothing was run."""
    there = {(row["reader"], row["sees"], row["split"]) for row in rows}
    pairs = [pair for pair in product(READERS, VIEWS) if any((*pair, split) in there for split in SPLITS)]
    table = [
        {"reader": reader, "sees": view}
        | {
            name: _told(rows, reader, view, split) if (reader, view, split) in there else ""
            for split, name in SPLITS.items()
        }
        for reader, view in pairs
    ]
    return pd.DataFrame(table).set_index(["reader", "sees"])


def _told(rows: Sequence[dict], reader: str, view: str, split: str) -> str:
    found = values(rows, reader, view, split)
    if split == "signers":
        return str(over_languages(found))
    of = [row for row in rows if (row["reader"], row["sees"], row["split"]) == (reader, view, split)]
    right, there = (sum(counted[at] for row in of for counted in row["by_signer"].values()) for at in (0, 2))
    return f"{100 * right / there:.1f}"


def answers(rows: Sequence[dict]) -> Mapping[str, Interval]:
    """What each of `ASKED` comes to in points, over signers and seeds; those that were run."""
    there = {(row["reader"], row["sees"]) for row in rows if row["split"] == "signers"}
    return {name: over_languages(gains(rows, *pair)) for name, pair in ASKED.items() if there.issuperset(pair)}
