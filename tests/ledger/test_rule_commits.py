"""The commit that a claim names for its rule: it lies behind us, and the rule is in it, as it is today."""

import subprocess
import tomllib
from functools import cache

import pytest
from conftest import ROOT

from book.ledger.claims import Claim, read_claims

FIRST = [claim for claim in read_claims() if claim.rule_commit]
LISTS = ("book/ledger/claims.toml", "lib/chapters/claims.toml")  # where the list lies, and where it lay
# rules that their commit has in words, and the list of claims got later: the file, and some of the words
IN_WORDS = {
    "r1-clear-people": ("book/lab-notes.md", "at most 1 %"),
    "r1-second-judge-people": ("book/lab-notes.md", "bg-unet minus input"),
    "r1-second-judge-people-guided": ("book/lab-notes.md", "bg-unet minus bwa-unet-camera"),
    "r2-languages-5": ("book/studies/transfer.py", "The rules, written before the runs"),
    "r2-languages-heads": ("book/studies/transfer.py", "The rules, written before the runs"),
}


@cache
def git(*words: str) -> str | None:
    """What git says, None where it fails."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return None if done.returncode else done.stdout


@cache
def rules_of(commit: str) -> dict[str, tuple[str, str]]:
    """Rules and units of the list that the commit has, by claim."""
    found = next(filter(None, (git("show", f"{commit}:{path}") for path in LISTS)), "")
    return {one["id"]: (one.get("rule"), one.get("unit", "")) for one in tomllib.loads(found).get("claim", [])}


@pytest.fixture(autouse=True)
def history():
    if git("rev-parse", "--is-shallow-repository") != "false\n":
        pytest.skip("not a git checkout with its history")


@pytest.mark.parametrize("claim", FIRST, ids=lambda claim: claim.id)
def test_a_rule_that_came_first_is_in_the_commit_that_is_named(claim: Claim):
    assert git("merge-base", "--is-ancestor", claim.rule_commit, "HEAD") is not None, "a commit of this history"
    if claim.id in IN_WORDS:
        path, words = IN_WORDS[claim.id]
        assert claim.id not in rules_of(claim.rule_commit) and words in git("show", f"{claim.rule_commit}:{path}")
    else:
        assert rules_of(claim.rule_commit)[claim.id] == (claim.rule, claim.unit)


def test_a_commit_of_nowhere_and_one_without_the_rule_are_seen():
    assert git("merge-base", "--is-ancestor", "0123456789abcdef", "HEAD") is None
    assert "r2-depth" in rules_of("82dda9a") and "r2-vtn-most" not in rules_of("82dda9a")
