"""Whether a measure of pictures could stand in for counting hands: does it order methods alike, clip by clip?"""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from lib.evaluation.intervals import Interval, clip_bootstrap

LESS_IS_BETTER = ("phash",)


def agreement(
    rows: Sequence[dict], name: str, methods: Sequence[str], measure: str, hands: str = "uhp_dominant"
) -> Interval | None:
    """Per cent of pairs of ``methods`` that ``measure`` and lost ``hands`` order alike, mean over the clips of a set.

    100: who loses fewer hands always has the nearer picture; 50: chance. A pair that loses equally many hands in a clip
    does not count there, and one that the measure finds equal counts half. ``rows`` are those of one path
    (`lib.evaluation`). None where a method has no rows, or where fewer than two clips are left.
    """
    frame = pd.DataFrame([row for row in rows if row["set"] == name and row["method"] in methods])
    if frame.empty or set(frame["method"]) != set(methods):
        return None
    lost, near = (frame.pivot(index="clip", columns="method", values=key).astype(float) for key in (hands, measure))
    sign = 1 if measure in LESS_IS_BETTER else -1
    shares = [_alike(lost.loc[clip], sign * near.loc[clip]) for clip in lost.index]
    counted = [100 * share for share in shares if share is not None]
    return clip_bootstrap(counted) if len(counted) > 1 else None


def _alike(lost: pd.Series, far: pd.Series) -> float | None:
    """Share of pairs in one order; both are better the smaller they are."""
    signs = [(lost[a] - lost[b]) * (far[a] - far[b]) for a, b in combinations(lost.index, 2) if lost[a] != lost[b]]
    return sum(0.5 if one == 0 else one > 0 for one in signs) / len(signs) if signs else None
