"""MediaPipe Holistic on a drawn person: pixels, missing hands, streams, and bad input."""

import os
import threading
import weakref

import cv2
import numpy as np
import pytest

from lib.holistic import extract, extract_file
from lib.keypoints import HOLISTIC_75
from lib.tools.errors import BadInput
from lib.tools.quiet import quiet
from lib.video import write_video

NOSE, LEFT_SHOULDER, RIGHT_SHOULDER = map(HOLISTIC_75.index, ("nose", "left_shoulder", "right_shoulder"))


def drawn_person(lift: int = 0) -> np.ndarray:
    """A cartoon that MediaPipe takes for a person, 304x336, with its hands ``lift`` pixels higher."""
    frame = np.full((336, 304, 3), (150, 170, 190), np.uint8)
    skin, shirt, dark = (224, 172, 135), (60, 70, 120), (50, 35, 30)
    cv2.ellipse(frame, (152, 330), (75, 150), 0, 180, 360, shirt, -1, cv2.LINE_AA)
    cv2.line(frame, (152, 190), (152, 150), skin, 30)
    cv2.ellipse(frame, (152, 105), (36, 48), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(frame, (152, 80), (40, 32), 0, 180, 360, dark, -1, cv2.LINE_AA)
    cv2.ellipse(frame, (152, 130), (12, 4), 0, 0, 360, (180, 80, 80), -1, cv2.LINE_AA)
    cv2.polylines(frame, [np.array([(152, 102), (148, 117), (156, 118)])], False, (190, 140, 105), 2)
    for side in (-1, 1):
        wrist = (152 + side * 60, 240 - lift)
        arm = np.array([(152 + side * 58, 222), (152 + side * 85, 300), wrist])
        cv2.polylines(frame, [arm], False, shirt, 26, cv2.LINE_AA)
        cv2.circle(frame, wrist, 15, skin, -1, cv2.LINE_AA)
        for finger in range(4):
            knuckle, tip = (wrist[0] + side * (finger * 6 - 9), wrist[1] - 5), wrist[0] + side * (finger * 7 - 10)
            cv2.line(frame, knuckle, (tip, wrist[1] - 38), skin, 6, cv2.LINE_AA)
        cv2.line(frame, wrist, (wrist[0] - side * 25, wrist[1] - 14), skin, 7, cv2.LINE_AA)
        cv2.ellipse(frame, (152 + side * 14, 100), (6, 3), 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(frame, (152 + side * 14, 100), 3, dark, -1, cv2.LINE_AA)
        cv2.line(frame, (152 + side * 8, 90), (152 + side * 20, 89), dark, 2)
    return cv2.GaussianBlur(frame, (3, 3), 0)


@pytest.fixture(scope="module")
def frames():
    return np.stack([drawn_person(5 * i) for i in range(12)])


@pytest.fixture(scope="module")
def keypoints(frames):
    return extract(frames, fps=30, progress=False, sure=False)


def same(a, b):
    return np.array_equal(a.xyz, b.xyz, equal_nan=True) and np.array_equal(a.confidence, b.confidence)


def test_points_are_pixels_of_the_frame(keypoints):
    assert keypoints.layout == HOLISTIC_75 and keypoints.fps == 30 and keypoints.size == (304, 336)
    assert keypoints.xyz.shape == (12, 75, 3) and keypoints.present("pose").all()
    np.testing.assert_allclose(keypoints.xyz[0, NOSE, :2], (152, 115), atol=15)
    np.testing.assert_allclose(keypoints.xyz[0, LEFT_SHOULDER, 0], 210, atol=25)  # the person's left: our right
    np.testing.assert_allclose(keypoints.xyz[0, RIGHT_SHOULDER, 0], 94, atol=25)
    assert 20 < -keypoints.xyz[0, NOSE, 2] < 600  # the nose is nearer than the hips, by pixels and not by shares


def test_hands_are_found_or_missing_as_a_whole(keypoints):
    assert keypoints.present("left_hand").any()
    for side in ("left", "right"):
        there = keypoints.present(f"{side}_hand")
        confidence = keypoints.confidence[:, HOLISTIC_75.parts[f"{side}_hand"]]
        assert (confidence[there] == 1).all() and (confidence[~there] == 0).all()
        assert not np.isnan(keypoints.part(f"{side}_hand")[there]).any()
        assert np.isnan(keypoints.part(f"{side}_hand")[~there]).all()
    hand = keypoints.part("left_hand")[keypoints.present("left_hand")][0, :, :2]
    assert np.ptp(hand, axis=0).max() < 90 and abs(hand.mean(axis=0) - (212, 220)).max() < 40
    assert (keypoints.confidence[:, [NOSE, LEFT_SHOULDER]] > 0.9).all()


def test_same_clip_same_points_whatever_came_between(frames, keypoints):
    with pytest.warns(UserWarning, match="Nobody"):
        extract(np.zeros_like(frames[:2]), progress=False)
    assert same(extract(iter(frames), fps=30, progress=False, sure=False), keypoints)


def test_frames_are_not_kept(frames):
    seen = []

    def stream():
        for frame in frames[:6]:
            fresh = frame.copy()
            seen.append(weakref.ref(fresh))
            yield fresh
            del fresh
            assert sum(ref() is not None for ref in seen) <= 2

    assert len(extract(stream(), progress=False)) == 6


def test_nobody_in_view_warns_in_one_sentence():
    noise = np.random.default_rng(0).integers(0, 256, (3, 96, 128, 3), dtype=np.uint8)
    with pytest.warns(UserWarning, match=r"^Nobody was found in wall\.mp4, .* missing; .*\.$"):
        keypoints = extract(noise, name="wall.mp4", progress=False)
    assert np.isnan(keypoints.xyz).all() and keypoints.xyz.shape == (3, 75, 3) and not keypoints.confidence.any()


def test_one_frame_warns(frames):
    with pytest.warns(UserWarning, match="has a single frame"):
        keypoints = extract(frames[:1], progress=False)
    assert keypoints.present("pose").tolist() == [True]


BAD_FRAMES = {
    "none": [],
    "floats": [np.zeros((9, 9, 3))],
    "grey": np.zeros((2, 9, 9), np.uint8),
    "transparent": np.zeros((2, 9, 9, 4), np.uint8),
    "empty": np.zeros((2, 0, 9, 3), np.uint8),
    "one picture": np.zeros((9, 9, 3), np.uint8),
    "a path": "clip.mp4",
    "two sizes": [np.zeros((9, 9, 3), np.uint8), np.zeros((9, 10, 3), np.uint8)],
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_bad_frames_get_one_sentence_that_names_the_clip(name):
    with pytest.raises(BadInput, match=r"^[^\n]*mine\.mp4[^\n]*\.$"):
        extract(BAD_FRAMES[name], name="mine.mp4", progress=False)


@pytest.mark.parametrize("threshold", ["min_detection_confidence", "min_tracking_confidence"])
def test_thresholds_are_shares(frames, threshold):
    with pytest.raises(BadInput, match=f"{threshold} must be between 0 and 1, not 30"):
        extract(frames, **{threshold: 30})


@pytest.mark.parametrize("threshold", ["min_detection_confidence", "min_tracking_confidence"])
def test_thresholds_reach_the_graph(frames, keypoints, threshold):
    assert keypoints.present("pose")[:2].all()
    with pytest.warns(UserWarning, match="Nobody"):
        extract(frames[:2], **{threshold: 1.0}, progress=False)


@pytest.mark.solutions
def test_mediapipe_without_holistic_names_the_version(frames, monkeypatch):
    import mediapipe

    monkeypatch.delattr(mediapipe, "solutions")
    with pytest.raises(BadInput, match=r"pip install mediapipe==0\.10\.21"):
        extract(frames)


def test_a_video_file_keeps_its_rate_and_errors_name_it(frames, tmp_path):
    path = tmp_path / "person.mp4"
    write_video(path, frames, fps=20)
    keypoints = extract_file(path, progress=False)
    assert len(keypoints) == 12 and keypoints.fps == pytest.approx(20) and keypoints.present("pose").all()
    with pytest.raises(BadInput, match=r"nowhere\.mp4"):
        extract_file(tmp_path / "nowhere.mp4")
    write_video(path, np.zeros((4, 64, 64, 3), np.uint8), fps=20)
    with pytest.warns(UserWarning, match=r"Nobody was found in .*person\.mp4"):
        extract_file(path, progress=False)


def test_no_chatter_and_no_bar_for_a_short_clip(frames, capfd):
    extract(frames)
    assert capfd.readouterr() == ("", "")
    extract(frames, progress=True)
    out, err = capfd.readouterr()
    assert out == "" and "Holistic: 100%" in err and "W0000" not in err


def test_quiet_drops_notes_and_passes_errors_on(capfd):
    with pytest.raises(KeyError), quiet:
        os.write(2, b"W0000 00:00:1 a.cc:1] chatter\nINFO: chatter\nE0000 00:00:1 a.cc:1] trouble\n")
        raise KeyError
    os.write(2, b"W0000 after\n")
    assert capfd.readouterr().err == "E0000 00:00:1 a.cc:1] trouble\nW0000 after\n"


def test_quiet_survives_threads(capfd):
    def work():
        for _ in range(50):
            with quiet:
                os.write(2, b"INFO: chatter\n")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"
