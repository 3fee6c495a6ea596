"""R1's own data, for readers who have access: D1, TD1 and TD2 on stand-ins of the broadcasts' form, a second long."""

import argparse
import contextlib
import io
import re
import warnings
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from stand_ins import on_stage, script, signing

from data_scripts import broadcasts
from data_scripts.broadcasts import Cut, centred, make_clip
from data_scripts.shared.cuts import frames_between
from data_scripts.shared.manifest import is_complete
from lib.degrade import crop, downsample, software_blur
from lib.evaluation.evaluation import FRAMES, evaluate_all
from lib.evaluation.methods import INPUT, TARGET, find_methods
from lib.holistic import extract
from lib.signer.clips import Clip, clips
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.upsampler.data import batches, read_frames
from lib.upsampler.train import clips_of
from lib.video import write_video

CROP = tuple(int(look_up(f"R1 III-C, crop {side}").value) for side in ("width", "height"))
VIDEOS, LEARN, TEST = (int(look_up(f"R1 III-C, {part}").value) for part in ("videos", "training videos", "test videos"))


@pytest.fixture(scope="module")
def broadcast(tmp_path_factory) -> Path:
    """Folder with four "episodes": one good, one of another year, one too small, one in which nobody is seen."""
    folder = tmp_path_factory.mktemp("srf")
    write_video(folder / "srf.2020-01-02.mp4", on_stage(signing(), (1280, 720), (500, 100), CROP[1]), 25)
    write_video(folder / "srf.2019-01-02.mp4", on_stage(signing()[:5], (1280, 720), (500, 100), CROP[1]), 25)
    write_video(folder / "srf.2020-02-02.mp4", on_stage(signing()[:5], (640, 360), (100, 20), 300), 25)
    write_video(folder / "srf.2020-03-02.mp4", np.full((25, 720, 1280, 3), 90, np.uint8), 25)
    return folder


@pytest.fixture(scope="module")
def d1(broadcast, tmp_path_factory):
    """D1 of these: the folder, the exit status, and what was said."""
    out, said = tmp_path_factory.mktemp("d1"), io.StringIO()
    argv = ["--source", broadcast, "--out", out, "--seconds", "1", "--minutes", "5", "--processes", "1"]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        patch.setattr(broadcasts, "LOOKS", 6)
        status = script("srf_dsgs").main([str(word) for word in argv])
    return out, status, said.getvalue()


def test_r1s_numbers_come_out(tmp_path, monkeypatch):
    srf = script("srf_dsgs")
    for number in range(119):
        (tmp_path / f"srf.2020-{number:03d}.mp4").touch()
    monkeypatch.setattr(srf, "check_film", lambda film, size, fps, whose: 1800.0)
    options = argparse.Namespace(source=tmp_path, year="2020", minutes=VIDEOS, episodes=5, seconds=60)
    cuts_, refused = srf.plan(options)
    kinds = [cut.set for cut in cuts_]
    assert (kinds.count("d1_train"), kinds.count("d1_test"), refused) == (LEARN, TEST, [])
    films = [{cut.film for cut in cuts_ if cut.set == kind} for kind in ("d1_train", "d1_test")]
    assert films[0] == films[1] and len(films[0]) == 5
    assert len({(cut.film, cut.start) for cut in cuts_}) == len({cut.name for cut in cuts_}) == VIDEOS


def test_a_box_of_one_size_stays_in_the_picture():
    width, height = CROP
    assert centred((500, 100, 1000, 700), CROP, (1280, 720)) == (492, 114, 492 + width, 114 + height)
    assert centred((0, 0, 300, 300), CROP, (1280, 720)) == (0, 0, *CROP)


@pytest.mark.solutions
def test_d1_has_r1s_sizes_and_says_whose_it_is(d1, broadcast):
    out, status, said = d1
    assert status == 1  # something had to be left out
    assert said.index("SRF") < said.index("SWISSUbase") < said.index("no passing on") < said.index("Nothing is fetched")
    small, nobody = (
        next(line for line in said.splitlines() if line.startswith("Left out") and day in line)
        for day in ("2020-02-02", "2020-03-02")
    )
    assert "is 640 x 360 at 25 frames a second, and R1's broadcasts are 1280 x 720 at 25" in small
    assert "nobody is in view from second 0 to 1" in nobody
    assert "holds 2 of 5 clips" in said and "2019" not in said
    for clip in clips("d1_train", out):
        assert clip.target().shape == (25, 336, 304, 3) and clip.input().shape == (25, 168, 152, 3)
    assert is_complete(out) and (out / "left_out.csv").read_text().count("\n") == 3
    assert str(broadcast) not in (out / "manifest.json").read_text()


@pytest.mark.solutions
def test_d1s_pictures_are_the_film_cropped_reduced_and_blurred(d1, broadcast):
    second = clips("d1_train", d1[0])[1]  # the film's second second
    box = tuple(second.info["box"])
    assert (box[2] - box[0], box[3] - box[1]) == CROP and abs(box[0] - 500) < 40 and abs(box[1] - 100) < 40
    film = frames_between(broadcast / "srf.2020-01-02.mp4", 1, 2)
    sharp = list(downsample(crop(islice(film, 7), box), size=(304, 336)))
    assert np.abs(np.subtract(second.target()[:7], sharp, dtype=float)).mean() < 2
    np.testing.assert_array_equal(second.input()[:3], list(software_blur(sharp))[:3])  # to the bit: nothing compressed


@pytest.mark.solutions
def test_d1_goes_on_where_it_stopped(d1, broadcast, monkeypatch):
    first, second = clips("d1_train", d1[0])
    stamps = [clip.input_path.stat().st_mtime_ns for clip in (first, second)]
    (second.folder / "clip.json").unlink()
    monkeypatch.setattr(broadcasts, "software_blur", lambda frames: downsample(frames, 2))  # the blur takes longest
    monkeypatch.setattr(broadcasts, "extract", lambda frames, **_: extract(islice(frames, 5), progress=False))
    film = broadcast / "srf.2020-01-02.mp4"
    for start, clip in enumerate((first, second)):
        assert make_clip(Cut("d1_train", clip.name, film, start, 1), d1[0]) == clip.folder
    again = [clip.input_path.stat().st_mtime_ns for clip in (first, second)]
    assert again[0] == stamps[0] and again[1] != stamps[1]
    with pytest.raises(BadInput, match="2020-01-02.mp4 ends within the clip from second 1.5 on"):
        make_clip(Cut("d1_test", "late", film, 1.5, 1), d1[0])
    assert not (d1[0] / "d1_test" / "late" / "clip.json").exists()


def test_another_choice_of_minutes_needs_another_folder(d1, broadcast, capsys):
    argv = ["--source", broadcast, "--out", d1[0], "--seconds", "1", "--minutes", "1", "--processes", "1"]
    assert script("srf_dsgs").main([str(word) for word in argv]) == 1
    assert "srf.2020-01-02-001 is of another choice of minutes" in capsys.readouterr().err
    assert (d1[0] / "manifest.json").is_file()


@pytest.mark.solutions
def test_hands_can_be_counted_and_likeness_measured_without_truth(d1, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    first = clips("d1_train", d1[0])[0]
    assert not first.has_truth and first.has_target
    with pytest.raises(BadInput, match="no truth.npz"):
        first.truth()
    rows = evaluate_all([INPUT, *find_methods(["bilinear", "target"])], [first], paths=[FRAMES])
    assert [row["method"] for row in rows] == ["input", "bilinear", "target"]
    assert all(0 <= row["uhp_both"] <= 1 and "pck_all" not in row for row in rows) and rows[1]["psnr"] > 15
    assert rows[2]["uhp_both"] <= 0.2


@pytest.mark.solutions
def test_a_network_can_learn_from_what_was_found_in_the_target(d1):
    assert clips_of(d1[0], "d1") == clips("d1_train", d1[0])
    frames = read_frames(clips_of(d1[0], "d1_software")[:1])
    assert frames.joints.shape == (13, 75, 2) and len(frames.inputs) == 13
    batch = next(batches(frames, np.random.default_rng(0), count=4))
    assert batch.input.shape == (4, 3, 64, 64) and np.isfinite(batch.hand.numpy()).all()


@pytest.fixture(scope="module")
def news(tmp_path_factory) -> Path:
    """Two episodes in 720p and 1080p, of which one pair is off by two frames, and one in 720p alone."""
    folder = tmp_path_factory.mktemp("news")
    for name, late in (("good", 0), ("late", 2)):
        stage = list(on_stage(signing()[:28], (1280, 720), (900, 300), 336))
        large = [cv2.resize(frame, (1920, 1080), interpolation=cv2.INTER_CUBIC) for frame in stage]
        write_video(folder / "td1" / "720p" / f"{name}.mp4", stage[late:][:25], 25)
        write_video(folder / "td1" / "1080p" / f"{name}.mp4", large[:25], 25)
    write_video(folder / "td1" / "720p" / "alone.mp4", stage[:2], 25)
    write_video(folder / "td2" / "older.mp4", stage[:25], 25)
    return folder


@pytest.mark.solutions
def test_target_sets(news, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(broadcasts, "LOOKS", 6)
    out = tmp_path / "showtv"
    argv = ["--source", str(news), "--out", str(out), "--seconds", "1", "--processes", "1"]
    assert script("showtv").main(argv) == 1
    said = capsys.readouterr()
    assert "all rights are the broadcaster's" in said.out and "1 pairs (td1) and 1 inputs" in said.out
    assert "alone.mp4 has no partner" in said.err and "late.mp4 is 2 frames behind" in said.err
    [pair], [alone] = clips("td1", out), clips("td2", out)
    assert pair.target().shape == (25, 336, 304, 3) and pair.input().shape == (25, 168, 152, 3)
    halved = np.stack(list(downsample(pair.target(), 2)))
    assert np.abs(np.subtract(halved, pair.input(), dtype=float)).mean() < 4  # the same crop of the same moments
    assert alone.input().shape == (25, 168, 152, 3) and not alone.has_target
    width, height = (alone.info["box"][axis + 2] - alone.info["box"][axis] for axis in (0, 1))
    assert width >= 204 and height >= 224 and width / height == pytest.approx(152 / 168, abs=0.01)
    _judged_without_target(alone, tmp_path, monkeypatch)


def _judged_without_target(alone: Clip, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    rows = evaluate_all([INPUT, TARGET], [alone], paths=[FRAMES])
    assert [row["method"] for row in rows] == ["input"] and "psnr" not in rows[0]
    with pytest.raises(BadInput, match="has no target"):
        read_frames([alone])


@pytest.mark.parametrize(
    ("name", "made", "words"),
    [
        ("srf_dsgs", None, "is no folder"),
        ("srf_dsgs", "notes.txt", "holds no videos"),
        ("srf_dsgs", "srf.2019-01-01.mp4", "None of the 1 films .* has 2020 in its name"),
        ("srf_dsgs", "srf.2020-01-01.mp4", "Nothing could be made of these films: .*is empty"),
        ("showtv", "notes.txt", "holds neither td1 nor td2"),
        ("showtv", "td1/720p/a.mp4", "1080p is no folder"),
    ],
)
def test_bad_input_is_a_sentence(tmp_path, capsys, name, made, words):
    source, out = tmp_path / "films", tmp_path / "out"
    if made:
        (source / made).parent.mkdir(parents=True)
        (source / made).touch()
    argv = ["--source", source, "--out", out, "--processes", "1"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert script(name).main([str(word) for word in argv]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.search(words, last), last
    assert not out.exists() or not any(path.is_file() for path in out.rglob("*"))
