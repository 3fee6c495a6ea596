"""Each verdict, from hand-made figures."""

import pytest

from lib.evaluation.verdicts import FAILS, HOLDS, NO_RUN, OPEN, SYMBOLS, VERDICTS, parse, verdict
from lib.tools.errors import BadInput

NAN = float("nan")
# rule, low, high, verdict
INTERVALS = [
    ("> 0", 0.1, 2.0, HOLDS),
    ("> 0", -2.0, -0.1, FAILS),
    ("> 0", -1.0, 1.0, OPEN),
    ("> 0", 0.0, 2.0, OPEN),  # touches the limit
    ("> 0", -2.0, 0.0, OPEN),
    ("> 0", 0.0, 0.0, OPEN),
    (">= 0", 0.0, 2.0, HOLDS),
    (">= 0", -2.0, 0.0, OPEN),
    (">= 0", -2.0, -0.1, FAILS),
    (">= 0", -0.1, 2.0, OPEN),
    ("< 0", -2.0, -0.1, HOLDS),
    ("< 0", 0.1, 2.0, FAILS),
    ("< 0", -2.0, 0.0, OPEN),
    ("<= 0", -2.0, 0.0, HOLDS),
    ("<= 0", 0.0, 2.0, OPEN),
    ("<= 0", 0.1, 2.0, FAILS),
    ("> -5", -4.0, -1.0, HOLDS),
    ("> -5", -9.0, -6.0, FAILS),
    ("< 5", 0.5, 4.9, HOLDS),
    ("> 50", 5.0, 23.0, FAILS),
    ("within 1.5", -1.4, 0.9, HOLDS),
    ("within 1.5", 0.2, 1.4, HOLDS),
    ("within 1.5", -1.5, 0.9, OPEN),
    ("within 1.5", -4.0, 4.0, OPEN),
    ("within 1.5", 1.0, 3.0, OPEN),
    ("within 1.5", 1.6, 3.0, FAILS),
    ("within 1.5", -3.0, -1.6, FAILS),
]


@pytest.mark.parametrize(("rule", "low", "high", "wanted"), INTERVALS)
def test_an_interval_against_a_limit(rule, low, high, wanted):
    word, why = verdict(rule, (low + high) / 2, low, high, 12)
    assert word == wanted and why


def test_what_is_too_little_cannot_tell():
    assert verdict("> 0", 3.0, None, None, 12) == (OPEN, "one number, no interval")
    assert verdict("> 0", 3.0, NAN, NAN, 12)[0] == OPEN
    assert verdict("> 0", 3.0, 2.0, 4.0, 2) == (OPEN, "only 2 measured")
    assert verdict("> 0", 3.0, 2.0, 4.0, 5)[0] == HOLDS
    assert verdict("> 0", 3.0, 2.0, 4.0, None)[0] == HOLDS


@pytest.mark.parametrize("rule", ["> 0", "= paper"])
def test_nan_is_no_run(rule):
    assert verdict(rule, NAN, NAN, NAN, 12, paper=1.0)[0] == NO_RUN


def test_counts_are_right_to_the_last_digit():
    assert verdict("= paper", 292.0, None, None, None, 292)[0] == HOLDS
    assert verdict("= paper", 293.0, None, None, None, 292)[0] == FAILS
    with pytest.raises(BadInput, match="paper's number"):
        verdict("= paper", 292.0, None, None, None)


@pytest.mark.parametrize("rule", ["", "0", "about 3", ">", "=> 3", "> three"])
def test_a_rule_must_be_one(rule):
    with pytest.raises(BadInput, match="no rule"):
        parse(rule)


def test_every_verdict_has_a_symbol_of_its_own():
    assert set(SYMBOLS) == set(VERDICTS) and len(set(SYMBOLS.values())) == len(VERDICTS)
