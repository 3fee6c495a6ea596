"""What chapter 1 computes with: stages, speeds, spectra, the reader's video, the checker."""

import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from bs4 import BeautifulSoup

from book.chapters.ch01_first_look import examine, missing_hands, radial_spectrum, undetected_in_view
from book.shared import stages
from book.shared.hands import by_speed, hand_speed
from book.shared.moving import playable, videos
from lib.holistic import extract
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.metrics import undetected_hand_presence
from lib.signer.clips import Clip
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.paths import CLIPS
from lib.video import read_all, write_video

RIGHT = HOLISTIC_75.parts["right_hand"]


def keypoints(frames=10, lost=(), fps=25.0):
    """Everything found at (50, 50), shoulders 40 pixels apart; the right hand is missing in the frames ``lost``."""
    xyz = np.full((frames, 75, 3), 50.0, np.float32)
    xyz[:, HOLISTIC_75.shoulders[0], 0] = 90
    xyz[list(lost), RIGHT] = np.nan
    return Keypoints(xyz, np.ones((frames, 75)), HOLISTIC_75, fps, (100, 100))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A clip of noise on grey that moves to the right, 6 frames of 64 x 48."""
    folder = tmp_path_factory.mktemp("clip")
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    write_video(folder / "target.mp4", [np.roll(noise, 2 * t, axis=1) for t in range(6)], 25, crf=10)
    write_video(folder / "input.mp4", [np.roll(noise, t, axis=1)[::2, ::2] for t in range(6)], 25)
    info = {"target": "target.mp4", "input": "input.mp4", "fps": 25.0, "size": [64, 48]}
    recipe = {"shutter": 1.0, "crf": 40, "codec": "h264"}
    (folder / "clip.json").write_text(json.dumps(info | {"recipe": recipe}))
    return Clip(folder)


@pytest.mark.parametrize("steps", [(), ("shrink",), ("blur",), ("compress",), ("compress", "shrink", "blur")])
def test_each_step_does_what_it_says(clip, steps):
    frames, target = np.stack(list(stages.after(clip, steps))), clip.target()
    assert frames.shape == ((6, 24, 32, 3) if "shrink" in steps else target.shape)
    if not steps:
        assert (frames == target).all()
    elif "shrink" not in steps:
        assert frames.astype(float).std() < target.astype(float).std()


def test_the_order_of_the_steps_is_r1s(clip):
    one, other = (np.stack(list(stages.after(clip, s))) for s in (("shrink", "blur"), ("blur", "shrink")))
    assert (one == other).all()


def test_unknown_step(clip):
    with pytest.raises(BadInput, match="polish"):
        stages.after(clip, ["polish"])


def test_sizes_of_other_treatments(clip):
    assert next(stages.enlarged(clip, "bilinear")).shape == (48, 64, 3)
    assert next(stages.reduced(clip, 4)).shape == (12, 16, 3)


def test_look_keeps_order_and_span(clip, monkeypatch):
    def found_in(frames, fps, name):
        return name, [int(frame[0, 0, 0]) for frame in frames], fps

    def counted(clip, start):
        return (np.full((2, 2, 3), start + i, np.uint8) for i in range(6))

    monkeypatch.setattr(stages, "found_in", found_in)
    treatments = {"ten": partial(counted, start=10), "twenty": partial(counted, start=20)}
    looked = stages.look([clip, clip], treatments, slice(2, 5))
    assert looked["ten"] == [(clip.name, [12, 13, 14], 25.0)] * 2
    assert looked["twenty"] == [(clip.name, [22, 23, 24], 25.0)] * 2


def test_frames_are_looked_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "CACHE", tmp_path)
    frames = Clip(CLIPS / "td2" / "td2-000").input()[:8]
    first, again = (stages.found_in(iter(frames), 25, "the clip") for _ in range(2))
    looked = extract(frames, progress=False, sure=False)
    for found in (first, again):
        assert np.array_equal(found.xyz, looked.xyz, equal_nan=True)
        assert np.array_equal(found.confidence, looked.confidence) and found.size == looked.size
    assert len(list((tmp_path / "holistic").iterdir())) == 1
    monkeypatch.setattr(stages, "extract", lambda *_, **__: pytest.fail("looked again"))
    assert stages.found_in(frames, 25, "the clip").fps == 25
    with pytest.raises(pytest.fail.Exception, match="looked again"):
        stages.found_in(255 - frames, 25, "the clip")


def test_cut():
    assert len(stages.cut(keypoints(10), slice(3, 7))) == 4
    assert len(stages.cut(keypoints(10), slice(None))) == 10


def test_telling_frame_has_the_median_speed_of_those_that_qualify():
    found = [np.array([True, True, False]), np.array([True, True])]
    lost = [np.array([True, False, True]), np.array([True, True])]
    speeds = [np.array([1.0, 9.0, 9.0]), np.array([2.0, 3.0])]
    assert stages.telling_frame(found, lost, speeds) == (1, 0)


def test_telling_frame_is_the_fastest_where_none_qualifies():
    none = [np.zeros(3, bool), np.zeros(2, bool)]
    assert stages.telling_frame(none, none, [np.array([1.0, 9.0, 2.0]), np.array([2.0, 3.0])]) == (0, 1)


def test_speed_is_in_shoulder_widths_a_second():
    moving = keypoints(10)
    moving.xyz[:, RIGHT, 0] += 4 * np.arange(10)[:, None]  # a tenth of the shoulders a frame
    assert hand_speed(moving) == pytest.approx(np.full(10, 2.5))
    assert hand_speed(moving, "left") == pytest.approx(np.zeros(10))


def test_speed_of_one_frame():
    with pytest.raises(BadInput, match="two frames"):
        hand_speed(keypoints(1))


def test_bins_of_speed():
    values = [np.array([1, 1, 0, 0]), np.array([1, 0])]
    speeds = [np.array([0.0, 0.9, 1.0, 5.0]), np.array([0.5, 1.5])]
    bins = by_speed(values, speeds, [0, 1, 2, 10])
    assert bins["from"].tolist() == [0, 1]  # only one clip is ever faster than 2
    assert bins["frames"].tolist() == [3, 2] and bins["clips"].tolist() == [2, 2]
    assert bins["mean"].tolist() == [1, 0]


def test_frames_count_alike_in_a_bin():
    bins = by_speed([np.array([1, 1, 1]), np.array([0])], [np.zeros(3), np.zeros(1)], [0, 1])
    assert bins["mean"].tolist() == [0.75]


def stripes(cycles, size=64):
    wave = 128 + 100 * np.sin(2 * np.pi * cycles * np.arange(size))
    return np.broadcast_to(wave[None, None, :, None], (2, size, size, 3)).astype(np.uint8)


@pytest.mark.parametrize("cycles", [0.1, 0.25, 0.4])
def test_stripes_peak_at_their_frequency(cycles):
    frequency, power = radial_spectrum(stripes(cycles))
    assert frequency[power.argmax()] == pytest.approx(cycles, abs=0.02)


def test_spectrum_of_another_shape():
    with pytest.raises(BadInput, match="shape"):
        radial_spectrum(np.zeros((4, 4, 3), np.uint8))


def test_videos_carry_their_description(clip):
    html = videos([clip.target_path], ["sharp <1>"], 'waves "hello"', height=10)
    printed = BeautifulSoup(html, "html.parser").select_one(".hf-clip > img.hf-printed")
    assert "waves" in printed["alt"] and printed["src"].startswith("data:image/webp") and "@media print" in html
    assert 'aria-label="sharp &lt;1&gt;. waves &quot;hello&quot;"' in html
    assert "<p><em>waves" in html and "autoplay" not in html


def test_missing_hands_in_per_cent():
    table = missing_hands(keypoints(10, lost=[1, 2]))
    assert table.loc["right"].tolist() == pytest.approx([20, 20])
    assert table.loc["both"].tolist() == pytest.approx([10, 10])


def test_own_video_reads_no_more_than_asked(tmp_path, monkeypatch):
    frames = [np.full((400, 200, 3), t, np.uint8) for t in range(50)]
    write_video(tmp_path / "mine.mp4", frames, 25)
    found = []

    def extract(frames, *, fps, total, name):
        found.append(sum(1 for _ in frames))
        return keypoints(found[-1], lost=[0], fps=fps)

    monkeypatch.setattr("book.chapters.ch01_first_look.extract", extract)
    table, figure = examine(tmp_path / "mine.mp4", seconds=1.0, shown=4)
    assert found == [25] and table.loc["right"].iloc[0] == pytest.approx(4)
    assert [ax.get_title() for ax in figure.axes if ax.get_title()] == ["0.0 s", "0.3 s", "0.6 s", "1.0 s"]


def test_own_video_that_is_none(tmp_path):
    with pytest.raises(BadInput, match=r"nothing\.mp4 does not exist"):
        examine(tmp_path / "nothing.mp4")


def test_the_two_counts_differ_where_a_hand_rests_out_of_view():
    resting = keypoints(10, lost=range(5))
    resting.xyz[:5, HOLISTIC_75.body_wrists[1], 1] = 150
    assert undetected_hand_presence(resting) == 0.5 and undetected_in_view(resting) == 0


def test_uhp_in_view_leaves_out_frames_whose_wrist_is_outside():
    found = keypoints(10, lost=range(6))
    found.xyz[0:4, HOLISTIC_75.body_wrists[1], 1] = 100  # below the last row
    found.xyz[4, HOLISTIC_75.body_wrists[1]] = np.nan
    assert undetected_in_view(found, "right") == pytest.approx(1 / 5)
    assert undetected_in_view(found, "left") == 0
    assert undetected_in_view(found, "both") == pytest.approx(1 / 15)
    found.xyz[:, HOLISTIC_75.body_wrists[1], 0] = -1
    assert np.isnan(undetected_in_view(found))


def test_what_browsers_do_not_play_is_written_as_they_do(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    frames = np.zeros((3, 32, 48, 3), np.uint8)
    lossless = SimpleNamespace(input_path=tmp_path / "a.mkv", info={"fps": 25}, input=lambda: frames)
    assert playable(lossless).suffix == ".mp4" and read_all(playable(lossless)).shape == frames.shape
    filmed = SimpleNamespace(input_path=tmp_path / "a.webm")
    assert playable(filmed) == filmed.input_path
