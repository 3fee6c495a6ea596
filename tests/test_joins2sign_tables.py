"""R3's tables and figures from rows by hand, the grid search, and the synthetic hand in 22 letters."""

import numpy as np
import pytest

from lib import paths
from lib.chapters import joins2sign_figures as figures
from lib.chapters import letter_pictures
from lib.chapters.joins2sign_tables import (
    by_signer,
    crossing,
    gap,
    most_confused,
    ordered,
    pair_table,
    table1,
    table2,
)
from lib.errors import BadInput
from lib.joins2sign_grid import combinations, folds_of, search, with_settings
from lib.joins2sign_scores import THRESHOLDS
from lib.joins2sign_training import RECIPES, Recipe
from lib.lis import ANGLES, LETTERS, Photos

R, U = LETTERS.index("r"), LETTERS.index("u")


def row(kind: str = "dynamic", split: str = "random", right: float = 0.9) -> dict:
    counts = np.zeros((22, 22), int)
    counts[R, R], counts[R, U], counts[U, U], counts[0, 1] = 8, 2, 5, 1
    pck, curves = list(np.linspace(0, 1, len(THRESHOLDS))), [[[2, 3], [1, 2]]]
    return {"kind": kind, "split": split, "n": 20, "accuracy": right, "precision": right, "recall": right, "f1": right,
            "minutes": 1.0, "hands": 19, "epe": 9.0, "median": 7.5, "auc": 0.5, "pck": pck, "curves": curves,
            "confusion": counts.tolist(), "by_signer": {"0": [9, 10], "1": [9, 10]},
            "recipe": {"epochs": 20, "batch": 32}}  # fmt: skip


def test_tables():
    rows = [row(), row("static"), row(split="signers", right=0.6)]
    assert table1(rows)["median, px"].tolist() == [7.5] * 3
    assert table2(rows)["accuracy, %"].tolist() == [90, 90, 60]
    assert table2(rows)[["epochs", "batch"]].values.tolist() == [[20, 32]] * 3
    assert gap(rows, "static") is None, "its signers were never left out"


def test_rows_come_in_one_order():
    pairs = [("keypoints invariant", "random"), ("dynamic", "unseen"), ("keypoints", "random"), ("cnn", "signers")]
    rows = [row(kind, split) for kind, split in [*pairs, ("dynamic invariant", "random"), ("static", "random")]]
    named = [(line["kind"], line["split"]) for line in ordered(rows)]
    assert named[:2] == [("dynamic invariant", "random"), ("static", "random")]
    assert named[2:] == [pairs[2], pairs[0], pairs[3], pairs[1]]


def test_r_against_u():
    table = pair_table([row()])
    assert table["spelled"].tolist() == ["R", "U"] and table["read rightly, %"].tolist() == [80, 100]
    assert table["as U, %"].tolist() == [20, ""] and table["as R, %"].tolist() == ["", 0]
    assert most_confused(row()["confusion"]).values.tolist() == [["R and U", 2], ["A and B", 1]]


def test_crossing_by_hand():
    joints = np.zeros((2, 21, 2), np.float32)
    joints[:, 5], joints[:, 9] = (10, 0), (20, 0)
    joints[0, 8], joints[0, 12] = (10, -30), (20, -32)  # side by side
    joints[1, 8], joints[1, 12] = (18, -30), (13, -32)  # crossed by half a width
    photos = Photos(*(joints[:, 0],) * 1, joints, *(joints[:, 0],) * 4)
    assert crossing(photos).tolist() == pytest.approx([1, -0.5])


@pytest.mark.parametrize(
    "draw",
    [
        lambda rows: figures.pck_curves(rows, ["a", "b"]),
        lambda rows: figures.curves(rows, ["a", "b"]),
        lambda rows: figures.confusions([r["confusion"] for r in rows], ["a", "b"]),
        lambda rows: figures.splits(rows),
        lambda rows: figures.each_signer(by_signer(rows, "dynamic")),
        lambda rows: figures.turns([{"-10": 0.5, "0": 1.0, "10": 0.4}], ["a"]),
        lambda rows: figures.ways([{"way": "w", "found": 0.5, "mean": 0.5, "low": 0.4, "high": 0.6, "false": 0.1}]),
    ],
)
def test_figures_draw(draw):
    figure = draw([row(), row(split="signers")])
    figure.canvas.draw()
    assert all(ax.has_data() for ax in figure.axes[:1])


def test_hands_are_drawn_in_the_frame():
    images, joints = np.zeros((2, 64, 64, 3), np.uint8), np.full((2, 21, 2), 128.0)
    figure = figures.hands(images, ["a", "b"], joints, joints, columns=2)
    assert len(figure.axes) == 2 and figure.axes[0].get_ylim() == (256, 0)


def test_the_gap_is_taken_signer_by_signer():
    known, left_out = row(), row(split="signers") | {"by_signer": {"0": [4, 10], "1": [8, 10]}}
    assert by_signer([known, left_out], "dynamic").to_numpy().tolist() == [[90, 40], [90, 80]]
    found = gap([known, left_out], "dynamic")
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((30, 10, 50, 2))


def test_grid_has_every_combination():
    assert list(combinations({"rate": (1, 2), "dropout": (0,)})) == [
        {"rate": 1, "dropout": 0},
        {"rate": 2, "dropout": 0},
    ]
    recipe = with_settings(RECIPES["ci"], {"rate": 0.5, "dropout": 0.1, "batch": 8})
    assert (recipe.rates, recipe.dropout, recipe.batch) == ((0.5, 0.5), 0.1, 8)


def test_grid_search_finds_the_setting_that_learns():
    rng = np.random.default_rng(0)
    labels, signers = np.arange(80) % 2, np.arange(80) // 2 % 5
    joints = (rng.uniform(10, 50, (2, 21, 2))[labels] + rng.normal(0, 1, (80, 21, 2))).astype(np.float32)
    photos = Photos(np.zeros((80, 64, 64, 3), np.uint8), joints, labels, signers, signers.astype(str), labels > 1)
    for part in folds_of(photos, np.arange(80), 5, by_signer=True):
        assert len(set(signers[part])) == 1
    recipe = Recipe(64, 1 / 32, 6, batch=8, hidden=8, dropout=0.0)
    rows = search("keypoints", photos, np.arange(80), recipe, {"rate": (1e-6, 2e-2)}, 2, by_signer=False)
    assert rows[0]["settings"] == {"rate": 2e-2} and rows[0]["mean"] > 0.9 > rows[1]["mean"]
    with pytest.raises(BadInput, match="folds"):
        folds_of(photos, np.arange(80), 6, by_signer=True)


def test_the_synthetic_hand_spells(tmp_path, monkeypatch):
    """Every letter from every side, joints inside, no two signers alike, and the same again from the cache."""
    from lib.signer import manual_alphabet  # before the cache moves: the body's own files are there

    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(manual_alphabet, "CloseUp", Pretended)
    monkeypatch.setattr(manual_alphabet, "Figure", lambda signer: signer.name)
    photos, kind = letter_pictures.letter_pictures(None, signers=3, repeats=1)
    assert kind == "synthetic" and len(photos) == 3 * 22 * len(ANGLES) and photos.found.all()
    assert set(photos.signers[photos.unseen]) == {2}
    monkeypatch.setattr(manual_alphabet, "letters", None)
    again, _ = letter_pictures.letter_pictures(None, signers=3, repeats=1)
    np.testing.assert_array_equal(again.images, photos.images)


class Pretended:
    def __init__(self, name):
        self.level = int(name[1:])

    def pictures(self, spelled, sides, size, rng):
        count = len(spelled)
        return np.full((count, size, size, 3), self.level, np.uint8), rng.uniform(0, size, (count, 21, 2)).astype("f4")


def test_a_rendered_letter_is_a_hand():
    from lib.signer.figure import Figure
    from lib.signer.manual_alphabet import SHAPES, CloseUp
    from lib.signer.signers import SIGNERS

    assert list(SHAPES) == list(LETTERS)
    spelled = np.array([LETTERS.index(letter) for letter in "bu"])
    images, joints = CloseUp(Figure(SIGNERS[0])).pictures(spelled, ["front"] * 2, 64, np.random.default_rng(0))
    assert images.shape == (2, 64, 64, 3) and joints.shape == (2, 21, 2)
    for image, hand in zip(images, joints):
        inside = hand[((hand >= 1) & (hand < 63)).all(axis=1)].astype(int)
        assert len(inside) > 15 and (image[inside[:, 1], inside[:, 0]].max(axis=1) > 60).mean() > 0.8, "joints are skin"
        assert image[:5].max() < 80, "the cloth is dark"


def test_broken_photos_are_said_and_the_synthetic_hand_stands_in(tmp_path, monkeypatch):
    monkeypatch.setattr(letter_pictures, "synthetic_letters", lambda signers, repeats: "synthetic")
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.warns(UserWarning, match=r"photos\.csv is missing.*stands in"):
            assert letter_pictures.letter_pictures(folder) == ("synthetic", "synthetic")
