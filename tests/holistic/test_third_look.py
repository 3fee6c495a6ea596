"""A third look fills short gaps where the frames around say, sets hands right that leap, and leaves the rest alone."""

import numpy as np
import pytest

from lib.holistic import extract, third_look as module
from lib.holistic.second_look import HAND
from lib.holistic.third_look import GAP, third_look
from lib.keypoints import HOLISTIC_75, OPENPOSE_67, Keypoints
from lib.metrics import false_hands, hand_size
from lib.signer.clips import clips
from lib.tools.errors import BadInput

LEFT, RIGHT = HAND
SPAN = slice(20, 32)


@pytest.fixture(scope="module")
def frames():
    """Twelve sharp frames of a synthetic signer, whose right hand is in view in each of them."""
    return clips("d1_train")[0].target()[SPAN]


@pytest.fixture(scope="module")
def found(frames):
    keypoints = extract(frames, progress=False)
    assert keypoints.present("right_hand").all()
    return keypoints


def changed(keypoints, times, move=np.nan):
    """The right hand lost in some frames, or moved by so many of its own sizes."""
    xyz = keypoints.xyz.copy()
    size = hand_size(xyz[:, RIGHT, :2])[times, None]
    xyz[times, RIGHT, 0] += move * size
    xyz[times, RIGHT] *= 1 if np.isfinite(move) else np.nan
    return Keypoints(xyz, keypoints.confidence, keypoints.layout, keypoints.fps, keypoints.size)


def off(one, other):
    """Mean distance of the right hands' joints, in hands, (T,)."""
    apart = np.linalg.norm(one.xyz[:, RIGHT, :2] - other.xyz[:, RIGHT, :2], axis=-1).mean(axis=1)
    return apart / hand_size(other.xyz[:, RIGHT, :2])


@pytest.mark.parametrize("times", [[4], [4, 5, 6], [3, 6]], ids=["one", "three in a row", "two apart"])
def test_a_short_gap_is_filled_by_what_the_network_sees(frames, found, times):
    again = third_look(iter(frames), changed(found, times))
    assert again.present("right_hand").all() and (off(again, found)[times] < 0.2).all()
    sure = again.confidence[times, RIGHT]
    assert ((0.5 <= sure) & (sure < 1)).all() and (sure == sure[:, :1]).all()
    depth = np.corrcoef(again.xyz[times, RIGHT, 2].ravel(), found.xyz[times, RIGHT, 2].ravel())[0, 1]
    assert depth > 0.9 and 0.8 < np.ptp(again.xyz[times, RIGHT, 2]) / np.ptp(found.xyz[times, RIGHT, 2]) < 1.25


def test_a_hand_that_leaps_is_replaced(frames, found):
    leaping = changed(found, [5], move=2.0)
    again = third_look(frames, leaping)
    assert off(leaping, found)[5] > 1 and off(again, found)[5] < 0.2
    truth = clips("d1_train")[0].truth()
    truth = Keypoints(truth.xyz[SPAN], truth.confidence[SPAN], truth.layout, truth.fps, truth.size)
    assert false_hands(leaping, truth, "right") > 0 == false_hands(again, truth, "right")


def test_a_hand_that_leaps_stays_where_the_network_sees_none_on_the_line(frames, found):
    empty, leaping = frames.copy(), changed(found, [5], move=2.0)
    empty[5] = 127
    np.testing.assert_array_equal(third_look(empty, leaping).xyz[5], leaping.xyz[5])


def test_no_hand_is_put_where_the_network_sees_none(frames, found):
    empty = frames.copy()
    empty[4:6] = 127
    again = third_look(empty, changed(found, [4, 5]))
    assert not again.present("right_hand")[4:6].any()


def test_no_hand_is_put_on_a_forearm(frames, found):
    """The elbow laid beyond the fingers, so that the hand lies back from the wrist."""
    bent = changed(found, [5])
    wrist, tip = bent.xyz[5, 16, :2], found.xyz[5, RIGHT, :2][12]
    bent.xyz[5, 14, :2] = wrist + 3 * (tip - wrist)
    assert third_look(frames, changed(found, [5])).present("right_hand")[5]
    assert not third_look(frames, bent).present("right_hand")[5]


@pytest.mark.parametrize(
    "times", [list(range(3, 4 + GAP)), [0, 1], [10, 11]], ids=["too long", "at the start", "at the end"]
)
def test_a_gap_without_neighbours_near_by_is_left(frames, found, times, monkeypatch):
    monkeypatch.setattr(module, "ask", lambda *_: pytest.fail("looked"))
    lost = changed(found, times)
    again = third_look(frames, lost)
    np.testing.assert_array_equal(again.xyz[:, RIGHT], lost.xyz[:, RIGHT])


def test_all_else_stays(frames, found):
    again = third_look(frames, changed(found, [4]))
    rest = np.setdiff1d(np.arange(75), np.r_[RIGHT])
    np.testing.assert_array_equal(again.xyz[:, rest], found.xyz[:, rest])
    kept = np.arange(len(frames)) != 4
    np.testing.assert_array_equal(again.xyz[kept], found.xyz[kept])
    np.testing.assert_array_equal(again.confidence[kept], found.confidence[kept])
    assert (again.fps, again.size) == (found.fps, found.size)


def test_only_the_part_around_the_hand_is_used_of_a_large_frame(frames, found):
    lost = changed(found, [4])
    wide = np.zeros((len(frames), 2000, 3000, 3), np.uint8)
    wide[:, 500:836, 1000:1304] = frames
    moved = lost.xyz + np.float32([1000, 500, 0])
    again = third_look(wide, Keypoints(moved, lost.confidence, lost.layout, lost.fps, (3000, 2000)))
    small = third_look(frames, lost)
    np.testing.assert_allclose(again.xyz[4, RIGHT], small.xyz[4, RIGHT] + [1000, 500, 0], atol=0.5)


def test_nobody_a_single_frame_and_a_line_outside_the_picture(frames, found, monkeypatch):
    monkeypatch.setattr(module, "ask", lambda *_: pytest.fail("looked"))
    nobody = Keypoints(np.full_like(found.xyz, np.nan), np.zeros_like(found.confidence), HOLISTIC_75, 25, found.size)
    assert np.isnan(third_look(frames, nobody).xyz).all()
    single = Keypoints(found.xyz[:1], found.confidence[:1], HOLISTIC_75, 25, found.size)
    np.testing.assert_array_equal(third_look(frames[:1], single).xyz, single.xyz)
    below = changed(found, [4])
    below = Keypoints(below.xyz + np.float32([0, 400, 0]), below.confidence, HOLISTIC_75, 25, found.size)
    np.testing.assert_array_equal(third_look(frames, below).xyz, below.xyz)


def test_frames_must_be_those_of_the_keypoints(frames, found):
    with pytest.raises(BadInput, match="12 frames of 304x336, but there are 11 frames"):
        third_look(frames[:-1], found)
    other = Keypoints(np.full((1, 67, 3), np.nan), np.zeros((1, 67)), OPENPOSE_67, 25, (304, 336))
    with pytest.raises(BadInput, match="not OPENPOSE_67"):
        third_look(frames[:1], other)
