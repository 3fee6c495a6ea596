"""A reported number is shown beside the paper's, kept whole, and found again."""

import json
from typing import NamedTuple

import numpy as np
import pytest

from lib.report import gather, report, table
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import look_up


class Interval(NamedTuple):
    mean: float
    low: float
    high: float
    n: int


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    return tmp_path


MEASURED = Interval(26.744, 24.1, 29.3, 40)
THEIRS = "R1 Table II, bilinear, UHP %"


def say(claim="Right hand not found", value=MEASURED, paper=THEIRS, **options):
    where = {"profile": "ci", "chapter": "3", "unit": "%"} | ({} if paper else {"source": "ours"})
    return report(claim, value, paper=paper, **where | options)


def test_row_is_written_with_all_that_judges_it(results):
    say(seed=7, verdict="holds")
    kept = json.loads((results / "ci" / "right-hand-not-found.json").read_text())
    assert (kept["value"], kept["low"], kept["high"], kept["n"]) == (26.744, 24.1, 29.3, 40)
    assert (kept["paper"], kept["seed"], kept["profile"], kept["verdict"]) == (look_up(THEIRS).value, 7, "ci", "holds")
    assert {"python", "numpy"} <= set(kept["versions"])
    assert kept["hardware"]["cpu"] and kept["hardware"]["cores"] >= 1


def test_paper_and_run_are_apart_and_the_text_is_safe():
    cells = say().cells()
    assert cells["in the paper"] == str(look_up(THEIRS))
    assert cells["this run (ci)"] == "26.7 %"
    assert cells["95 % interval"] == "24.1 to 29.3"
    html = say("Lanczos < bilinear")._repr_html_()
    assert "Lanczos &lt; bilinear" in html and look_up(THEIRS).printed in html
    assert "26.7 %" in repr(say())


def test_a_profile_is_text_in_headers_too():
    """pandas escapes cells and leaves headers as they are."""
    html = table([say(profile="<img src=x onerror=alert(1)>")])._repr_html_()
    assert "<img" not in html and "this run (&lt;img" in html


def test_counts_and_missing_paper_number():
    cells = say("NGT examples", np.int64(12345), None, unit="").cells()
    assert cells["this run (ci)"] == "12,345"
    assert cells["in the paper"] == ""
    assert cells["95 % interval"] == ""


def named(paper, value=6.9, **options):
    return report("By name", value, paper=paper, **{"profile": "ci", "chapter": "3", "unit": "%"} | options)


def test_a_papers_number_comes_by_its_name(results):
    cells = named("R1 Table I, bilinear, UHP %").cells()
    theirs = look_up("R1 Table I, bilinear, UHP %")
    assert (cells["in the paper"], cells["where"]) == (f"{theirs.printed} %", "R1, Table I")
    assert theirs.printed.endswith(".00"), "as it is printed, with its noughts"
    kept = json.loads((results / "ci" / "by-name.json").read_text())
    assert (kept["paper"], kept["printed"]) == (theirs.value, theirs.printed)
    assert gather("ci").paper.tolist() == [theirs.value]


def test_what_a_paper_says_or_does_not_say_has_its_place_but_no_number():
    cells = named("R2 3.2, gaps inside are filled by straight lines").cells()
    assert (cells["in the paper"], cells["where"]) == ("", "R2, 3.2")
    assert named("R1 IV-A, the batch size").cells()["where"] == "not in R1"


def test_a_papers_number_needs_a_known_name_one_source_and_one_unit(results):
    with pytest.raises(BadInput, match="did you mean"):
        named("R1 Table I, Bilinear, UHP")
    with pytest.raises(BadInput, match="needs one source"):
        named("R1 Table I, bilinear, UHP %", source="R1, Table I")
    with pytest.raises(BadInput, match="needs one source"):
        named(None)
    with pytest.raises(BadInput, match="is in 'of 1' and .* in '%': report both in one unit"):
        named("R1 Table I, bilinear, UHP %", unit="of 1")
    with pytest.raises(BadInput, match="a paper's number: give the name of one in papers.toml"):
        named(36.0, source="R1, Table I")
    with pytest.raises(BadInput, match="in 'word'"):
        named("R1 Table I, B-AE, loss", unit="word")
    assert not list(results.rglob("*.json"))


def test_same_claim_replaces_and_profiles_stay_apart():
    say()
    say(value=1.0)
    say(profile="laptop")
    assert gather("ci").value.tolist() == [1.0]
    assert sorted(gather().profile) == ["ci", "laptop"]


def test_gather_orders_by_chapter_and_knows_the_empty_folder():
    assert gather().empty and "claim" in gather()
    say("b", chapter="3")
    say("a", chapter="3")
    say("c", chapter="2")
    assert gather().claim.tolist() == ["c", "a", "b"]


def test_table_has_a_row_each():
    text = table([say("one"), say("two", profile="laptop")]).to_html()
    assert text.count('data-label="claim"') == 2, "narrow pages show each cell with its column's name"
    with pytest.raises(BadInput):
        table([])


def test_what_all_rows_share_is_said_once_above_them_and_what_none_has_nowhere():
    rows = [say("one", paper="R1 IV-A, the batch size"), say("two", paper="R1 IV-A, the batch size")]
    text = table(rows).to_html()
    assert text.count("not in R1") == 1 == text.count("<caption>") and 'data-label="where"' not in text
    assert "in the paper" not in text and "verdict" not in text, "no row has either"
    assert text.count('data-label="this run (ci)"') == 2, "our figures keep their column"
    alone = table(rows[:1]).to_html()
    assert "<caption>" not in alone and 'data-label="where"' in alone, "a single row keeps all that it has"


def test_two_claims_in_one_file_are_refused():
    say("UHP > 5")
    with pytest.raises(BadInput, match="uhp-5"):
        say("UHP < 5")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Interval(1.0, float("nan"), 2.0, 3)])
def test_a_number_must_be_one(value, results):
    with pytest.raises(BadInput, match="finite"):
        say(value=value)
    assert not list(results.rglob("*.json"))


def test_not_testable_needs_its_reason():
    with pytest.raises(BadInput, match="no number"):
        say(value=None)
    with pytest.raises(BadInput, match="no number"):
        say(value=None, verdict="not testable here")
    row = say(value=None, verdict="not testable here", note="the broadcasts need a registration")
    assert row.cells()["verdict"] == "not testable here (the broadcasts need a registration)"
    with pytest.raises(BadInput, match="verdict"):
        say(verdict="maybe")


def test_foreign_file_is_named(results):
    (results / "ci").mkdir()
    (results / "ci" / "old.json").write_text("{}")
    with pytest.raises(BadInput, match=r"old\.json"):
        gather()
