"""The table of everything: a number where there is a row, and else the reason why there is none."""

import pytest

from book.shared import all_cells
from book.shared.all_cells import ONCE, UNKNOWN, never_asked, of_mediapipe, of_second_judge, reasons, words
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import FILM, FRAMES, of_path, table
from lib.evaluation.intervals import Interval


def test_every_cell_is_a_number_or_a_reason_that_is_told():
    for path in (FRAMES, FILM):
        for lines in (of_mediapipe(path), of_second_judge(path)):
            told = reasons(lines)
            cells = [value for column in lines for value in lines[column]]
            assert all(isinstance(value, Interval) or value is None or f"{value} not run" in told for value in cells)


def test_its_numbers_are_those_of_the_tables_before():
    lines, before = of_mediapipe(FRAMES), table(of_path(shipped_rows.read()))
    for looks, ending in ((1, ""), (2, " + second look"), (3, " + third look")):
        found = lines.loc[("td2", "bg-unet"), f"lost, %, {looks} look{'s'[: looks > 1]}"]
        assert found == before.loc[("td2", "bg-unet" + ending), "UHP both, %"]
    assert lines.loc[("d1_test_software", "input"), "lost, %, 3 looks"] == ONCE
    assert lines.loc[("real", "input"), "false, %, 1 look"] == UNKNOWN


def test_people_by_hand(monkeypatch):
    row = {"clip": "film 1", "method": "input", "path": FRAMES, "in the sharp film": 8, "missing": 2}
    monkeypatch.setattr(shipped_rows, "read", lambda path: [row, row | {"method": "enhance"}])
    shares = [(one["set"], one["uhp_both"]) for one in all_cells.people()]
    assert shares == [("real", 0.25), ("real_software", 0.25)]


def test_whom_the_second_judge_was_not_asked_about(monkeypatch):
    rows = shipped_rows.read
    judged = [row for row in rows(shipped_rows.SECOND_JUDGE) if row["method"] in ("input", "bg-unet")]
    second = shipped_rows.SECOND_JUDGE
    monkeypatch.setattr(shipped_rows, "read", lambda path=shipped_rows.R1: judged if path == second else rows(path))
    (line,) = (line for line in never_asked(FRAMES).splitlines() if "TD2" in line)
    assert line.startswith("- (c) TD2: target, ") and "bwa-unet-camera" in line and "bg-unet" not in line


def test_in_words_for_a_note():
    lines = words(of_mediapipe(FILM), ["lost, %, 1 look"]).splitlines()
    assert lines[0] == "| set | method | lost, %, 1 look |"
    (target,) = (line for line in lines if line.startswith("| TD2 | target |"))
    assert target == "| TD2 | target | 0.7 [0.0, 1.8] |"


@pytest.mark.parametrize("path", [FRAMES, FILM])
def test_methods_stand_in_the_order_of_all_tables(path):
    methods = [method for name, method in of_mediapipe(path).index if name == "d1_test"]
    assert methods[:3] == ["target", "input", "bilinear"] and methods[-1] == "bg-unet"
