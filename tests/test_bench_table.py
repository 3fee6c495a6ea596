"""The benchmark table: ratios to the yardstick, case by case."""

import sys
import time

from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

from table import compare, measure  # noqa: E402


def test_ratios_are_to_the_first_case(capsys):
    cases = {"once": lambda: time.sleep(0.01), "three times": lambda: time.sleep(0.03)}
    ratios = compare("Sleeping", cases, items=10, unit="nap", rounds=3)
    assert ratios["once"] == 1 and 2 < ratios["three times"] < 4
    table = capsys.readouterr().out
    assert "Sleeping" in table and "ms a nap" in table and "three times" in table


def test_first_round_does_not_count():
    calls = []
    seconds = measure({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2)
    assert calls == ["a", "b"] * 3
    assert {name: len(times) for name, times in seconds.items()} == {"a": 2, "b": 2}
