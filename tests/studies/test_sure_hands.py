"""What is said of hands against what is true of them: the counting, the learning, and the rows that ship."""

import json

import numpy as np
import pytest

from book.chapters.ch08_pictures import reliability
from book.shared import sure_hands
from lib.holistic import surety
from lib.holistic.surety import features, with_candidates, with_probabilities
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import clips, in_target_pixels
from lib.tools.errors import BadInput


def row(signer, hands, said, right):
    return {"signer": signer, "hands": hands, "said": said, "right": right}


def test_the_calibration_error_is_the_distance_of_what_is_said_from_what_is_true():
    counts = np.array([[10, 30], [2, 27], [4, 24]])  # says .2 and .9, true are .4 and .8
    assert sure_hands.calibration_error(counts) == pytest.approx((10 * 0.2 + 30 * 0.1) / 40)
    rows = [row(0, [0, 10], [0, 9], [0, 9]), row(1, [0, 10], [0, 9], [0, 7]), row(1, [10, 0], [0, 0], [0, 0])]
    found = sure_hands.error_with_interval(rows)
    assert (
        found.mean == pytest.approx(100 * 2 / 30)
        and found.low == 0
        and found.high == pytest.approx(10)
        and found.n == 2
    )


def test_hands_are_right_where_they_are():
    clip = clips("d1_train")[0]
    truth = clip.truth()
    right = sure_hands.right(truth, clip)
    visible = np.stack([(truth.confidence[:, part] > 0).any(axis=1) for part in surety.HAND], axis=1)
    np.testing.assert_array_equal(right, visible)
    away = Keypoints(truth.xyz + np.float32([300, 0, 0]), truth.confidence, HOLISTIC_75, truth.fps, truth.size)
    assert not sure_hands.right(in_target_pixels(away, clip), clip).any()


def test_what_is_learned_is_what_is_used(monkeypatch, tmp_path):
    rng, names = np.random.default_rng(0), list(surety._seen(clips("d1_train")[0].truth(), 0, 1))
    told = rng.normal(size=(4000, len(names)))
    odds = 3 * told[:, 2] - 1
    rows = np.column_stack([told, rng.random(4000) < 1 / (1 + np.exp(-odds))])
    rows[:100, 4] = np.nan  # what cannot be said
    monkeypatch.setattr(sure_hands, "C", 10.0)  # as good as not held back
    learned = sure_hands.fitted(rows, names)
    assert learned["hands"] == 4000 and learned["right"] == rows[:, -1].sum()
    assert learned["mean and weight"][names[2]][1] == pytest.approx(3, abs=0.5)
    (tmp_path / "surety.json").write_text(json.dumps({"found": learned, "candidates": learned}))
    monkeypatch.setattr(surety, "LEARNED", tmp_path / "surety.json")
    surety._learned.cache_clear()
    said = surety.probabilities("found", told)
    surety._learned.cache_clear()
    assert np.abs(said - 1 / (1 + np.exp(-odds))).mean() < 0.03


def test_examples_are_of_hands_that_were_found_and_of_candidates_apart():
    truth = clips("d1_train")[0].truth()
    xyz = truth.xyz.copy()
    xyz[3, surety.HAND[1]] = np.nan
    found = Keypoints(xyz, truth.confidence, HOLISTIC_75, truth.fps, truth.size)
    candidates = {(3, 1): (truth.xyz[3, surety.HAND[1]], -1.0)}
    rows = sure_hands.examples(found, candidates, np.ones((len(xyz), 2), bool))
    assert len(rows["found"]) == 2 * len(xyz) - 1 and rows["candidates"].shape == (1, rows["found"].shape[1] + 1)
    assert rows["candidates"][0, -2] == -1.0
    np.testing.assert_allclose(rows["candidates"][0, :-2], features(with_candidates(found, candidates))[3, 1])
    said = with_probabilities(found, candidates, 0.0).confidence[3, surety.HAND[1]]
    assert said.shape == (21,)
    np.testing.assert_allclose(said[:1], surety.probabilities("candidates", rows["candidates"][:, :-1]), rtol=1e-6)


def test_rows_that_ship_are_of_signers_who_were_held_back():
    rows = sure_hands.read()
    learned_from = {clip.info["recipe"]["signer"] for clip in clips("d1_train")}
    assert not {row["signer"] for row in rows} & learned_from and {row["set"] for row in rows} == {"td2"}
    assert {(row["method"], row["looks"]) for row in rows} == set(sure_hands.jobs_of(sure_hands.JUDGED_ON))
    hands, said, right = sure_hands.bins_of(rows)
    assert (right <= hands).all() and len(rows) == 2 * 2 * len(clips("td2"))
    edges = np.arange(sure_hands.BINS + 1) / sure_hands.BINS
    assert ((edges[:-1] * hands - 0.01 <= said) & (said <= edges[1:] * hands + 0.01)).all()
    with pytest.raises(BadInput, match="is missing: make it with"):
        sure_hands.read(sure_hands.SHIPPED.with_name("none.json"))


def test_the_picture_has_a_panel_a_kind():
    figure = reliability({"some": np.array([[50, 5], [20, 4], [25, 5]]), "others": np.array([[90], [80], [81]])})
    assert [len(ax.collections[0].get_offsets()) for ax in figure.axes] == [1, 1]
    np.testing.assert_allclose(figure.axes[0].collections[0].get_offsets()[0], [0.4, 0.5])
