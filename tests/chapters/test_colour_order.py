"""Red and blue swapped before a pose estimator."""

import numpy as np
import pytest

from book.chapters import ch08_estimators
from book.chapters.ch08_estimators import compare, swapped
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import clips
from lib.tools.errors import BadInput


def test_swapping_twice_changes_nothing():
    frames = np.random.default_rng(0).integers(0, 256, (2, 4, 5, 3), dtype=np.uint8)
    assert swapped(frames)[0, 0, 0].tolist() == frames[0, 0, 0, ::-1].tolist()
    assert np.array_equal(swapped(swapped(frames)), frames)


def redder_half(frames, **options):
    """A detector that finds the right hand where there is more red than blue, and the body always."""
    xyz = np.full((len(frames), 75, 3), np.nan, np.float32)
    xyz[:, HOLISTIC_75.parts["pose"]] = 1
    xyz[frames[..., 0].mean(axis=(1, 2)) > frames[..., 2].mean(axis=(1, 2)), HOLISTIC_75.parts["right_hand"]] = 1
    return Keypoints(xyz, np.ones(xyz.shape[:2]), HOLISTIC_75, 25, (64, 64))


def test_each_film_in_both_orders_at_each_threshold(monkeypatch):
    monkeypatch.setattr(ch08_estimators, "extract", redder_half)
    rows = compare(clips("d1_test")[:1], frames=4)
    assert len(rows) == 8 and {row["tracking"] for row in rows} == {0.5, 0.75}
    assert all(row["body"] == 1 for row in rows)
    for film in ("sharp", "blurred"):
        hands = {row["order"]: row["hands"] for row in rows if row["film"] == film}
        assert sorted(hands.values()) == [0, 0.5], "one order is redder than blue in all frames, the other in none"


def test_nothing_to_compare():
    with pytest.raises(BadInput):
        compare([])
