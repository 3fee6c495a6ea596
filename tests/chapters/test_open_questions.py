"""Gaps filled with the arm's and other hands' help, one network for two languages, and the study of chapter 13."""

import json

import numpy as np
import pytest
import torch

from book.chapters.ch09_gaps import difference, linear, removed
from book.chapters.ch13_gaps import (
    ARM,
    NEIGHBOURS,
    arm_of,
    by_body,
    by_nearest,
    by_regression,
    collect,
    context_fills,
    learn,
    shapes,
)
from book.studies import open_questions
from book.studies.open_questions import Bilingual, marked, together
from book.studies.rows.sign_rows import read
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.ptn.training import Recipe, SignSet, accuracies, predict, train
from lib.tools.errors import BadInput

NAN = np.nan


def clip(frames=40, seed=0, open_fingers=0.0) -> Keypoints:
    """Shoulders 100 pixels apart; both hands swing with their arms, and open and close with ``open_fingers``."""
    rng = np.random.default_rng(seed)
    xyz = rng.uniform(0, 200, (75, 3))[None].repeat(frames, axis=0)
    xyz[:, HOLISTIC_75.shoulders] = [[200, 100, 0], [100, 100, 0]]
    swing = 30 * np.sin(np.arange(frames) / 3 + seed)[:, None]
    hand = np.random.default_rng(9).uniform(-20, 20, (21, 3))  # the same in every clip
    hand[0] = 0
    for side, wrist, mirror in (("LEFT", 15, -1), ("RIGHT", 16, 1)):
        for name in ARM:
            xyz[:, HOLISTIC_75.points.index(f"{side}_{name}"), :2] += swing
        size = 1 + open_fingers * np.sin(np.arange(frames) / 2 + seed)[:, None, None]
        shape = hand * [mirror, 1, 1] * size
        xyz[:, HOLISTIC_75.parts[f"{side.lower()}_hand"]] = xyz[:, wrist, None] + shape
    return Keypoints(xyz, np.ones((frames, 75)), HOLISTIC_75, 25, (640, 480))


def hidden(points: np.ndarray, start: int, stop: int) -> np.ndarray:
    points = points.copy()
    points[start:stop] = NAN
    return points


@pytest.mark.parametrize("part", ["left_hand", "right_hand"])
def test_the_bodys_wrist_carries_the_hand(part):
    whole, arm = clip().part(part), arm_of(clip(), part)
    filled = by_body(hidden(whole, 10, 16), arm)
    np.testing.assert_allclose(filled[..., :2], whole[..., :2], atol=1e-3)
    assert np.abs(linear(hidden(whole, 10, 16)) - whole).max() > 5
    assert not by_body(np.full_like(whole, NAN), arm).any()  # never seen: zeros, as in R2


@pytest.mark.parametrize("part", ["left_hand", "right_hand"])
def test_similar_hands_lend_their_fingers(part):
    """The same movement, seen once more in training, is found again; a straight line cannot know it."""
    moving = clip(open_fingers=0.5)
    whole, arm = moving.part(part), arm_of(moving, part)
    points, mirror = hidden(whole, 12, 16), -1.0 if part == "left_hand" else 1.0
    filled = by_nearest(points, arm, collect([moving] * NEIGHBOURS), mirror)
    np.testing.assert_allclose(filled[..., :2], whole[..., :2], atol=0.5)
    assert np.abs(by_body(points, arm) - whole)[..., :2].max() > 2
    np.testing.assert_array_equal(by_nearest(points, arm, [], mirror), by_body(points, arm))  # nothing to learn from


@pytest.mark.parametrize("part", ["left_hand", "right_hand"])
def test_regression_learns_that_the_hand_goes_with_the_arm(part):
    weights = learn([clip(seed=1), clip(seed=2), clip(seed=3)])
    assert weights.shape == (2 * len(ARM), 42)
    whole, mirror = clip().part(part), -1.0 if part == "left_hand" else 1.0
    points = hidden(whole, 10, 16)
    filled = by_regression(points, arm_of(clip(), part), weights, mirror)
    off, before = (np.abs(each - whole)[..., :2].mean() for each in (filled, linear(points)))
    assert off < 0.1 * before
    np.testing.assert_array_equal(by_regression(points, arm_of(clip(), part), 0 * weights, mirror), linear(points))


def test_shapes_are_right_hands_of_length_one():
    left, right = (clip().part(part) for part in ("left_hand", "right_hand"))
    (a, _), (b, length) = shapes(left, -1.0), shapes(right, 1.0)
    np.testing.assert_allclose(a, b, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(b[:, 9], axis=-1), 1, rtol=1e-4)
    assert length == pytest.approx(np.linalg.norm((right[0, 9] - right[0, 0])[:2]), rel=1e-4)


def test_found_frames_stay_nothing_is_nan_and_the_scores_take_them():
    moving = [clip(seed=seed, open_fingers=0.3) for seed in range(2)]
    fills = context_fills(collect(moving), learn(moving))
    points = hidden(hidden(hidden(moving[0].part("right_hand"), 0, 3), 10, 14), 38, 40)
    for fill in fills(moving[0], "right_hand").values():
        filled = fill(points)
        np.testing.assert_allclose(filled[~np.isnan(points)], points[~np.isnan(points)], rtol=1e-5)
        assert np.isfinite(filled).all()
    table = removed(moving, (2, 4), methods=fills)
    assert set(table["method"]) == set(fills(moving[0], "right_hand"))
    assert difference(table, "error", "body's wrist", "linear").high < 0


def two_sets() -> tuple[SignSet, SignSet]:
    """Three signs and two, each a place that all frames of a clip are near."""
    rng, sets = np.random.default_rng(0), []
    for signs in (3, 2):
        labels = np.arange(60) % signs
        places = rng.normal(size=(signs, 6))
        clips = [(places[label] + 0.1 * rng.normal(size=(5, 6))).astype(np.float32) for label in labels]
        sets.append(SignSet(clips, labels))
    return tuple(sets)


def test_marked_clips_say_their_language():
    source, target = two_sets()
    both = together(source, target, 3)
    assert len(both) == 120 and both.clips[0].shape == (5, 7)
    assert {(int(clip[0, -1]), int(label)) for clip, label in zip(both.clips, both.labels)} == {
        (0, 0), (0, 1), (0, 2), (1, 3), (1, 4)
    }  # fmt: skip
    np.testing.assert_array_equal(marked(target, 1, 3).clips[4], both.clips[64])


def test_scores_of_the_other_language_cannot_win():
    source, target = two_sets()
    torch.manual_seed(0)
    model = Bilingual(6, (3, 2))
    scores = predict(model, together(source, target, 3).clips)
    assert np.isneginf(scores[:60, 3:]).all() and np.isneginf(scores[60:, :3]).all()
    assert np.isfinite(scores[:60, :3]).all() and np.isfinite(scores[60:, 3:]).all()


def test_the_body_does_not_see_the_language():
    torch.manual_seed(0)
    model, x = Bilingual(6, (2, 2)).eval(), torch.randn(1, 5, 6)
    one, other = (model(torch.cat([x, torch.full((1, 5, 1), mark)], dim=-1)) for mark in (0.0, 1.0))
    weights, bias = model.classifier.weight, model.classifier.bias
    seen = model.features(x) @ weights.T + bias
    torch.testing.assert_close(torch.cat([one[:, :2], other[:, 2:]], dim=1), seen)


def test_both_languages_are_learned():
    torch.manual_seed(0)
    both = together(*two_sets(), 3)
    model = Bilingual(6, (3, 2))
    train(model, both, both, Recipe(batch=16, epochs=12, learning_rate=1e-3))
    assert accuracies(predict(model, both.clips), both.labels)[0] > 0.95
    assert all(torch.isfinite(p).all() for p in model.parameters())


@pytest.mark.parametrize("clips", [120, 390, 640, 1030])
def test_every_training_has_as_many_steps(clips):
    epochs = open_questions.recipe(clips, 3).epochs
    assert (
        abs(epochs * -(-clips // open_questions.RECIPE.batch) - open_questions.STEPS)
        <= clips / open_questions.RECIPE.batch
    )


def test_study_keeps_what_is_finished(tmp_path, monkeypatch):
    """Trainings are made once; the file has the form of the other sign results."""
    done = []

    def run(name, seed, chosen):
        done.append((name, seed))
        assert chosen == {"Kalman": {"push": 1.0}}
        return {name: {"right": "101", "micro": 0.6667, "macro": 0.5 + seed, "seed": seed, "seconds": 1.0}}

    (tmp_path / "filters.json").write_text(json.dumps({"Kalman": {"push": 1.0}}))
    monkeypatch.setattr(open_questions, "run", run)
    options = ["--only", "raw", "few", "--seeds", "0", "1", "--cache", str(tmp_path), "--out", str(tmp_path / "o.json")]
    assert open_questions.main(options) == 0 and open_questions.main(options) == 0
    assert sorted(done) == [("few", 0), ("few", 1), ("raw", 0), ("raw", 1)]
    results = read(tmp_path / "o.json")
    assert results.gain("raw", "few").mean == 0 and results.clips("raw") == 6
    assert results.facts["filters"] == {"Kalman": {"push": 1.0}}


def test_missing_results_name_their_command(tmp_path):
    with pytest.raises(BadInput, match="python -m book.studies.open_questions"):
        read(tmp_path / "open.json")
