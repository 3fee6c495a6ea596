"""Two generations of MediaPipe on the same frames: what a row counts, and what the shipped rows are of."""

from dataclasses import replace

import numpy as np
import pytest

from book.studies import generations
from book.studies.generations import GATES, LOWER, SHOWN, TOGETHER, add, difference, disagreement, read, side_by_side
from lib.holistic.graph import SOLUTIONS, TASKS
from lib.signer.clips import clips
from lib.tools.errors import BadInput

MADE_UP = [
    {"set": name, "clip": f"{name}-{i}", "method": method, "mediapipe": f"{version}", "in_view": 4, "found": 3}
    | {"wrong": 1, "left_hand": "11", "right_hand": hand, **{key: lost for key in SHOWN}}
    for method, version, hand, lost in ((SOLUTIONS, "0", "10", 0.5), (TASKS, "1", "01", 0.3))
    for name in ("d1_test", "td2")
    for i in range(3)
]


def test_shipped_rows_are_of_the_same_frames():
    rows = read()
    assert {row["method"] for row in rows} == set(GATES)
    frames = {name: {(row["clip"], row["pixels"]) for row in rows if row["method"] == name} for name in GATES}
    assert len(frames[SOLUTIONS]) == 24 and frames[SOLUTIONS] == frames[TASKS] == frames[LOWER]
    assert {row["mediapipe"] for row in rows if row["method"] == SOLUTIONS} == {"0.10.21"}
    assert not [row for row in rows if row["method"] != SOLUTIONS and row["numpy"].startswith("1.")]
    for row in rows:
        assert row["found"] == row["left_hand"].count("1") + row["right_hand"].count("1")
        assert 0 <= row["wrong"] <= row["found"] and row["in_view"] <= 2 * row["frames"]


def test_a_row_counts_hands_by_the_truth(monkeypatch):
    """The truth itself, without one hand and with another one moved away."""
    clip = clips("d1_test")[0]
    truth = clip.truth()
    xyz, confidence = truth.xyz.copy(), truth.confidence.copy()
    xyz[0, truth.layout.parts["left_hand"]] = np.nan
    xyz[1, truth.layout.parts["left_hand"]] += 100
    found = replace(truth, xyz=xyz, confidence=confidence)
    asked = {}
    monkeypatch.setattr(generations, "extract", lambda frames, **settings: asked.update(settings) or found)
    row = generations.row_of(clip, LOWER)
    assert asked["backend"] == TASKS and asked["min_hand_confidence"] == 0.3
    assert row["left_hand"][:2] == "01" and row["found"] == 2 * row["frames"] - 1 and row["wrong"] == 1
    assert row["in_view"] == 2 * row["frames"] and row["method"] == LOWER


def test_differences_are_paired_and_in_points():
    assert difference(MADE_UP, "uhp_dominant").mean == pytest.approx(-20)
    assert difference(MADE_UP, "uhp_dominant").n == 6 and difference(MADE_UP, "uhp_dominant", name="td2").n == 3
    assert difference(MADE_UP, "uhp_dominant", LOWER) is None


def test_they_disagree_where_only_one_finds_a_hand():
    assert disagreement(MADE_UP).mean == pytest.approx(50)


def test_a_line_for_each_set_and_version():
    frame = side_by_side(MADE_UP)
    assert set(frame.index) == {(name, version) for name in ("d1_test", "td2", TOGETHER) for version in "01"}
    assert frame.loc[(TOGETHER, "1"), "found"] == 18


def test_each_generation_keeps_the_others_rows(tmp_path):
    path = tmp_path / "generations.json"
    for method in (SOLUTIONS, TASKS):
        add([row for row in MADE_UP if row["method"] == method], path)
    add([row | {"found": 4} for row in MADE_UP if row["method"] == TASKS], path)
    assert len(read(path)) == 12 and {row["found"] for row in read(path)} == {3, 4}
    path.write_text('{"rows": [{"clip": 1}]}')
    with pytest.raises(BadInput, match="generations.json holds no rows of two generations .*in both environments"):
        read(path)
