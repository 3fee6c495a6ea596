"""Chapter 4's checkers: right answers pass, and the usual wrong ones get the hint that helps."""

import torch

from lib.exercises.check_losses import check_circles, check_preferences, check_weighted_l2
from lib.losses import hand_weights, l1, l2


def circles(wrists, size, radius):
    y, x = torch.meshgrid(torch.arange(size[0]), torch.arange(size[1]), indexing="ij")
    near = [(x - w[0]) ** 2 + (y - w[1]) ** 2 <= radius**2 for w in wrists]
    return near[0] | near[1]


def test_check_weighted_l2():
    assert check_weighted_l2(l2) == "Correct."
    assert "Nothing" in check_weighted_l2(lambda p, t, w: None)
    assert "does not enter" in check_weighted_l2(lambda p, t, w: l2(p, t))
    assert "sum of the weights" in check_weighted_l2(lambda p, t, w: (w * (p - t) ** 2).sum() / (3 * w.sum()))
    assert "not the sum" in check_weighted_l2(lambda p, t, w: (w * (p - t) ** 2).sum())
    assert "that is L1" in check_weighted_l2(l1)
    assert "one number" in check_weighted_l2(lambda p, t, w: w * (p - t) ** 2)


def test_check_circles():
    assert check_circles(circles) == "Correct."
    assert "Nothing" in check_circles(lambda w, s, r: None)
    assert "other way round" in check_circles(lambda w, s, r: circles(w.flip(1), s, r))
    assert "(height, width)" in check_circles(lambda w, s, r: circles(w.flip(1), s[::-1], r))
    assert "True and False" in check_circles(lambda w, s, r: hand_weights(w[None], s, r)[0, 0])
    assert "is wrong at" in check_circles(lambda w, s, r: circles(w, s, 2 * r))


def test_check_preferences():
    costs = {"L1": {"a": 1.0, "b": 2.0}, "L2": {"a": 3.0, "b": 2.0}}
    assert check_preferences({"L1": "a", "L2": "b"}, costs) == "L1: correct. L2: correct."
    assert check_preferences({"L1": None, "L2": "a"}, costs) == "L1: open. L2: not yet; 'a' is number 2 of 2."
    assert "no spoiling 'c'" in check_preferences({"L1": "c", "L2": "b"}, costs)
    assert "Nothing" in check_preferences({"L1": None, "L2": None}, costs)
