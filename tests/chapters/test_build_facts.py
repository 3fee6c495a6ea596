"""What the page of execution statistics says comes from the results themselves."""

import pytest

from book.shared.facts import machines, this_build
from lib.report import report
from lib.tools import paths


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    monkeypatch.setenv("HANDS_PROFILE", "ci")
    for claim in ("one", "two"):
        report(claim, 1.0, paper=None, source="nowhere", profile="ci", chapter="0")
    return tmp_path


def test_machines_count_the_numbers_of_the_profile(results):
    table = machines().data
    assert list(table.columns) == ["made by", "machine 1: 2 numbers"]
    assert {"cpu", "cores", "python", "torch"} <= set(table["made by"])


def test_two_machines_are_two_columns_the_busier_one_first(results):
    row = results / "ci" / "one.json"
    row.write_text(row.read_text().replace('"cores": ', '"cores": 9'))
    report("three", 1.0, paper=None, source="nowhere", profile="ci", chapter="0")
    assert list(machines().data.columns)[1:] == ["machine 1: 2 numbers", "machine 2: 1 numbers"]


def test_no_result_gives_an_empty_table(results, monkeypatch):
    monkeypatch.setenv("HANDS_PROFILE", "paper")
    assert machines().data.empty


def test_the_build_names_its_profile_and_no_path(monkeypatch):
    monkeypatch.setenv("HANDS_PROFILE", "ci")
    facts = dict(this_build().data.to_numpy())
    assert facts["profile"] == "ci" and str(paths.ROOT) not in str(facts)
