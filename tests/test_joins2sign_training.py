"""Training on pictures whose letter is plain to see, splits, scores, turned pictures, the command line."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from lib import train_joins2sign
from lib.errors import BadInput
from lib.joins2sign import Joins2Sign, static_loss
from lib.joins2sign_results import read_results
from lib.joins2sign_rotation import turned
from lib.joins2sign_scores import confusion, joint_interval, over_photos, over_signers, scores, together
from lib.joins2sign_training import (
    RECIPES,
    Prediction,
    Recipe,
    build,
    in_frame,
    mean_losses,
    predict,
    train,
    with_keypoint_pace,
)
from lib.lis import LETTERS, Photos
from lib.lis_splits import leave_signers_out, random_split, unseen_split

TINY = Recipe(64, 1 / 32, 2, batch=16, hidden=16, dropout=0.0)


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def easy(count: int = 88, signers: int = 11) -> Photos:
    """Four letters, each with its own colour and its own hand; the last signer is kept apart; one hand is unknown."""
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 4
    images = (50 * labels[:, None, None, None] + rng.integers(0, 20, (count, 64, 64, 3))).astype(np.uint8)
    shapes = rng.uniform(10, 54, (4, 21, 2))
    joints = (shapes[labels] + rng.normal(0, 0.5, (count, 21, 2))).astype(np.float32)
    joints[0] = np.nan
    people = np.arange(count) // 4 % signers
    return Photos(images, joints, labels, people, np.array(["front"] * count), people == signers - 1)


@pytest.mark.parametrize("kind", ["keypoints", "keypoints invariant", "cnn", "static", "dynamic", "dynamic invariant"])
def test_every_kind_learns_and_answers(kind, tmp_path):
    photos = easy()
    split = random_split(photos)
    recipe = with_keypoint_pace(TINY) if kind.startswith("keypoints") else TINY
    model, history = train(kind, photos, split.learn, split.judge, recipe, tmp_path)
    assert len(history) == recipe.epochs and np.isfinite(history[-1]["train"])
    answer = predict(model, photos, recipe)
    assert answer.letters.shape == (88,) and (answer.letters[1:] >= 0).all()
    assert (answer.joints is not None) == isinstance(model, Joins2Sign)
    assert (answer.letters[0] == -1) == kind.startswith("keypoints"), "no hand, no answer"


def test_keypoints_of_four_hands_are_told_apart(tmp_path):
    photos = easy()
    learn, judge, test = random_split(photos)
    recipe = Recipe(64, 1 / 32, 40, (1e-2, 1e-2), batch=16, hidden=32, dropout=0.0)
    model, _ = train("keypoints", photos, learn, judge, recipe, tmp_path)
    assert (predict(model, photos[test], recipe).letters == photos.labels[test]).mean() > 0.9


def test_dynamic_weighting_remembers_its_first_batch(tmp_path):
    photos = easy()
    split = random_split(photos)
    model, history = train("dynamic", photos, split.learn, split.judge, TINY, tmp_path)
    static, _ = train("static", photos, split.learn, split.judge, TINY, tmp_path / "static")
    losses = mean_losses(model, photos[split.judge], TINY)
    best = min(row["validation"] for row in history)
    assert static_loss(*losses).item() == pytest.approx(best, rel=1e-3), "the loss that judged the epochs"
    assert model.first.isfinite().all() and model.first[1] == pytest.approx(np.log(22), abs=1.0)
    assert static.first.isnan().all()
    other, _ = train("static", photos, *split[:2], replace(TINY, weights=(5.0, 0.5)), tmp_path / "joints")
    pairs = zip(static.parameters(), other.parameters())
    assert not all(torch.equal(a, b) for a, b in pairs), "the recipe's weights count"
    kept = torch.load(tmp_path / "last.pt", weights_only=True)["model"]["first"]
    assert torch.equal(kept, model.first), "a training that goes on has the same first batch"


def test_the_papers_recipe_runs_with_few_channels(tmp_path):
    """R3's 256 pixels, SGD and step schedule, two steps of it."""
    photos = easy(44)
    recipe = replace(RECIPES["paper"], width=1 / 64, epochs=1, batch=16, hidden=8)
    split = random_split(photos)
    model, history = train("dynamic", photos, split.learn, split.judge, recipe, tmp_path)
    assert model.config.size == 256 and history[0]["learning_rate"] == 5e-3
    assert predict(model, photos[:3], recipe).joints.shape == (3, 21, 2)


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
    assert row["accuracy"] == 0.75 and row["epe"] == pytest.approx(17.5) and row["median"] == pytest.approx(15)
    assert (row["pck"][0], row["pck"][9], row["pck"][10], row["pck"][30]) == (0.25, 0.25, 0.5, 0.75)
    assert row["auc"] == pytest.approx((30 + 20 + 10) / 4 / 30, abs=0.01), "area under three steps"
    median, auc = joint_interval(row, "median"), joint_interval(row, "auc")
    assert 0 <= median.low < median.mean < median.high <= 40 and median.n == auc.n == 4
    assert 0 <= auc.low < auc.mean == row["auc"] < auc.high <= 1
    assert joint_interval({"auc": 0.5, "hands": 4}, "auc") == 0.5, "rows of old have no interval"
    assert row["precision"] == pytest.approx((2 / 3 + 1) / 2) and row["recall"] == pytest.approx(0.75)
    assert row["by_signer"] == {"0": [2, 2], "1": [1, 2]} and over_signers([row]).mean == 0.75
    assert over_photos(row).mean == 0.75 and row["confusion"][1][:2] == [1, 1]
    assert confusion(np.array([3]), np.array([-1])).sum() == 0
    both = together([Prediction(guess[:1], np.array([3])), Prediction(guess[1:], np.array([0, 1, 0]))])
    np.testing.assert_array_equal(both.joints, guess)
    assert both.letters.tolist() == [3, 0, 1, 0] and together([Prediction(None, np.array([1]))]).joints is None


def test_a_quarter_turn():
    photos = easy(4)
    once = turned(photos, 90)
    np.testing.assert_array_equal(once.images[1], np.rot90(photos.images[1], -1))
    x, y = photos.joints[1].T
    np.testing.assert_allclose(once.joints[1], np.stack([64 - y, x], 1), atol=1e-3)
    assert turned(photos, 0).images[2].tolist() == photos.images[2].tolist()


def test_command_line_writes_each_row_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train_joins2sign, "read_photos", lambda folder, every: easy())
    monkeypatch.setitem(RECIPES, "ci", TINY)
    words = ["--profile", "ci", "--out", str(tmp_path / "runs"), "--ship", str(tmp_path / "r3.json")]
    for _ in range(2):
        assert train_joins2sign.main([*words, "--kinds", "keypoints", "cnn", "--splits", "random", "signers"]) == 0
    rows = read_results(tmp_path / "r3.json")["rows"]
    assert [(row["split"], row["kind"]) for row in rows] == [
        (split, kind) for split in ("random", "signers") for kind in ("keypoints", "cnn")
    ]
    assert rows[0]["turned"].keys() and rows[2]["folds"] == 5 and len(rows[2]["by_signer"]) == 10
    assert capsys.readouterr().out.count("%") == 4 and len(LETTERS) == len(json.loads(json.dumps(rows[0]["confusion"])))


def test_bad_input_is_one_sentence(tmp_path, monkeypatch, capsys):
    assert train_joins2sign.main(["--data", str(tmp_path / "none"), "--ship", str(tmp_path / "r3.json")]) == 1
    assert "lis_fingerspelling.py" in capsys.readouterr().err
    with pytest.raises(BadInput, match="magic"):
        build("magic", TINY)
    photos = easy()
    nobody = Photos(
        *(photos.images, photos.joints * np.nan, photos.labels, photos.signers, photos.angles, photos.unseen)
    )
    with pytest.raises(BadInput, match="no photos to learn"):
        train("keypoints", nobody, np.arange(50), np.arange(50, 60), TINY, tmp_path)
