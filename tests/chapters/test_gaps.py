"""Gaps found, made, filled in four ways, and scored."""

import numpy as np
import pytest

from book.chapters.ch09_gaps import METHODS, by_length, cubic, hold_last, kalman, linear, lost, mean, removed
from book.shared.gaps import gap_table, missing, runs, windows
from book.shared.smoothing import PUSH, STEP, VAGUE, kalman_smooth
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput

NAN = np.nan
RIGHT = HOLISTIC_75.parts["right_hand"]


def moving(frames=40, speed=4.0, wobble=0.0, seed=0) -> Keypoints:
    """A body at rest with shoulders 100 pixels apart, and hands that move to the right and open slowly."""
    random = np.random.default_rng(seed)
    xyz = random.uniform(0, 200, (75, 3)).astype(np.float32)[None].repeat(frames, axis=0)
    xyz[:, HOLISTIC_75.shoulders] = [[200, 100, 0], [100, 100, 0]]
    time = np.arange(frames, dtype=np.float32)
    xyz[:, 33:, 0] += speed * time[:, None]
    xyz[:, 33:, :2] += wobble * random.standard_normal((frames, 42, 2)).astype(np.float32)
    return Keypoints(xyz, np.ones((frames, 75)), HOLISTIC_75, 25, (640, 480))


def without(clip: Keypoints, start: int, stop: int, part="right_hand") -> Keypoints:
    xyz = clip.xyz.copy()
    xyz[start:stop, HOLISTIC_75.parts[part]] = NAN
    return Keypoints(xyz, clip.confidence, clip.layout, clip.fps, clip.size)


def test_runs():
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs(np.array([1, 1, 0, 1, 0, 0, 1], bool)) == [(0, 2), (3, 4), (6, 7)]
    assert runs(np.zeros(3, bool)) == [] and runs(np.ones(3, bool)) == [(0, 3)]


def test_gap_table_says_how_long_and_where():
    clip = without(without(without(moving(20), 0, 2), 5, 9), 19, 20)
    table = gap_table([moving(20), without(clip, 0, 20, "left_hand")])
    rows = table[["clip", "part", "start", "frames", "where"]].values.tolist()
    assert rows == [
        [1, "left_hand", 0, 20, "whole clip"],
        [1, "right_hand", 0, 2, "at an end"],
        [1, "right_hand", 5, 4, "inside"],
        [1, "right_hand", 19, 1, "at an end"],
    ]
    assert gap_table([moving(5)]).empty


def test_missing_is_a_mean_over_clips():
    value = missing([without(moving(20), 0, 5), moving(20)], "right_hand")
    assert value.mean == 12.5 and value.n == 2


def test_windows_leave_context_and_do_not_meet():
    present = np.ones(20, bool)
    present[12] = False
    assert windows(present, 2, 3) == [(3, 5)]  # the next would need frame 12; after it too few are left
    for start, stop in windows(np.ones(60, bool), 4, 3):
        assert stop - start == 4 and start >= 3 and stop + 3 <= 60
    assert windows(present, 20) == []


@pytest.mark.parametrize("name", METHODS)
def test_found_frames_stay_and_nothing_is_nan(name):
    points = moving(30, wobble=2).part("right_hand").copy()
    points[[0, 1, 7, 12, 13, 14, 29]] = NAN
    filled = METHODS[name](points)
    found = ~np.isnan(points)
    assert filled.dtype == points.dtype and np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[found], points[found])
    assert not METHODS[name](np.full((4, 21, 3), NAN)).any()
    one = np.full((4, 21, 3), NAN)
    one[2] = 7
    assert (METHODS[name](one) == 7).all()


def test_each_method_does_what_it_is_called():
    time = np.arange(12.0)
    points = (time**3)[:, None, None] * np.ones((1, 2, 3))
    points[[0, 5, 6]] = NAN
    x = {name: method(points)[:, 0, 0] for name, method in METHODS.items()}
    assert x["hold last"][[0, 5, 6]].tolist() == [1, 64, 64]
    np.testing.assert_allclose(x["linear"][[0, 5, 6]], [1, 64 + 279 / 3, 64 + 2 * 279 / 3])
    np.testing.assert_allclose(x["cubic"][[0, 5, 6]], [1, 125, 216], atol=1e-9)
    assert abs(x["Kalman"][5] - 125) < abs(x["linear"][5] - 125)


def test_steady_motion_is_filled_exactly():
    points = moving(30).part("right_hand").copy()
    whole = points.copy()
    points[10:16] = NAN
    for method in (linear, cubic, kalman):
        np.testing.assert_allclose(method(points), whole, atol=0.05)
    assert hold_last(points)[15, 0, 0] == pytest.approx(whole[9, 0, 0])


def test_smoother_is_the_least_squares_solution():
    """The posterior mean of all states at once, by solving one large linear system."""
    random, frames, ratio = np.random.default_rng(0), 9, 0.3
    values = random.normal(size=(frames, 2)).cumsum(axis=0)
    found = np.array([1, 1, 0, 0, 1, 1, 1, 0, 1], bool)
    precision, target = np.zeros((2 * frames, 2 * frames)), np.zeros((2 * frames, 2))
    precision[:2, :2] += np.eye(2) / VAGUE
    for t in range(1, frames):
        link = np.zeros((2, 2 * frames))
        link[:, 2 * t : 2 * t + 2], link[:, 2 * t - 2 : 2 * t] = np.eye(2), -STEP
        precision += link.T @ np.linalg.inv(ratio * PUSH) @ link
    for t in np.flatnonzero(found):
        precision[2 * t, 2 * t] += 1
        target[2 * t] = values[t] - values[0]
    states = np.linalg.solve(precision, target)
    np.testing.assert_allclose(kalman_smooth(values, found, ratio), states[::2] + values[0], atol=1e-6)


def test_the_likeliest_ratio_follows_the_motion():
    """Noise around a line calls for a stiff smoother, a smooth curve without noise for a supple one."""
    random, time = np.random.default_rng(0), np.arange(60.0)[:, None]
    found = np.ones(60, bool)
    noisy, curved = time + random.normal(size=(60, 4)), 20 * np.sin(time / 3 + np.arange(4))
    assert np.abs(kalman_smooth(noisy, found) - time).mean() < 0.5 * np.abs(noisy - time).mean()
    np.testing.assert_allclose(kalman_smooth(curved, found), curved, atol=0.1)


def test_scores_are_in_shoulder_widths_and_hand_lengths():
    clip = moving(40, speed=4)
    scores = removed([clip], [1, 3]).set_index(["method", "frames"]).sort_index()
    assert set(scores.index) == {(name, length) for name in METHODS for length in (1, 3)}
    hold = scores.loc[("hold last", 3)]
    np.testing.assert_allclose(hold["error"], 4 * (1 + 2 + 3) / 3 / 100, rtol=1e-4)
    np.testing.assert_allclose(hold["shape"], 0, atol=1e-5)  # the hand moves as a whole
    np.testing.assert_allclose(scores.loc[("linear", 3), "error"], 0, atol=1e-5)


def test_scores_against_a_truth_elsewhere_and_of_gaps_that_were_there():
    truth = moving(40)
    found = Keypoints(truth.xyz + np.float32([3, 4, 0]), truth.confidence, truth.layout, 25, truth.size)
    off = removed([found], [2], truth=[truth])
    np.testing.assert_allclose(off.query("method == 'linear'")["error"], 0.05, rtol=1e-3)
    gappy = without(without(without(found, 0, 3), 10, 14), 38, 40)
    scores = lost([gappy], [truth])
    assert scores[["part", "start", "frames"]].drop_duplicates().values.tolist() == [["right_hand", 10, 4]]
    np.testing.assert_allclose(scores.query("method == 'linear'")["error"], 0.05, rtol=1e-3)
    with pytest.raises(BadInput, match="need one layout, length and size"):
        lost([gappy], [moving(39)])
    assert lost([found], [truth]).empty


def test_by_length_counts_frames_and_draws_clips():
    clips = [moving(40, speed=speed) for speed in (2, 4, 6)]
    scores = removed(clips, [1, 3])
    table = by_length(scores, "error", [1, 2, 4]).query("method == 'hold last'")
    assert table[["from", "to", "clips"]].values.tolist() == [[1, 1, 3], [2, 3, 3]]
    np.testing.assert_allclose([value.mean for value in table["value"]], [0.04, 0.08], rtol=1e-3)
    assert by_length(removed(clips[:1], [1]), "error", [1, 2]).empty
    assert mean(scores.query("method == 'linear'"), "error").n == 3
