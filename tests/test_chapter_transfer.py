"""Chapter 11: its pictures and its checker."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from lib.chapters.transfer_pictures import WAYS, draw_stages, few_shot_curves, imbalance_chart, maps
from lib.exercises.check_transfer import check_adjusted, check_learning, check_optimism
from lib.real_transfer import accuracy, gain

ROWS = [
    {"seed": seed, "shots": shots, "way": way, "accuracy": 0.2 + 0.1 * at + 0.01 * seed * (at + 1)}
    for seed in range(3)
    for shots in (1, 5)
    for at, way in enumerate(WAYS)
]


def test_gain_is_seed_by_seed():
    """The two ways differ by 10 points and one more with each seed: 10, 11, 12."""
    assert gain(ROWS, "frozen", "scratch", 5).mean == pytest.approx(11)
    assert gain(ROWS, "frozen", "scratch", 5).high - 11 == pytest.approx(4.3027 / np.sqrt(3), rel=1e-3)
    assert accuracy(ROWS, "scratch", 1).mean == pytest.approx(21)


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


def test_checker_of_learning_parameters():
    """By hand: 128 x 5 + 5; 4 transformer layers of 132,480 and CLS; an embedding of 531,672."""
    right = {"frozen": 645, "sequence": 530_693, "all": 1_062_365}
    assert check_learning(right, 134, 5) == "Correct."
    assert "bias" in check_learning(right | {"frozen": 640}, 134, 5)
    assert "goes on" in check_learning(right | {"sequence": 530_048}, 134, 5)
    assert "'all'" in check_learning(right | {"all": 1}, 134, 5)
    assert "Nothing" in check_learning({"frozen": None}, 134, 5)


def test_checker_of_optimism():
    assert check_optimism(25.0, 0.9, 0.65) == "Correct."
    assert "minus" in check_optimism(-25.0, 0.9, 0.65) and "points" in check_optimism(0.25, 0.9, 0.65)
    assert "Nothing" in check_optimism(None, 0.9, 0.65) and "Not yet" in check_optimism(3, 0.9, 0.65)


def test_checker_of_the_adjusted_loss():
    def adjusted(logits, labels, counts, sign=1):
        return cross_entropy(logits + sign * torch.tensor(np.log(counts / counts.sum()), dtype=torch.float32), labels)

    assert check_adjusted(adjusted) == "Correct."
    assert "added" in check_adjusted(lambda *given: adjusted(*given, sign=-1))
    assert "plain" in check_adjusted(lambda logits, labels, counts: cross_entropy(logits, labels))
    assert "Nothing" in check_adjusted(lambda *given: None)
