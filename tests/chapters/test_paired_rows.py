"""Differences clip by clip, and the method that invents hands."""

import numpy as np
import pytest

from book.chapters import ch07_realness
from book.shared.paired_rows import across, gained, paired
from lib.evaluation.methods import SECOND_LOOK, THIRD_LOOK
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import clips
from lib.tools.errors import BadInput


def test_paired_by_hand():
    values = {"input": [0.4, 0.6, 0.5], "mine": [0.3, 0.2, None]}
    rows = [
        {"set": "td2", "clip": clip, "method": method, "uhp_dominant": value}
        for method, column in values.items()
        for clip, value in zip("abc", column)
    ]
    found = paired(rows, "td2", "mine", "input", "uhp_dominant")
    assert found.mean == pytest.approx(-25) and found.n == 2  # -10 and -40; the third has nothing to measure
    assert paired(rows[:1] + rows[3:4], "td2", "mine", "input", "uhp_dominant") is None
    assert paired(rows, "td2", "yours", "input", "uhp_dominant") is None
    assert paired(rows, "d1_test", "mine", "input", "uhp_dominant") is None


def test_a_difference_across_paths_names_both():
    values = {("mine", "film"): [0.4, 0.6], ("input", "film"): [0.4, 0.6], ("input", "frames"): [0.3, 0.5]}
    rows = [
        {"set": "td2", "clip": clip, "method": method, "path": path, "uhp_dominant": value}
        for (method, path), column in values.items()
        for clip, value in zip("ab", column)
    ]
    assert across(rows, "td2", ("mine", "film"), ("input", "film"), "uhp_dominant").mean == 0
    assert across(rows, "td2", ("mine", "film"), ("input", "frames"), "uhp_dominant").mean == pytest.approx(10)
    assert across(rows, "td2", ("mine", "frames"), ("input", "frames"), "uhp_dominant") is None


def test_what_another_look_gains():
    lost = {"mine": [0.4, 0.6], "mine" + SECOND_LOOK: [0.3, 0.2], "mine" + THIRD_LOOK: [0.3, 0.1], "yours": [0.1, 0.1]}
    rows = [
        {"set": "td2", "clip": clip, "method": method, "uhp_both": value, "false_all": 0.1 * value}
        for method, column in lost.items()
        for clip, value in zip("ab", column)
    ]
    second, third = gained(rows, ["mine", "yours"], SECOND_LOOK), gained(rows, ["mine"], THIRD_LOOK, SECOND_LOOK)
    assert list(second.index) == [("td2", "mine")] == list(third.index)
    assert second.loc["td2", "mine"]["lost"].mean == pytest.approx(-25)
    assert third.loc["td2", "mine"]["lost"].mean == pytest.approx(-5)
    assert third.loc["td2", "mine"]["false"].mean == pytest.approx(-0.5)
    assert gained(rows, ["yours"], SECOND_LOOK).empty


@pytest.fixture(scope="module")
def stamp():
    return ch07_realness.cut_stamp(clips("d1_train")[0])


def test_the_stamp_holds_the_hand(stamp):
    assert stamp.picture.dtype == np.uint8 and stamp.picture.shape[0] == stamp.picture.shape[1]
    assert (stamp.wrist > 0).all() and (stamp.wrist < len(stamp.picture)).all() and 0.3 < stamp.side < 1.5


def person(found):
    """A clip with shoulders 40 pixels apart and the right wrist at (60, 50); the right hand only where ``found``."""
    xyz = np.zeros((len(found), 75, 3), np.float32)
    left, right = HOLISTIC_75.shoulders
    xyz[:, left, :2], xyz[:, right, :2] = (80, 20), (40, 20)
    xyz[:, HOLISTIC_75.body_wrists[1], :2] = (60, 50)
    xyz[~np.array(found), HOLISTIC_75.parts["right_hand"]] = np.nan
    return Keypoints(xyz, np.ones((len(found), 75), np.float32), HOLISTIC_75, 25, (120, 100))


def test_hands_are_invented_only_where_they_were_lost(stamp):
    frames = np.full((3, 100, 120, 3), 7, np.uint8)
    keypoints = person([True, False, False])
    keypoints.xyz[2, HOLISTIC_75.body_wrists[1]] = np.nan  # nobody knows where it would be
    made = list(ch07_realness.invent(frames, keypoints, stamp))
    assert np.array_equal(made[0], frames[0]) and np.array_equal(made[2], frames[2])
    rows, columns = np.nonzero((made[1] != 7).any(axis=2))
    side = 40 * stamp.side
    assert 0.7 * side < np.ptp(columns) <= side + 2 and rows.min() < 50 < rows.max() + 1
    assert (frames == 7).all()


def test_no_stamp_out_of_a_clip_without_the_hand(monkeypatch):
    clip = clips("d1_train")[0]
    truth = clip.truth()
    truth.confidence[:] = 0
    monkeypatch.setattr(type(clip), "truth", lambda self: truth)
    with pytest.raises(BadInput, match="no frame with the whole right hand"):
        ch07_realness.cut_stamp(clip)
