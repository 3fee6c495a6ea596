"""Chapter 11: its pictures, and the differences that it reports."""

import numpy as np
import pytest

from book.chapters.ch11_transfer import WAYS, draw_stages, few_shot_curves, imbalance_chart, maps, neighbours
from book.studies.real_transfer import accuracy, gain, gain_by_clip

ROWS = [  # of ten clips, each way names one more than the one before it, and each seed one more
    {"seed": seed, "shots": shots, "way": way, "right": f"{'1' * (1 + at + seed):0<10}"}
    for seed in range(3)
    for shots in (1, 5)
    for at, way in enumerate(WAYS)
]


def test_gain_is_seed_by_seed():
    """In ROWS the two ways differ by one clip of ten; one clip more for one seed makes it 10, 20, 10 points."""
    rows = [row | {"right": "1111000000"} if row["way"] == "frozen" and row["seed"] == 1 else row for row in ROWS]
    found = gain(ROWS, "frozen", "scratch", 5)
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((10, 10, 10, 3))
    found = gain(rows, "frozen", "scratch", 5)  # 10, 20, 10
    assert found.mean == pytest.approx(40 / 3)
    assert found.high - found.mean == pytest.approx(4.3027 * np.std([10, 20, 10], ddof=1) / np.sqrt(3), rel=1e-3)
    assert accuracy(ROWS, "scratch", 1).mean == pytest.approx(20)


def test_gain_by_clip_is_of_each_clips_mean_over_the_seeds():
    """Clips 1, 2 and 3 are gained by one seed of three each, the other seven by none."""
    found = gain_by_clip(ROWS, "frozen", "scratch", 5)
    assert found.mean == pytest.approx(10) and found.n == 10
    assert found.low == pytest.approx(0, abs=1e-9) or found.low > 0
    assert found.high < 100 / 3


def test_curves_show_every_way_and_chance():
    axis = few_shot_curves(ROWS, 20).axes[0]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == [name for name, *_ in WAYS.values()]
    assert [text.get_text() for text in axis.get_xticklabels()] == ["1", "5"]


def test_stages_and_maps_are_drawn():
    drawn = [text.get_text() for text in draw_stages().axes[0].texts]
    assert {"1. frozen", "2. sequence", "3. all"} <= set(drawn) and drawn.count("kept") == 3
    vectors = np.random.default_rng(0).normal(size=(12, 6))
    figure = maps({"before": vectors, "after": 2 * vectors}, np.arange(12) % 3, ["a", "b", "c"])
    assert [axis.get_title() for axis in figure.axes] == ["before", "after"]


def test_imbalance_chart_has_a_panel_for_each_data_set():
    rows = [
        {"data": data, "seed": seed, "loss": loss, "micro": 0.9, "macro": 0.5, "rare": 0.2}
        for data in ("asl", "synthetic")
        for loss in ("plain", "weighted")
        for seed in range(2)
    ]
    figure = imbalance_chart(rows)
    assert [axis.get_title() for axis in figure.axes] == ["ASL words", "synthetic signs"]
    assert sorted({round(bar.get_height()) for bar in figure.axes[0].patches}) == [20, 50, 90]


def test_nearest_neighbours_by_angle():
    """Clips 0 and 1 point the same way, as do 2 and 3, whatever their lengths; 3 is of another sign than 2.

    Clip 4 lies where clip 0 does, but is by the same signer.
    """
    vectors = np.array([[1, 0], [9, 0.1], [0, 1], [0.1, 7.0], [1, 0]])
    found = neighbours(vectors, np.array([0, 0, 1, 2, 5]), np.array([0, 1, 0, 1, 0]))
    assert found.tolist() == [True, True, False, False, False]
