"""Confidence beside the true error, and the chapter's checker."""

import numpy as np
import pytest

from book.chapters.ch08_estimators import agreement, error_by_confidence
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput


def clips(shift: float, sure: float) -> tuple[Keypoints, Keypoints]:
    """(found, truth): found in a picture of half the size, each point off by ``shift`` shoulder widths to the right."""
    xyz = np.random.default_rng(0).uniform(10, 90, (3, 75, 3))
    xyz[:, HOLISTIC_75.shoulders[0]], xyz[:, HOLISTIC_75.shoulders[1]] = (70, 50, 0), (30, 50, 0)
    truth = Keypoints(xyz, np.ones((3, 75)), HOLISTIC_75, 25, (100, 100))
    found = Keypoints((xyz + [40 * shift, 0, 0]) / 2, np.full((3, 75), sure), HOLISTIC_75, 25, (50, 50))
    return found, truth


def test_errors_are_in_shoulder_widths_and_land_in_their_bin():
    near, far = clips(0.1, 0.97), clips(0.5, 0.3)
    table = error_by_confidence([near[0], far[0]], [near[1], far[1]])
    assert table.points.tolist() == [99, 99]  # empty bins are left out
    assert table[["low", "high"]].to_numpy().tolist() == [[0.0, 0.5], [0.95, 0.98]]
    assert table.error.tolist() == pytest.approx([0.5, 0.1], abs=1e-4)


def test_certainty_itself_belongs_to_the_last_bin():
    found, truth = clips(0.2, 1.0)
    table = error_by_confidence([found], [truth])
    assert table.points.tolist() == [99] and table.high.tolist() == [1.0]


def test_points_out_of_the_picture_or_not_found_do_not_count():
    found, truth = clips(0.2, 0.9)
    truth.confidence[:, 0] = 0
    found.xyz[:, 1] = np.nan
    assert error_by_confidence([found], [truth]).points.sum() == 3 * 31


def wavering(sign: float) -> tuple[Keypoints, Keypoints]:
    """Ten frames, further and further off; each point has a confidence of its own, which rises or falls with it."""
    _, truth = clips(0, 0.9)
    xyz = np.repeat(truth.xyz[:1], 10, axis=0)
    size = np.arange(10)[:, None]
    sure = 0.5 + np.linspace(0, 0.3, 75) + sign * size / 100
    found = Keypoints(xyz + 2.0 * size[..., None] * [1, 0, 0], sure, HOLISTIC_75, 25, truth.size)
    return found, Keypoints(xyz, np.ones((10, 75)), HOLISTIC_75, 25, truth.size)


def test_agreement_is_point_by_point():
    for sign, expected in ((-1, 1.0), (1, -1.0)):
        found, truth = wavering(sign)
        assert agreement([found], [truth]) == pytest.approx([expected])
    always, _ = wavering(0)  # which point it is says nothing about the frames
    assert agreement([always, found], [truth, truth]) == pytest.approx([-1.0])


def test_clips_that_do_not_belong_together():
    found, truth = clips(0.2, 0.9)
    with pytest.raises(BadInput):
        error_by_confidence([found, found], [truth])
