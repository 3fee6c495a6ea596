"""What chapter 4 shows with: masks of hands, spoilings, look-alikes, best guesses, empty places, the cheat."""

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from book.chapters.ch04_detector import (
    APART,
    STEPS,
    ascend,
    busiest,
    draw_landmarks,
    draw_roi,
    gather_hands,
    lookalikes,
    middle_of,
    presence,
    presence_gradient,
    repeated,
    roi_corners,
)
from book.chapters.ch04_spoilings import (
    MISSING,
    best_guess,
    clean_plate,
    draw_in_fingers,
    finger_width,
    hands_mask,
    in_fingers,
    longest_finger,
    mean_loss,
    most_open,
    moved,
    spoiled,
    still_truth,
    without_hand,
)
from book.shared.hands import read_shots
from lib.holistic.crops import Roi, cut, hand_roi
from lib.holistic.twins import HandTwin
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.losses import l1, l2
from lib.metrics import false_hands
from lib.signer.clips import Clip, clips
from lib.tools.errors import BadInput
from lib.video.pixels import batch_of, frames_of

RIGHT = HOLISTIC_75.parts["right_hand"]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def film() -> Clip:
    return clips("d1_test")[3]


@pytest.fixture(scope="module")
def scene(film) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All frames, the one with the most open hand, and its true joints (75, 3)."""
    truth, frames = film.truth(), film.target()
    moment = most_open(truth)
    return frames, frames[moment], truth.xyz[moment]


@pytest.fixture(scope="module")
def twin() -> HandTwin:
    return HandTwin()


def test_frames_to_batch_and_back(scene):
    frames = scene[0][:2]
    batch = batch_of(frames)
    assert batch.shape == (2, 3, 336, 304) and batch.max() <= 1
    assert all(np.array_equal(a, b) for a, b in zip(frames_of(batch), frames))
    assert frames_of(torch.tensor([-1.0, 0.5, 2.0]).reshape(1, 3, 1, 1))[0].tolist() == [[[0, 128, 255]]]


def test_mask_lies_on_the_hands(scene, film):
    _, frame, points = scene
    size = film.truth().size
    both, right = hands_mask(points, size), hands_mask(points, size, ("right",))
    assert both.shape == frame.shape[:2] and (both | right).sum() == both.sum() > right.sum() > 0
    x, y = np.round(points[RIGHT, :2]).astype(int).T
    assert right[y, x].all()
    skin = np.median(frame[right], axis=0)
    assert (np.abs(frame[right] - skin).max(axis=1) < 70).mean() > 0.9
    assert right.sum() == pytest.approx(hands_mask(points[:, ::-1][:, 1:], size[::-1], ("right",)).sum(), rel=0.02)


def test_a_hand_that_is_not_known_has_no_mask(scene):
    points = scene[2].copy()
    points[RIGHT.start] = np.nan
    assert not hands_mask(points, (304, 336), ("right",)).any()
    with pytest.raises(BadInput, match="75 points"):
        hands_mask(points[:42], (304, 336))


def test_spoilings_do_what_they_say(scene):
    _, frame, points = scene
    made = spoiled(frame, points)
    assert made["too dark"].mean() == pytest.approx(0.85 * frame.mean(), rel=0.01)
    assert np.array_equal(made["1 pixel to the right"][:, 1:], frame[:, :-1])
    assert np.std(made["noisy"].astype(float) - frame) == pytest.approx(8, rel=0.05)
    assert (
        np.abs(np.diff(made["blurred"].astype(int), axis=1)).mean() < np.abs(np.diff(frame.astype(int), axis=1)).mean()
    )
    changed = (made[MISSING] != frame).any(axis=2)
    tip = np.round(points[RIGHT][{"index": 8, "middle": 12, "ring": 16, "little": 20}[longest_finger(points)], :2])
    assert changed[int(tip[1]), int(tip[0])] and 0 < changed.mean() < 0.02
    assert np.array_equal(moved(frame, 0), frame)


def test_longest_finger_and_most_open_hand():
    xyz = np.zeros((4, 75, 3), np.float32)
    xyz[:, 12, 0] = 100  # shoulders
    fan = np.linspace(0, np.pi, 5)
    for frame, length in enumerate((10, 30, 20, 60)):
        xyz[frame, RIGHT][[4, 8, 12, 16, 20], :2] = length * np.stack([np.cos(fan), np.sin(fan)], 1)
    xyz[:, RIGHT][2, 16] *= 1.5
    xyz[3, RIGHT, 0] += 50  # fast from here on
    truth = Keypoints(xyz, np.ones((4, 75), np.float32), HOLISTIC_75, 25.0, (304, 336))
    assert longest_finger(xyz[2]) == "ring"
    assert most_open(truth) == 1


def test_mean_is_the_best_guess_for_l2_and_median_for_l1():
    possible = torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(best_guess(possible, l2), possible.mean(0, keepdim=True), atol=5e-3, rtol=0)
    found, median = best_guess(possible, l1), possible.median(0, keepdim=True).values
    assert float(mean_loss(found, possible, l1)) == pytest.approx(float(mean_loss(median, possible, l1)), rel=0.01)
    assert mean_loss(found, possible, l1) < mean_loss(possible.mean(0, keepdim=True), possible, l1)


def test_lookalikes_are_near_apart_and_not_itself(film):
    hands = gather_hands([film], stride=2)
    assert hands.inputs.shape[1:] == (32, 32, 3) and hands.targets.shape[1:] == (64, 64, 3)
    chosen = lookalikes(hands, 10, 4)
    assert len(set(chosen)) == 4 and 10 not in chosen
    frames = hands.frame[[10, *chosen]]
    assert np.abs(frames[:, None] - frames)[~np.eye(5, dtype=bool)].min() >= APART
    far = [np.square(hands.inputs[one].astype(float) - hands.inputs[10]).mean() for one in chosen]
    assert far == sorted(far)
    with pytest.raises(BadInput, match="not 500 others"):
        lookalikes(hands, 10, 500)


def test_mirrored_hands_keep_their_joints(film):
    hands = gather_hands([film], stride=30)
    first = hands.joints[0]  # a left hand, mirrored: its joints lie on skin, as before
    truth = film.truth().part("left_hand")[0, :, :2]
    lengths = [np.linalg.norm(np.diff(joints[:5], axis=0), axis=1) for joints in (first, truth)]
    np.testing.assert_allclose(*lengths, rtol=1e-4)
    flipped = first[12, 0] - first[0, 0]
    assert flipped == pytest.approx(truth[0, 0] - truth[12, 0], abs=1e-3)


def test_nobody_has_a_hand_where_it_was_removed(scene, twin):
    frames, frame, points = scene
    empty = without_hand(frame, points, clean_plate(frames))
    roi = hand_roi(torch.from_numpy(points[None, RIGHT, :2]))
    before, after = (float(presence(batch_of([picture]), roi, twin)) for picture in (frame, empty))
    assert before > 0.9 and after < 0.1
    assert np.array_equal(empty[:40, :40], frame[:40, :40])


def test_a_hand_found_where_it_was_removed_is_false(scene):
    points = scene[2]
    truth = still_truth(points, (304, 336), 3, "right_hand")
    claimed = Keypoints(truth.xyz, np.ones((3, 75), np.float32), HOLISTIC_75, 25.0, (304, 336))
    assert false_hands(claimed, truth, "right") == 1 and false_hands(claimed, truth, "left") == 0
    assert false_hands(claimed, still_truth(points, (304, 336), 3, None), "right") == 0


def test_ascent_finds_a_hand_within_its_bounds(scene, twin):
    frames, frame, points = scene
    image = batch_of([without_hand(frame, points, clean_plate(frames))])
    roi = hand_roi(torch.from_numpy(points[None, RIGHT, :2]))
    turned = [ascend(image, roi, twin, 4 / 255, torch.Generator().manual_seed(seed)) for seed in (5, 5, 6)]
    plain = turned[0]
    assert len(plain.presence) == STEPS + 1 and plain.presence[0] < 0.1 and plain.presence[-1] > 0.9
    assert (plain.image - image).abs().max() <= 4 / 255 + 1e-6
    assert plain.image.min() >= 0 and plain.image.max() <= 1
    assert torch.equal(turned[0].image, turned[1].image) and not torch.equal(turned[0].image, turned[2].image)
    with pytest.raises(BadInput, match="One picture and one place"):
        ascend(image, repeated(roi, 2), twin, 4 / 255, torch.Generator())


def test_presence_gradient_points_uphill(scene, twin):
    image = batch_of([cv2.GaussianBlur(scene[1], (0, 0), 5)])
    roi = hand_roi(torch.from_numpy(scene[2][None, RIGHT, :2]))
    sure, gradient = presence_gradient(image, roi, twin)
    assert gradient.shape == image.shape and sure.shape == (1,)
    assert (
        presence(image - gradient.sign() / 255, roi, twin) < sure < presence(image + gradient.sign() / 255, roi, twin)
    )


def test_square_is_where_the_crop_is_cut():
    """Paint a dot just inside each corner of the square; the crop has it in the same corner."""
    roi = Roi(torch.tensor([[100.0, 90.0]]), torch.tensor([80.0]), torch.tensor([0.6]))
    corners = roi_corners(roi)[0]
    for corner, (row, column) in zip(corners, ((0, 0), (0, -1), (-1, -1), (-1, 0))):
        frame = np.zeros((200, 220, 3), np.uint8)
        x, y = np.round(corner + 0.1 * (roi.center[0].numpy() - corner)).astype(int)
        cv2.circle(frame, (int(x), int(y)), 3, (255, 255, 255), cv2.FILLED)
        crop = cut(batch_of([frame]), roi)[0, 0]
        quarters = crop.unflatten(0, (2, 112)).unflatten(2, (2, 112)).sum((1, 3))
        assert quarters[row, column] > 0.99 * quarters.sum() > 0
    assert (draw_roi(frame, roi) != 0).any(axis=2).sum() > 500


def test_landmarks_are_drawn_and_busy_channels_found():
    crop = np.zeros((224, 224, 3), np.uint8)
    landmarks = torch.rand(21, 3, generator=torch.Generator().manual_seed(0)) * 200
    assert (draw_landmarks(crop, landmarks) != 0).any()
    maps = torch.stack([torch.zeros(16, 16), torch.eye(16), 5 * torch.eye(16), torch.zeros(16, 16)])
    maps[3, :2] = 99  # its rim
    assert middle_of(maps).shape == (4, 12, 12) and busiest(maps, 2) == [2, 1]


def test_finger_width_grows_with_the_picture(scene):
    points = scene[2]
    assert finger_width(2 * points) == pytest.approx(2 * finger_width(points))


def test_shots_are_the_frames_at_their_places(film):
    shots = read_shots([film, film], [(1, 7), (0, 3), (1, 7)])
    assert sorted(shots) == [(0, 3), (1, 7)]
    assert np.array_equal(shots[1, 7].target, film.target()[7]) and np.array_equal(shots[0, 3].input, film.input()[3])
    assert shots[0, 3].enlarged.shape == shots[0, 3].target.shape


def test_costs_in_fingers():
    tables = [pd.DataFrame({"L1": {"noisy": 1.0, "too dark": cost, MISSING: 2.0}}) for cost in (4.0, 8.0)]
    value = in_fingers(tables, "L1", "too dark")
    assert (value.mean, value.n) == (3.0, 2) and in_fingers(tables, "L1", MISSING).high == 1
    (ax,) = draw_in_fingers(tables).axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["noisy", "too dark"]
    assert 3.0 in [line.get_xdata()[0] for line in ax.lines]
