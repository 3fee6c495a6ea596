"""Filling gaps: hand-computed cases, properties on random gaps, and agreement with pandas."""

import numpy as np
import pandas as pd
import pytest

from lib.imputation import impute, observed
from lib.keypoints import HOLISTIC_75, OPENPOSE_67
from lib.tools.errors import BadInput

NAN = np.nan
ONE_HAND = {"pose": slice(0, 1), "left_hand": slice(1, 3)}


def track(*values: float, points: int = 3) -> np.ndarray:
    """A clip (T, points, 3) in which every point has the same x, y = 2 x and z = 3 x in a frame."""
    x = np.array(values, np.float32)[:, None, None]
    return np.tile(x * np.float32([1, 2, 3]), (1, points, 1))


def random_clip(seed: int, layout=HOLISTIC_75, frames: int = 30, lost: float = 0.4) -> np.ndarray:
    """Points in pixels; each lost on its own, one never found."""
    random = np.random.default_rng(seed)
    xyz = random.uniform(-50, 800, (frames, len(layout), 3)).astype(np.float32)
    xyz[random.random(xyz.shape[:2]) < lost] = NAN
    xyz[:, 7] = NAN
    return xyz


def test_a_gap_is_a_straight_line_and_ends_are_copied():
    filled = impute(track(NAN, NAN, 4, NAN, NAN, NAN, 12, NAN), ONE_HAND)
    np.testing.assert_array_equal(filled, track(4, 4, 4, 6, 8, 10, 12, 12))


def test_each_part_has_its_own_gaps():
    xyz = track(0, 1, 2, 3)
    xyz[0, 1:] = xyz[2, 1:] = NAN
    filled = impute(xyz, ONE_HAND)
    np.testing.assert_array_equal(filled[:, 0], track(0, 1, 2, 3)[:, 0])
    np.testing.assert_array_equal(filled[:, 1:], track(1, 1, 2, 3)[:, 1:])


def test_keypoints_that_are_lost_one_by_one_go_by_their_own_frames():
    xyz = track(0, 1, 2, 3)
    xyz[1, 1], xyz[2:, 2] = NAN, NAN
    filled = impute(xyz, ONE_HAND)
    assert filled[:, 1, 0].tolist() == [0, 1, 2, 3] and filled[:, 2, 0].tolist() == [0, 1, 1, 1]


def test_never_seen_is_zero_and_a_single_frame_has_no_neighbours():
    xyz = track(5, 6, 7)
    xyz[:, 1:] = NAN
    filled = impute(xyz, ONE_HAND)
    assert not filled[:, 1:].any() and np.array_equal(filled[:, 0], xyz[:, 0])
    assert not impute(np.full((4, 3, 3), NAN), ONE_HAND).any()
    one = track(5)
    one[0, 2] = NAN
    assert impute(one, ONE_HAND)[0, :, 0].tolist() == [5, 5, 0]


def test_points_in_the_plane_get_depth_zero():
    xyz = track(1, NAN, 3)
    xyz[..., 2] = NAN
    filled = impute(xyz, ONE_HAND)
    assert filled[1, 0].tolist() == [2, 4, 0] and not filled[..., 2].any()
    assert observed(xyz, ONE_HAND).tolist() == [[True] * 3, [False] * 3, [True] * 3]


def test_depth_alone_is_filled_from_its_own_frames():
    xyz = track(1, 2, 3)
    xyz[1, 0, 2] = NAN
    assert impute(xyz, ONE_HAND)[1, 0].tolist() == [2, 4, 6]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("layout", [HOLISTIC_75, OPENPOSE_67], ids=lambda layout: layout.name)
def test_properties_on_random_gaps(seed, layout):
    xyz = random_clip(seed, layout)
    before = xyz.copy()
    filled, mask = impute(xyz, layout.parts), observed(xyz, layout.parts)
    np.testing.assert_array_equal(xyz, before)  # the input is not touched
    assert filled.dtype == xyz.dtype and np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[mask], xyz[mask])
    np.testing.assert_array_equal(mask, ~np.isnan(xyz[..., 0]))
    np.testing.assert_array_equal(impute(filled, layout.parts), filled)  # nothing is left to do
    seen = mask.any(axis=0)
    assert (filled[:, seen] >= np.nanmin(xyz[:, seen], axis=0)).all()  # never beyond what was seen
    assert (filled[:, seen] <= np.nanmax(xyz[:, seen], axis=0)).all()
    moved = impute(2 * xyz + np.float32(64), layout.parts)  # follows a shift and a change of scale
    np.testing.assert_allclose(moved[:, seen], 2 * filled[:, seen] + 64, rtol=1e-5, atol=1e-3)
    backwards = impute(xyz[::-1], layout.parts)[::-1]
    np.testing.assert_allclose(backwards, filled, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("whole_parts", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_pandas(seed, whole_parts):
    xyz = random_clip(seed).astype(np.float64)
    if whole_parts:
        lost = np.random.default_rng(seed).random((len(xyz), 3)) < 0.5
        for part, where in zip(range(3), HOLISTIC_75.parts.values(), strict=True):
            xyz[:, where] = np.where(lost[:, part, None, None], NAN, 1.0) * np.nan_to_num(xyz[:, where], nan=5.0)
    table = pd.DataFrame(xyz.reshape(len(xyz), -1)).interpolate(limit_direction="both").fillna(0)
    np.testing.assert_allclose(impute(xyz, HOLISTIC_75.parts), table.to_numpy().reshape(xyz.shape), rtol=1e-9)


def test_ten_thousand_frames():
    xyz = random_clip(0, frames=10_000)
    xyz[2_000:9_000, HOLISTIC_75.parts["left_hand"]] = NAN
    assert np.isfinite(impute(xyz, HOLISTIC_75.parts)).all()


@pytest.mark.parametrize(
    "xyz",
    [
        np.zeros((0, 3, 3)),
        np.zeros((4, 3, 2)),
        np.zeros((4, 3)),
        np.zeros((4, 3, 3), int),
        np.full((4, 3, 3), np.inf),
        [[[0.0] * 3] * 3],
    ],
    ids=["no frames", "two coordinates", "two axes", "integers", "infinite", "a list"],
)
def test_bad_points_get_one_sentence(xyz):
    for function in (impute, observed):
        with pytest.raises(BadInput, match=r"^Points to impute .*\.$"):
            function(xyz, ONE_HAND)


@pytest.mark.parametrize(
    "parts",
    [{}, {"pose": slice(0, 2)}, {"pose": slice(0, 4)}, {"pose": slice(0, 2), "left_hand": slice(1, 3)}],
    ids=["none", "too few", "too many", "twice"],
)
def test_parts_hold_each_point_once(parts):
    with pytest.raises(BadInput, match="3 points once; give the parts of their layout"):
        impute(track(1, 2), parts)
