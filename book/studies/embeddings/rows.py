"""The shipped rows of the studies of embeddings: pairs of languages, and probes of a sign's parts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from book.studies import runner
from book.studies.real_words.language_rows import Values
from lib.evaluation.intervals import Interval, over_seeds

PAIRS, PROBES = runner.RESULTS / "pairs.json", runner.RESULTS / "probes.json"
PAIRS_COMMAND = "python -m book.studies.embeddings.pairs"
PROBES_COMMAND = "python -m book.studies.embeddings.probes"
TRAINED, RANDOM, MOMENTS, CHANCE = "trained", "random weights", "keypoints", "the commonest value"


def read_pairs(path: str | Path = PAIRS) -> list[dict]:
    """A row a pair of languages and seed. Raises BadInput."""
    keys = ("source", "language", "seed", "of", "right")
    return runner.read(path, "pairs of languages", PAIRS_COMMAND, keys=keys)[1]["rows"]


def read_probes(path: str | Path = PROBES) -> tuple[list[dict], list[dict]]:
    """A row a part, kind of vectors, language and seed; and the map, a row a clip. Raises BadInput."""
    _, parts = runner.read(path, "probes of signs' parts", PROBES_COMMAND, ("rows", "map"), ("language",))
    return parts["rows"], parts["map"]


def pair_gains(rows: Sequence[dict], way: str, other: str) -> dict[tuple[str, str], Interval]:
    """By (source, language) how many points ``way`` is above ``other``, with t intervals over the seeds."""
    pairs = dict.fromkeys((row["source"], row["language"]) for row in rows)
    return {pair: over_seeds(_gains(rows, pair, way, other)) for pair in pairs}


def onto_each(rows: Sequence[dict], way: str, other: str) -> Values:
    """By new language the same, each seed's mean over the languages that were learned first, (seeds,)."""
    found = {}
    for name in dict.fromkeys(row["language"] for row in rows):
        sources = dict.fromkeys(row["source"] for row in rows if row["language"] == name)
        found[name] = np.mean([_gains(rows, (source, name), way, other) for source in sources], axis=0)
    return found


def _gains(rows: Sequence[dict], pair: tuple[str, str], way: str, other: str) -> list[float]:
    return [
        100 * (row["right"][way] - row["right"][other]) / row["of"]
        for row in sorted(rows, key=lambda row: row["seed"])
        if (row["source"], row["language"]) == pair
    ]


def named(rows: Sequence[dict], language: str, part: str, what: str, apart: str = "families") -> Values:
    """By family of signs the clips of a language whose part is named rightly, in per cent, (seeds,).

    ``apart`` says what is never both learned from and judged, "families" or "signs".
    """
    wanted = (language, part, what, apart)
    fitting = [row for row in rows if (row["language"], row["part"], row["from"], row["apart"]) == wanted]
    fitting.sort(key=lambda row: row["seed"])
    families = fitting[0]["by_family"] if fitting else ()
    return {one: np.array([100 * np.divide(*row["by_family"][one]) for row in fitting]) for one in families}


def part_gains(rows: Sequence[dict], language: str, part: str, pair: tuple[str, str], apart: str) -> Values:
    """By family how many points the first of a ``pair`` of vectors names more than the second does, (seeds,)."""
    mine, theirs = (named(rows, language, part, one, apart) for one in pair)
    return {one: mine[one] - theirs[one] for one in mine}
