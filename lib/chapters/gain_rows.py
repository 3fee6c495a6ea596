"""What one way to train is worth against another, as a row for the reader: the gain, who says so, and how surely."""

from book.studies.sign_rows import SignResults
from lib.evaluation.intervals import Interval
from lib.report import Row, report


def verdict(*gains: Interval) -> str | None:
    """Intervals that all lie on one side of zero decide; where one holds zero, the question stays open."""
    above, below = (gain.low > 0 for gain in gains), (gain.high < 0 for gain in gains)
    return "holds" if all(above) else "does not hold" if all(below) else None


def gain_row(claim: str, results: SignResults, row: str, other: str, paper: str | None = None, **here) -> Row:
    """The claim that ``row`` beats ``other`` in the synthetic results: points over the seeds, over the clips beside it.

    ``paper`` names what a paper says of it (`lib.papers`), None where none does; ``here`` is what `lib.report.report`
    wants besides.
    """
    gain, clips = results.gain(row, other), results.gain_by_clip(row, other)
    decided = verdict(gain, clips)
    note = f"synthetic, {gain.n} seeds; over {clips.n} clips {clips}" + ("" if decided else "; open")
    return report(
        claim, gain, unit="points", paper=paper, source="" if paper else "ours", verdict=decided, note=note, **here,
    )  # fmt: skip
