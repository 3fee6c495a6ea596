"""Two methods compared on the same clips: the difference clip by clip, out of the rows of an evaluation."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lib.evaluation.intervals import Interval, paired_bootstrap

Place = tuple[str, str]


def paired(rows: Sequence[dict], name: str, method: str, other: str, key: str, factor: float = 100) -> Interval | None:
    """Mean of ``method`` minus ``other`` in measure ``key`` over the clips of set ``name``, times ``factor``.

    ``rows`` are those of `lib.evaluation.evaluation.evaluate`, of one path. Clips where one of the two has nothing to
    measure do not count; None where fewer than two are left.
    """
    frame = pd.DataFrame([row for row in rows if row["set"] == name and row["method"] in (method, other)])
    if frame.empty or key not in frame or not {method, other} <= set(frame["method"]):
        return None
    wide = frame.pivot(index="clip", columns="method", values=key).astype(float).dropna()
    if len(wide) < 2:
        return None
    found = paired_bootstrap(factor * wide[method], factor * wide[other])
    ends = {end: round(getattr(found, end), 9) + 0.0 for end in ("mean", "low", "high")}  # no -1e-16 for a plain 0
    return replace(found, **ends)


def across(rows: Sequence[dict], name: str, one: Place, other: Place, key: str) -> Interval | None:
    """`paired`, where ``one`` and ``other`` are each a method and its path (`lib.evaluation.evaluation.PATHS`)."""
    renamed = [row | {"method": (row["method"], row["path"])} for row in rows]
    return paired(renamed, name, one, other, key)


def gained(rows: Sequence[dict], methods: Sequence[str], now: str, before: str = "") -> pd.DataFrame:
    """Lost and false hands after one look minus those after another, paired, in points: a line for each set and method.

    ``now`` and ``before`` stand behind the method's name, see `lib.holistic.third_look`. Methods without such rows are
    left out.
    """
    known = dict.fromkeys((row["set"], row["method"]) for row in rows)
    places = [(name, method) for name, method in known if method in methods and (name, method + now) in known]
    keys = {"lost": "uhp_both", "false": "false_all"}
    lines = [
        [paired(rows, name, method + now, method + before, key) for key in keys.values()] for name, method in places
    ]
    index = pd.MultiIndex.from_tuples(places, names=["set", "method"])
    return pd.DataFrame(lines, index, list(keys), dtype=object)
