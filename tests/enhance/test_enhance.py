"""lib.enhance: a video in, a video of twice the size and its keypoints out, whatever the video is like."""

import time
import warnings

import numpy as np
import pytest
from enhance_films import FPS, on_its_side, signer, tiny_network, varying_rate, weight_file, with_sound

from book.chapters.ch14_troubles import interlaced
from lib.enhance import enhance, source
from lib.enhance.cli import main
from lib.enhance.feed import MOST, Stopped, feed
from lib.enhance.own import OwnFrames
from lib.enhance.source import LEARNED
from lib.holistic import extract
from lib.holistic.surety import with_probabilities
from lib.holistic.third_look import third_look
from lib.keypoints import load
from lib.tools.errors import BadInput
from lib.upsampler.sharpen import sharpen
from lib.video import VideoInfo, probe, read_all, read_video, write_video


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A folder with a clip and the weights of a network."""
    folder = tmp_path_factory.mktemp("films")
    write_video(folder / "clip.mp4", signer(), FPS)
    weight_file(folder)
    return folder


def run(films, *arguments) -> int:
    return main([*map(str, arguments), "--weights", str(films / "tiny.safetensors")])


def test_video_and_keypoints_are_what_the_stages_give_one_by_one(films, tmp_path, capfd):
    out, pose = tmp_path / "new" / "sharp.mp4", tmp_path / "sharp.pose"
    assert run(films, films / "clip.mp4", "--out", out, "--keypoints", pose, "--looks", 1, "--whole") == 0
    said = capfd.readouterr()
    assert "sharp.mp4: 12 frames of 304 x 336" in said.out and "right hand found in" in said.out
    assert "clip.mp4:" in said.err and "W0000" not in said.err and "Note" not in said.err
    own = OwnFrames()
    sharp = np.stack(list(sharpen(tiny_network(), own.noted(read_all(films / "clip.mp4")))))
    info = probe(out)
    assert (info.width, info.height, info.fps, info.frames) == (304, 336, FPS, 12)
    assert np.abs(read_all(out).astype(int) - sharp).mean() < 3
    found, wanted = load(pose), extract(sharp, progress=False, sure=False, retouch=own.then(None))
    wanted = with_probabilities(wanted)
    assert (found.size, found.fps) == ((304, 336), FPS) and found.present("pose").all()
    np.testing.assert_array_equal(found.xyz, wanted.xyz)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", "sharp.mp4", "sharp.pose"]


def test_without_keypoints_and_from_a_folder_of_images(films, tmp_path):
    write_video(tmp_path / "images", signer(3), FPS)
    summary = enhance(tmp_path / "images", tmp_path / "o.mkv", model=tiny_network(), progress=False)
    assert (summary.frames, summary.size, summary.keypoints, summary.sound) == (3, (304, 336), None, False)
    assert "found" not in str(summary) and probe(tmp_path / "o.mkv").height == 336


def test_portrait_film_stands_upright_and_odd_sizes_are_doubled(tmp_path):
    portrait = on_its_side(tmp_path / "phone.mp4", signer(3))
    upright = probe(portrait)
    assert enhance(portrait, tmp_path / "a.mp4", model=tiny_network()).size == (2 * upright.width, 2 * upright.height)
    assert (upright.width, upright.height) == (168, 152)
    write_video(tmp_path / "odd", signer(2)[:, :161, :151], FPS)
    enhance(tmp_path / "odd", tmp_path / "b.mp4", tmp_path / "b.pose", model=tiny_network())
    info = probe(tmp_path / "b.mp4")
    assert (info.width, info.height) == load(tmp_path / "b.pose").size == (302, 322)


def test_variable_rate_keeps_every_frame_and_the_length_and_says_so(films, tmp_path, capsys):
    uneven = varying_rate(tmp_path / "uneven.mp4", signer(12))
    before = probe(uneven)
    assert run(films, uneven, "--out", tmp_path / "o.mp4") == 0
    after = probe(tmp_path / "o.mp4")
    assert after.frames == 12 and after.duration == pytest.approx(before.duration, abs=0.05)
    assert "Note: " in (said := capsys.readouterr().err) and "variable frame rate" in said
    assert probe(films / "clip.mp4").moved < 1e-6 < 0.1 < before.moved


@pytest.mark.parametrize(("crop", "times"), [(None, 4), ("signer", 5)])
def test_a_film_is_opened_once_to_be_asked_and_then_to_be_read(tmp_path, monkeypatch, crop, times):
    """Frames, which tracks there are, sound, and where the signer is looked for, frames once more before."""
    import av

    film, opened, open_any = with_sound(tmp_path / "a.mp4", signer()), [], av.open

    def counting(file, *arguments, **settings):
        opened.append(str(file))
        return open_any(file, *arguments, **settings)

    monkeypatch.setattr(av, "open", counting)
    assert enhance(film, tmp_path / "o.mp4", tmp_path / "o.pose", model=tiny_network(), crop=crop).sound
    assert opened.count(str(film)) == times


@pytest.mark.parametrize(
    ("size", "height", "taken"),
    [
        ((3840, 2160), None, (960, 540)),
        ((2160, 3840), None, (540, 960)),
        ((7680, 4320), None, (960, 540)),
        ((2560, 1440), None, (853, 480)),
        ((4096, 2160), None, (1024, 540)),
        ((1920, 1200), None, (1920, 1200)),
        ((1080, 1920), None, (1080, 1920)),
        ((3840, 2160), 2160, (3840, 2160)),
        ((3840, 2160), 4000, (3840, 2160)),
        ((3840, 2160), 1080, (1920, 1080)),
        ((3840, 2160), 168, (299, 168)),
    ],
)
def test_large_films_are_reduced_unless_a_height_is_given(monkeypatch, size, height, taken):
    monkeypatch.setattr(source, "probe", lambda path, fps: VideoInfo(*size, 25, 10, 0.4))
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        assert source.open_source("a.mp4", None, height).size == taken
        assert source.open_source("a.mp4", (0, 0, 600, 500), height).size[1] == min(500, height or 500)
    said = [f"are reduced to {taken[0]} x {taken[1]} before" in str(note.message) for note in notes]
    assert sum(said) == (taken != size and height is None)


def test_4k_goes_through_with_a_note(tmp_path):
    wide = np.zeros((2, 2160, 3840, 3), np.uint8)
    wide[:, 1000:1168, 2000:2152] = signer(2)
    film = write_video(tmp_path / "4k.mp4", wide, FPS)
    with pytest.warns(UserWarning, match=r"3840 x 2160 are reduced to 960 x 540 .*--height 2160 enlarges them whole"):
        assert enhance(film, tmp_path / "o.mp4", model=tiny_network()).size == (1920, 1080)
    with pytest.warns(UserWarning, match=rf"3840 x 2160 are enlarged.*--height {2 * LEARNED}"):
        assert enhance(film, tmp_path / "8k.mp4", model=tiny_network(), height=2160).size == (7680, 4320)
    summary = enhance(film, tmp_path / "o.mp4", model=tiny_network(), height=180)
    assert summary.size == (640, 360) and probe(tmp_path / "o.mp4").height == 360


def test_crop_to_the_signer_or_to_a_box(films, tmp_path, capsys):
    wide = np.full((12, 300, 600, 3), 90, np.uint8)
    wide[:, 100:268, 350:502] = signer(12)
    film = write_video(tmp_path / "wide.mp4", wide, FPS)
    arguments = ("--out", tmp_path / "o.mp4", "--keypoints", tmp_path / "o.pose")
    assert run(films, film, *arguments, "--crop", "signer") == 0
    x0, y0, x1, y1 = enhance(film, tmp_path / "p.mp4", model=tiny_network(), crop="signer").box
    assert 300 < x0 < 400 and x1 < 520 and y0 < 200 and f"cropped to x {x0} to {x1}" in capsys.readouterr().out
    assert load(tmp_path / "o.pose").size == (2 * (x1 - x0), 2 * (y1 - y0))
    assert run(films, film, *arguments, "--crop", "350,100,502,268") == 0
    assert load(tmp_path / "o.pose").size == (304, 336) and load(tmp_path / "o.pose").present("pose").all()


def test_interlaced_film_is_reported_with_its_remedy(films, tmp_path, capsys):
    woven = interlaced(tmp_path / "woven.mp4")
    assert run(films, woven, "--out", tmp_path / "o.mp4") == 0
    assert "woven.mp4 is interlaced" in (said := capsys.readouterr().err) and "ffmpeg -i woven.mp4 -vf bwdif" in said


def test_second_look_adds_hands_and_moves_none(films, tmp_path):
    plain, again = tmp_path / "a.pose", tmp_path / "b.pose"
    assert run(films, films / "clip.mp4", "--out", tmp_path / "o.mp4", "--keypoints", again, "--looks", 2) == 0
    assert run(films, films / "clip.mp4", "--out", tmp_path / "o.mp4", "--keypoints", plain, "--looks", 1) == 0
    there = ~np.isnan(load(plain).xyz)
    np.testing.assert_array_equal(load(again).xyz[there], load(plain).xyz[there])
    new = load(again).present("right_hand") & ~load(plain).present("right_hand")
    sure = load(again).confidence[new][:, load(again).layout.parts["right_hand"]]
    assert new.any() and (sure < 1).all() and (sure > 0).all()


def test_third_look_is_that_of_the_networks_picture(films, tmp_path, monkeypatch):
    monkeypatch.setattr(OwnFrames, "_ask", lambda *_: None)  # so that hands are missing
    pose, out = tmp_path / "a.pose", tmp_path / "o.mp4"
    words = films / "clip.mp4", "--out", out, "--keypoints", pose
    assert run(films, *words, "--looks", 2) == 0
    before = load(pose)
    again = third_look(sharpen(tiny_network(), read_video(films / "clip.mp4")), before)
    assert run(films, *words) == 0
    found = load(pose)
    changed = np.nan_to_num(again.xyz) != np.nan_to_num(before.xyz)
    assert changed.any() and np.array_equal(found.xyz[~changed], before.xyz[~changed], equal_nan=True)
    assert np.abs(found.xyz - again.xyz)[..., :2][changed[..., :2]].mean() < 3
    with pytest.raises(BadInput, match="between 1 and 3, not 4"):
        enhance(films / "clip.mp4", out, pose, model=tiny_network(), looks=4)


@pytest.mark.parametrize("early", [0.0, 0.4])
def test_sound_is_kept_and_begins_with_the_pictures(tmp_path, early):
    import av

    film = with_sound(tmp_path / "loud.mp4", signer(25), early)
    assert enhance(film, tmp_path / "o.mp4", model=tiny_network()).sound
    with av.open(str(tmp_path / "o.mp4")) as container:
        audio, video = container.streams.audio[0], container.streams.video[0]
        assert video.frames == 25 and float(audio.duration * audio.time_base) == pytest.approx(1.0, abs=0.06)
        first = next(container.decode(audio=0))
        assert abs(first.time) < 0.05 and np.abs(first.to_ndarray()).max() > 0.05
    assert read_all(tmp_path / "o.mp4").shape == (25, 336, 304, 3)


def test_sound_that_cannot_be_kept_is_reported(tmp_path):
    film = with_sound(tmp_path / "loud.mp4", signer(3))
    with pytest.warns(UserWarning, match=r"its sound \(aac\) is left out, \.webm cannot hold it"):
        assert not enhance(film, tmp_path / "o.webm", model=tiny_network()).sound
    assert probe(tmp_path / "o.webm").width == 304


def test_feed_gives_all_to_all_and_waits_for_the_slowest():
    drawn, behind = 0, []

    def frames():
        nonlocal drawn
        for number in range(60):
            drawn += 1
            yield np.full((4, 4, 3), number, np.uint8)

    def slow(stream):
        numbers = []
        for frame in stream:
            time.sleep(0.002)
            numbers.append(int(frame[0, 0, 0]))
            behind.append(drawn - len(numbers))
        return numbers

    assert feed(frames(), [slow, lambda stream: sum(1 for _ in stream)]) == [list(range(60)), 60]
    assert max(behind) <= MOST + 2


@pytest.mark.parametrize("breaks", ["drawing", "first", "second", "interrupt"])
def test_feed_stops_all_when_one_fails(breaks):
    ended = []

    def frames():
        for number in range(100):
            if number == 50 and breaks in ("drawing", "interrupt"):
                raise KeyboardInterrupt if breaks == "interrupt" else KeyError(breaks)
            yield np.zeros((4, 4, 3), np.uint8)

    def consumer(name):
        def consume(stream):
            try:
                for number, _ in enumerate(stream):
                    if number == 5 and breaks == name:
                        raise KeyError(name)
            except Stopped:
                ended.append(name)
                raise

        return consume

    with pytest.raises(KeyboardInterrupt if breaks == "interrupt" else KeyError):
        feed(frames(), [consumer("first"), consumer("second")])
    assert set(ended) == {"first", "second"} - {breaks}
