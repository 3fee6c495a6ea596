"""Bones of hands on straight lines: by hand, and where nothing may be off."""

import numpy as np
import pandas as pd
import pytest

from book.chapters.ch13_gaps import BONES, bone_lengths, off_as_found, off_on_the_line, short_minus_long
from lib.keypoints import HOLISTIC_75, Keypoints

HAND = np.random.default_rng(3).normal(0, 1, (21, 3))


def places(angles: np.ndarray) -> np.ndarray:
    """A stiff hand on either side that is turned in the plane by so many radians, (T, 75, 3)."""
    turn = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]]).transpose(2, 0, 1)
    xyz = np.random.default_rng(0).normal(0, 1, (len(angles), 75, 3))
    for part in ("left_hand", "right_hand"):
        hand = np.repeat(HAND[None], len(angles), axis=0)
        hand[..., :2] = np.einsum("tij,pj->tpi", turn, HAND[:, :2])
        xyz[:, HOLISTIC_75.parts[part]] = hand
    return xyz


def test_bones_are_those_of_five_fingers():
    names = [point.removeprefix("LEFT_HAND_") for point in HOLISTIC_75.points[HOLISTIC_75.parts["left_hand"]]]
    pairs = [(names[start], names[end]) for start, end in BONES]
    assert len(set(BONES)) == 20 and {end for _, end in BONES} == set(range(1, 21))
    assert ("WRIST", "THUMB_CMC") in pairs and ("PINKY_DIP", "PINKY_TIP") in pairs
    assert all(start == "WRIST" or start.split("_")[0] == end.split("_")[0] for start, end in pairs)
    assert bone_lengths(places(np.zeros(2))[:, :21]).shape == (2, 20)


def test_a_hand_that_only_moves_keeps_its_bones():
    xyz = places(np.zeros(12)) + np.arange(12)[:, None, None]
    assert off_on_the_line([xyz], [1, 5])["bones"].max() == pytest.approx(0, abs=1e-5)


def test_a_turned_hand_is_shortened_as_geometry_says():
    """Half way between two places 2a apart on a circle the line is cos(a) of the radius from its middle."""
    flat, angles = places(np.linspace(0, 1.0, 5)), 0.25
    flat[..., 2] = 0
    found = off_on_the_line([flat], [1])
    assert found["bones"].to_numpy() == pytest.approx(100 * (1 - np.cos(angles)))
    assert set(found["part"]) == {"left_hand", "right_hand"} and set(found["frames"]) == {1}


def test_found_hands_that_grow_as_wholes_have_steady_bones():
    grows = np.linspace(1, 2, 6)[:, None, None]
    clips = [Keypoints(places(np.zeros(6)) * grows, np.ones((6, 75)), HOLISTIC_75, 25, (64, 64)) for _ in range(2)]
    assert off_as_found(clips).mean == pytest.approx(0, abs=1e-4)
    longer = clips[0].xyz.copy()
    longer[:3, HOLISTIC_75.parts["left_hand"].start + 4] *= 3  # the tip of a thumb, in half of the frames
    assert off_as_found([Keypoints(longer, clips[0].confidence, HOLISTIC_75, 25, (64, 64)), clips[1]]).mean > 0.1


def test_short_minus_long_is_taken_clip_by_clip():
    rows = [(clip, frames, base + frames) for clip, base in enumerate((0.0, 10.0, 20.0)) for frames in (2, 10)]
    scores = pd.DataFrame([*rows, (3, 2, 99.0)], columns=["clip", "frames", "bones"])  # clip 3 has no long gap
    found = short_minus_long(scores, "bones")
    assert (found.mean, found.low, found.high, found.n) == (-8, -8, -8, 3)
