"""Several people in a file: one of them for the whole clip, said in a warning or asked for."""

import warnings

import estimators as files
import numpy as np
import pytest
from read_estimators import PIXELS, places, read

from lib.keypoints import COCO_133, load, read_coco_wholebody, read_openpose
from lib.tools.errors import BadInput


def two_people(kind, frames=20) -> tuple[np.ndarray, np.ndarray]:
    """One to the left, and one to the right, who is seen in all frames but two."""
    left, right = places(kind, frames=frames, middle=(150, 200)), places(kind, frames=frames, middle=(450, 210), seed=1)
    right[[4, 11]] = np.nan
    return left, right


def shuffled(left, right, seed=0) -> list[np.ndarray]:
    """The same two in random order from frame to frame."""
    turn = np.random.default_rng(seed).random(len(left)) < 0.5
    return [np.where(turn[:, None, None], a, b) for a, b in ((left, right), (right, left))]


@pytest.mark.parametrize("kind", [*PIXELS, "pose", "pose, version 0"])
def test_one_person_for_the_whole_clip(kind, tmp_path):
    left, right = two_people(kind)
    people = shuffled(left, right)
    if kind == "pose":
        zeros = np.isnan(np.stack(people, axis=1)).any(axis=-1)
        data, parts = np.nan_to_num(np.stack(people, axis=1)), files.components(COCO_133)
        path = files.pose(tmp_path / "a.pose", parts, data, np.where(zeros, 0, 0.8))
        reader = load
    elif kind == "pose, version 0":
        path, reader = files.pose_version_0(tmp_path / "a.pose", files.components(COCO_133), people), load
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(kind, tmp_path, people)
        path = next(tmp_path.iterdir())
        reader = read_openpose if kind == "openpose" else read_coco_wholebody
    with pytest.warns(UserWarning, match="up to 2 people .* number 0 from the left in frame 0, found in 20 of 20"):
        np.testing.assert_allclose(reader(path).xyz[..., :2], left, atol=1e-2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(reader(path, person=0).xyz[..., :2], left, atol=1e-2)
        other = reader(path, person=1)
    np.testing.assert_allclose(other.xyz[..., :2], right, atol=1e-2)  # NaN where the right one is not seen
    for person in (2, -1):
        with pytest.raises(BadInput, match=f"up to 2 people in a frame, counted from 0; there is no person {person}"):
            reader(path, person=person)


@pytest.mark.parametrize("kind", PIXELS)
def test_the_surest_over_the_clip_is_taken_and_ghosts_are_nobody(kind, tmp_path):
    left, right = two_people(kind)
    ghost = np.full_like(left, np.nan)
    ghost[3:5] = files.signer(files.LAYOUT[kind], frames=2, middle=(800, 100), seed=2, wide=20)
    left[12:] = np.nan  # gone
    with pytest.warns(UserWarning, match="up to 3 people .* found in 18 of 20 frames"):
        clip = read(kind, tmp_path, [left, ghost, right])
    np.testing.assert_allclose(clip.xyz[..., :2], right, atol=1e-2)


@pytest.mark.parametrize("kind", PIXELS)
def test_one_who_moves_across_alone_is_followed_without_a_word(kind, tmp_path):
    xy = places(kind, frames=10) + np.linspace(0, 2000, 10)[:, None, None]  # a cut of the camera is none of ours
    xy[5] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clip = read(kind, tmp_path, [xy])
    np.testing.assert_allclose(clip.xyz[..., :2], xy, atol=1e-2)
    assert len(clip) == 10


def test_a_crowd_is_refused(tmp_path):
    people = [places("mmpose", frames=1, seed=seed) for seed in range(101)]
    with pytest.raises(BadInput, match="101 people in a frame, more than 100"):
        read("mmpose", tmp_path, people)
