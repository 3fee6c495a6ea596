"""Pose estimators side by side: files of every kind, the stopwatch, rtmlib behind a stand-in, pictures."""

import json
import sys
import time
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from book.chapters import ch08_estimators
from book.chapters.ch08_estimators import installed, milliseconds, read_any, read_folder, wholebody
from book.chapters.ch08_pictures import as_layout, confidence_histograms, confidences, draw_layouts
from lib.keypoints import COCO_53, COCO_133, HOLISTIC_67, HOLISTIC_75, OPENPOSE_54, OPENPOSE_67, Keypoints
from lib.tools.errors import BadInput

FRAMES = np.zeros((4, 48, 64, 3), np.uint8)


def clip(frames: int = 3) -> Keypoints:
    rng = np.random.default_rng(0)
    return Keypoints(rng.uniform(1, 60, (frames, 75, 3)), rng.uniform(0, 1, (frames, 75)), HOLISTIC_75, 25, (64, 64))


@pytest.fixture
def folder(tmp_path):
    """A file of each kind, written as the estimators write them."""
    clip().save(tmp_path / "clip.pose")
    (tmp_path / "._clip.pose").write_bytes(b"another system's")
    person = {"keypoints": np.full((133, 2), 40.0).tolist(), "keypoint_scores": [0.5] * 133}
    frames = [{"frame_id": at, "instances": [person]} for at in range(2)]
    (tmp_path / "mmpose.json").write_text(json.dumps({"instance_info": frames}))
    np.savez(tmp_path / "rtmlib.npz", keypoints=np.full((2, 133, 2), 40.0), scores=np.full((2, 133), 2.5))
    (tmp_path / "openpose").mkdir()
    body = {"pose_keypoints_2d": [9.0, 9.0, 0.25] * 25}
    for at in range(2):
        (tmp_path / "openpose" / f"film_{at:012d}_keypoints.json").write_text(json.dumps({"people": [body]}))
    return tmp_path


def test_every_file_finds_its_reader(folder):
    found = read_folder(folder)
    assert {name: len(clips) for name, clips in found.items()} == {"HOLISTIC_75": 1, "COCO_133": 2, "OPENPOSE_67": 1}
    assert np.allclose(confidences(found["OPENPOSE_67"], ("pose",)), 0.25)
    assert not confidences(found["OPENPOSE_67"], ("left_hand", "right_hand")).any()


def test_histograms_show_every_point_once(folder):
    figure = confidence_histograms(read_folder(folder))
    assert len(figure.axes) == 6
    for axis in figure.axes:
        assert sum(bar.get_height() for bar in axis.patches) == pytest.approx(100)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        read_any(tmp_path / "notes.txt")
    with pytest.raises(BadInput, match="no keypoint files"):
        read_folder(tmp_path)
    with pytest.raises(BadInput, match="no clips"):
        confidences([], ("pose",))


def test_stopwatch_leaves_the_start_out():
    def slow(frames):
        time.sleep(0.2)
        for number, _ in enumerate(frames):
            time.sleep(0.3 if number == 0 else 0.02)

    assert milliseconds(slow, FRAMES) == pytest.approx(20, rel=0.5)
    with pytest.raises(BadInput, match="four"):
        milliseconds(slow, FRAMES[:3])


class Looker:
    """rtmlib's Wholebody: two people, the second one the surer."""

    def __init__(self, **options):
        pass

    def __call__(self, frame):
        assert frame[0, 0].tolist() == [30, 20, 10], "rtmlib wants BGR"
        return np.stack([np.zeros((133, 2)), np.full((133, 2), 7.0)]), np.stack([np.full(133, 0.1), np.full(133, 0.9)])


def test_rtmlib_gets_bgr_and_gives_the_surest_person(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmlib", SimpleNamespace(Wholebody=Looker))
    monkeypatch.setattr(ch08_estimators, "find_spec", lambda name: name == "rtmlib")
    frames = np.full((2, 48, 64, 3), (10, 20, 30), np.uint8)
    found = installed()["RTMW (rtmlib)"](frames)
    assert found.layout == COCO_133 and found.size == (64, 48)
    assert (found.xyz[..., :2] == 7).all() and np.allclose(found.confidence, 0.9)
    with pytest.raises(BadInput, match="no frames"):
        wholebody([])


def test_rtmlib_without_a_network(monkeypatch):
    def offline(**options):
        raise OSError("no route")

    monkeypatch.setitem(sys.modules, "rtmlib", SimpleNamespace(Wholebody=offline))
    with pytest.raises(BadInput, match="weights"):
        wholebody(FRAMES)


def test_points_keep_their_meaning_in_other_layouts():
    xyz = clip().xyz[0]
    at = {name: xyz[i] for i, name in enumerate(HOLISTIC_75.points)}
    for layout, names in ((OPENPOSE_67, ("RElbow", "LBigToe")), (COCO_133, ("right_elbow", "left_big_toe"))):
        points = dict(zip(layout.points, as_layout(xyz, layout), strict=True))
        assert np.array_equal(points[names[0]], at["RIGHT_ELBOW"])
        assert np.array_equal(points[names[1]], at["LEFT_FOOT_INDEX"])
        assert np.array_equal(points["LEFT_HAND_PINKY_TIP"], at["LEFT_HAND_PINKY_TIP"])
    neck = as_layout(xyz, OPENPOSE_67)[OPENPOSE_67.neck]
    assert np.allclose(neck, (at["LEFT_SHOULDER"] + at["RIGHT_SHOULDER"]) / 2)
    assert np.isnan(as_layout(xyz, COCO_133)[COCO_133.parts["face"]]).all()
    for kept in (OPENPOSE_54, COCO_53, HOLISTIC_67):
        assert not np.isnan(as_layout(xyz, kept)).any()
    with pytest.raises(BadInput, match="75"):
        as_layout(xyz[:3], COCO_133)


def test_layouts_are_drawn_side_by_side():
    pairs = [(HOLISTIC_75, HOLISTIC_67), (OPENPOSE_67, OPENPOSE_54)]
    figure = draw_layouts(clip().xyz[0], pairs, ["MediaPipe", "OpenPose"])
    assert [axis.get_title().splitlines()[1] for axis in figure.axes] == [
        "75 points, R2 keeps 67",
        "67 points, R2 keeps 54",
    ]
    plt.close("all")
