"""Missing and false hands, errors of keypoints, likeness of pictures, and intervals over clips."""

import numpy as np
import pytest

from lib.evaluation.intervals import alike, alone, clip_bootstrap, paired_bootstrap
from lib.keypoints import COCO_133, HOLISTIC_75, OPENPOSE_67, Keypoints
from lib.metrics import (
    endpoint_error,
    false_hands,
    hand_distance,
    pck,
    pck_auc,
    phash_distance,
    psnr,
    ssim,
    undetected_hand_presence,
)
from lib.tools.errors import BadInput


def clip(frames=10, layout=HOLISTIC_75, seed=0):
    """A body around (100, 100) and hands 20 pixels across, all there and all inside 304x336."""
    xyz = np.random.default_rng(seed).uniform(90, 110, (frames, len(layout), 3))
    return Keypoints(xyz, np.ones(xyz.shape[:2]), layout, 25, (304, 336))


def lose(keypoints, part, frames):
    keypoints.xyz[frames, keypoints.layout.parts[part]] = np.nan
    return keypoints


@pytest.mark.parametrize("layout", [HOLISTIC_75, OPENPOSE_67, COCO_133], ids=lambda layout: layout.name)
def test_uhp_counts_frames_without_the_hand(layout):
    keypoints = lose(lose(clip(layout=layout), "right_hand", slice(0, 3)), "left_hand", slice(0, 1))
    assert undetected_hand_presence(keypoints) == undetected_hand_presence(keypoints, "right") == pytest.approx(0.3)
    assert undetected_hand_presence(keypoints, "left") == pytest.approx(0.1)
    assert undetected_hand_presence(keypoints, "both") == pytest.approx(0.2)
    with pytest.raises(BadInput, match="not 'middle'"):
        undetected_hand_presence(keypoints, "middle")


def test_a_hand_is_found_when_some_of_its_points_are():
    keypoints = clip()
    keypoints.xyz[:, 54:70] = np.nan
    assert undetected_hand_presence(keypoints) == 0
    keypoints.xyz[:, 54:] = np.nan
    assert undetected_hand_presence(keypoints) == 1


def test_false_hands_are_those_far_off_or_out_of_the_picture():
    truth, guess = clip(), clip()
    assert false_hands(guess, truth) == 0
    span = np.ptp(truth.part("right_hand")[..., :2], axis=1).max(axis=1)
    guess.xyz[0, 54:, 0] += 0.4 * span[0]  # near enough
    guess.xyz[1, 54:, 0] += 0.6 * span[1]  # false
    truth.confidence[2, 54:] = 0  # out of the picture: false
    truth.confidence[3, 55:] = 0  # one joint in the picture: right
    truth.xyz[4, 54:] = np.nan  # not there at all: false
    assert false_hands(guess, truth, "right") == pytest.approx(3 / 10)
    assert false_hands(guess, truth, "both") == pytest.approx(3 / 20)
    lose(guess, "right_hand", slice(2, 10))  # lost hands are not false
    assert false_hands(guess, truth, "right") == pytest.approx(1 / 2)
    assert np.isnan(false_hands(lose(guess, "right_hand", slice(None)), truth))
    with pytest.raises(BadInput, match="alike in layout, frames and size"):
        false_hands(clip(frames=9), truth)


def test_endpoint_error_by_hand():
    truth = np.zeros((2, 2, 2))
    pred = np.array([[[3, 4], [0, 1]], [[np.nan, np.nan], [0, 0]]])
    assert endpoint_error(pred, truth) == pytest.approx((5 + 1 + 0) / 3)
    assert np.isnan(endpoint_error(pred * np.nan, truth))
    with pytest.raises(BadInput, match="one shape"):
        endpoint_error(pred, truth[:1])


def test_pck_counts_missing_points_as_misses():
    truth = np.zeros((2, 2, 2))
    pred = np.array([[[3, 4], [0, 1]], [[np.nan, np.nan], [0, 0]]])
    assert pck(pred, truth, scale=10) == pytest.approx(2 / 4)
    assert pck(pred, truth, scale=25) == pytest.approx(3 / 4)
    assert pck(pred, truth, scale=np.array([25, 10])) == pytest.approx(3 / 4)
    truth[1, 0] = np.nan
    assert pck(pred, truth, scale=25) == 1
    assert np.isnan(pck(pred, truth * np.nan, scale=25))


def test_pck_refuses_a_scale_that_says_nothing():
    points = np.zeros((3, 21, 2))
    for scale, words in [(np.ones(4), "do not fit"), (0.0, "above 0"), (np.array([1, 1, np.nan]), "above 0")]:
        with pytest.raises(BadInput, match=words):
            pck(points, points, scale)
    unknown = points.copy()
    unknown[2] = np.nan  # no true point, so its scale is not asked for
    assert pck(points, unknown, np.array([1, 1, np.nan])) == 1


def test_pck_area():
    truth = np.zeros((1, 4, 2))
    assert pck_auc(truth, truth, scale=10) == 1
    assert pck_auc(truth + 1000, truth, scale=10) == 0
    halfway = truth + np.array([2.5, 0])  # hit from a threshold of 0.25 on, of 0.5
    assert pck_auc(halfway, truth, scale=10) == pytest.approx(0.5, abs=0.01)


def test_psnr():
    black = np.zeros((4, 4, 3), np.uint8)
    assert psnr(black, black) == float("inf")
    assert psnr(black, black + 255) == pytest.approx(0)
    assert psnr(black, black + 51) == pytest.approx(20 * np.log10(5))
    assert psnr(black / 255, (black + 51) / 255) == pytest.approx(20 * np.log10(5))
    with pytest.raises(BadInput, match="one shape and type"):
        psnr(black, black / 255)


def test_ssim_of_frames_and_batches():
    random = np.random.default_rng(0)
    frames = random.integers(0, 256, (2, 32, 40, 3), dtype=np.uint8)
    noisy = np.clip(frames + random.normal(0, 20, frames.shape), 0, 255).astype(np.uint8)
    assert ssim(frames, frames) == pytest.approx(1)
    assert 0 < ssim(frames, noisy) < 0.99
    batches = [np.moveaxis(each, -1, 1).astype(np.float32) / 255 for each in (frames, noisy)]
    assert ssim(*batches) == pytest.approx(ssim(frames, noisy), abs=1e-6)
    assert ssim(frames[0], noisy[0]) == pytest.approx(ssim(frames[:1], noisy[:1]))
    for wrong in (frames[:, :8], frames[0, ..., 0]):
        with pytest.raises(BadInput, match="11 x 11"):
            ssim(wrong, wrong)


def test_phash_sees_other_pictures_and_overlooks_brightness():
    random = np.random.default_rng(0)
    rough = np.kron(random.integers(0, 200, (3, 8, 8, 3), dtype=np.uint8), np.ones((1, 8, 8, 1), np.uint8))
    assert phash_distance(rough, rough) == 0
    assert phash_distance(rough, rough + 20) <= 4
    assert phash_distance(rough, rough[::-1]) > 10
    with pytest.raises(BadInput, match="uint8 frames"):
        phash_distance(rough / 255, rough / 255)


@pytest.mark.parametrize(
    ("number", "text"), [(12345.0, "12,345"), (12.0, "12"), (1234.5, "1,234"), (0.05871, "0.0587"), (-0.4444, "-0.444")]
)
def test_a_number_alone_shows_three_digits_and_counts_in_full(number, text):
    assert alone(number) == text


def test_numbers_together_share_their_decimals():
    assert alike(0.05871, 2.791) == ["0.06", "2.79"] and alike(0.0, 0.0) == ["0", "0"]


def test_bootstrap_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    intervals = [clip_bootstrap(random.normal(0.3, 0.1, 30), n=500, seed=i) for i in range(200)]
    covered = np.mean([interval.low <= 0.3 <= interval.high for interval in intervals])
    assert 0.88 <= covered <= 0.98


def test_bootstrap_draws_clips_not_frames():
    clips = [np.full(1000, value) for value in (0.0, 1.0, 0.0, 1.0)]
    interval = clip_bootstrap(clips)
    assert (interval.mean, interval.n) == (0.5, 4)
    assert interval.low == 0 and interval.high == 1
    assert interval == clip_bootstrap([0.0, 1.0, 0.0, 1.0])
    assert clip_bootstrap([0.1, 0.2, 0.3], seed=1) == clip_bootstrap([0.1, 0.2, 0.3], seed=1)


def test_bootstrap_weights_and_missing_values():
    assert clip_bootstrap([0.0, 1.0], weights=[3, 1]).mean == pytest.approx(0.25)
    interval = clip_bootstrap([0.2, np.nan, np.array([0.4, np.nan])], weights=[1, 5, 1])
    assert interval.mean == pytest.approx(0.3) and interval.n == 2
    assert str(clip_bootstrap([0.25, 0.25])) == "0.250 [0.250, 0.250]"
    for values, weights in (([], None), ([0.1], None), ([np.nan, 0.1], None), ([0.1, 0.2], [1, 0]), ([1.0, 2.0], [1])):
        with pytest.raises(BadInput):
            clip_bootstrap(values, weights)


def test_paired_bootstrap_cancels_what_is_hard_for_both():
    random = np.random.default_rng(0)
    hard = random.uniform(0, 1, 40)
    a, b = hard + 0.05 + random.normal(0, 0.01, 40), hard
    paired = paired_bootstrap(a, b)
    assert paired.low > 0 and paired.mean == pytest.approx(0.05, abs=0.01)
    assert clip_bootstrap(a).low < clip_bootstrap(b).high  # apart, they overlap
    with pytest.raises(BadInput, match="same clips twice, not 40 and 39"):
        paired_bootstrap(a, b[1:])


def test_distance_of_two_hands_is_a_share_of_the_seconds_size():
    real = np.array([[[0.0, 0], [10, 0], [0, 40]], [[0, 0], [10, 0], [np.nan, 5]]])
    found = hand_distance(real + (3, 4), real)
    assert found[0] == pytest.approx(5 / 40) and np.isnan(found[1])
