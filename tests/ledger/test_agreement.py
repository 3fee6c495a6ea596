"""The same quantity in two chapters: one figure, or a reason; and one measuring path behind chapters 1, 2, 6 and 15."""

from dataclasses import replace
from functools import partial

import pytest

from book.shared.agreement import agreement_table, disagreements, quantity, shared
from book.shared.stages import enlarged, look, measure
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import of_path
from lib.metrics import undetected_hand_presence
from lib.report import report
from lib.signer.clips import Clip, clips
from lib.tools import paths

BILINEAR = quantity("d1_test", "bilinear", minus="input")


@pytest.fixture
def row(tmp_path, monkeypatch):
    """A row of chapter 6, and how to change it."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    about = dict(paper=None, source="ours", profile="laptop", unit="points", n=12)
    return partial(replace, report("Bilinear minus input", 0.4, chapter="6 Counting", quantity=BILINEAR, **about))


def test_equal_figures_agree(row):
    rows = [row(), row(chapter="1 Missing hands"), row(chapter="2 Data", value=0.4 + 1e-9), row(quantity="")]
    assert disagreements(rows) == [] and len(shared(rows)) == 1
    assert agreement_table(rows)["equal, or why not"].tolist() == ["equal"]


def test_other_figures_need_a_reason(row):
    other = row(chapter="1 Missing hands", value=5.0)
    (sentence,) = disagreements([row(), other])
    assert "uhp_dominant of bilinear minus input, d1_test, frames is not one figure" in sentence
    assert "1 Missing hands: 5" in sentence and "6 Counting: 0.4" in sentence
    assert agreement_table([row(), other])["equal, or why not"].tolist() == ["differs, nobody says why"]
    said = row(chapter="1 Missing hands", value=5.0, apart="2 of 12 clips")
    assert disagreements([row(), said]) == []
    assert agreement_table([row(), said])["equal, or why not"].tolist() == ["1 Missing hands: 2 of 12 clips"]


def test_an_interval_has_to_agree_as_well(row):
    assert disagreements([row(low=-1.8, high=2.4), row(chapter="15 Claims", low=-1.8, high=2.5)])


def test_other_profiles_and_the_same_chapter_twice_are_no_pair(row):
    assert shared([row(), row(value=1.0), row(chapter="1 Missing hands", profile="ci")]) == {}


def test_chapters_1_2_and_the_shipped_rows_measure_alike():
    """The live paths of chapters 1 (`look`) and 2 (`measure`) against the rows of chapters 6, 7 and 15."""
    clip = clips("d1_test")[0]
    same = [row for row in of_path(shipped_rows.read()) if (row["set"], row["clip"]) == (clip.set, clip.name)]
    shipped = {row["method"]: row["uhp_dominant"] for row in same}
    second = {row["stage"]: row["uhp_dominant"] for row in measure(clip)}
    first = look([clip], {"input": Clip.input, "bilinear": partial(enlarged, method="bilinear")})
    for method in ("input", "bilinear", "target"):
        assert second[method] == pytest.approx(shipped[method], abs=1e-9), method
    for method, (found,) in first.items():
        assert undetected_hand_presence(found) == pytest.approx(shipped[method], abs=1e-9), method
