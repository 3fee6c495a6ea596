"""Filters over time: by hand, around gaps, and on tracks that they must leave alone."""

from functools import partial

import numpy as np
import pytest

from book.shared.filter_scores import GRIDS, RAW, choose, filters, lag, mean, scores, sweep
from book.shared.smoothing import butterworth, kalman, one_euro, smooth, smoothing_factor
from lib.keypoints import HOLISTIC_75, OPENPOSE_67, Keypoints
from lib.tools.errors import BadInput

NAN = np.nan
FILTERS = {
    "One-Euro": partial(one_euro, min_cutoff=1.0, beta=1.0),
    "Butterworth": partial(butterworth, cutoff=4.0),
    "Kalman": partial(kalman, push=1e4),
}
each_filter = pytest.mark.parametrize("method", FILTERS.values(), ids=FILTERS)
both_ways = pytest.mark.parametrize(
    "method", [FILTERS["Butterworth"], FILTERS["Kalman"]], ids=["Butterworth", "Kalman"]
)


def wave(frames=80, delay=0.0, noise=0.0, seed=0) -> np.ndarray:
    """Two coordinates that swing once in 25 frames, (T, 2)."""
    time = np.arange(frames)[:, None] - delay
    return np.sin(2 * np.pi * time / 25 + [0, 1]) + noise * np.random.default_rng(seed).normal(size=(frames, 2))


def clip(frames=60, noise=0.0, seed=0) -> Keypoints:
    """A body with shoulders 100 pixels apart whose hands swing from side to side."""
    rng = np.random.default_rng(seed)
    xyz = rng.uniform(0, 200, (75, 3))[None].repeat(frames, axis=0)
    xyz[:, HOLISTIC_75.shoulders] = [[200, 100, 0], [100, 100, 0]]
    xyz[:, 33:, 0] += 40 * np.sin(np.arange(frames) / 5)[:, None]
    xyz[:, 33:] += noise * rng.normal(size=(frames, 42, 3))
    return Keypoints(xyz, np.ones((frames, 75)), HOLISTIC_75, 25, (640, 480))


@each_filter
def test_a_point_at_rest_and_a_single_frame_stay(method):
    for track in (np.full((30, 2), 7.0), np.array([[3.0, 4.0]]), np.array([[3.0, 4.0]] * 2)):
        np.testing.assert_allclose(method(track, 25.0), track, atol=1e-5)


@both_ways
def test_a_straight_way_stays(method):
    track = np.arange(40.0)[:, None] * [1.0, -0.5] + [3.0, 8.0]
    np.testing.assert_allclose(method(track, 25.0), track, atol=1e-4)


@each_filter
def test_noise_shrinks(method):
    noisy = wave(noise=0.1)
    before, after = (np.abs(np.diff(track - wave(), n=2, axis=0)).mean() for track in (noisy, method(noisy, 25.0)))
    assert after < 0.8 * before


@both_ways
def test_nothing_comes_late(method):
    """A pulse that is the same forward and back stays so, its peak where it was."""
    pulse = np.exp(-(((np.arange(61.0) - 30) / 4) ** 2))[:, None]
    smoothed = method(pulse, 25.0)
    np.testing.assert_allclose(smoothed, smoothed[::-1], atol=0.01)
    assert smoothed.argmax() == 30


def test_one_euro_comes_late():
    swing = wave()[:, None]
    assert lag(one_euro(swing[:, 0], 25.0, min_cutoff=1.0, beta=0.0)[:, None], swing) > 1


def test_one_euro_by_hand():
    """beta 0: a running mean with one factor. Then beta: the cutoff grows with the smoothed speed."""
    factor = 1 / (1 + 25 / (2 * np.pi * 2.0))
    assert smoothing_factor(2.0, 25.0) == pytest.approx(factor)
    track = np.array([[0.0], [1.0], [1.0]])
    first = factor
    np.testing.assert_allclose(one_euro(track, 25.0, 2.0, 0.0)[:, 0], [0, first, first + factor * (1 - first)])
    speed = smoothing_factor(1.0, 25.0) * 25.0
    np.testing.assert_allclose(one_euro(track, 25.0, 2.0, 3.0)[1, 0], smoothing_factor(2.0 + 3.0 * speed, 25.0))


def test_one_euro_knows_only_the_past():
    track = wave(noise=0.1)
    changed = track.copy()
    changed[40:] += 5
    method = FILTERS["One-Euro"]
    np.testing.assert_array_equal(method(track, 25.0)[:40], method(changed, 25.0)[:40])


def test_butterworth_takes_high_and_leaves_low():
    time = np.arange(200)[:, None] / 25
    low, high = np.sin(2 * np.pi * 0.5 * time), np.sin(2 * np.pi * 10 * time)
    middle = slice(40, 160)
    np.testing.assert_allclose(butterworth(low + high, 25.0, 4.0)[middle], low[middle], atol=0.02)
    np.testing.assert_array_equal(butterworth(high, 25.0, 12.5), high)  # half the frames a second: nothing above


def test_kalman_follows_or_draws_a_line():
    track = wave()
    np.testing.assert_allclose(kalman(track, 25.0, 1e10), track, atol=1e-3)
    bend = np.diff(kalman(track, 25.0, 1e-6), n=2, axis=0)
    assert np.abs(bend).max() < 1e-3


@pytest.mark.parametrize(
    "wrong",
    [
        partial(one_euro, min_cutoff=0, beta=1),
        partial(one_euro, min_cutoff=1, beta=-1),
        partial(butterworth, cutoff=0),
        partial(kalman, push=0),
    ],
)
def test_bad_parameters(wrong):
    with pytest.raises(BadInput):
        wrong(wave(), 25.0)


@each_filter
def test_gaps_stay_and_split_the_track(method):
    whole = clip(noise=3)
    gappy, hand = whole.xyz.copy(), HOLISTIC_75.parts["right_hand"]
    gappy[20:24, hand] = NAN
    other = gappy.copy()
    other[24:, hand] += 50  # what comes after the gap must not be felt before it
    first, second = (
        smooth(Keypoints(xyz, whole.confidence, HOLISTIC_75, 25, whole.size), method).xyz for xyz in (gappy, other)
    )
    np.testing.assert_array_equal(np.isnan(first), np.isnan(gappy))
    np.testing.assert_array_equal(first[:20, hand], second[:20, hand])
    np.testing.assert_allclose(first[24:, hand] + 50, second[24:, hand], atol=1e-2)
    assert not np.allclose(first[24:, hand], gappy[24:, hand], atol=0.1)


@each_filter
def test_single_points_go_by_their_own_frames(method):
    """As OpenPose loses them; and points in the plane have no z."""
    xyz = np.random.default_rng(0).uniform(0, 100, (30, 67, 3))
    xyz[..., 2] = NAN
    xyz[5:8, 40] = NAN
    one = Keypoints(xyz, np.ones((30, 67)), OPENPOSE_67, 25, (640, 480))
    xyz[20, 41] = NAN
    two = Keypoints(xyz, np.ones((30, 67)), OPENPOSE_67, 25, (640, 480))
    first, second = (smooth(each, method).xyz for each in (one, two))
    np.testing.assert_array_equal(np.isnan(first), np.isnan(one.xyz))
    np.testing.assert_allclose(first[:, [0, 40]], second[:, [0, 40]], rtol=1e-5)
    assert not np.allclose(first[:20, 41], second[:20, 41])


@each_filter
def test_parameters_do_not_depend_on_the_pictures_size(method):
    small = clip(noise=3)
    large = Keypoints(2 * small.xyz, small.confidence, HOLISTIC_75, 25, (1280, 960))
    np.testing.assert_allclose(smooth(large, method).xyz, 2 * smooth(small, method).xyz, rtol=1e-4, atol=1e-2)


def test_lag_is_found_to_a_tenth_of_a_frame():
    truth = wave(delay=0)[:, None]
    beside = wave(delay=1.5)[:, None] + [3.0, -2.0]  # a point beside its place is not late
    beside[10:15] = NAN
    assert lag(beside, truth) == pytest.approx(1.5, abs=0.1)
    assert lag(wave(delay=-0.7)[:, None], truth) == pytest.approx(-0.7, abs=0.1)
    assert np.isnan(lag(np.full_like(truth, NAN), truth))


def test_scores_by_hand():
    truth = clip()
    xyz = truth.xyz.copy()
    xyz[:, 33:, 0] += np.where(np.arange(60) % 2, 3, -3)[:, None]  # off by 3 pixels, to and fro
    trembling = Keypoints(xyz, truth.confidence, HOLISTIC_75, 25, truth.size)
    table = scores([trembling, trembling], [truth, truth], filters({"Kalman": {"push": 1e4}}))
    raw, steady = table[table["method"] == RAW].iloc[0], table[table["method"] == "Kalman"].iloc[0]
    assert raw["error"] == pytest.approx(0.03, rel=1e-3) and raw["jitter"] == pytest.approx(120, rel=1e-3)
    assert steady["error"] < 0.5 * raw["error"] and steady["jitter"] < 0.2 * raw["jitter"]
    assert mean(table, RAW, "error").n == 2


def test_choice_demands_half_of_what_can_be_had():
    truth = clip(50)
    table = sweep([clip(50, noise=4, seed=0)], [truth])
    assert len(table) == 1 + sum(map(len, GRIDS.values()))
    chosen = choose(table)
    assert chosen["Kalman"] in GRIDS["Kalman"]
    raw, least = table.loc[table["filter"] == RAW, "jitter"].item(), table["jitter"].min()
    for name, parameters in chosen.items():
        of_filter = table[table["filter"] == name]
        row = of_filter[[each == parameters for each in of_filter["parameters"]]].iloc[0]
        enough = of_filter[of_filter["jitter"] <= (raw + least) / 2]
        assert row["jitter"] <= (raw + least) / 2 and row["error"] == enough["error"].min()
