"""Claims that rest on others, and the commits of rules that came before their runs."""

import re
from dataclasses import replace

import pytest
from test_claims import CLAIM, results, tell  # noqa: F401 - every test writes into a folder of its own

from book.ledger.claim_tables import claims_html
from book.ledger.claims import judge, judge_all, read_claims
from book.shared import r1_studies
from book.shared.rungs import over_trainings, slight
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import FILM, FRAMES, of_path
from lib.evaluation.verdicts import FAILS, HOLDS, OPEN, decide
from lib.report import gather
from lib.tools.errors import BadInput


def test_a_claim_falls_with_those_that_it_rests_on():
    tell(-4, -1)
    tell(-1, 1, claim="b")
    tell(1, 4, claim="c")
    bases = [replace(CLAIM, id=name, answer=CLAIM.answer | {"row": name}) for name in "abc"]
    for base, wanted in zip(bases, (HOLDS, OPEN, OPEN)):
        one = judge_all(gather(), "ci", [replace(CLAIM, rests=(base.id,)), *bases])[0]
        assert (one.verdict, one.ours.value) == (wanted, -2.5)
        assert (f"it rests on {base.id}" in one.reason) == (wanted != HOLDS)
    below = replace(CLAIM, answer=CLAIM.answer | {"row": "c"}, rests=("b",))
    assert judge_all(gather(), "ci", [below, *bases])[0].verdict == FAILS, "what does not hold by itself stays so"


@pytest.mark.parametrize(
    ("field", "said"),
    [('rests = ["y"]', "Claim x in claims.toml rests on 'y'"), ('rule_commit = "soon"', "'soon', which is no commit")],
)
def test_what_a_claim_rests_on_and_the_commit_of_its_rule_exist(tmp_path, field, said):
    path = tmp_path / "claims.toml"
    path.write_text(f'[[claim]]\nid = "x"\nshort = "x"\nsays = "x"\nwhy = "x"\n{field}\n')
    with pytest.raises(BadInput, match=re.escape(said)):
        read_claims(path)


def test_the_ledger_names_the_commit_of_a_rule_that_came_first():
    tell(-4, -1)
    html = claims_html(judge_all(gather(), "ci", [replace(CLAIM, rule_commit="0123456789abcdef"), CLAIM]), "c")
    assert html.count("rule of commit 0123456, before the run") == 1


def test_a_preprint_that_is_none_of_the_three_papers_is_said_to_be_unread():
    named = [claim for claim in read_claims() if re.search(r"arXiv \d{4}\.\d{5}", claim.besides + claim.says)]
    assert {claim.id for claim in named} == {"letters-angles", "letters-five"}
    for claim in named:
        assert "which nobody here has read" in claim.besides and "ours" in claim.besides.rpartition(",")[2]
        assert not re.search(r"arXiv \d{4}\.\d{5}", claim.says), "no claim rests on it"


RUNGS = {"skips": "skips", "attention": "attention gates", "weights": "hands count twice"}
STEPS = {f"r1-{rung}": ("d1_test_software", idea) for rung, idea in RUNGS.items()}
STEPS |= {f"r1-{rung}-td2": ("td2", idea) for rung, idea in RUNGS.items()} | {
    "r1-fine-tuning": ("td2", "fine-tuned on TD1")
}


def test_the_ledger_judges_a_rung_of_two_trainings_as_chapter_6_does():
    first, again = shipped_rows.read(), r1_studies.read()
    straight, filmed = (over_trainings(of_path(first, path), of_path(again, path))["change"] for path in (FRAMES, FILM))
    ledger = {claim.id: judge(claim, gather(), "ci") for claim in read_claims() if "trainings" in (claim.answer or {})}
    for rung, (name, idea) in STEPS.items():
        step, one = straight[name, f"{idea}, both"], ledger.pop(rung)
        assert (one.verdict, one.ours.interval) == (decide("< 0", step), step)
        assert one.filmed.ours.interval == filmed[name, f"{idea}, both"]
        if kept := ledger.pop(f"{rung}-slight", None):
            assert {HOLDS: "slight", FAILS: "not slight", OPEN: OPEN}[kept.verdict] == slight(step)
    assert not ledger
