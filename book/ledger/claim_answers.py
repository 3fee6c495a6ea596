"""Where a claim's figure comes from: what the chapters have reported, and the rows that ship with the course.

Which answers there can be is said at the head of ``claims.toml``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import pandas as pd

from book.chapters.ch07_realness import agreement
from book.chapters.ch12_answers import answer as _r3
from book.shared import r1_studies
from book.shared.paired_rows import paired
from book.shared.rungs import mean_of_trainings
from book.studies import real_transfer
from book.studies.angles import rows as angle_rows
from book.studies.real_words import language_rows
from book.studies.rows import shipped_rows, sign_rows
from lib.evaluation.evaluation import FILM, FRAMES, of_path
from lib.evaluation.intervals import Interval, wider
from lib.tools.errors import BadInput

FILMED = ", through a film"  # how chapter 6's rows of that path end
BOTH = "both"  # of a network's two trainings


@dataclass(frozen=True)
class Answer:
    """Our figure: ``low`` and ``high`` are None where there is no interval, ``n`` counts what ``of`` names."""

    value: float
    low: float | None
    high: float | None
    n: int | None
    of: str
    place: str
    paper: float | None = None

    @property
    def interval(self) -> Interval:
        """Value, low, high and n."""
        return Interval(self.value, self.low, self.high, self.n)


def find(answer: Mapping, reported: pd.DataFrame, profile: str) -> Answer:
    """The figure that an ``answer`` of the list names; ``reported`` is what `lib.report.gather` gives.

    Raises BadInput, with the reason, where there has been no run.
    """
    if "row" in answer:
        return from_chapter(answer["row"], answer["chapter"], reported, profile)
    name = answer["file"]
    files = (shipped_rows.R1, r1_studies.SHIPPED, shipped_rows.SECOND_JUDGE)
    readers = {file.name: partial(_r1, file) for file in files} | {
        "real.json": _real,
        "transfer.json": _transfer,
        "languages.json": _languages,
        "r3.json": _r3,
        "letters.json": angle_rows.answer,
    }
    readers |= {"r2.json": partial(_signs, sign_rows.R2), "limits.json": partial(_signs, sign_rows.LIMITS)}
    readers |= {"r2_later.json": partial(_signs, sign_rows.LATER)}
    found, of = readers[name](answer)
    return Answer(found.mean, found.low, found.high, found.n, of, f"book/results/{name}")


def through_film(answer: dict) -> dict | None:
    """Where the same figure stands that was counted through a film; None for an answer that has no such twin."""
    if answer.get("file") in ("r1.json", "real.json") and "path" not in answer:
        return answer | {"path": FILM}
    if answer.get("chapter") == 6 and not answer["row"].endswith(FILMED):
        return {**answer, "row": answer["row"] + FILMED}
    return None


def from_chapter(claim: str, chapter: int, reported: pd.DataFrame, profile: str) -> Answer:
    """A chapter's row: of this profile, else of the larger one. Raises BadInput where it was not reported."""
    wanted = (profile, "paper", "laptop")
    same = reported[reported.claim == claim].set_index("profile")
    named = next((name for name in wanted if name in same.index), None)
    if named is None:
        others = reported.chapter[reported.profile.isin(wanted)]
        ran = any(name.startswith(f"{chapter} ") for name in others)
        why = "has run without the data that this needs, see `make data`" if ran else "has not been run"
        raise BadInput(f"Chapter {chapter} {why}: it reports {claim!r}")
    row = same.loc[named].astype(object).where(same.loc[named].notna(), None)
    n = None if row["n"] is None else int(row["n"])
    place = f"chapter {chapter}" + ("" if named == profile else f", profile {named}")
    value = float("nan") if row["value"] is None else row["value"]
    return Answer(value, row["low"], row["high"], n, "", place, row["paper"])


def _r1(file: Path, answer: Mapping) -> tuple[Interval, str]:
    rows, path = _of_path(file, answer)
    of, measure = f"clips, path {path}", answer["measure"]
    if answer.get("trainings") == BOTH:
        rows, of = mean_of_trainings(rows, of_path(r1_studies.read(), path)), f"{of}, mean of two trainings"
    if names := answer.get("orders"):
        return _there(agreement(rows, answer["set"], names, measure), f"{' and '.join(names)} in {file.name}"), of
    factor = 1 if measure in ("psnr", "ssim", "phash") else 100
    method, others = answer["method"], answer["minus"]
    others = [others] if isinstance(others, str) else others
    found = [paired(rows, answer["set"], method, other, measure, factor) for other in others]
    there = [_there(one, f"{method} and {other} in {file.name}") for one, other in zip(found, others, strict=True)]
    return most(there), of


def most(found: Sequence[Interval]) -> Interval:
    """The largest of some means, with the ends that no single one of them goes beyond."""
    mean, low, high = (max(getattr(one, end) for one in found) for end in ("mean", "low", "high"))
    return replace(found[0], mean=mean, low=low, high=high)


def _real(answer: Mapping) -> tuple[Interval, str]:
    """Films of all kinds together; their hands count alike within a film, and the films among each other."""
    shipped, path = _of_path(shipped_rows.REAL, answer)
    rows = [
        {"set": "films", "clip": f"{row['kind']}, {row['clip']}", "method": row["method"]}
        | {"missing": row["missing"] / row["hands"] if row["hands"] else None}
        for row in shipped
    ]
    pair = (answer["method"], answer["minus"])
    found = paired(rows, "films", *pair, "missing")
    return _there(found, f"{pair[0]} and {pair[1]} in real.json"), f"films, path {path}"


def _of_path(file: Path, answer: Mapping) -> tuple[list[dict], str]:
    path = answer.get("path", FRAMES)
    return of_path(_shipped(file), path), path


@cache
def _shipped(path: Path) -> list[dict]:
    """Read once: each reading also compares the networks' sums."""
    return shipped_rows.read(path)


def _signs(file: Path, answer: Mapping) -> tuple[Interval, str]:
    results, pair = sign_rows.read(file), (answer["method"], answer["minus"])
    if "beyond" in answer:
        return wider(*results.beyond(pair, answer["beyond"])), "trainings"
    return wider(results.gain(*pair), results.gain_by_clip(*pair)), "trainings"


def _transfer(answer: Mapping) -> tuple[Interval, str]:
    rows = real_transfer.read(real_transfer.SHIPPED)
    pair = (answer["method"], answer["minus"], answer["shots"])
    return wider(real_transfer.gain(rows, *pair), real_transfer.gain_by_clip(rows, *pair)), "trainings"


def _languages(answer: Mapping) -> tuple[Interval, str]:
    """One language left out where there are ``shots``, else one network with a head for each."""
    _, left_out, heads = language_rows.read()
    rows = language_rows.at(left_out, answer["shots"]) if "shots" in answer else heads
    return language_rows.over_languages(language_rows.gains(rows, answer["method"], answer["minus"])), "languages"


def _there(thing, what: str):
    if thing is None:
        raise BadInput(f"There are no rows for {what}")
    return thing
