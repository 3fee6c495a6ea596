"""Body and hands in units of their own: hand-computed cases, invariances, and signers whom the rule does not fit."""

import numpy as np
import pytest

from lib.keypoints import COCO_53, COCO_133, HOLISTIC_67, HOLISTIC_75, OPENPOSE_54, OPENPOSE_67, Keypoints
from lib.keypoints.layouts import LAYOUTS
from lib.normalization import normalize
from lib.tools.errors import BadInput

FULL = [layout for layout in LAYOUTS if layout.hips]
RIGHT = HOLISTIC_75.parts["right_hand"]
LEFT = HOLISTIC_75.parts["left_hand"]


def clip(xyz: np.ndarray, layout=HOLISTIC_75) -> Keypoints:
    return Keypoints(xyz, np.ones(xyz.shape[:2]), layout, 25, (640, 480))


def signer(layout=HOLISTIC_75, frames: int = 6, seed: int = 0) -> np.ndarray:
    """Random points around a body of ordinary proportions."""
    xyz = np.random.default_rng(seed).uniform(100, 400, (frames, len(layout), 3)).astype(np.float32)
    xyz[:, layout.shoulders] = [[300, 200, 0], [200, 200, 0]]
    if layout.hips:
        xyz[:, layout.hips] = [[280, 400, 0], [220, 400, 0]]
    return xyz


def test_hand_computed():
    xyz = signer(frames=1)
    xyz[0, 0] = (250, 150, 40)  # nose
    xyz[0, RIGHT] = (10, 20, 30)
    xyz[0, RIGHT.start + 9] = (13, 24, 30)  # a hand of length 5
    xyz[0, RIGHT.start + 12] = (10, 10, 30)
    result = normalize(clip(xyz))[0]
    # neck (250, 200), pelvis (250, 400): the chest is (250, 300), the shoulders 100 apart
    np.testing.assert_allclose(result[0], [0, -1.5, 0.4], atol=1e-6)
    np.testing.assert_allclose(result[list(HOLISTIC_75.shoulders)], [[0.5, -1, 0], [-0.5, -1, 0]], atol=1e-6)
    np.testing.assert_allclose(result[RIGHT.start], 0, atol=1e-6)
    np.testing.assert_allclose(result[RIGHT.start + 9], [0.6, 0.8, 0], atol=1e-6)
    np.testing.assert_allclose(result[RIGHT.start + 12], [0, -2, 0], atol=1e-6)


@pytest.mark.parametrize("layout", FULL, ids=lambda layout: layout.name)
def test_translation_and_scale_change_nothing(layout):
    xyz = signer(layout)
    xyz[1, layout.parts["left_hand"]] = np.nan
    xyz[:2, 3] = np.nan
    result = normalize(clip(xyz, layout))
    assert result.shape == xyz.shape and result.dtype == np.float32
    shift = np.random.default_rng(1).uniform(-50, 50, 3).astype(np.float32)
    for other in (xyz + shift, 3 * xyz, xyz / 8 - shift):
        np.testing.assert_allclose(normalize(clip(other, layout)), result, atol=2e-3)


def test_each_frame_goes_by_itself():
    """A signer who comes nearer the camera stays the same size."""
    xyz = signer(frames=1).repeat(5, axis=0)
    nearer = xyz * np.linspace(1, 2, 5, dtype=np.float32)[:, None, None]
    np.testing.assert_allclose(normalize(clip(nearer)), normalize(clip(xyz)), atol=1e-5)


@pytest.mark.parametrize(
    ("full", "small"),
    [(HOLISTIC_75, HOLISTIC_67), (OPENPOSE_67, OPENPOSE_54), (COCO_133, COCO_53)],
    ids=["holistic", "openpose", "coco"],
)
def test_hips_serve_before_they_are_dropped(full, small):
    keypoints = clip(signer(full), full)
    kept = [full.points.index(name) for name in small.points]
    np.testing.assert_array_equal(normalize(keypoints, layout=small), normalize(keypoints)[:, kept])
    if small.hips is None:
        with pytest.raises(BadInput, match=rf"{small.name} has no hips, .* normalise first, then select"):
            normalize(keypoints.select(small))


def test_a_layout_of_another_estimator_is_refused():
    with pytest.raises(BadInput, match="choose a layout of the same pose estimator"):
        normalize(clip(signer()), layout=OPENPOSE_54)


def test_gaps_are_filled_first_or_stay_zero():
    xyz = signer(frames=3)
    xyz[:] = xyz[0]
    xyz[2] += 8
    complete = normalize(clip(xyz))
    gap = xyz.copy()
    gap[1, LEFT] = gap[1, 0] = np.nan
    filled, unfilled = normalize(clip(gap)), normalize(clip(gap), imputed=False)
    np.testing.assert_allclose(filled[1, LEFT], complete[1, LEFT], atol=1e-5)
    assert not unfilled[1, LEFT].any() and not unfilled[1, 0].any()
    seen = ~np.isnan(gap[..., 0])
    np.testing.assert_array_equal(unfilled[seen], filled[seen])


def test_shoulders_missing_in_some_frames_are_interpolated():
    xyz = signer(frames=3)
    xyz[:] = xyz[0]
    gap = xyz.copy()
    gap[1, HOLISTIC_75.parts["pose"]] = np.nan
    np.testing.assert_allclose(normalize(clip(gap)), normalize(clip(xyz)), atol=1e-5)


def test_shoulders_in_one_place_take_the_usual_distance():
    xyz = signer(frames=5)
    left, right = HOLISTIC_75.shoulders
    xyz[2, left] = xyz[2, right]
    result = normalize(clip(xyz))
    chest = (xyz[2, left] + xyz[2, list(HOLISTIC_75.hips)].mean(axis=0)) / 2
    np.testing.assert_allclose(result[2, 0], (xyz[2, 0] - chest) / 100, atol=1e-5)


def test_shoulders_always_in_one_place_leave_a_body_without_size():
    xyz = signer()
    xyz[:, HOLISTIC_75.shoulders[0]] = xyz[:, HOLISTIC_75.shoulders[1]]
    result = normalize(clip(xyz))
    assert not result[:, HOLISTIC_75.parts["pose"]].any() and result[:, RIGHT].any()
    np.testing.assert_array_equal(result[:, RIGHT], normalize(clip(signer()))[:, RIGHT])


@pytest.mark.parametrize("which", [0, 1])
def test_a_shoulder_that_is_never_found_leaves_the_hands(which):
    xyz = signer()
    xyz[:, HOLISTIC_75.shoulders[which]] = np.nan
    result = normalize(clip(xyz))
    assert not result[:, HOLISTIC_75.parts["pose"]].any() and result[:, RIGHT].any()


def test_hips_that_are_never_found_hand_over_to_the_neck():
    xyz = signer(OPENPOSE_67)
    xyz[:, OPENPOSE_67.hips] = np.nan
    result = normalize(clip(xyz, OPENPOSE_67))
    np.testing.assert_allclose(result[:, 0, :2], (xyz[:, 0, :2] - [250, 200]) / 100, atol=1e-5)
    assert not result[:, OPENPOSE_67.hips].any()
    one = signer(OPENPOSE_67)
    one[:, OPENPOSE_67.hips[0]] = np.nan
    np.testing.assert_allclose(
        normalize(clip(one, OPENPOSE_67))[:, 0, :2], (one[:, 0, :2] - [235, 300]) / 100, atol=1e-5
    )


@pytest.mark.parametrize("point", [0, 9])
def test_a_hand_without_wrist_or_knuckle_is_zero(point):
    xyz = signer()
    xyz[:, RIGHT.start + point] = np.nan
    result = normalize(clip(xyz))
    assert not result[:, RIGHT].any() and result[:, LEFT].any()


def test_a_finger_that_points_at_the_camera_does_not_fly_off():
    xyz = signer(frames=5)
    xyz[2, RIGHT.start + 9] = xyz[2, RIGHT.start]
    assert np.abs(normalize(clip(xyz))[2, RIGHT]).max() < 50


@pytest.mark.parametrize("frames", [1, 7, 10_000])
@pytest.mark.parametrize("lost", ["hands", "everything", "body"])
def test_never_nan(frames, lost):
    xyz = signer(frames=frames)
    for name, where in HOLISTIC_75.parts.items():
        if lost == "everything" or (lost == "body") == (name == "pose"):
            xyz[:, where] = np.nan
    result = normalize(clip(xyz))
    assert np.isfinite(result).all()
    assert result.any() == (lost != "everything")
    if lost == "hands":
        assert not result[:, 33:].any()


def test_all_points_in_the_corner_are_a_place_not_a_gap():
    """Real zeros: a body shrunk to one point has no size, and gives zeros, not NaN."""
    assert not normalize(clip(np.zeros((4, 75, 3)))).any()
