"""The claims of the three papers, each with our figure and a verdict that a rule gives.

The list is ``claims.toml``; nothing in it says how a claim came out. Papers' figures and ours are of different data:
a verdict is about the claim's direction, on our data.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd

from book.ledger.claim_answers import Answer, find, through_film
from lib.evaluation import verdicts
from lib.report import Row, report
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import Figure, look_up

CHAPTER = "15 Claims"
LIST = Path(__file__).with_name("claims.toml")
COMMIT = re.compile(r"[0-9a-f]{7,40}")
PAPERS = {
    "R1": "R1: sharpening hands (Taşyürek, Kızıltepe, Keles)",
    "R2": "R2: reading signs (De Coster, Rushe, Holmes, Ventresque, Dambre)",
    "R3": "R3: spelling letters (Pastore, Loparco)",
}


@dataclass(frozen=True)
class Claim:
    """One entry of the list; its fields are explained there."""

    id: str
    short: str
    says: str
    paper: str = ""
    on: str = ""
    unit: str = ""
    rule: str | None = None
    answer: dict | None = None
    why: str = ""
    besides: str = ""
    rests: tuple[str, ...] = ()
    rule_commit: str = ""

    @property
    def source(self) -> str:
        """Which of the papers; where the entry does not say so, its id does."""
        name = str(self.paper)[:2]
        return name if name in PAPERS else self.id[:2].upper()

    @property
    def said(self) -> Figure:
        """What the paper says. Raises BadInput for a name that book/papers.toml does not have."""
        if not self.paper or not isinstance(self.paper, str):
            raise BadInput("it has no source: let its paper name what book/papers.toml says")
        return look_up(self.paper)

    @property
    def theirs(self) -> float | None:
        """The paper's figure, None where it gives none. Raises BadInput."""
        return self.said.value

    @property
    def place(self) -> str:
        """Where the paper says so, and what of the claim is ours. Raises BadInput."""
        return "; ".join(filter(None, (self.said.source, self.besides)))

    @property
    def limit(self) -> str | None:
        """The rule, with the paper's figure in it where it names that (">= paper"); only "= paper" stays as it is."""
        return self.rule if self.rule in (None, verdicts.EXACT) else self.rule.replace("paper", f"{self.theirs}")

    @property
    def problem(self) -> str:
        """One sentence where the paper's side of the claim cannot be used, else empty."""
        try:
            if self.said.printed and self.said.unit != self.unit:
                raise BadInput(f"it is in {self.unit!r} and {self.paper!r} in {self.said.unit!r}: take one unit")
        except BadInput as error:
            return f"Claim {self.id}: {error}"
        return ""


@dataclass(frozen=True)
class Judged:
    """A claim, our figure (None: no run), the verdict, and in a few words why.

    Hands are counted on bare frames; ``filmed`` is the same through a film, where there is such a figure.
    """

    claim: Claim
    ours: Answer | None
    verdict: str
    reason: str
    filmed: "Judged | None" = None


def read_claims(path: str | Path = LIST) -> list[Claim]:
    """The list. Raises BadInput for an entry that cannot be judged."""
    entries = tomllib.loads(Path(path).read_text(encoding="utf-8"))["claim"]
    for entry in entries:
        if unknown := entry.keys() - {one.name for one in fields(Claim)}:
            raise BadInput(
                f"Claim {entry.get('id')} in {Path(path).name} has {min(unknown)!r}, which is no field of one"
            )
    claims = [Claim(**entry | {"rests": tuple(entry.get("rests", ()))}) for entry in entries]
    for claim in claims:
        if not claim.why and not (claim.rule and claim.answer):
            raise BadInput(f"Claim {claim.id} in {Path(path).name} needs a rule and an answer, or why it has none")
        if claim.rule_commit and not COMMIT.fullmatch(claim.rule_commit):
            raise BadInput(f"Claim {claim.id} in {Path(path).name} names {claim.rule_commit!r}, which is no commit")
        if unknown := set(claim.rests) - {one.id for one in claims}:
            raise BadInput(f"Claim {claim.id} in {Path(path).name} rests on {min(unknown)!r}, which is no claim of it")
    return claims


def judge(claim: Claim, reported: pd.DataFrame, profile: str) -> Judged:
    """``reported`` is what `lib.report.gather` gives. A claim that cannot be used has no run, and says why."""
    if claim.problem:
        return Judged(claim, None, verdicts.NO_RUN, claim.problem)
    try:
        ours = find(claim.answer, reported, profile) if claim.answer else None
    except BadInput as error:
        reason = claim.why or str(error).replace(f"{paths.ROOT}/", "")
        return Judged(claim, None, verdicts.UNTESTABLE if claim.why else verdicts.NO_RUN, reason)
    if claim.why:
        return Judged(claim, ours, verdicts.UNTESTABLE, claim.why)
    measured = (ours.value, ours.low, ours.high, ours.n)
    filmed = judge(replace(claim, answer=other), reported, profile) if (other := through_film(claim.answer)) else None
    return Judged(claim, ours, *verdicts.verdict(claim.limit, *measured, claim.theirs), filmed)


def judge_all(reported: pd.DataFrame, profile: str, claims: Sequence[Claim] | None = None) -> list[Judged]:
    """Every claim of the list, in its order. A claim holds only where those that it rests on hold, too."""
    judged = [judge(claim, reported, profile) for claim in (read_claims() if claims is None else claims)]
    verdict_of = {one.claim.id: one.verdict for one in judged}
    return [_fallen(one, verdict_of) for one in judged]


def _fallen(one: Judged, verdict_of: Mapping[str, str]) -> Judged:
    """The claim as it stands once those are known that it rests on: by itself it may hold, without them it cannot."""
    lacking = [name for name in one.claim.rests if verdict_of.get(name) != verdicts.HOLDS]
    if one.verdict != verdicts.HOLDS or not lacking:
        return one
    reason = f"by itself it holds, but it rests on {lacking[0]} ({verdict_of.get(lacking[0], verdicts.NO_RUN)})"
    return replace(one, verdict=verdicts.OPEN, reason=reason)


def counts(judged: Sequence[Judged]) -> pd.DataFrame:
    """How many claims of each paper came out in which way."""
    table = pd.DataFrame({"paper": [one.claim.source for one in judged], "verdict": [one.verdict for one in judged]})
    return pd.crosstab(table["paper"], table["verdict"]).reindex(columns=list(verdicts.VERDICTS), fill_value=0)


def report_all(judged: Sequence[Judged], profile: str) -> list[Row]:
    """Each verdict as a row of `lib.report`, written as every chapter's rows are."""
    return [_report(one, profile) for one in judged]


def _report(one: Judged, profile: str) -> Row:
    claim, ours = one.claim, one.ours
    value = ours.value if ours and math.isfinite(ours.value) else None
    if value is not None and None not in (ours.low, ours.high):
        value = ours.interval
    about = {"paper": None, "source": "no source"} if claim.problem else {"paper": claim.paper}
    about |= dict(profile=profile, chapter=CHAPTER, unit=claim.unit, n=ours.n if ours else None, seed=0)
    note = "; ".join(filter(None, (claim.besides, claim.on, one.reason)))
    return report(f"{claim.id}: {claim.short}", value, verdict=one.verdict, note=note, **about)
