"""Hands of a sharpened film are read once more: the same hands, in other places, where one asks for it."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from enhance_films import FPS, names, run, signer, tiny_network, weight_file
from safetensors.torch import load_file, save_file

from lib.enhance import enhance, exact, film
from lib.enhance.exact import SHIPPED, Tail, loaded, maps_of, read_again
from lib.enhance.own import OwnFrames
from lib.holistic import extract
from lib.holistic.surety import HAND, with_probabilities
from lib.holistic.twins import HandTwin
from lib.keypoints import Keypoints, load
from lib.signer.clips import clips
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.upsampler.sharpen import sharpen
from lib.video import write_video
from lib.video.film import write_lossless

HANDS = np.r_[HAND]


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> Path:
    """A folder with a clip, and the weights of a network."""
    folder = tmp_path_factory.mktemp("exact")
    write_lossless(folder / "clip.mkv", signer(), FPS)
    weight_file(folder)
    return folder


@pytest.fixture(scope="module")
def strayed() -> tuple[np.ndarray, Keypoints, Keypoints]:
    """Eight sharp frames, the truth, and a right hand found a quarter of its size off, in one frame lost."""
    clip, some = clips("d1_train")[0], slice(20, 28)
    whole = clip.truth()
    truth = replace(whole, xyz=whole.xyz[some], confidence=whole.confidence[some])
    xyz = truth.xyz.copy()
    xyz[:, HAND[1], :2] += 12
    xyz[3, HAND[1]] = np.nan
    found = Keypoints(xyz, np.isfinite(xyz[..., 0]).astype(np.float32), truth.layout, truth.fps, truth.size)
    return clip.target()[some], truth, found


def by_command(films: Path, folder: Path, *options: object) -> Keypoints:
    out, pose = folder / "o.mkv", folder / "o.pose"
    assert run(films, films / "clip.mkv", "--out", out, "--keypoints", pose, "--always", *options) == 0
    return load(pose)


@pytest.mark.parametrize("looks", [1, 3])
def test_the_same_hands_are_found_and_x_and_y_of_their_joints_move(films, tmp_path, looks):
    (tmp_path / "found").mkdir()
    found = by_command(films, tmp_path / "found", "--looks", looks)
    read = by_command(films, tmp_path, "--looks", looks, "--exact")
    np.testing.assert_array_equal(np.isnan(read.xyz), np.isnan(found.xyz))
    np.testing.assert_array_equal(read.xyz[..., 2], found.xyz[..., 2])
    np.testing.assert_array_equal(read.xyz[:, : HANDS[0]], found.xyz[:, : HANDS[0]])
    moved = np.linalg.norm((read.xyz - found.xyz)[:, HANDS, :2], axis=-1)
    assert np.isfinite(moved).any() and 0.5 < np.nanmean(moved) < 10
    assert names(tmp_path) == ["found", "o.mkv", "o.pose"]


def test_as_found_is_what_mediapipe_says_to_the_last_byte(films, tmp_path):
    by_command(films, tmp_path, "--looks", 1)
    own = OwnFrames()
    sharp = sharpen(tiny_network(), own.noted(signer()))
    found = extract(sharp, fps=FPS, progress=False, sure=False, retouch=own.then(None))
    with_probabilities(found).save(tmp_path / "steps.pose")
    assert (tmp_path / "o.pose").read_bytes() == (tmp_path / "steps.pose").read_bytes()


def test_refused_hands_are_not_read(films, tmp_path):
    """They are flat, and where the network saw them; found ones beside them are read as ever."""
    (tmp_path / "every").mkdir()
    read = by_command(films, tmp_path, "--looks", 1, "--exact")
    every = by_command(films, tmp_path / "every", "--looks", 1, "--all-hands", "--exact")
    there = np.isfinite(read.xyz)
    np.testing.assert_array_equal(every.xyz[there], read.xyz[there])
    for part in ("right_hand", "left_hand"):
        np.testing.assert_array_equal(every.found(part), read.present(part))


def test_a_film_that_is_not_sharpened_keeps_its_hands_as_they_were_found(films, tmp_path, monkeypatch):
    monkeypatch.setattr(film, "worth_it", lambda *_: False)
    poses = tmp_path / "read.pose", tmp_path / "found.pose"
    for pose, wanted in zip(poses, (True, False)):
        made = enhance(films / "clip.mkv", tmp_path / "o.mp4", pose, model=tiny_network(), exact=wanted, progress=False)
        assert not made.sharpened and made.keypoints.present("right_hand").any()
    assert poses[0].read_bytes() == poses[1].read_bytes()


@pytest.mark.parametrize(("frames", "words"), [(signer(1), "single frame"), (signer(3) * 0 + 90, "Nobody was found")])
def test_a_film_of_one_frame_and_one_of_nobody(tmp_path, frames, words):
    source = write_video(tmp_path / "odd.mp4", frames, FPS)
    with pytest.warns(UserWarning, match=words):
        enhance(
            source,
            tmp_path / "o.mp4",
            tmp_path / "o.pose",
            model=tiny_network(),
            always=True,
            exact=True,
            progress=False,
        )
    assert len(load(tmp_path / "o.pose")) == len(frames)
    assert names(tmp_path) == ["o.mp4", "o.pose", "odd.mp4"]


def test_no_frame_is_asked_for_where_no_hand_was_found(strayed):
    _, _, found = strayed
    xyz = found.xyz.copy()
    xyz[:, HANDS] = np.nan
    nobody = replace(found, xyz=xyz, confidence=np.isfinite(xyz[..., 0]).astype(np.float32))
    np.testing.assert_array_equal(read_again(iter(()), nobody, loaded()).xyz, xyz)


def test_what_ships_is_what_its_card_says_and_brings_joints_to_their_places(strayed):
    card = SHIPPED.with_suffix(".md").read_text(encoding="utf-8")
    assert sha256(SHIPPED) in card
    tail, (frames, truth, found) = loaded(), strayed
    assert f"{sum(value.numel() for value in tail.learned().values()):,} in half precision" in card
    read = read_again(iter(frames), found, tail)
    np.testing.assert_array_equal(read.xyz[..., 2], found.xyz[..., 2])
    np.testing.assert_array_equal(read.confidence, found.confidence)
    np.testing.assert_array_equal(np.isnan(read.xyz), np.isnan(found.xyz))
    np.testing.assert_array_equal(read.xyz[:, : HANDS[0]], found.xyz[:, : HANDS[0]])
    off = [np.nanmean(np.linalg.norm((one.xyz - truth.xyz)[:, HAND[1], :2], axis=-1)) for one in (found, read)]
    assert off[1] < off[0] / 2


def test_keypoints_of_another_film_are_refused(strayed):
    frames, _, found = strayed
    for wrong in (frames[:-1], frames[:, :-2]):
        with pytest.raises(BadInput, match="give the frames and keypoints of one clip"):
            read_again(wrong, found, loaded())


def test_bfloat16_is_used_where_the_processor_has_it_alone(monkeypatch):
    """Without it, an untaught tail says what MediaPipe's network says, but for maps in half precision."""
    pictures = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    twin, tail, used = HandTwin(), Tail(HandTwin()), []
    for built_in in (False, True):
        monkeypatch.setattr(exact, "has_bfloat16", lambda device, told=built_in: told)
        with torch.inference_mode():
            used.append(tail(maps_of(twin, pictures).float())[0])
    with torch.inference_mode():
        whole = twin(pictures).landmarks[..., :2]
    assert (used[0] - whole).abs().max() < 0.2 < (used[1] - whole).abs().max() < 30


def spoilt(kind: str, path: Path, films: Path) -> None:
    """A file that does not hold the last layers; of kind "missing", none."""
    told = load_file(SHIPPED)
    if kind == "text":
        path.write_text("no weights\n" * 50)
    elif kind == "cut":
        path.write_bytes(SHIPPED.read_bytes()[:1000])
    elif kind == "another network":
        path.write_bytes((films / "tiny.safetensors").read_bytes())
    elif kind == "no number":
        save_file(told | {"q": torch.full_like(told["q"], torch.nan)}, path)
    elif kind == "another form":
        save_file(told | {"w": told["w"][:-1].contiguous()}, path)
    elif kind == "one is gone":
        save_file({name: value for name, value in told.items() if name != "q"}, path)


KINDS = ["missing", "text", "cut", "another network", "no number", "another form", "one is gone"]


@pytest.mark.parametrize("kind", KINDS)
def test_layers_that_cannot_be_used_are_told_in_a_sentence_before_any_work(films, tmp_path, monkeypatch, capsys, kind):
    path, results = tmp_path / "tail.safetensors", tmp_path / "results"
    spoilt(kind, path, films)
    results.mkdir()
    monkeypatch.setattr(film, "loaded", partial(loaded, path))
    words = films / "clip.mkv", "--out", results / "o.mkv", "--keypoints", results / "o.pose", "--always", "--exact"
    assert run(films, *words) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith(f"{path} does not hold the hand network's last layers (") and "\n" not in said
    assert said.endswith("copy or download it again.") and not names(results)
