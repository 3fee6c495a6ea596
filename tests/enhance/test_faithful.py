"""lib.enhance.faithful: the network's picture where hands are, the film's own elsewhere."""

import cv2
import numpy as np
import pytest
import torch
from enhance_films import FPS, names, signer, tiny_network

from lib.enhance import enhance
from lib.enhance.faithful import AROUND, COARSE, MARGIN, WIDE, Faithful, blend, weights
from lib.enhance.feed import Stopped
from lib.holistic.second_look import ELBOWS, HAND, KNUCKLES, SHOULDERS, WRISTS
from lib.keypoints import HOLISTIC_75, load
from lib.tools.errors import BadInput
from lib.video import read_all, write_video

SIZE, BODY = (336, 304), 80  # height and width of a frame; pixels between the shoulders
WRIST = {0: (230, 220), 1: (70, 220)}


def person(hands: dict[int, tuple[int, int]]) -> np.ndarray:
    """Points (75, 4) of somebody upright, with hands, one body's half wide, whose wrists lie there."""
    points = np.full((75, 4), np.nan)
    points[:33, :2] = 150, 60
    for side in (0, 1):
        points[[SHOULDERS[side]], :2] = 150 + (0.5 - side) * BODY, 110
        points[[ELBOWS[side]], :2] = np.add(WRIST[side], (0, -40))
        points[[WRISTS[side], *KNUCKLES[side]], :2] = WRIST[side]
    for side, wrist in hands.items():
        points[HAND[side], 0] = wrist[0] + np.linspace(0, BODY / 4, 21)
        points[HAND[side], 1] = wrist[1] + np.linspace(0, BODY / 2, 21) ** 2 / BODY * 2
    return points


def at(weight: np.ndarray, x: float, y: float) -> float:
    return weight[round(y / COARSE), round(x / COARSE)]


def test_a_hand_that_is_found_and_nothing_else_is_the_networks():
    weight = weights([person(WRIST)], 0, SIZE)
    assert weight.shape == (84, 76) and weight.dtype == np.float32
    for side, (x, y) in WRIST.items():
        joints = person(WRIST)[HAND[side], :2]
        assert all(at(weight, *joint) == 1 for joint in joints)
        assert at(weight, x, y - 0.9 * MARGIN * BODY) == 1 and at(weight, x, y - 0.5 * BODY) == 0
    assert at(weight, 150, 60) == 0 and 0 < weight.mean() < 0.25
    assert ((0 < weight) & (weight < 1)).any()  # a soft edge


def test_of_a_lost_hand_all_is_kept_where_it_may_be():
    found, lost = person(WRIST), person({0: WRIST[0]})
    there = person({0: WRIST[0], 1: (40, 60)})
    x, y = WRIST[1]
    for now in ([lost], [person({0: WRIST[0], 1: (200, 60)})]):  # not seen; or seen far from the body's wrist
        assert at(weights(now, 0, SIZE), x + 0.9 * WIDE * BODY, y) == 1
    assert at(weights([found], 0, SIZE), x + 0.9 * WIDE * BODY, y) == 0
    assert at(weights([lost], 0, SIZE), 45, 100) == 0
    for around in (
        [there, lost, found],
        [found, lost, lost, there],
    ):  # on the way from where it was to where it will be
        assert at(weights(around, 1, SIZE), 45, 70) == at(weights(around, 1, SIZE), 58, 140) == 1
    assert at(weights([there, lost, found], 1, SIZE), 150, 60) == 0


def test_where_nobody_is_seen_the_whole_frame_is_the_networks():
    assert (weights([person(WRIST), np.full((75, 4), np.nan)], 1, SIZE) == 1).all()


def test_blend_is_bicubic_outside_and_the_network_inside():
    original, sharp = signer(1)[0], np.full((336, 304, 3), 200, np.uint8)
    weight = np.zeros((84, 76), np.float32)
    weight[20:40, 20:40] = 1
    both = blend(original, sharp, weight)
    plain = cv2.resize(original, (304, 336), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_array_equal(both[:, 180:], plain[:, 180:])
    assert (both[90:150, 90:150] == 200).all()
    assert blend(original, sharp, np.ones_like(weight)) is sharp


def test_a_frame_that_is_blended_in_pieces_is_that_of_one(monkeypatch):
    random = np.random.default_rng(0)
    original, sharp = (random.integers(0, 256, (*shape, 3), np.uint8) for shape in ((60, 70), (120, 140)))
    weight = random.random((30, 35), np.float32)
    whole = blend(original, sharp, weight)
    monkeypatch.setattr("lib.enhance.faithful.ROWS", 50)
    np.testing.assert_array_equal(blend(original, sharp, weight), whole)


def test_frames_stay_in_order_and_only_a_few_wait():
    job, count, given = Faithful(), 3 * AROUND, []
    originals = [np.full((168, 152, 3), number, np.uint8) for number in range(count)]

    def sharp():
        for number, _ in enumerate(job.noted(originals)):
            given.append(number)
            yield np.full((*SIZE, 3), 100 + number, np.uint8)

    with job.overheard(None) as tell:
        for _ in range(count):
            assert tell(None, person(WRIST)).shape == (75, 4)
    for number, frame in enumerate(job.written(sharp())):
        assert (frame[0, 0] == number).all() and (frame[220, 70] == 100 + number).all()
        assert len(given) <= number + AROUND + 1
    assert number == count - 1


def test_who_writes_stops_when_who_looks_has_failed():
    job, frames = Faithful(), iter([np.zeros((*SIZE, 3), np.uint8)] * 3)
    with pytest.raises(KeyError), job.overheard(lambda frame, points: {}[points]) as tell:
        tell(None, 0)
    with pytest.raises(Stopped):
        next(job.written(frames))
    assert list(frames) == []  # it takes what comes until it is told to stop, so that the first error is heard


@pytest.mark.solutions
@pytest.mark.parametrize("looks", [1, 3, None])
def test_a_film_is_the_networks_at_its_hands_and_keypoints_do_not_know(tmp_path, looks):
    painter = tiny_network()  # makes all brighter
    with torch.no_grad():
        painter.last.bias += 0.15
    film, poses = write_video(tmp_path / "a.mkv", signer(8), FPS), [None, None]
    if looks:
        poses = [tmp_path / "hands.pose", tmp_path / "whole.pose"]
    settings = {"model": painter, "progress": False, "looks": looks or 3}
    found = enhance(film, tmp_path / "hands.mp4", poses[0], **settings).keypoints
    enhance(film, tmp_path / "whole.mp4", poses[1], whole=True, **settings)
    hands, whole = (read_all(tmp_path / f"{name}.mp4").astype(float) for name in ("hands", "whole"))
    plain = np.stack([cv2.resize(frame, (304, 336), interpolation=cv2.INTER_CUBIC) for frame in read_all(film)])
    assert len(hands) == 8 and not any("network" in name for name in names(tmp_path))
    face = np.s_[:, 60:105, 128:165]  # of this clip; no hand is near
    assert np.abs(hands - plain)[face].mean() < 3 < 15 < np.abs(whole - plain)[face].mean()
    if not looks:
        assert found is None and (np.abs(hands - whole).mean(axis=-1) < 8).mean() > 0.1
        return
    np.testing.assert_array_equal(load(poses[0]).xyz, load(poses[1]).xyz)
    wrist = HOLISTIC_75.parts["right_hand"].start
    for time in np.flatnonzero(found.present("right_hand")):
        x, y = found.xyz[time, wrist, :2].round().astype(int)
        near = np.s_[time, y - 3 : y + 4, x - 3 : x + 4]
        assert np.abs(hands[near] - whole[near]).mean() < 8
    assert found.present("right_hand").any()


@pytest.mark.solutions
def test_without_a_body_to_follow_the_sentence_names_the_way_round(monkeypatch, tmp_path):
    def missing():
        raise BadInput("mediapipe 9 has no Holistic of its own; install another.")

    monkeypatch.setattr("lib.enhance.faithful.solutions", missing)
    film = write_video(tmp_path / "a.mp4", signer(2), FPS)
    with pytest.raises(BadInput, match="has no Holistic.*whole"):
        enhance(film, tmp_path / "o.mp4", model=tiny_network(), progress=False)
    assert enhance(film, tmp_path / "o.mp4", model=tiny_network(), progress=False, whole=True).frames == 2
