"""The shipped rows of `book.studies.signs`: means over trainings, with intervals, in per cent and points."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from book.studies import runner
from lib.evaluation.intervals import Interval, clip_bootstrap, over_seeds
from lib.tools.errors import BadInput

R2, LIMITS, OPEN = (runner.RESULTS / name for name in ("r2.json", "limits.json", "open.json"))
LATER = runner.RESULTS / "r2_later.json"  # five trainings more, made after the rules of the claims that they judge
STUDIES = {R2.name: "signs", LIMITS.name: "limits", OPEN.name: "open_questions"}


@dataclass(frozen=True)
class SignResults:
    """Accuracies of every training, by row and seed. Each seed has test signers of its own."""

    facts: dict
    rows: dict[str, list[dict]]

    def mean(self, row: str, measure: str = "micro") -> Interval:
        """Accuracy in per cent, with its t interval over the seeds.

        ``measure``: "micro" is of the test's clips, "macro" the mean over its signs; "train" and "validation" are micro
        of those parts, which only the rows of R2's Table 2 have.
        """
        return over_seeds([100 * result[measure] for result in self._row(row)])

    def gain(self, row: str, other: str, measure: str = "micro") -> Interval:
        """``row`` minus ``other`` in points, seed by seed on the same test clips, with its t interval.

        Each seed has another test signer, so the interval is about other signers, too.
        """
        pairs = runner.pairs(self._row(row), self._row(other))
        return over_seeds([100 * mine[measure] - 100 * theirs[measure] for mine, theirs in pairs])

    def gain_by_clip(self, row: str, other: str) -> Interval:
        """The same gain, with a bootstrap interval over the test clips of all seeds: as if signers were all alike."""
        return clip_bootstrap(100.0 * np.concatenate(list(self.differences(row, other).values())))

    def beyond(self, pair: tuple[str, str], other: tuple[str, str]) -> tuple[Interval, Interval]:
        """How much more one gain is than another, in points: over the seeds, and over the test clips of all seeds."""
        mine, theirs = self.differences(*pair), self.differences(*other)
        more = [100.0 * (mine[seed] - theirs[seed]) for seed in sorted(mine.keys() & theirs.keys())]
        return over_seeds([each.mean() for each in more]), clip_bootstrap(np.concatenate(more))

    def differences(self, row: str, other: str) -> dict[int, np.ndarray]:
        """By seed, for each test clip (N,): 1 where ``row`` alone is right, -1 where ``other`` alone is, else 0."""
        pairs = runner.pairs(self._row(row), self._row(other))
        return {mine["seed"]: runner.right(mine) - runner.right(theirs) for mine, theirs in pairs}

    def complete(self, *rows: str) -> bool:
        """Whether each row has results of two seeds, so that it can be shown with an interval."""
        return all(len(self.rows.get(row, [])) >= 2 for row in rows)

    def has(self, row: str, measure: str) -> bool:
        """Whether every training of the row was measured so: some rows are older than the measure."""
        return all(measure in result for result in self._row(row))

    def clips(self, row: str) -> int:
        """Test clips, over all seeds."""
        return sum(len(result["right"]) for result in self._row(row))

    def minutes(self) -> float:
        """Minutes of training behind all rows."""
        spent = {(result["seed"], result["seconds"]) for results in self.rows.values() for result in results}
        return float(np.sum([seconds for _, seconds in spent]) / 60)

    def _row(self, row: str) -> list[dict]:
        if row not in self.rows:
            raise BadInput(f"The shipped results have no row {row!r}: python -m book.studies.signs --only {row!r}")
        return self.rows[row]


def command(path: Path) -> str:
    """What makes the results whose file has this name."""
    return f"python -m book.studies.{STUDIES.get(path.name, 'signs')}"


def read(path: Path = R2) -> SignResults:
    """The results of the study whose file has this name. Raises BadInput where there are none."""
    facts, parts = runner.read(path, "results with signs", command(path), keys=("row", "seed", "right"))
    rows: dict[str, list[dict]] = {}
    for result in parts["rows"]:
        rows.setdefault(result.pop("row"), []).append(result)
    return SignResults(facts, rows)
