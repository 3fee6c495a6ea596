"""Where a hand is missing in a sharpened frame, the frame as it was filmed is asked."""

import numpy as np
import pytest

from lib.degrade import upscale
from lib.enhance import own
from lib.enhance.own import OwnFrames
from lib.holistic import extract
from lib.holistic.second_look import HAND
from lib.keypoints import HOLISTIC_75
from lib.metrics import hand_distance
from lib.signer.clips import clips

LEFT, RIGHT = HAND


@pytest.fixture(scope="module")
def film():
    """A sharp film's frames, and the points (T, 75, 4) that are found in it enlarged, by which no hand is lost."""
    frames = clips("d1_train")[1].target()[10:14]
    found = extract(upscale(frames, 2, "bicubic"), progress=False, sure=False)
    assert np.isfinite(found.xyz[:, RIGHT]).all() and np.isfinite(found.xyz[:, LEFT]).all()
    return frames, np.concatenate([found.xyz, found.confidence[..., None]], axis=-1)


def without(points, *parts):
    points = points.copy()
    for part in parts:
        points[part, :3], points[part, 3] = np.nan, 0
    return points


def looked(frames, points):
    asked = OwnFrames()
    np.testing.assert_array_equal(list(asked.noted(frames)), frames)
    return [asked.look(frame, each) for frame, each in zip(frames, points, strict=True)]


def test_a_hand_that_the_frame_shows_is_found(film):
    frames, points = film
    for before, after in zip(points, looked(frames, [without(each, RIGHT) for each in points])):
        near = hand_distance(after[None, RIGHT, :2], before[None, RIGHT, :2])
        assert near < 0.3 and (after[RIGHT, 3] < 1).all() and (after[RIGHT, 3] > 0.5).all()
        others = np.r_[: RIGHT.start, RIGHT.stop : len(HOLISTIC_75)]
        np.testing.assert_array_equal(after[others], before[others])


def test_what_is_there_stays(film):
    frames, points = film
    np.testing.assert_array_equal(looked(frames, points), points)


def test_a_hand_is_followed_from_the_frame_before_without_the_body(film):
    frames, points = film
    hidden = [*HOLISTIC_75.pair("wrist"), *HOLISTIC_75.pair("index"), *HOLISTIC_75.pair("pinky")]
    alone = without(points[1], RIGHT, hidden)
    assert np.isfinite(looked(frames[:2], [points[0], alone])[1][RIGHT, :2]).all()
    assert np.isnan(looked(frames[1:2], [alone])[0][RIGHT, :2]).all()


def test_nothing_is_found_in_nothing_or_where_no_hand_can_be(film, monkeypatch):
    frames, points = film
    lost = [without(each, RIGHT, LEFT) for each in points]
    assert np.isnan(np.array(looked(np.zeros_like(frames), lost))[:, RIGHT, :2]).all()
    monkeypatch.setattr(own, "unlikely", lambda *_: True)
    np.testing.assert_array_equal(looked(frames, lost), lost)


def test_others_see_the_frames_and_look_afterwards(film):
    frames, points = film
    seen = []
    asked = OwnFrames(lambda frames: (seen.append(frame) or frame for frame in frames))
    assert len(list(asked.noted(frames[:1]))) == len(seen) == 1
    after = asked.then(lambda sharp, each: each + 1)(frames[0], points[0])
    np.testing.assert_array_equal(after, points[0] + 1)
