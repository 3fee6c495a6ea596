"""book.studies.faces: what its measures say of films whose faces and hands are known."""

import numpy as np
import pytest

from book.studies import faces
from lib.keypoints import HOLISTIC_75, Keypoints


def hands(shift: dict[int, float]) -> Keypoints:
    """Four frames with a right hand ten pixels wide, moved by so much in some, lost where that is NaN."""
    xyz = np.full((4, 75, 3), np.nan, np.float32)
    xyz[:, HOLISTIC_75.parts["right_hand"]] = np.linspace(0, 10, 21)[:, None]
    for time, far in shift.items():
        xyz[time] += far
    return Keypoints(xyz, np.ones((4, 75), np.float32), HOLISTIC_75, 25, (64, 64))


def test_hands_are_in_place_elsewhere_or_lost():
    assert faces._hands(hands({}), hands({1: 1, 2: 30, 3: np.nan})) == {"hands": 50, "elsewhere": 25}
    assert faces._hands(hands({time: np.nan for time in range(4)}), hands({})) == {}


def test_a_face_is_compared_inside_its_box_alone():
    sharp = np.full((2, 40, 40, 3), 100, np.uint8)
    true = np.full((2, 468, 2), 10.0)
    true[:, 1] = 29
    frames = sharp.copy()
    frames[:, 10:30, 10:30] += 10
    frames[:, 35:] = 255
    row = faces._face(sharp, frames, true, true + 1.9, np.array([True, False]))
    assert row["PSNR"] == pytest.approx(20 * np.log10(255 / 10))
    assert row["landmarks"] == pytest.approx(100 * 1.9 * 2**0.5 / 19) and row["faces"] == 100
    lost = np.where(np.arange(2)[:, None, None] == 1, np.nan, true)
    assert faces._face(sharp, frames, true, lost, np.array([True, False]))["faces"] == 50


def test_the_middle_frames_are_taken():
    assert list(faces.middle(np.arange(10), 4)) == [3, 4, 5, 6] and len(faces.middle(np.arange(3), 4)) == 3


def test_differences_are_paired_by_clip():
    rows = [
        {"clip": clip, "method": method} | {key: clip + gain for key in faces.MEASURES}
        for clip in range(3)
        for method, gain in ((faces.BICUBIC, 0), (faces.WHOLE, 5), (faces.HANDS, 1))
    ]
    shown = faces.table(rows)
    assert shown.loc["hands only minus bicubic", "PSNR"].mean == 1
    assert shown.loc["hands only minus whole", "hands"].high == -4
