"""Does imputation help where there was something to impute? Answers clip by clip, by how much of a hand was gone."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from book.shared.charts import interval_chart
from book.shared.gaps import HANDS
from book.studies.sign_rows import SignResults
from lib.evaluation.intervals import clip_bootstrap
from lib.ptn.corpora import SignCorpus
from lib.ptn.splits import signer_independent_split

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARES = {"no gap": 0.0, "up to a quarter": 0.25, "up to a half": 0.5, "more than half": 1.0}  # upper ends


def gone(corpus: SignCorpus, clip: int) -> float:
    """The larger share of frames, 0 to 1, in which one of the hands is missing.

    A hand that is never found does not count: there is nothing to impute it from.
    """
    shares = [1 - corpus.keypoints(clip).present(hand).mean() for hand in HANDS]
    return max([share for share in shares if share < 1], default=0.0)


def by_gap(results: SignResults, corpus: SignCorpus, row: str = "ptn", other: str = "not imputed") -> pd.DataFrame:
    """One line for each test clip of each seed: ``seed``, ``gain`` in points (100, 0 or -100) and ``gaps``.

    ``gaps`` is one of SHARES' names: how much of a hand was missing.
    """
    lines = []
    for seed, gains in results.differences(row, other).items():
        test = signer_independent_split(corpus.labels, corpus.signers, seed)[2]
        shares = [gone(corpus, clip) for clip in test]
        lines.append(pd.DataFrame({"seed": seed, "gain": 100.0 * gains, "share": shares}))
    frame = pd.concat(lines, ignore_index=True)
    ends = list(SHARES.values())
    frame["gaps"] = np.array(list(SHARES))[np.searchsorted(ends, frame.pop("share"))]
    return frame


def gap_gain_chart(frame: pd.DataFrame) -> "Figure":
    """Points gained, with an interval over the clips, for each of SHARES that has clips; `by_gap` gives ``frame``."""
    groups = {name: part["gain"] for name, part in frame.groupby("gaps") if len(part) > 1}
    rows = {f"{name}, {len(groups[name])} clips": clip_bootstrap(groups[name]) for name in SHARES if name in groups}
    figure = interval_chart({"": rows}, "points gained, by how much of a hand was missing")
    figure.axes[0].axvline(0, color="0.4", linewidth=0.8)
    return figure
