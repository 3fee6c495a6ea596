"""Twenty joint angles: what leaves them as they are, and what each of them tells."""

import numpy as np
import pytest

from book.studies.angles.joint_angles import FINGERS, NAMES, PAIRS, joint_angles

RNG = np.random.default_rng(3)
HANDS = RNG.normal(0, 30, (40, 21, 3))


def turned(joints: np.ndarray, degrees: float) -> np.ndarray:
    """Turned in the picture's plane, about anywhere."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.eye(joints.shape[-1])
    turn[:2, :2] = [[c, -s], [s, c]]
    return joints @ turn.T


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize(
    "change",
    [
        lambda hands: hands + np.arange(1, hands.shape[-1] + 1),
        lambda hands: 2.5 * hands,
        lambda hands: turned(hands, 37),
        lambda hands: turned(hands, 180),
        lambda hands: hands * np.array([-1, 1, 1])[: hands.shape[-1]],
    ],
    ids=["moved", "larger", "turned", "upside down", "mirrored"],
)
def test_a_hand_elsewhere_larger_turned_or_mirrored_has_the_same_angles(size, change):
    hands = HANDS[..., :size]
    assert joint_angles(change(hands)) == pytest.approx(joint_angles(hands), abs=1e-6)


def test_another_view_changes_the_picture_and_not_the_angles_in_space():
    yaw = np.radians(50)
    seen = HANDS @ np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    assert joint_angles(seen) == pytest.approx(joint_angles(HANDS), abs=1e-6)
    assert np.abs(joint_angles(seen[..., :2]) - joint_angles(HANDS[..., :2])).max() > 0.1


def flat() -> np.ndarray:
    """(21, 2): the wrist at the origin, five straight fingers side by side."""
    joints = np.zeros((21, 2))
    for x, finger in enumerate(FINGERS):
        joints[finger] = [(0, 1 + step) for step in range(4)] + np.array([x - 2, 0])
    return joints


@pytest.mark.parametrize("name", [name for name in NAMES if "middle" in name and "index," in name] + ["index, end"])
def test_a_bent_joint_has_its_own_angle(name):
    straight, bent = flat(), flat()
    at = {"middle": 6, "end": 7}[name.split(", ")[1]]
    beyond = np.arange(at + 1, 9)
    bent[beyond] = bent[at] + [(step, 0) for step in range(1, len(beyond) + 1)]
    before, after = joint_angles(np.stack([straight, bent]))
    assert before[NAMES.index(name)] == 0 and after[NAMES.index(name)] == pytest.approx(0.5)
    assert np.flatnonzero(np.abs(before - after) > 1e-9).tolist() == [NAMES.index(name)]


def test_there_are_twenty_and_each_finger_has_its_share():
    assert len(NAMES) == len(set(NAMES)) == len(PAIRS) == 20
    assert joint_angles(HANDS).shape == (40, 20)
    assert 0 <= joint_angles(HANDS).min() and joint_angles(HANDS).max() <= 1


def test_a_spread_is_between_first_bones_and_the_thumb_may_lie_across():
    hand = flat()
    hand[FINGERS[1, 1:]] = hand[FINGERS[1, 0]] + [(-step, 0) for step in range(1, 4)]  # the index finger points aside
    hand[FINGERS[0, 2:]] = hand[FINGERS[0, 1]] + [(step, 0) for step in range(1, 3)]  # and the thumb across the palm
    angles = dict(zip(NAMES, joint_angles(hand[None])[0]))
    assert angles["index to middle"] == pytest.approx(0.5) and angles["middle to ring"] == 0
    assert angles["thumb across the palm"] == 0


def test_nothing_is_made_up_for_a_missing_joint_and_a_bone_without_length_is_straight():
    hand = HANDS[:1].copy()
    hand[0, 8] = np.nan
    assert np.flatnonzero(np.isnan(joint_angles(hand)[0])).tolist() == [NAMES.index("index, end")]
    assert joint_angles(np.zeros((1, 21, 2))).tolist() == [[0] * 20]
