"""Chapter 6: methods compared clip by clip, R1's ladder rung by rung, and R1's figures beside ours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from lib.evaluation.intervals import Interval, paired_bootstrap
from lib.evaluation.verdicts import FAILS, HOLDS, OPEN, WITHIN, decide
from lib.papers import read
from lib.upsampler import R1_FIVE

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


def across(rows: Sequence[dict], name: str, one: Place, other: Place, key: str, factor: float = 100) -> Interval | None:
    """`paired`, where ``one`` and ``other`` are each a method and its path (`lib.evaluation.evaluation.PATHS`)."""
    renamed = [row | {"method": (row["method"], row["path"])} for row in rows]
    return paired(renamed, name, one, other, key, factor)


def gained(rows: Sequence[dict], methods: Sequence[str], now: str, before: str = "") -> pd.DataFrame:
    """Lost and false hands after one look minus those after another, paired, in points: a line for each set and method.

    ``now`` and ``before`` stand behind the method's name, see `lib.holistic.looks`. Methods without such rows are left
    out.
    """
    known = dict.fromkeys((row["set"], row["method"]) for row in rows)
    places = [(name, method) for name, method in known if method in methods and (name, method + now) in known]
    keys = {"lost": "uhp_both", "false": "false_all"}
    lines = [
        [paired(rows, name, method + now, method + before, key) for key in keys.values()] for name, method in places
    ]
    index = pd.MultiIndex.from_tuples(places, names=["set", "method"])
    return pd.DataFrame(lines, index, list(keys), dtype=object)


SECOND = ", seed 1"  # behind the name of a network's second training
SLIGHT = 1.5  # points: how far from zero a step may lie and still be called slight; ours, R1 names no limit
WORDS = {HOLDS: "slight", FAILS: "not slight", OPEN: OPEN}
IDEAS = (
    ("skips", "b-unet", "b-ae"),
    ("attention gates", "ba-unet", "b-unet"),
    ("hands count twice", "bwa-unet", "ba-unet"),
    ("fine-tuned on TD1", "bwfa-unet", "bwa-unet"),
)


@dataclass(frozen=True)
class Ladder:
    """Networks that were trained alike, the sets that they are compared on, and (idea, with it, without it)."""

    sets: tuple[str, ...]
    rungs: tuple[tuple[str, str, str], ...]


R1_LADDER = Ladder(("d1_test_software", "td2"), IDEAS)
CAMERA_LADDER = Ladder(
    ("d1_test", "td2"),
    (
        *((idea, f"{here}-camera", f"{before}-camera") for idea, here, before in IDEAS),
        ("films of every kind", "bv-unet", "ba-unet-camera"),  # from here on ours
        ("detector's guidance", "bg-unet", "bv-unet"),
    ),
)


def rungs(rows: Sequence[dict], ladder: Ladder = R1_LADDER, measure: str = "uhp_dominant") -> pd.DataFrame:
    """Each network minus the one before it, by set and idea: an Interval in points, where the rows have both.

    ``rows`` are those of `lib.evaluation.evaluation.evaluate`. The column is called "change".
    """
    changes = {
        (name, idea): paired(rows, name, here, before, measure)
        for name in ladder.sets
        for idea, here, before in ladder.rungs
    }
    found = {place: change for place, change in changes.items() if change is not None}
    index = pd.MultiIndex.from_tuples(found, names=["set", "what is new"])
    return pd.DataFrame({"change": pd.Series(list(found.values()), index=index, dtype=object)})


def over_trainings(rows: Sequence[dict], again: Sequence[dict], measure: str = "uhp_dominant") -> pd.DataFrame:
    """R1's steps on D1 in its damage by two trainings of each network: by either, and by their mean clip by clip.

    ``again`` are the rows of `book.studies.upsamplers`, where a second training is called "b-unet, seed 1". The
    frame is as `rungs` gives it, with "idea, seed 0", "idea, seed 1" and "idea, both" for an idea; empty without them.
    """
    name = R1_LADDER.sets[0]
    first = [row for row in rows if row["set"] == name]
    second = [row | {"method": row["method"].removesuffix(SECOND)} for row in again if row["method"].endswith(SECOND)]
    place = ["set", "clip", "method"]
    common = set.intersection(*({tuple(row[key] for key in place) for row in some} for some in (first, second)))
    both = pd.DataFrame([row for row in (*first, *second) if tuple(row[key] for key in place) in common])
    mean = both.groupby(place)[measure].mean().reset_index().to_dict("records") if common else []
    steps = {"seed 0": rungs(first, measure=measure), "seed 1": rungs(second, measure=measure)}
    steps["both"] = rungs(mean, measure=measure)
    changes = {
        (name, f"{idea}, {which}"): frame.loc[(name, idea), "change"]
        for idea, *_ in R1_LADDER.rungs
        for which, frame in steps.items()
        if (name, idea) in steps["both"].index
    }
    index = pd.MultiIndex.from_tuples(changes, names=["set", "what is new"])
    return pd.DataFrame({"change": pd.Series(list(changes.values()), index=index, dtype=object)})


def slight(change: Interval) -> str:
    """Whether a step is slight: its whole interval within `SLIGHT` of zero, all of it beyond, or neither."""
    return WORDS[decide(f"{WITHIN} {SLIGHT}", change)]


TABLES = {"d1_test_software": "R1 Table I", "td2": "R1 Table II"}  # R1 has no set with a camera's damage
ENDS = ("input", "target", "bilinear")


def r1_beside(name: str, method: str, what: str = "UHP %") -> dict[str, str | None]:
    """What `lib.report.report` is to show beside our figure of a set and a method, both as `lib.evaluation` calls them.

    ``what`` is a column of R1's tables, or what is computed from one ("gap closed %", "UHP % minus input"). Where R1
    has no such figure, there is no ``paper``, and the ``source`` says so: of a set in a camera's damage, and of
    networks that learned on it.
    """
    row = method.upper().replace("UNET", "UNet") if method in R1_FIVE else method
    found = (
        read().figures.get(f"{TABLES[name]}, {row}, {what}") if name in TABLES and method in R1_FIVE + ENDS else None
    )
    if found and found.number is not None:
        return {"paper": found.name}
    return {"paper": None, "source": "not in R1"}
