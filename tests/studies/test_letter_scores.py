"""How photos are split, and the scores of letters and joints, by hand."""

import numpy as np
import pytest
from easy_photos import easy

from book.chapters.ch12_answers import joint_interval, over_photos, over_signers
from book.shared.letter_scores import scores
from book.studies.letters import leave_signers_out, together
from lib.joins2sign.photos import Photos, random_split, unseen_split
from lib.joins2sign.training import Prediction, in_frame
from lib.tools.errors import BadInput


def test_a_random_split_has_the_papers_shares_and_mixes_signers():
    photos = easy(220)
    learn, judge, test = random_split(photos)
    assert [len(part) for part in (learn, judge, test)] == [132, 34, 34]
    assert sorted(np.concatenate([learn, judge, test])) == np.flatnonzero(~photos.unseen).tolist()
    assert set(photos.signers[test]) & set(photos.signers[learn])
    assert random_split(photos).learn.tolist() == learn.tolist() != random_split(photos, seed=1).learn.tolist()


def test_no_signer_is_on_two_sides():
    photos = easy(220)
    tested = []
    for learn, judge, test in leave_signers_out(photos):
        people = [set(photos.signers[part]) for part in (learn, judge, test)]
        assert not (people[0] & people[1] or people[0] & people[2] or people[1] & people[2])
        tested += sorted(people[2])
    assert sorted(tested) == list(range(10)), "each signer is tested once, and not the one kept apart"
    learn, judge, test = unseen_split(photos)
    assert set(photos.signers[test]) == {10} and 10 not in photos.signers[np.concatenate([learn, judge])]
    with pytest.raises(BadInput, match="groups"):
        list(leave_signers_out(photos, 11))


def test_scores_by_hand():
    """Four photos, one letter wrong, joints off by 0, 10, 20 and 40 pixels of the 256 frame."""
    joints = np.full((4, 21, 2), 20.0, np.float32)
    photos = Photos(np.zeros((4, 64, 64, 3), np.uint8), joints, np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]),
                    np.array(["front"] * 4), np.zeros(4, bool))  # fmt: skip
    guess = in_frame(photos) + np.array([0, 10, 20, 40])[:, None, None] * [1, 0]
    row = scores(Prediction(guess, np.array([0, 0, 1, 0])), photos)
    assert (
        row["right"] == "1110"
        and row["accuracy"] == 0.75
        and row["epe"] == pytest.approx(17.5)
        and row["median"] == pytest.approx(15)
    )
    assert (row["pck"][0], row["pck"][9], row["pck"][10], row["pck"][30]) == (0.25, 0.25, 0.5, 0.75)
    assert row["auc"] == pytest.approx((30 + 20 + 10) / 4 / 30, abs=0.01), "area under three steps"
    median, auc = joint_interval(row, "median"), joint_interval(row, "auc")
    assert 0 <= median.low < median.mean < median.high <= 40 and median.n == auc.n == 4
    assert 0 <= auc.low < auc.mean == row["auc"] < auc.high <= 1
    assert joint_interval({"auc": 0.5, "hands": 4}, "auc") == 0.5, "rows of old have no interval"
    assert row["precision"] == pytest.approx((2 / 3 + 1) / 2) and row["recall"] == pytest.approx(0.75)
    assert row["by_signer"] == {"0": [2, 2], "1": [1, 2]} and over_signers([row]).mean == 75
    assert over_photos(row).mean == 75 and row["confusion"][1][:2] == [1, 1]
    unread = scores(Prediction(None, np.array([0, 0, 1, -1])), photos)
    assert np.sum(unread["confusion"]) == 3, "no answer is in no column"
    both = together([Prediction(guess[:1], np.array([3])), Prediction(guess[1:], np.array([0, 1, 0]))])
    np.testing.assert_array_equal(both.joints, guess)
    assert both.letters.tolist() == [3, 0, 1, 0] and together([Prediction(None, np.array([1]))]).joints is None


def test_mean_and_median_are_taken_joint_by_joint():
    """R3, 5.1: over all joints at once the median of these would be 4, not the mean of 0 and 9."""
    joints = np.full((3, 21, 2), 20.0, np.float32)
    photos = Photos(np.zeros((3, 64, 64, 3), np.uint8), joints, *(np.zeros(3, int),) * 2, np.array(["front"] * 3), None)
    off = np.zeros((3, 21, 2), np.float32)
    off[:, :7, 0], off[:, 7:, 0] = [[0], [0], [12]], [[4], [9], [14]]
    row = scores(Prediction(in_frame(photos) + off, np.zeros(3, int)), photos)
    assert row["median"] == pytest.approx((7 * 0 + 14 * 9) / 21)
    assert row["epe"] == pytest.approx((7 * 4 + 14 * 9) / 21)
