"""The .pose file."""

import numpy as np
import pytest
from estimators import components, pose, signer
from person import some_keypoints

from lib.keypoints import COCO_53, COCO_133, HOLISTIC_75, OPENPOSE_67, load
from lib.keypoints.layouts import LAYOUTS
from lib.tools.errors import BadInput


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_pose_file_round_trip_is_exact(layout, tmp_path):
    clip = some_keypoints(layout)
    clip.save(tmp_path / "clip.pose")
    again = load(tmp_path / "clip.pose")
    np.testing.assert_array_equal(again.xyz, clip.xyz)  # NaN equals NaN here
    np.testing.assert_array_equal(again.confidence, clip.confidence)
    assert again.layout == layout and again.size == clip.size
    assert again.fps == np.float32(clip.fps)
    assert list(tmp_path.iterdir()) == [tmp_path / "clip.pose"]


def test_pose_file_keeps_points_in_the_plane_and_empty_clips(tmp_path):
    flat, empty = some_keypoints(OPENPOSE_67), some_keypoints()
    flat.xyz[..., 2], empty.xyz[:], empty.confidence[:] = np.nan, np.nan, 0
    for clip in (flat, empty):
        clip.save(tmp_path / "clip.pose")
        np.testing.assert_array_equal(load(tmp_path / "clip.pose").xyz, clip.xyz)


def test_pose_format_reads_and_draws_our_file(tmp_path):
    from pose_format import Pose
    from pose_format.pose_visualizer import PoseVisualizer
    from pose_format.utils.generic import pose_hide_legs, pose_normalization_info

    clip = some_keypoints()
    clip.xyz[3, 33] = (150, 150, 0)
    clip.save(tmp_path / "clip.pose")
    pose = Pose.read((tmp_path / "clip.pose").read_bytes())
    names = ["POSE_LANDMARKS", "LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS"]
    assert [component.name for component in pose.header.components] == names
    assert pose.body.data.mask[1, 0, 33:].all() and not pose.body.data.mask[0].any()
    assert pose.header.get_point_index("RIGHT_HAND_LANDMARKS", "MIDDLE_FINGER_MCP") == 54 + 9
    assert pose_normalization_info(pose.header).p1 == HOLISTIC_75.shoulders[1]
    frames = list(PoseVisualizer(pose).draw())
    assert frames[0].shape == (336, 304, 3) and (frames[0] != 255).any()
    assert not pose_hide_legs(pose).body.confidence[:, :, 25:33].any()


def test_pose_format_holistic_file_is_read_in_pixels(tmp_path):
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions
    from pose_format.utils.holistic import holistic_components

    data = np.random.default_rng(0).uniform(0.1, 1, (3, 1, 576, 3)) * [200, 100, 1]
    header = PoseHeader(0.2, PoseHeaderDimensions(200, 100, 0), holistic_components())
    with open(tmp_path / "theirs.pose", "wb") as file:
        Pose(header, NumPyPoseBody(25, data, np.ones((3, 1, 576)))).write(file)
    clip = load(tmp_path / "theirs.pose")
    assert clip.layout == HOLISTIC_75
    theirs = data[:, 0, [*range(33), *range(33 + 468, 33 + 468 + 42)]]
    np.testing.assert_allclose(clip.xyz, theirs * [1, 1, 200], rtol=1e-6)


@pytest.mark.parametrize("depth", [0, 10, 640])
@pytest.mark.parametrize(("z", "share"), [(0.1, True), (1.5, True), (15, False), (200.0, False)])
def test_z_is_told_by_its_values(depth, z, share, tmp_path):
    """pose-format's get_components leaves of a Holistic file what ours has: the parts do not tell."""
    deep = np.random.default_rng(0).normal(0, z, (6, 75, 1))
    data = np.concatenate([signer(HOLISTIC_75), deep], axis=-1)[:, None]
    path = pose(tmp_path / "a.pose", components(HOLISTIC_75, form="XYZC"), data, size=(640, 480, depth))
    np.testing.assert_allclose(load(path).xyz, data[:, 0] * [1, 1, 640 if share else 1], rtol=1e-5)


SPELLINGS = {
    "MMPose's of 2025": (str, lambda point: point.replace("hand_", "left_hand_")),
    "AlphaPose's": (lambda name: f"{name}_133", str),
    "small": (str.lower, str.upper),
    "spoken": (lambda name: f"{name.replace('_', ' ')} keypoints", lambda point: point.replace("_", " ")),
    "numbers": (str, lambda point: point.replace("hand_", "").replace("face-", "face_")),
}


@pytest.mark.parametrize("layout", [COCO_133, COCO_53])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_coco_as_others_spell_it(layout, spelling, tmp_path):
    xy = signer(layout)[:, None]
    path = pose(tmp_path / "a.pose", components(layout, *SPELLINGS[spelling]), xy)
    assert load(path).layout == layout
    np.testing.assert_allclose(load(path).xyz[..., :2], xy[:, 0], rtol=1e-5)


@pytest.mark.parametrize("layout", [HOLISTIC_75, OPENPOSE_67, COCO_133])
def test_parts_in_another_order_and_with_more_beside_them(layout, tmp_path):
    from pose_format.pose_header import PoseHeaderComponent

    more = [PoseHeaderComponent("POSE_WORLD_LANDMARKS", ["a", "b"], [], [], "XYC")]
    parts = components(layout)
    xy = signer(layout)
    order = np.r_[layout.parts["right_hand"], 0 : layout.parts["right_hand"].start]
    data = np.concatenate([xy[:, order], np.zeros((6, 2, 2))], axis=1)[:, None]
    clip = load(pose(tmp_path / "a.pose", [parts[-1], *parts[:-1], *more], data))
    assert clip.layout == layout
    np.testing.assert_allclose(clip.xyz[..., :2], xy, rtol=1e-5)


def test_what_differs_is_named(tmp_path):
    parts = components(COCO_133, respell=lambda point: "hand_thumb" if point == "hand_3" else point)
    path = pose(tmp_path / "a.pose", parts, signer(COCO_133)[:, None])
    with pytest.raises(BadInput, match="but LEFT_HAND has 'hand_thumb' where COCO_133 has 'hand_3'; extract"):
        load(path)
    legless = components(HOLISTIC_75)
    legless[0].points = legless[0].points[:23]
    path = pose(tmp_path / "a.pose", legless, signer(HOLISTIC_75)[:, None, :65])
    with pytest.raises(BadInput, match="but POSE_LANDMARKS has 23 points where HOLISTIC_67 has 25; extract"):
        load(path)
    swapped = {"left_wrist": "right_wrist", "right_wrist": "left_wrist"}  # never taken for the same
    path = pose(
        tmp_path / "a.pose", components(COCO_133, respell=lambda p: swapped.get(p, p)), signer(COCO_133)[:, None]
    )
    with pytest.raises(BadInput, match="but BODY has 'right_wrist' where COCO_133 has 'left_wrist'"):
        load(path)


def test_another_layout_is_named(tmp_path):
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions

    header = PoseHeader(0.2, PoseHeaderDimensions(9, 9), [PoseHeaderComponent("CAT", ["ear", "tail"], [], [], "XYC")])
    with open(tmp_path / "cat.pose", "wb") as file:
        Pose(header, NumPyPoseBody(25, np.ones((1, 1, 2, 2)), np.ones((1, 1, 2)))).write(file)
    with pytest.raises(BadInput, match=r"cat\.pose has another layout: CAT \(2 points\); extract .* HOLISTIC_75"):
        load(tmp_path / "cat.pose")


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.99])
def test_a_file_cut_short_is_named(share, tmp_path):
    path = tmp_path / "clip.pose"
    some_keypoints().save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(BadInput, match=r"clip\.pose is not a whole \.pose file"):
        load(path)


def test_bytes_that_are_left_over_are_noticed(tmp_path):
    path = tmp_path / "clip.pose"
    some_keypoints().save(path)
    path.write_bytes(path.read_bytes() + bytes(8))
    with pytest.raises(BadInput, match=r"clip\.pose is not a whole \.pose file \(8 bytes are left over\)"):
        load(path)


def test_a_file_of_something_else_is_named(tmp_path):
    path = tmp_path / "clip.pose"
    for content in (b"hello, I am a text", b"\x89PNG\r\n\x1a\n" * 40, np.random.default_rng(1).bytes(5000)):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=r"clip\.pose"):
            load(path)
    with pytest.raises(BadInput, match=r"nowhere\.pose does not exist"):
        load(tmp_path / "nowhere.pose")


def test_a_failing_save_leaves_the_old_file(tmp_path, monkeypatch):
    from pose_format import Pose

    path = tmp_path / "clip.pose"
    some_keypoints().save(path)
    before = path.read_bytes()

    def fails(self, file):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Pose, "write", fails)
    with pytest.raises(OSError, match="disk full"):
        some_keypoints(seed=1).save(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
