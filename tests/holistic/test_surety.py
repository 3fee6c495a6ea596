"""Hands with a probability: what was found stays as it is, what was refused never counts, and doubt shows."""

from dataclasses import replace

import numpy as np
import pytest

from lib.holistic import corpus, extract
from lib.holistic.crops import better_roi
from lib.holistic.surety import BODY, HAND, Refused, features, surely, with_candidates, with_probabilities
from lib.holistic.twins import RecropTwin
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.metrics import false_hands, hand_size, undetected_hand_presence
from lib.signer.clips import clips
from lib.tools.errors import BadInput
from lib.video import write_video

LEFT, RIGHT = HAND
PARTS = ("left_hand", "right_hand")
SPAN = slice(16, 32)  # some of its hands are lost


@pytest.fixture(scope="module")
def frames():
    return clips("d1_train")[0].input()[SPAN]


@pytest.fixture(scope="module")
def plain(frames):
    """As MediaPipe says it."""
    found = extract(frames, progress=False, sure=False)
    assert set(np.unique(found.confidence[:, 33:])) == {0, 1}
    return found


@pytest.fixture(scope="module")
def every(frames):
    return extract(frames, progress=False, least=0.0)


def hands(keypoints, kind="present"):
    return np.stack([getattr(keypoints, kind)(part) for part in PARTS], axis=1)


def test_by_default_hands_and_uhp_are_mediapipes(frames, plain):
    sure = extract(frames, progress=False)
    np.testing.assert_array_equal(sure.xyz, plain.xyz)
    np.testing.assert_array_equal(sure.confidence[:, :33], plain.confidence[:, :33])
    for side in ("right", "left", "both"):
        assert undetected_hand_presence(sure, side) == undetected_hand_presence(plain, side)
    for part in HAND:
        said, there = sure.confidence[:, part], np.isfinite(plain.xyz[:, part.start, 0])
        assert (said == said[:, :1]).all() and not said[~there].any()
        assert ((0 < said[there]) & (said[there] < 1)).all()


def test_refused_hands_are_kept_and_never_count(plain, every):
    assert 0 < hands(plain).sum() < hands(every).sum()
    np.testing.assert_array_equal(hands(every, "found"), hands(plain))
    there = np.isfinite(plain.xyz)
    np.testing.assert_array_equal(every.xyz[there], plain.xyz[there])
    assert undetected_hand_presence(every, "both") == undetected_hand_presence(plain, "both") > 0
    truth = replace(plain, xyz=np.nan_to_num(plain.xyz), confidence=np.ones_like(plain.confidence))
    assert false_hands(every, truth, "both") == false_hands(plain, truth, "both") == 0
    flat = (every.xyz[:, RIGHT, 2] == 0).all(axis=1)
    assert (flat == hands(every)[:, 1] & ~hands(plain)[:, 1]).all()


def test_a_file_keeps_what_it_was_given_and_who_refused(plain, every, tmp_path):
    from pose_format import Pose

    every.save(tmp_path / "all.pose")
    again = Keypoints.load(tmp_path / "all.pose")
    np.testing.assert_array_equal(hands(again, "found"), hands(plain))
    np.testing.assert_array_equal(again.confidence, every.confidence)
    with_probabilities(plain).save(tmp_path / "found.pose")
    for name, there in (("found", hands(plain)), ("all", hands(every))):
        body = Pose.read((tmp_path / f"{name}.pose").read_bytes()).body  # as others read it
        masked = np.ma.getmaskarray(body.data)[:, 0, [LEFT.start, RIGHT.start], 0]
        np.testing.assert_array_equal(masked, ~there)


def test_a_threshold_is_the_users(frames, every):
    said = every.confidence[:, [LEFT.start, RIGHT.start]]
    middle = float(np.median(said[said > 0]))
    kept = extract(frames, progress=False, least=middle)
    np.testing.assert_array_equal(hands(kept), (said >= middle) & (said > 0))
    for wrong in (-0.1, 1.5, float("nan")):
        with pytest.raises(BadInput, match="least must be a probability"):
            extract(frames, progress=False, least=wrong)


def test_what_was_found_already_gets_its_probability_too(frames, plain, every):
    again = surely(frames, plain, 0.0)
    np.testing.assert_allclose(again.xyz, every.xyz, atol=1e-4)
    np.testing.assert_allclose(again.confidence, every.confidence, atol=1e-5)


def test_the_networks_are_asked_where_a_hand_is_missing():
    sharp = clips("d1_train")[0].target()[SPAN]
    found = extract(sharp, progress=False, sure=False)
    points = found.xyz[4].copy()
    points[RIGHT] = np.nan
    refused = Refused()
    refused(4, sharp[4], points)
    ((place, (joints, word)),) = refused.candidates.items()
    size = hand_size(found.xyz[4:5, RIGHT, :2])[0]
    assert place == (4, 1) and word > 0
    assert np.linalg.norm(joints[:, :2] - found.xyz[4, RIGHT, :2], axis=1).mean() < 0.2 * size
    refused(5, np.zeros_like(sharp[5]), points)
    assert refused.candidates[5, 1][1] < 0  # black: the network sees none
    seen = with_candidates(
        replace(found, xyz=np.where(np.arange(16)[:, None, None] == 4, points, found.xyz)), refused.candidates
    )
    assert np.isfinite(seen.xyz[4, RIGHT]).all() and (seen.xyz[4, RIGHT, 2] == 0).all()


def test_no_place_no_candidate(frames):
    recrop, body = RecropTwin(), np.float32([[70, 90], [72, 100], [68, 100]])
    assert better_roi(recrop, frames[0], body) is not None
    for odd in (body + 1000, body * np.nan, np.repeat(body[:1], 3, axis=0)):
        assert better_roi(recrop, frames[0], odd) is None
    nobody = np.full((75, 3), np.nan, np.float32)
    (refused := Refused())(0, frames[0], nobody)
    assert not refused.candidates and len(BODY) == 2


@pytest.mark.parametrize("move", [1.0, 3.0])
def test_a_hand_that_leaps_is_doubted(plain, move):
    there = hands(plain)[:, 1]
    time = next(t for t in range(1, 15) if there[t - 1 : t + 2].all())
    xyz = plain.xyz.copy()
    xyz[time, RIGHT, :2] += move * hand_size(xyz[time : time + 1, RIGHT, :2])[0]
    doubted = with_probabilities(replace(plain, xyz=xyz)).confidence[time, RIGHT.start]
    assert doubted < with_probabilities(plain).confidence[time, RIGHT.start] - 0.02


def test_hands_without_a_body_have_a_probability_too(plain):
    alone = replace(plain, xyz=np.where(np.arange(75)[:, None] < 33, np.nan, plain.xyz))
    said = with_probabilities(alone).confidence[:, RIGHT.start]
    assert ((0 < said) & (said < 1) == hands(plain)[:, 1]).all()
    assert features(alone).shape == (16, 2, 9)


def test_the_command_keeps_all_hands(frames, tmp_path, capsys):
    write_video(tmp_path / "films" / "a.mp4", frames[:8], 25)
    for name, options in {"all": ["--all-hands"], "some": ["--least", "0.9"]}.items():
        assert corpus.main([str(tmp_path / "films"), "--out", str(tmp_path / name), *options]) == 0
    every, some = (Keypoints.load(tmp_path / name / "a.pose") for name in ("all", "some"))
    assert every.layout == HOLISTIC_75 and hands(some).sum() < hands(every).sum() > hands(every, "found").sum()
    assert (some.confidence[:, RIGHT][hands(some)[:, 1]] >= 0.9).all()
    with pytest.raises(SystemExit):
        corpus.main([str(tmp_path / "films"), "--out", str(tmp_path / "x"), "--least", "2"])
    assert "a number from 0 to 1, not '2'" in capsys.readouterr().err
