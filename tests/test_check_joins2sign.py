"""Chapter 12's checkers know right answers from the likely wrong ones."""

import math

import numpy as np
import pytest

from lib.exercises.check_joins2sign import NOTHING, check_angle, check_leak, check_masked


def masked(pred, truth):
    known = ~np.isnan(truth)
    return ((pred - truth)[known] ** 2).mean() if known.any() else 0.0


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (check_angle, lambda w, j: math.atan2(j[1] - w[1], j[0] - w[0])),
        (check_angle, lambda w, j: math.atan2(j[1] - w[1], j[0] - w[0]) + 2 * math.pi),
        (check_masked, masked),
        (check_leak, lambda learn, test: not set(learn).isdisjoint(test)),
    ],
)
def test_right(check, right):
    assert check(right) == "Correct."


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_angle, lambda w, j: math.atan((j[1] - w[1]) / (j[0] - w[0])), "zero"),
        (check_angle, lambda w, j: math.atan2(w[1] - j[1], j[0] - w[0]), "below"),
        (check_masked, lambda p, t: ((p - t) ** 2).mean(), "NaN"),
        (check_masked, lambda p, t: np.nan_to_num((p - t) ** 2).mean(), "counted"),
        (check_masked, lambda p, t: np.abs(p - t)[~np.isnan(t)].mean(), "off by 2"),
        (check_masked, lambda p, t: np.nanmean((p - t) ** 2), "without any"),
        (check_leak, lambda learn, test: set(learn) == set(test), "answer is True"),
        (check_leak, lambda learn, test: True, "answer is False"),
    ],
)
@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_wrong(check, wrong, hint):
    assert hint in check(wrong) and check(wrong).startswith("Not yet")


@pytest.mark.parametrize("check", [check_angle, check_masked, check_leak])
def test_nothing_written_yet(check):
    assert check(lambda *_: None) == NOTHING
