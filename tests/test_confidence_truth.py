"""Confidence beside the true error, and the chapter's checker."""

import numpy as np
import pytest

from lib.chapters.confidence_truth import error_by_confidence
from lib.errors import BadInput
from lib.keypoints import HOLISTIC_75, Keypoints


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
    assert table.points.tolist() == [0, 99, 0, 0, 99]
    assert table.error[1] == pytest.approx(0.5, abs=1e-4) and table.error[4] == pytest.approx(0.1, abs=1e-4)
    assert np.isnan(table.error[0])


def test_certainty_itself_belongs_to_the_last_bin():
    found, truth = clips(0.2, 1.0)
    assert error_by_confidence([found], [truth]).points.tolist() == [0, 0, 0, 0, 99]


def test_points_out_of_the_picture_or_not_found_do_not_count():
    found, truth = clips(0.2, 0.9)
    truth.confidence[:, 0] = 0
    found.xyz[:, 1] = np.nan
    assert error_by_confidence([found], [truth]).points.sum() == 3 * 31


def test_clips_that_do_not_belong_together():
    found, truth = clips(0.2, 0.9)
    with pytest.raises(BadInput):
        error_by_confidence([found, found], [truth])
