"""Two generations of MediaPipe behind one `extract`: what the newer one is asked, and what is said where it lacks."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from lib.holistic import extract, tasks
from lib.holistic.graph import points_of
from lib.keypoints import HOLISTIC_75
from lib.signer.clips import clips
from lib.tools.errors import BadInput
from lib.video import read_all

FRAMES = np.zeros((3, 20, 40, 3), np.uint8)


class Landmarker:
    """In the newer MediaPipe's place: remembers what it is asked, and finds a body and a right hand."""

    def __init__(self, options):
        self.options, self.times, self.closed = options, [], False

    def detect_for_video(self, image, time):
        self.times.append(time)
        point = SimpleNamespace(x=0.5, y=0.25, z=0.1, visibility=0.7)
        return SimpleNamespace(
            pose_landmarks=[point] * 33,
            left_hand_landmarks=[],
            right_hand_landmarks=[point] * 21,
            face_landmarks=[point] * 478,
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.closed = True


@pytest.fixture
def newer(monkeypatch, tmp_path):
    """A MediaPipe with tasks alone; gives the list of the landmarkers that were made."""
    made = []
    names = ("mediapipe", "mediapipe.tasks", "mediapipe.tasks.c", "mediapipe.tasks.python")
    modules = {name: ModuleType(name) for name in (*names, "mediapipe.tasks.python.vision")}
    vision, python = modules["mediapipe.tasks.python.vision"], modules["mediapipe.tasks.python"]
    modules["mediapipe"].ImageFormat = SimpleNamespace(SRGB=1)
    modules["mediapipe"].Image = lambda kind, data: data
    python.BaseOptions, python.vision = SimpleNamespace, vision
    vision.RunningMode = SimpleNamespace(VIDEO="video")
    vision.HolisticLandmarkerOptions = SimpleNamespace
    vision.HolisticLandmarker = SimpleNamespace(
        create_from_options=lambda options: made.append(Landmarker(options)) or made[-1]
    )
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(tasks, "checked_bundle", lambda: b"bundle")
    return made


def test_the_newer_one_gives_the_same_keypoints_without_a_face(newer):
    keypoints = extract(FRAMES, backend="tasks", fps=25, progress=False, sure=False)
    assert keypoints.layout == HOLISTIC_75 and keypoints.size == (40, 20) and keypoints.fps == 25
    assert keypoints.present("right_hand").all() and not keypoints.present("left_hand").any()
    np.testing.assert_allclose(keypoints.part("right_hand")[0, 0], [20, 5, 4])
    assert np.allclose(keypoints.confidence[0, [0, 33, 54]], [0.7, 0, 1])


def test_every_clip_gets_its_own_and_closes_it(newer):
    for _ in range(2):
        extract(FRAMES, backend="tasks", progress=False)
    assert len(newer) == 2 and all(one.closed for one in newer)


@pytest.mark.parametrize("fps, times", [(25, [0, 40, 80]), (29.97, [0, 33, 67]), (4000, [0, 1, 2])])
def test_frames_have_their_own_times_and_never_one_twice(fps, times, newer):
    extract(FRAMES, backend="tasks", fps=fps, progress=False)
    assert newer[0].times == times


def test_thresholds_go_where_they_were(newer):
    extract(FRAMES, backend="tasks", min_tracking_confidence=0.4, progress=False)
    options = newer[0].options
    assert (options.min_pose_detection_confidence, options.min_pose_landmarks_confidence) == (0.3, 0.4)
    assert options.min_hand_landmarks_confidence == 0.5 and options.running_mode == "video"
    extract(FRAMES, backend="tasks", min_hand_confidence=0.2, progress=False)
    assert newer[1].options.min_hand_landmarks_confidence == 0.2


def test_the_older_ones_hand_threshold_is_fixed():
    with pytest.raises(BadInput, match=r"fixed inside mediapipe 0\.10\.21, at 0\.5; choose backend='tasks'\.$"):
        extract(FRAMES, min_hand_confidence=0.3)
    with pytest.raises(BadInput, match="min_hand_confidence must be between 0 and 1, not 3"):
        extract(FRAMES, backend="tasks", min_hand_confidence=3)


def test_other_backends_are_refused():
    with pytest.raises(BadInput, match=r"no backend 'task' for Holistic; choose 'solutions' or 'tasks'\.$"):
        extract(FRAMES, backend="task")


@pytest.mark.parametrize("lacking", ["mediapipe", "mediapipe.tasks.c"])
def test_without_the_newer_package_it_is_named(lacking, monkeypatch):
    monkeypatch.setitem(sys.modules, lacking, None)  # as if it were not installed
    with pytest.raises(
        BadInput, match=r"^[^\n]*no HolisticLandmarker that can be used; .*pip install 'mediapipe>=1.2'$"
    ):
        extract(FRAMES, backend="tasks")


def test_a_version_between_the_two_is_named(newer, monkeypatch):
    monkeypatch.delattr(sys.modules["mediapipe.tasks.python.vision"], "HolisticLandmarkerOptions")
    for backend, wanted in {"tasks": r"'mediapipe>=1\.2'", "solutions": r"mediapipe==0\.10\.21"}.items():
        with pytest.raises(BadInput, match=rf"^mediapipe [\d.]+ has no .*pip install {wanted}"):
            extract(FRAMES, backend=backend)


def test_a_bundle_that_is_missing_or_another_one(tmp_path):
    path = tmp_path / "holistic_landmarker.task"
    with pytest.raises(BadInput, match=r"landmarker\.task is missing; make it .*data_scripts/holistic_bundle\.py"):
        tasks.checked_bundle(path)
    path.write_bytes(b"PK, and other networks")
    with pytest.raises(BadInput, match=r"landmarker\.task holds other networks .*data_scripts/holistic_bundle\.py"):
        tasks.checked_bundle(path)


def test_points_of_either_generation_are_read():
    point = SimpleNamespace(x=0.5, y=0.5, z=0, visibility=1)
    older = SimpleNamespace(**{f"{part}_landmarks": None for part in HOLISTIC_75.parts})
    older.left_hand_landmarks = SimpleNamespace(landmark=[point] * 21)
    newer = SimpleNamespace(**{f"{part}_landmarks": [] for part in HOLISTIC_75.parts})
    newer.left_hand_landmarks = [point] * 21
    np.testing.assert_array_equal(*(points_of(found, (8, 6)) for found in (older, newer)))


@pytest.mark.tasks
def test_the_newer_one_finds_a_synthetic_signers_hands_and_again_the_same():
    frames = read_all(clips("d1_test")[0].target_path, 12)
    first, second = (extract(frames, backend="tasks", progress=False) for _ in range(2))
    assert first.present("pose").all() and first.present("left_hand").mean() > 0.8
    np.testing.assert_array_equal(first.xyz, second.xyz)
    hand = first.part("left_hand")[first.present("left_hand"), :, :2]
    assert ((hand > 0) & (hand < first.size)).all()
