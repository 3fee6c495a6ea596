"""Intervals over a handful of trainings."""

import numpy as np
import pytest

from lib.evaluation.intervals import over_seeds
from lib.tools.errors import BadInput


def test_by_hand():
    """Mean 3, s = sqrt(2.5), n = 5: 3 +- 2.776 x 0.7071."""
    found = over_seeds([1, 2, 3, 4, 5])
    assert (found.mean, found.n) == (3, 5)
    assert found.high - found.mean == pytest.approx(2.7764 * np.sqrt(2.5 / 5), rel=1e-4)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


def test_covers_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(size=(2000, 5))
    hits = [found.low < 0 < found.high for found in map(over_seeds, draws)]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan")], [[1.0, 2.0]]])
def test_too_few_or_no_numbers(values):
    with pytest.raises(BadInput):
        over_seeds(values)
