"""A film that shows no more hands when it is sharpened is enlarged only, loses no hand by it, and one hears of it."""

from math import comb

import numpy as np
import pytest
import torch
from enhance_films import FPS, signer, tiny_network, weight_file

from lib.degrade import upscale
from lib.enhance import enhance, source
from lib.enhance.cli import main
from lib.enhance.source import SAMPLED, beyond_chance, open_source, sample, seen_hands, unpacked
from lib.holistic import extract, extract_file
from lib.holistic.second_look import second_look
from lib.holistic.surety import with_probabilities
from lib.holistic.third_look import third_look
from lib.keypoints import load
from lib.signer.clips import clips
from lib.upsampler import load_pretrained
from lib.video import read_all, write_video
from lib.video.film import write_lossless


@pytest.fixture
def clear(tmp_path):
    return write_lossless(tmp_path / "clear.mkv", clips("d1_train")[1].target()[20:32], FPS)


def test_frames_are_sampled_from_all_of_a_film(tmp_path):
    for count in (5, 48, 95, 125):
        film = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None] * 2, (count, 32, 32, 3))
        opened = open_source(write_lossless(tmp_path / f"{count}.mkv", film, FPS))
        seen = [int(frame[0, 0, 0]) // 2 for frame in map(unpacked, sample(opened))]
        assert len(seen) == min(count, SAMPLED) and len(set(seen)) == len(seen) and not opened.times
        gaps = np.diff([-1, *seen, count])
        assert gaps[1:-1].min() >= max(1, count // SAMPLED) and gaps.max() <= 1 + count // SAMPLED


def test_frames_are_packed_without_loss_and_small(tmp_path):
    film = clips("d1_train")[1].target()[20:32]
    packed = sample(open_source(write_lossless(tmp_path / "film.mkv", film, FPS)))
    np.testing.assert_array_equal([unpacked(frame) for frame in packed], film)
    assert sum(frame.nbytes for frame in packed) < 0.7 * film.nbytes


def test_a_clear_film_is_enlarged_only_and_that_is_said(clear, tmp_path):
    with pytest.warns(UserWarning, match=r"clear\.mkv is enlarged and not sharpened: 12 of its frames .*--always"):
        said = str(enhance(clear, tmp_path / "o.mp4", tmp_path / "o.pose", model=tiny_network(), progress=False))
    assert "enlarged only, and hands are those of the film's own frames" in said
    plain = np.stack(list(upscale(read_all(clear), 2, "bicubic")))
    assert np.abs(read_all(tmp_path / "o.mp4").astype(int) - plain).mean() < 3
    assert load(tmp_path / "o.pose").size == (608, 672)


def closed(film, folder, **settings):
    """Keypoints by the command of a film that it does not sharpen."""
    with pytest.warns(UserWarning, match="not sharpened"):
        summary = enhance(film, folder / "o.mp4", folder / "o.pose", model=tiny_network(), progress=False, **settings)
    assert not summary.sharpened and not list(folder.glob("*network*"))
    return load(folder / "o.pose")


@pytest.mark.parametrize("missing", [False, True])
def test_its_hands_are_those_of_its_own_frames(clear, tmp_path, missing):
    found, own = closed(clear, tmp_path, looks=1, least=0.0 if missing else None), extract_file(clear)
    there = np.isfinite(own.xyz)
    np.testing.assert_array_equal(found.xyz[there], 2 * own.xyz[there])
    assert there.mean() > 0.9 and (missing or np.isnan(found.xyz[~there]).all())
    for part in ("right_hand", "left_hand"):
        np.testing.assert_array_equal(found.found(part), own.found(part))


def test_further_looks_read_its_own_frames_too(tmp_path, monkeypatch):
    """In a film of odd width and height, which no codec could draft."""
    monkeypatch.setattr(source, "beyond_chance", lambda *_: False)
    frames = clips("d1_train")[0].input()[16:32, :-1, :-1]
    once = extract(frames, progress=False, sure=False)
    thrice = third_look(frames, second_look(frames, once))
    assert np.isfinite(thrice.xyz).sum() > np.isfinite(once.xyz).sum()  # hands are missing, and looks find some
    found = closed(write_video(tmp_path / "odd", frames, FPS), tmp_path)
    np.testing.assert_array_equal(found.xyz, 2 * with_probabilities(thrice).xyz)
    assert found.size == (302, 334)


def test_who_asks_for_it_gets_it_sharpened(clear, tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(source, "seen_hands", lambda frames: pytest.fail("tried"))
    torch.manual_seed(1)
    for settings in ({"always": True}, {"whole": True}):
        enhance(clear, tmp_path / "o.mp4", model=tiny_network(), progress=False, **settings)
    assert not [warning for warning in recwarn if "not sharpened" in str(warning.message)]


@pytest.mark.parametrize(("come", "gone"), [(3, 0), (5, 1), (4, 4), (12, 6), (4, 0), (6, 1), (12, 5)])
def test_more_hands_have_to_come_than_go_by_chance(clear, monkeypatch, come, gone):
    plain = np.arange(24).reshape(-1, 2) >= come + 1  # one is never found
    sharp = (np.arange(24).reshape(-1, 2) >= 1) & (np.arange(24).reshape(-1, 2) < 24 - gone)
    looked = iter([plain, sharp])
    monkeypatch.setattr(source, "seen_hands", lambda frames: len(list(frames)) and next(looked))
    opened, wanted = open_source(clear), (come, gone) in [(4, 0), (6, 1), (12, 5)]
    if wanted:
        assert source.worth_it(opened, tiny_network(), "cpu")
    else:
        said = (
            f"12 of its frames show {23 - come} hands as they are, and sharpened {come} others, but {gone} of these no"
        )
        with pytest.warns(UserWarning, match=said):
            assert not source.worth_it(opened, tiny_network(), "cpu")


def test_chance_is_the_sign_test():
    """Of `n` hands that change, at least `come` come in so many of the 2^n ways."""
    for come, gone in [(4, 0), (3, 0), (6, 1), (5, 1), (9, 3), (8, 3), (0, 0), (1, 5)]:
        ways = sum(comb(come + gone, more) for more in range(come, come + gone + 1)) / 2 ** (come + gone)
        assert beyond_chance(come, gone) == (ways <= 0.1)


def test_where_too_few_are_missing_nothing_is_sharpened_for_the_trial(clear, monkeypatch):
    monkeypatch.setattr(source, "sharpen", lambda *_, **__: pytest.fail("sharpened"))
    with pytest.warns(UserWarning, match="of which too few are missing"):
        assert not source.worth_it(open_source(clear), tiny_network(), "cpu")


def test_a_blurred_film_is_sharpened(tmp_path):
    film = open_source(write_lossless(tmp_path / "blurred.mkv", clips("d1_train")[2].input(), FPS))
    assert source.worth_it(film, load_pretrained("bg-unet"), "cpu")


def test_hands_are_looked_for_frame_by_frame():
    frames = clips("d1_train")[1].target()[30:32]
    assert seen_hands(frames).all() and not seen_hands(np.zeros_like(frames)).any()
    assert seen_hands([frames[0], np.zeros_like(frames[0]), frames[1]]).tolist() == [
        [True] * 2,
        [False] * 2,
        [True] * 2,
    ]


def test_the_table_tells_of_it(clear, tmp_path):
    write_video(tmp_path / "films" / "a.mp4", read_all(clear)[:6], FPS)
    write_video(tmp_path / "films" / "b.mp4", signer(6), FPS)
    arguments = (tmp_path / "films", "--out", tmp_path / "o", "--weights", weight_file(tmp_path))
    assert main([*map(str, arguments)]) == 0
    assert (tmp_path / "o" / "films.csv").read_text().count("is enlarged and not sharpened") >= 1
