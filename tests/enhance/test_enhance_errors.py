"""lib.enhance on bad input: as much as can be done is done, the rest is said in a sentence, nothing half-written."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from enhance_films import FPS, signer, tiny_network, weight_file, with_sound
from safetensors.torch import save_file

from lib.enhance import corpus, enhance, film as room
from lib.enhance.cli import main
from lib.keypoints import load
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.video import probe, write_video


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


@pytest.fixture
def films(tmp_path):
    """A folder with a clip, the weights of a network, and an empty folder for results."""
    write_video(tmp_path / "clip.mp4", signer(6), FPS)
    weight_file(tmp_path)
    (tmp_path / "results").mkdir()
    return tmp_path


def run(films, *arguments, weights: str = "tiny.safetensors") -> int:
    return main([*map(str, arguments), "--weights", str(films / weights)])


def test_nobody_in_view(films, capsys):
    write_video(films / "wall.mp4", np.full((4, 96, 128, 3), 90, np.uint8), FPS)
    arguments = ("--out", films / "results" / "o.mp4", "--keypoints", films / "results" / "o.pose")
    assert run(films, films / "wall.mp4", *arguments) == 0
    assert "Note: Nobody was found in" in capsys.readouterr().err
    assert np.isnan(load(films / "results" / "o.pose").xyz).all() and names(films / "results") == ["o.mp4", "o.pose"]
    assert run(films, films / "wall.mp4", "--out", films / "p.mp4", "--crop", "signer") == 1
    assert "wall.mp4: the signer was not found" in capsys.readouterr().err and not (films / "p.mp4").exists()


@pytest.mark.solutions
def test_one_frame(films):
    film = write_video(films / "one.mp4", signer(1), FPS)
    with pytest.warns(UserWarning, match="single frame"):
        summary = enhance(film, films / "o.mp4", films / "o.pose", model=tiny_network())
    assert summary.frames == len(load(films / "o.pose")) == probe(films / "o.mp4").frames == 1


def test_a_corrupt_tail_is_reported_and_the_rest_done(films, capsys):
    noise = np.random.default_rng(0).integers(0, 256, (100, 48, 64, 3), dtype=np.uint8)
    data = write_video(films / "whole.mp4", noise, FPS).read_bytes()
    (films / "cut.mp4").write_bytes(data[: len(data) // 2])
    assert run(films, films / "cut.mp4", "--out", films / "o.mp4") == 0
    said = capsys.readouterr()
    assert "cut.mp4 is damaged or cut short" in said.err and "variable" not in said.err
    assert 20 < probe(films / "o.mp4").frames < 80 and f"{probe(films / 'o.mp4').frames} frames" in said.out


@pytest.mark.parametrize("kind", ["missing", "text", "empty folder"])
def test_what_is_no_film_fails(films, capsys, kind):
    path = films / "film.mp4"
    if kind == "text":
        path.write_text("no film\n" * 100)
    elif kind == "empty folder":
        path.mkdir()
    assert run(films, path, "--out", films / "results" / "o.mp4", "--keypoints", films / "results" / "o.pose") == 1
    assert "film.mp4" in capsys.readouterr().err and names(films / "results") == []


@pytest.mark.parametrize("kind", ["same", "link", "keypoints", "both"])
def test_no_film_is_written_over_itself(films, kind):
    film, out, pose = films / "clip.mp4", films / "results" / "o.mp4", None
    before = sha256(film)
    if kind == "same":
        out = films / "results" / ".." / "clip.mp4"
    elif kind == "link":
        out.symlink_to(film)
    elif kind == "keypoints":
        pose = film
    else:
        pose = out
    with pytest.raises(BadInput, match="named twice"):
        enhance(film, out, pose, model=tiny_network())
    assert sha256(film) == before


def test_weights_that_cannot_be_used(films, capsys):
    whole = (films / "tiny.safetensors").read_bytes()
    (films / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    (films / "text.safetensors").write_text("no weights\n" * 50)
    save_file({"weight": torch.zeros(3)}, films / "foreign.safetensors")
    save_file({"weight": torch.zeros(3)}, films / "other.safetensors", {"config": '{"layers": 3}'})
    for weights, words in [
        ("missing.safetensors", "does not exist"),
        ("cut.safetensors", "no whole safetensors file"),
        ("text.safetensors", "no whole safetensors file"),
        ("foreign.safetensors", "does not say which network"),
        ("other.safetensors", "another kind of network"),
    ]:
        assert run(films, films / "clip.mp4", "--out", films / "results" / "o.mp4", weights=weights) == 1
        said = capsys.readouterr().err
        assert words in said and weights in said and said.count("\n") == 1
    assert names(films / "results") == []


def test_requests_that_cannot_be_met(films, capsys):
    clip, results = films / "clip.mp4", films / "results"
    for arguments, words in [
        ((clip, "--out", results / "o.mp4", "--device", "abacus"), "'abacus' is not there"),
        ((clip, "--out", results / "o.mp4", "--crop", "0,0,900,900"), "clip.mp4 has frames of 152 x 168, in which"),
        ((clip, "--out", results / "o.mp4", "--device", "meta"), "'meta' is not there"),
        ((clip, "--out", results / "o.mp4", "--keypoints", results / "k.mp4"), "k.mp4: keypoints are written as"),
        ((clip, "--out", results / "o.mp4", "--keypoints", results), "is a folder"),
        ((clip, "--out", results / "o.txt"), "neither a video that can be written"),
        ((clip, "--out", clip / "o.mp4"), "cannot be written"),
        ((clip, "--out", results, "--keypoints", results / "o.pose"), "give a folder for both"),
        ((clip, films, "--out", results / "o.mp4"), "is one video, but there are 2"),
        ((clip, films, "--out", results), "Two films are called clip"),
    ]:
        assert run(films, *arguments) == 1
        assert words in capsys.readouterr().err
    for arguments in [("--crop", "1,2,3"), ("--crop", "9,0,1,5"), ("--height", "0"), ("--height", "tall")]:
        with pytest.raises(SystemExit) as caught:
            run(films, clip, "--out", results / "o.mp4", *arguments)
        assert caught.value.code == 2
    with pytest.raises(BadInput, match="a name that ends in"):
        enhance(clip, results / "o.flv", model=tiny_network())
    assert names(results) == []


@pytest.mark.solutions
def test_of_several_films_the_bad_one_is_reported_and_the_done_ones_are_left(films, capsys):
    folder, results = films / "films", films / "results"
    folder.mkdir()
    (films / "clip.mp4").rename(folder / "a.mp4")
    (folder / "b.mp4").write_text("no film")
    write_video(folder / "c.webm", signer(2), FPS)
    arguments = (folder, "--out", results, "--keypoints", results)
    assert run(films, *arguments) == 1
    said = capsys.readouterr()
    assert "b.mp4 cannot be opened" in said.err and "3 films: 2 done, 1 failed" in said.out
    assert names(results) == ["a.mp4", "a.pose", "c.mp4", "c.pose", "films.csv"]
    times = [path.stat().st_mtime_ns for path in sorted(results.iterdir())]
    (results / "c.pose").unlink()
    (folder / "b.mp4").unlink()
    assert run(films, *arguments) == 0
    assert "a.mp4 is done already" in capsys.readouterr().out
    assert [path.stat().st_mtime_ns for path in sorted(results.iterdir())][:2] == times[:2]
    assert run(films, *arguments, "--again") == 0 and (results / "a.mp4").stat().st_mtime_ns > times[0]


@pytest.mark.parametrize("stage", ["sharpen", "encode", "extract", "add_tracks"])
def test_whatever_stage_fails_the_older_files_stay(films, monkeypatch, stage):
    results, film = films / "results", with_sound(films / "sound.mp4", signer(6))
    for name in ("o.mp4", "o.pose"):
        (results / name).write_text("older")

    def fails(*arguments, **settings):
        raise OSError("No space left on device")

    monkeypatch.setattr(room, stage, fails)
    with pytest.raises(OSError, match="No space"):
        enhance(film, results / "o.mp4", results / "o.pose", model=tiny_network())
    assert names(results) == ["o.mp4", "o.pose"] and (results / "o.pose").read_text() == "older"


@pytest.mark.solutions
def test_films_side_by_side_give_what_one_after_the_other_gives(films, capfd):
    folder = films / "films"
    folder.mkdir()
    for name, count in (("a", 6), ("b", 3), ("c", 2)):
        write_video(folder / f"{name}.mp4", signer(count), FPS)
    (folder / "d.mp4").write_text("no film")
    found = []
    for processes in (1, 2):
        results = films / str(processes)
        assert run(films, folder, "--out", results, "--keypoints", results, "--processes", processes, "--always") == 1
        said = capfd.readouterr()
        assert "d.mp4 cannot be opened" in said.err and "4 films: 3 done, 1 failed" in said.out
        assert names(results) == [*(f"{name}.{kind}" for name in "abc" for kind in ("mp4", "pose")), "films.csv"]
        found.append([load(results / f"{name}.pose").xyz for name in "abc"])
    for alone, beside in zip(*found):
        np.testing.assert_array_equal(alone, beside)


def test_a_single_film_is_done_here_with_its_bar_however_many_processes_are_allowed(films, capfd):
    assert run(films, films / "clip.mp4", "--out", films / "results", "--processes", 4) == 0
    assert "frames/s" in capfd.readouterr().err and names(films / "results") == ["clip.mp4"]


def test_a_process_that_is_killed_costs_its_film_and_no_other(films, monkeypatch, capsys):
    folder = films / "films"
    folder.mkdir()
    for name in ("a", "killed", "z"):
        (folder / f"{name}.mp4").touch()
    monkeypatch.setattr(corpus, "attempt", _done_unless_killed)
    assert run(films, folder, "--out", films / "results", "--processes", 2) == 1
    said = capsys.readouterr()
    assert "1 processes ended early" in said.err and "--processes 1," in said.err
    assert "3 films: 2 done, 1 failed" in said.out


def _done_unless_killed(job, options, compare):
    if job.source.stem == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return corpus.Outcome(job, True, "done", {"film": job.source})


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_half_done_behind(films, how, processes):
    results = films / "results"
    long = [write_video(films / f"{n}.mp4", np.concatenate([signer(60)] * 8), FPS) for n in range(processes)]
    command = [sys.executable, "-m", "lib.enhance", *long, "--out", results, "--keypoints", results, "--always"]
    process = subprocess.Popen(
        [*map(str, command), "--weights", str(films / "tiny.safetensors"), "--processes", str(processes)],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(how, signal.SIG_DFL),  # a shell's background jobs are born deaf to Ctrl-C
    )
    while sum(path.stat().st_size > 0 for path in results.glob("*.mp4")) < 2 * processes:
        assert process.poll() is None
        time.sleep(0.05)
    told = ["films.csv"] * (processes > 1)  # of several films a table says which are still to do
    # the film for the third look, and two files with a lock each
    assert [name[:9] for name in names(results)] == [".partial-"] * 5 * processes + told
    process.send_signal(how)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 130 and "Interrupted" in said and "Traceback" not in said
    assert names(results) == told


@pytest.mark.parametrize("given", ["clip.mp4", "."])
def test_a_film_is_not_taken_for_its_own_result(films, given, capsys):
    before = (films / "clip.mp4").read_bytes()
    assert run(films, films / given, "--out", films) == 1
    assert "no film may be written over itself" in capsys.readouterr().err
    assert (films / "clip.mp4").read_bytes() == before
