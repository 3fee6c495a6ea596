"""Bodies turned to the camera: by hand, on true joints, and in the corpora of chapter 13's study."""

import numpy as np
import pytest

from book.studies import limits
from book.studies.limits import RUNS, faced, yaw
from book.studies.rows.sign_rows import LIMITS, read
from lib.keypoints import HOLISTIC_67
from lib.ptn.corpora import SignCorpus
from lib.tools.errors import BadInput

LEFT, RIGHT = HOLISTIC_67.shoulders


def body(degrees, frames: int = 3, seed: int = 0) -> np.ndarray:
    """Shoulders 100 pixels apart that are turned by so many degrees, and other points anywhere."""
    xyz = np.random.default_rng(seed).normal(0, 50, (frames, 67, 3))
    half = 50 * np.stack([np.cos(np.radians(degrees)), 0 * np.asarray(degrees), np.sin(np.radians(degrees))], axis=-1)
    xyz[:, LEFT], xyz[:, RIGHT] = 200 + half, 200 - half
    return xyz


def test_yaw_is_the_angle_of_the_shoulders():
    turned = np.array([0.0, 30.0, -75.0])
    assert yaw(body(turned), HOLISTIC_67) == pytest.approx(turned)


def test_a_body_that_faces_the_camera_stays():
    straight = body(np.zeros(3))
    assert faced(straight, HOLISTIC_67) == pytest.approx(straight)


def test_facing_undoes_any_turn_and_keeps_lengths_and_gaps():
    """A rigid body that turns: all frames come out alike; what is missing stays missing."""
    still, angles = np.repeat(body(np.zeros(1), 1), 3, axis=0), np.array([0.0, 40.0, -60.0])
    turned = faced(still, HOLISTIC_67, -angles)
    assert yaw(turned, HOLISTIC_67) == pytest.approx(angles)
    assert faced(turned, HOLISTIC_67) == pytest.approx(still)
    lengths = [np.linalg.norm(xyz[:, 30] - xyz[:, 31], axis=-1) for xyz in (still, turned)]
    assert lengths[0] == pytest.approx(lengths[1])
    turned[1, 25:46] = np.nan
    assert np.isnan(faced(turned, HOLISTIC_67)).sum() == 21 * 3


def test_the_study_has_a_corpus_for_each_run():
    """One frame a clip: MediaPipe sees 10 degrees too much, and the moved camera 40."""
    facts = {"fps": 10.0, "size": (152, 168)}
    still = body(np.zeros(1), 1)
    found, turned = (faced(still, HOLISTIC_67, np.array([-angle])) for angle in (10.0, 40.0))
    corpus = SignCorpus(found, np.array([0, 1]), np.array([0]), np.array([0]), facts)
    made = {name: made.xyz for name, made in limits.corpora(corpus, still, turned).items()}
    assert tuple(made) == RUNS
    degrees = {name: float(yaw(xyz, HOLISTIC_67)[0]) for name, xyz in made.items()}
    assert list(degrees.values()) == pytest.approx([10, 0, 0, 40, 0, -10], abs=1e-6)
    assert made["true, turned, faced"] == pytest.approx(still)


def test_rows_say_what_chapter_13_says_of_turning():
    """Found poses lose by their own depth. What moved cameras cost, and turning true joints brings, stays open."""
    rows = read(LIMITS)
    both = {pair: (rows.gain(*pair), rows.gain_by_clip(*pair)) for pair in (
        ("found, faced", "found"), ("true, turned", "true"), ("true, turned, faced", "true, turned"),
        ("true, turned, faced as found", "true, turned"),
    )}  # fmt: skip
    worse, *open_ = both.values()
    assert all(gain.high < 0 for gain in worse)
    assert all(gain.low < 0 < gain.high for pair in open_ for gain in pair)


def test_missing_rows_name_the_command(tmp_path):
    with pytest.raises(BadInput, match="python -m book.studies.limits"):
        read(tmp_path / "limits.json")
