"""Layouts and Keypoints."""

import pickle

import numpy as np
import pytest
from person import some_keypoints

from lib.keypoints import (
    ASL_SIGNS_543,
    COCO_53,
    COCO_133,
    HOLISTIC_67,
    HOLISTIC_75,
    OPENPOSE_54,
    OPENPOSE_67,
    Keypoints,
)
from lib.keypoints.layouts import LAYOUTS
from lib.tools.errors import BadInput


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_layout_counts_names_and_parts(layout):
    assert len(layout) == len(set(layout.points)) == int(layout.name.split("_")[-1])
    covered = [i for part in layout.parts.values() for i in range(part.start, part.stop)]
    assert sorted(covered) == list(range(len(layout)))
    for side in ("left", "right"):
        hand = layout.points[layout.parts[f"{side}_hand"]]
        assert hand[layout.wrist] == f"{side.upper()}_HAND_WRIST"
        assert hand[layout.middle_mcp] == f"{side.upper()}_HAND_MIDDLE_FINGER_MCP"
    for part, pairs in layout.edges.items():
        inside = range(layout.parts[part].start, layout.parts[part].stop)
        assert all(a in inside and b in inside for a, b in pairs)


def test_layouts_number_the_points_as_their_estimators_do():
    from mediapipe.python.solutions.holistic import HandLandmark, PoseLandmark
    from pose_format.utils import cocowholebody133_header, openpose

    assert HOLISTIC_75.points[:33] == tuple(PoseLandmark.__members__)
    hand = tuple(name.removeprefix("LEFT_HAND_") for name in HOLISTIC_75.points[33:54])
    assert hand == tuple(HandLandmark.__members__)
    assert OPENPOSE_67.points[:25] == tuple(openpose.BODY_POINTS)
    assert COCO_133.points[:23] == tuple(cocowholebody133_header.BODY_POINTS)
    assert {part: (s.start, s.stop - 1) for part, s in ASL_SIGNS_543.parts.items()} == {
        "face": (0, 467),
        "left_hand": (468, 488),
        "pose": (489, 521),
        "right_hand": (522, 542),
    }


@pytest.mark.parametrize(
    ("full", "small", "dropped"),
    [
        (HOLISTIC_75, HOLISTIC_67, range(25, 33)),
        (OPENPOSE_67, OPENPOSE_54, [*range(8, 15), *range(19, 25)]),
        (COCO_133, COCO_53, range(11, 91)),
    ],
    ids=["holistic", "openpose", "coco"],
)
def test_reduced_layouts_drop_what_the_paper_drops(full, small, dropped):
    assert small.points == tuple(name for i, name in enumerate(full.points) if i not in dropped)
    clip = some_keypoints(full)
    kept = np.delete(np.arange(len(full)), list(dropped))
    chosen = clip.select(small)
    np.testing.assert_array_equal(chosen.xyz, clip.xyz[:, kept])
    np.testing.assert_array_equal(chosen.confidence, clip.confidence[:, kept])
    assert (chosen.layout, chosen.fps, chosen.size) == (small, clip.fps, clip.size)


def test_hips_serve_normalisation_before_they_are_dropped():
    assert [OPENPOSE_67.points[i] for i in OPENPOSE_67.hips] == ["LHip", "RHip"]
    assert [COCO_133.points[i] for i in COCO_133.hips] == ["left_hip", "right_hip"]
    assert OPENPOSE_54.hips is COCO_53.hips is None
    for layout in LAYOUTS:
        left, right = (layout.points[i] for i in layout.shoulders)
        assert left.lower().startswith("l") and right.lower().startswith("r")


def test_a_point_is_found_by_name_in_any_spelling():
    assert HOLISTIC_75.pair("wrist") == (15, 16) and HOLISTIC_75.index("left_hand_wrist") == 33
    for layout in LAYOUTS:
        assert [layout.index(point) for point in layout.points] == list(range(len(layout)))
        assert layout.points[layout.index("left_wrist")] in ("LEFT_WRIST", "LWrist", "left_wrist")
    with pytest.raises(BadInput, match="HOLISTIC_75 has no point 'left_tail'; its points are NOSE, "):
        HOLISTIC_75.index("left_tail")


def test_parts_and_presence():
    clip = some_keypoints()
    assert clip.part("pose").shape == (5, 33, 3) and clip.part("right_hand").shape == (5, 21, 3)
    assert clip.present("right_hand").tolist() == [True, False, True, True, True]
    assert clip.present("pose").all()
    with pytest.raises(BadInput, match="HOLISTIC_75 has no part 'face'"):
        clip.part("face")


def test_a_missing_point_has_no_confidence():
    xyz = np.full((1, 75, 3), np.nan)
    clip = Keypoints(xyz, np.ones((1, 75)), HOLISTIC_75, 25, (10, 10))
    assert clip.xyz.dtype == clip.confidence.dtype == np.float32
    assert not clip.confidence.any()


def bad_arrays():
    xyz, confidence = np.zeros((2, 75, 3), np.float32), np.ones((2, 75), np.float32)
    half, infinite = xyz.copy(), xyz.copy()
    half[0, 3, 1], infinite[1, 0, 0] = np.nan, np.inf
    return {
        "points": (xyz[:, :67], confidence, 25, (9, 9)),
        "dimensions": (xyz[..., :2], confidence, 25, (9, 9)),
        "integers": (xyz.astype(int), confidence, 25, (9, 9)),
        "confidence shape": (xyz, confidence[:1], 25, (9, 9)),
        "confidence NaN": (xyz, confidence * np.nan, 25, (9, 9)),
        "confidence below 0": (xyz, -confidence, 25, (9, 9)),
        "half missing": (half, confidence, 25, (9, 9)),
        "infinite": (infinite, confidence, 25, (9, 9)),
        "no frames": (xyz[:0], confidence[:0], 25, (9, 9)),
        "fps": (xyz, confidence, 0, (9, 9)),
        "size": (xyz, confidence, 25, (0, 9)),
    }


@pytest.mark.parametrize("name", bad_arrays())
def test_bad_arrays_get_one_sentence(name):
    xyz, confidence, fps, size = bad_arrays()[name]
    with pytest.raises(BadInput) as error:
        Keypoints(xyz, confidence, HOLISTIC_75, fps, size)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_select_refuses_another_estimator():
    with pytest.raises(BadInput, match=r"HOLISTIC_75 lacks .* points of OPENPOSE_67"):
        some_keypoints().select(OPENPOSE_67)


def test_keypoints_and_layouts_travel_between_processes():
    clip = pickle.loads(pickle.dumps(some_keypoints()))
    assert clip.layout == HOLISTIC_75 and clip.present("left_hand").sum() == 4
