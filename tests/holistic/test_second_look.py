"""A second look finds hands that were lost, tells left from right, and leaves everything else alone."""

import numpy as np
import pytest

from lib.holistic import extract, second_look as module
from lib.holistic.second_look import HAND, SIDES, second_look, unlikely
from lib.keypoints import HOLISTIC_75, OPENPOSE_67, Keypoints
from lib.metrics import false_hands, hand_size
from lib.signer.clips import clips
from lib.tools.errors import BadInput

LEFT, RIGHT = 0, 1


@pytest.fixture(scope="module")
def frames():
    """Ten sharp frames of a synthetic signer with both hands in view."""
    return clips("d1_train")[0].target()[20:30]


@pytest.fixture(scope="module")
def found(frames):
    keypoints = extract(frames, progress=False)
    assert keypoints.present("left_hand").any() and keypoints.present("right_hand").any()
    return keypoints


def without(keypoints, *sides):
    xyz = keypoints.xyz.copy()
    for side in sides:
        xyz[:, HAND[side]] = np.nan
    return Keypoints(xyz, keypoints.confidence, keypoints.layout, keypoints.fps, keypoints.size)


def test_lost_hands_are_found_in_their_place(frames, found):
    again = second_look(iter(frames), without(found, LEFT, RIGHT))
    for side in (LEFT, RIGHT):
        both = found.present(f"{SIDES[side]}_hand") & again.present(f"{SIDES[side]}_hand")
        assert both.sum() >= 0.8 * found.present(f"{SIDES[side]}_hand").sum()
        off = np.linalg.norm((again.xyz - found.xyz)[both, HAND[side], :2], axis=-1).mean(axis=1)
        assert (off < 0.3 * hand_size(found.xyz[both, HAND[side], :2])).all()  # and so left is left, right is right
        score = again.confidence[both, HAND[side]]
        assert ((0.5 <= score) & (score <= 1)).all() and (score == score[:, :1]).all()


def test_against_the_truth(frames, found):
    clip = clips("d1_train")[0]
    truth = clip.truth()
    span = slice(20, 30)
    truth = Keypoints(truth.xyz[span], truth.confidence[span], truth.layout, truth.fps, truth.size)
    assert false_hands(second_look(frames, without(found, LEFT, RIGHT)), truth, "both") == 0


def test_what_is_there_stays(frames, found):
    again = second_look(frames, without(found, LEFT))
    kept = np.setdiff1d(np.arange(75), np.arange(75)[HAND[LEFT]])
    np.testing.assert_array_equal(again.xyz[:, kept], found.xyz[:, kept])
    np.testing.assert_array_equal(again.confidence[:, kept], found.confidence[:, kept])
    assert again.fps == found.fps and again.size == found.size


def test_a_frame_does_not_depend_on_those_before(frames, found):
    whole = second_look(frames, without(found, RIGHT))
    lost = without(found, RIGHT)
    last = Keypoints(lost.xyz[-1:], lost.confidence[-1:], lost.layout, lost.fps, lost.size)
    np.testing.assert_array_equal(second_look(frames[-1:], last).xyz, whole.xyz[-1:])


def fake_hands(kind, offset):
    """A hand network that sees one hand, ``offset`` (x, y) body widths from the body's wrist, and calls it ``kind``."""

    def hands_in(frame, centre, side, detect):
        body = side / looks[0]
        joints = np.zeros((21, 3), np.float32)
        joints[:, :2] = wrist + np.array(offset) * body
        yield joints, kind, 0.9

    looks, wrist = (1.0,), np.array([150.0, 150.0])
    return hands_in


@pytest.mark.parametrize(
    ("kind", "offset", "taken"),
    [("right", (0.2, 0), True), ("right", (0.25, 0.25), False), ("left", (0, 0), False)],
    ids=["near", "too far", "the other kind"],
)
def test_rules(kind, offset, taken, monkeypatch):
    points = np.full((1, 75, 3), np.nan, np.float32)
    points[:, :33] = 150
    points[:, 11, 0], points[:, 12, 0] = 190, 110  # shoulders 80 apart
    lost = Keypoints(points, np.ones((1, 75), np.float32), HOLISTIC_75, 25, (304, 336))
    monkeypatch.setattr(module, "hands_in", fake_hands(kind, offset))
    monkeypatch.setattr(module, "LOOKS", (1.0,))
    again = second_look(np.zeros((1, 336, 304, 3), np.uint8), lost)
    assert again.present("right_hand")[0] == taken
    assert again.present("left_hand")[0] == (kind == "left")


SIZE = (304, 336)


def arm(elbow=(150, 200), wrist=(150, 260)):
    """A body (75, 3) with its shoulders 80 pixels apart and this right forearm."""
    points = np.full((75, 3), np.nan, np.float32)
    points[[11, 12], :2] = (190, 100), (110, 100)
    points[14, :2], points[16, :2] = elbow, wrist
    points[[11, 12, 14, 16], 2] = 0
    return points


def hand(wrist, tip):
    """Joints (21, 2) from one place to another."""
    return np.linspace(wrist, tip, 21, dtype=np.float32)


@pytest.mark.parametrize(
    ("joints", "points", "refused"),
    [
        (hand((150, 262), (150, 300)), arm(), False),
        (hand((150, 262), (190, 262)), arm(), False),
        (hand((150, 258), (150, 215)), arm(), True),
        (hand((150, 225), (150, 262)), arm(), True),
        (hand((150, 258), (115, 215)), arm(), False),
        (hand((150, 258), (150, 215)), arm(elbow=(150, 235)), False),
        (hand((150, 258), (150, 215)), arm(elbow=(np.nan, np.nan)), False),
        (hand((150, 337), (150, 300)), arm(wrist=(150, 330)), True),
        (hand((-1, 150), (30, 150)), arm(elbow=(60, 150), wrist=(5, 150)), True),
    ],
    ids=[
        "straight",
        "bent",
        "back on the forearm",
        "along it",
        "beside it",
        "foreshortened",
        "no elbow",
        "below",
        "left",
    ],
)
def test_a_hand_that_this_body_cannot_have_there(joints, points, refused):
    assert unlikely(joints, points, RIGHT, SIZE) is refused
    other = points.copy()
    other[[13, 15]] = points[[14, 16]]
    assert unlikely(joints, other, LEFT, SIZE) is refused


@pytest.mark.parametrize(("tip", "taken"), [(300, True), (215, False)], ids=["beyond the wrist", "on the forearm"])
def test_a_look_refuses_it(tip, taken, monkeypatch):
    lost = Keypoints(arm()[None], np.isfinite(arm()[None, :, 0]).astype(np.float32), HOLISTIC_75, 25, SIZE)
    joints = np.pad(hand((150, 260), (150, tip)), ((0, 0), (0, 1)))
    monkeypatch.setattr(module, "hands_in", lambda *_: iter([(joints, "right", 0.9)]))
    monkeypatch.setattr(module, "KNUCKLES", tuple((wrist, wrist) for wrist in module.WRISTS))
    again = second_look(np.zeros((1, 336, 304, 3), np.uint8), lost)
    assert again.present("right_hand")[0] == taken and not again.present("left_hand")[0]


def test_no_look_without_a_body_or_a_wrist_in_the_picture(monkeypatch):
    monkeypatch.setattr(module, "hands_in", lambda *_: pytest.fail("looked"))
    nobody = np.full((2, 75, 3), np.nan, np.float32)
    nobody[1, :33] = 150
    nobody[1, [15, 16], 1] = 400  # below the picture
    lost = Keypoints(nobody, np.zeros((2, 75), np.float32), HOLISTIC_75, 25, (304, 336))
    again = second_look(np.zeros((2, 336, 304, 3), np.uint8), lost)
    np.testing.assert_array_equal(again.xyz, lost.xyz)


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (np.zeros((1, 336, 304, 3), np.uint8), "2 frames of 304x336, but there are 1 frames"),
        (np.zeros((3, 336, 304, 3), np.uint8), "2 frames of 304x336, but frame 2 is"),
        (np.zeros((2, 168, 152, 3), np.uint8), "2 frames of 304x336, but frame 0 is 152x168"),
    ],
    ids=["fewer", "more", "another size"],
)
def test_frames_must_be_those_of_the_keypoints(frames, message):
    nobody = Keypoints(np.full((2, 75, 3), np.nan), np.zeros((2, 75)), HOLISTIC_75, 25, (304, 336))
    with pytest.raises(BadInput, match=message):
        second_look(frames, nobody)


def test_other_layouts_are_refused():
    points = Keypoints(np.full((1, 67, 3), np.nan), np.zeros((1, 67)), OPENPOSE_67, 25, (8, 8))
    with pytest.raises(BadInput, match="not OPENPOSE_67"):
        second_look(np.zeros((1, 8, 8, 3), np.uint8), points)
