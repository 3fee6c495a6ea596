"""R3's tables and figures from rows by hand, the grid search, and the synthetic hand in 22 letters."""

import numpy as np
import pytest

from book.chapters import ch12_pictures
from book.chapters.ch12_answers import answer, gain, measured, over_trainings, smallest_step
from book.chapters.ch12_tables import (
    by_signer,
    choices,
    crossing,
    gap,
    most_confused,
    ordered,
    pair_table,
    table1,
    table2,
    trainings,
    turned_round,
)
from book.shared.letter_scores import THRESHOLDS
from book.studies.rows import letter_rows
from book.studies.rows.letter_rows import MADE_BY, read_results, seeds_of
from lib.joins2sign.photos import ANGLES, LETTERS, Photos
from lib.tools import paths
from lib.tools.errors import BadInput

R, U = LETTERS.index("r"), LETTERS.index("u")


def row(kind: str = "dynamic", split: str = "random", right: float = 0.9, seed: int = 0, every: int = 1) -> dict:
    counts = np.zeros((22, 22), int)
    counts[R, R], counts[R, U], counts[U, U], counts[0, 1] = 8, 2, 5, 1
    pck, epoch = list(np.linspace(0, 1, len(THRESHOLDS))), {"losses": [2, 3], "mean": [0.9, 0.8]}
    epoch |= {"least": [0.5, 0.2], "largest": [2, 3]}
    hits = "".join("1" if place < round(20 * right) else "0" for place in range(20))
    return {"kind": kind, "split": split, "n": 20, "accuracy": right, "precision": right, "recall": right, "f1": right,
            "minutes": 1.0, "hands": 19, "epe": 9.0, "median": 7.5, "auc": 0.5, "pck": pck, "curves": [[2.0, 1.0, 0.5]],
            "confusion": counts.tolist(), "by_signer": {"0": [9, 10], "1": [9, 10]}, "right": hits, "seed": seed,
            "every": every, "folds": 1, "profile": "laptop", "recipe": {"epochs": 20, "batch": 32}, "made_by": MADE_BY,
            "epochs": [[{"epoch": 1} | epoch, {"epoch": 2} | epoch]]}  # fmt: skip


def test_the_shipped_rows_are_of_the_networks_as_they_are():
    """`read_results` refuses others; both weightings are there in the same seeds, and so on the same photos."""
    rows = read_results()["rows"]
    static, dynamic = ({row["seed"] for row in seeds_of(rows, kind, every=3)} for kind in ("static", "dynamic"))
    assert static and static <= dynamic and seeds_of(rows, "cnn", every=3)
    for row in rows:
        assert len(row["right"]) == row["n"] and row["right"].count("1") == round(row["accuracy"] * row["n"])


def test_tables():
    rows = [row(), row("static"), row("static", right=0.8, seed=1), row(split="signers", right=0.6)]
    assert table1(rows)["EPE median, px"].tolist() == [7.5] * 3
    letters = table2(rows)
    assert letters["network"].tolist() == ["dynamic", "static", "dynamic"] and letters["trainings"].tolist() == [
        1,
        2,
        1,
    ]
    assert [said.split()[0] for said in letters["accuracy, %"]] == ["90", "85", "90.0"]
    assert letters["tested"].tolist() == [20, 40, 20] and letters["F1, %"].tolist() == [90, 85, 60]
    assert gap(rows, "static") is None, "its signers were never left out"


def test_rows_come_in_one_order_and_seeds_together():
    pairs = [("keypoints invariant", "random"), ("dynamic", "unseen"), ("keypoints", "random"), ("cnn", "signers")]
    rows = [row(kind, split) for kind, split in [*pairs, ("dynamic cartesian", "random"), ("static", "random")]]
    named = [(line["kind"], line["split"]) for line in ordered(rows)]
    assert named[:2] == [("dynamic cartesian", "random"), ("static", "random")]
    assert named[2:] == [pairs[2], pairs[0], pairs[3], pairs[1]]
    more = [row(seed=1), row(every=3), row(seed=0)]
    assert [[(one["seed"], one["every"]) for one in some] for some in trainings(more)] == [[(0, 1), (1, 1)], [(0, 3)]]
    assert [one["seed"] for one in seeds_of(more, "dynamic")] == [0, 1] and not seeds_of(more, "static")


def test_over_trainings_and_gains_by_hand():
    """90 and 80 % against 80 and 60 %: 15 points in the mean, and an interval that tells of two trainings."""
    mine, others = (
        [row(right=share, seed=seed) for seed, share in enumerate(pair)] for pair in ((0.9, 0.8), (0.8, 0.6))
    )
    mean, better = over_trainings(mine), gain(mine, others)
    assert mean.mean == pytest.approx(85) and better.mean == pytest.approx(15) and better.n == 2
    assert better.low < 10 and better.high > 20, "the t interval over two is wide"
    one = over_trainings(mine[:1])
    assert one.mean == 90 and one.n == 20 and 70 < one.low < 90, "over photos"
    assert over_trainings(mine[:1], "auc") == 0.5 and over_trainings(mine, "auc").mean == 0.5
    ends = over_trainings([mine[0] | {"median_ends": [7, 8]}], "median")
    assert (ends.low, ends.high, ends.n) == (7, 8, 19)
    step = smallest_step([others, [row(right=0.7, seed=seed) for seed in (0, 1)], mine])
    assert step.mean == pytest.approx(0), "-10 where the order is broken, +10 where it holds"
    with pytest.raises(BadInput, match="two finite values"):
        gain(mine[:1], others)


def test_measures_by_hand():
    assert measured(row(), "ru") == pytest.approx(100 * 2 / 15) and measured(row(), "accuracy") == 90
    assert measured(row(), "unrest") == pytest.approx(0) and measured(row(), "median") == 7.5


def test_answers_are_taken_from_the_rows(monkeypatch):
    shares = {"dynamic": 0.9, "static": 0.8, "cnn": 0.85}
    rows = [row(kind, right=shares[kind], seed=seed, every=3) for kind in shares for seed in range(5)]
    rows += [row() | {"turned": {"0": 0.9, "90": 0.3}}, row(split="signers", right=0.5)]
    monkeypatch.setattr(letter_rows, "read_results", lambda: {"rows": rows})
    here = {"split": "random", "method": "dynamic"}
    better, of = answer(here | {"minus": "static", "every": 3})
    assert (better.mean, better.n, of) == (pytest.approx(10), 5, "trainings")
    assert answer({"split": "random", "order": ["static", "cnn", "dynamic"], "every": 3})[0].mean == pytest.approx(5)
    assert answer(here | {"turned": 90})[0].mean == pytest.approx(-60)
    left, of = answer({"split": "signers", "method": "dynamic", "minus": here})
    assert (left.mean, of) == (pytest.approx(0), "signers"), "by signer all rows here have 90 %"
    assert answer(here) == (over_trainings([row()]), "photos")
    for wrong in (here | {"method": "keypoints"}, here | {"minus": "static"}, here | {"measure": "auc"}):
        with pytest.raises(BadInput, match="r3.json"):
            answer(wrong)


def test_what_r3s_decisions_are_worth():
    rows = [row(seed=seed, every=3) for seed in (0, 1)]
    rows += [row("dynamic cartesian", right=0.8, seed=seed, every=3) | {"median": 8.0} for seed in (0, 1)]
    table = turned_round([*rows, row("static", every=3)])
    assert table["network"].tolist() == ["dynamic", "dynamic cartesian"]
    assert table["letters, points"].str.startswith("-10").tolist() == [False, True]
    assert table["joints, px"].tolist()[0] == "" and table["joints, px"][1].startswith("0.5")
    alone = turned_round([one for one in rows if one["kind"] == "dynamic" or not one["seed"]])
    assert alone["letters, %"].all() and "letters, points" not in alone, "one training has nothing to be sure by"


def test_r_against_u():
    table = pair_table([row(), row(seed=1)])
    assert table["spelled"].tolist() == ["R", "U"] and table["read rightly, %"].tolist() == [80, 100]
    assert table["n"].tolist() == [20, 10], "over both seeds"
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
        lambda rows: ch12_pictures.pck_curves(rows, ["a", "b"]),
        lambda rows: ch12_pictures.training_losses([rows, rows[:1]]),
        lambda rows: ch12_pictures.weights(rows[0]),
        lambda rows: ch12_pictures.confusions([r["confusion"] for r in rows], ["a", "b"]),
        lambda rows: ch12_pictures.splits(rows),
        lambda rows: ch12_pictures.each_signer(by_signer(rows, "dynamic")),
        lambda rows: ch12_pictures.turns([{"-10": 0.5, "0": 1.0, "10": 0.4}], ["a"]),
        lambda rows: ch12_pictures.ways(
            [{"way": "w", "found": 0.5, "mean": 0.5, "low": 0.4, "high": 0.6, "false": 0.1}]
        ),
    ],
)
def test_figures_draw(draw):
    figure = draw([row(), row(split="signers")])
    figure.canvas.draw()
    assert all(ax.has_data() for ax in figure.axes[:1])


def test_hands_are_drawn_in_the_frame():
    images, joints = np.zeros((2, 64, 64, 3), np.uint8), np.full((2, 21, 2), 128.0)
    figure = ch12_pictures.hands(images, ["a", "b"], joints, joints)
    assert len(figure.axes) == 6 and figure.axes[0].get_ylim() == (256, 0)


def test_the_gap_is_taken_signer_by_signer():
    known, left_out = row(every=3), row(split="signers", every=3) | {"by_signer": {"0": [4, 10], "1": [8, 10]}}
    assert by_signer([row(), left_out], "dynamic") is None, "of other photos"
    assert by_signer([known, left_out], "dynamic").to_numpy().tolist() == [[90, 40], [90, 80]]
    found = gap([known, left_out], "dynamic")
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((30, 10, 50, 2))


def test_the_best_of_a_grid_stands_beside_r3s_choice():
    def tried(kind, judge, rate, accuracy):
        settings = {"rate": rate, "alpha": 0.5}
        return {"kind": kind, "judged_by": judge, "settings": settings, "accuracy": accuracy, "median": 20.0}

    static = [tried("static", "chance", 0.001, 0.5), tried("static", "chance", 0.01, 0.25)]
    by_chance, by_signers = choices([*static, tried("dynamic", "signers", 1, 0.4)])
    assert by_chance.startswith("static, judged by photos at random: most letters, rate 0.001 and alpha 0.5: 50.0 %")
    assert by_chance.endswith("as R3 chose, rate 0.01 and alpha 0.5: 25.0 %, joints 20.0 px")
    assert by_signers.startswith("dynamic, judged by other signers") and "R3" not in by_signers, "it was not tried"
    assert choices([]) == []


def test_the_synthetic_hand_spells(tmp_path, monkeypatch):
    """Every letter from every side, joints inside, no two signers alike, and the same again from the cache."""
    from data_scripts import letter_hands  # before the cache moves: the body's own files are there

    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(letter_hands, "CloseUp", Pretended)
    monkeypatch.setattr(letter_hands, "Figure", lambda signer: signer.name)
    photos, kind = ch12_pictures.letter_pictures(None, signers=3, repeats=1)
    assert kind == "synthetic" and len(photos) == 3 * 22 * len(ANGLES) and photos.found.all()
    assert set(photos.signers[photos.unseen]) == {2}
    monkeypatch.setattr(letter_hands, "letters", None)
    again, _ = ch12_pictures.letter_pictures(None, signers=3, repeats=1)
    np.testing.assert_array_equal(again.images, photos.images)


class Pretended:
    def __init__(self, name):
        self.level = int(name[1:])

    def pictures(self, spelled, sides, size, rng):
        count = len(spelled)
        return np.full((count, size, size, 3), self.level, np.uint8), rng.uniform(0, size, (count, 21, 2)).astype("f4")


def test_a_rendered_letter_is_a_hand():
    from data_scripts.letter_hands import SHAPES, CloseUp
    from data_scripts.signer.figure import SIGNERS, Figure

    assert list(SHAPES.index) == list(LETTERS)
    spelled = np.array([LETTERS.index(letter) for letter in "bu"])
    images, joints = CloseUp(Figure(SIGNERS[0])).pictures(spelled, ["front"] * 2, 64, np.random.default_rng(0))
    assert images.shape == (2, 64, 64, 3) and joints.shape == (2, 21, 2)
    for image, hand in zip(images, joints):
        inside = hand[((hand >= 1) & (hand < 63)).all(axis=1)].astype(int)
        assert len(inside) > 15 and (image[inside[:, 1], inside[:, 0]].max(axis=1) > 60).mean() > 0.8, "joints are skin"
        assert image[:5].max() < 80, "the cloth is dark"


def test_broken_photos_are_said_and_the_synthetic_hand_stands_in(tmp_path, monkeypatch):
    monkeypatch.setattr(ch12_pictures, "synthetic_letters", lambda signers, repeats: "synthetic")
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.warns(UserWarning, match=r"photos\.csv is missing.*stands in"):
            assert ch12_pictures.letter_pictures(folder) == ("synthetic", "synthetic")
