"""lib.enhance: what has a name is whole, with all frames and its sound, whatever it is called and whoever is killed."""

import os
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from enhance_films import command, names, run, signer, tiny_network, weight_file, with_sound
from film_kinds import FLASH, FPS, beep_at, flash_and_beep, flash_at

from lib.enhance import enhance, film as room, sound as enhance_sound, source
from lib.holistic import corpus
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.video import FORMATS, film as video, survey, write_video
from lib.video.codec import encode
from lib.video.containers import copy_tracks, frame_count

TITLE = "Gebärden für Anfänger".encode("latin-1")
SECONDS = FLASH / FPS


@pytest.fixture(autouse=True)
def no_notes():
    """Films this small are fine, and how large they are is none of these tests' business."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(single frame|Nobody was found)")
        yield


@pytest.fixture
def films(tmp_path):
    """A folder with the weights of a network."""
    weight_file(tmp_path)
    return tmp_path


@pytest.mark.parametrize("sound", ["aac", "libopus", "mp3", None])
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_kind_of_file_has_all_frames_and_its_sound_in_time(tmp_path, recwarn, suffix, sound):
    film = flash_and_beep(tmp_path / "film.mkv", sound=sound, bf="2")
    out = tmp_path / "results" / f"o{suffix}"
    summary = enhance(film, out, model=tiny_network(), progress=False)
    count, flash = flash_at(out)
    assert count == summary.frames == 30 and flash == pytest.approx(SECONDS, abs=0.02)
    assert summary.sound == (beep_at(out) is not None)
    if summary.sound:
        assert beep_at(out) == pytest.approx(SECONDS, abs=0.06) and not recwarn.list
    else:
        assert not sound or "is left out" in str(recwarn.list[0].message)
    assert names(out.parent) == [out.name]
    if (suffix, sound) in [(".mp4", "aac"), (".mkv", "aac"), (".mkv", "mp3"), (".avi", "mp3"), (".webm", "libopus")]:
        assert summary.sound


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".avi"])
@pytest.mark.parametrize("name", ["a.mp4", "b.avi", "c.ts", "d.mov", "e.wmv"])
def test_sound_of_every_kind_of_film_is_in_time_or_left_out_with_a_note(tmp_path, name, suffix):
    film = flash_and_beep(tmp_path / name, *(["wmv2", "wmav2"] if name == "e.wmv" else ["libx264", "aac"]))
    out = tmp_path / f"o{suffix}"
    with warnings.catch_warnings(record=True) as notes:
        summary = enhance(film, out, model=tiny_network(), progress=False)
    assert frame_count(out) == 30 and (beep_at(out) is not None) == summary.sound
    if summary.sound:
        assert beep_at(out) == pytest.approx(SECONDS, abs=0.06)
    else:
        assert "is left out" in str(notes[0].message) and (name == "e.wmv" or suffix == ".avi")


def cut_after(write, path: int, keep: float):
    """``write``, whose argument number ``path`` names a file, followed by a disk that has lost the end of it."""

    def broken(*arguments):
        result = write(*arguments)
        file = Path(arguments[path])
        file.write_bytes(file.read_bytes()[: round(keep * file.stat().st_size)])
        return result

    return broken


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("suffix", FORMATS)
def test_what_cannot_be_read_again_gets_no_name(tmp_path, monkeypatch, suffix, keep):
    noise = np.random.default_rng(0).integers(0, 256, (12, 48, 64, 3), dtype=np.uint8)
    film, out = write_video(tmp_path / "film.mp4", noise, FPS), tmp_path / "results" / f"o{suffix}"
    out.parent.mkdir()
    out.write_text("older")
    for place in (room, video):
        monkeypatch.setattr(place, "encode", cut_after(encode, 1, keep))
    sentence = rf"o\{suffix} was not written. Of 12 frames \d+ could be read again; .*choose another kind of file"
    with pytest.raises(BadInput, match=sentence):
        enhance(film, out, model=tiny_network(), progress=False)
    with pytest.raises(BadInput, match=sentence):
        write_video(out, noise, FPS)
    assert names(out.parent) == [out.name] and out.read_text() == "older"


def test_sound_that_cannot_be_read_again_is_left_out_with_a_note(tmp_path, monkeypatch):
    film = flash_and_beep(tmp_path / "film.mp4")

    def lossy(out, container, tracks, *others):
        copy_tracks(out, container, [tracks[0], (tracks[1][0], list(tracks[1][1])[:5])], *others)

    for how, frames in ((cut_after(copy_tracks, 0, 0.3), r"frames \d+"), (lossy, "seconds of sound 0.1")):
        monkeypatch.setattr(enhance_sound, "copy_tracks", how)
        with pytest.warns(UserWarning, match=rf"film\.mp4: its sound \(aac\) is left out. Of .*{frames} could be"):
            assert not enhance(film, tmp_path / "o.mkv", model=tiny_network(), progress=False).sound
        assert frame_count(tmp_path / "o.mkv") == 30 and beep_at(tmp_path / "o.mkv") is None
    assert names(tmp_path) == ["film.mp4", "o.mkv"]


def test_sound_that_nobody_knows_is_left_out_with_a_note(tmp_path):
    film = flash_and_beep(tmp_path / "film.mkv", sound="libopus")
    film.write_bytes(film.read_bytes().replace(b"A_OPUS", b"A_NEWS"))
    with pytest.warns(UserWarning, match=r"film\.mkv: its sound \(unknown\) is left out, \.mkv cannot hold it"):
        assert not enhance(film, tmp_path / "o.mkv", model=tiny_network(), progress=False).sound
    assert frame_count(tmp_path / "o.mkv") == 30


def test_a_gif_has_no_more_than_a_hundred_frames_a_second(tmp_path):
    with pytest.raises(BadInput, match=r"o\.gif was not written. fps is 120.*another kind of file"):
        write_video(tmp_path / "o.gif", np.zeros((3, 16, 16, 3), np.uint8), 120)
    assert names(tmp_path) == []


@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".mkv"])
def test_films_with_titles_that_are_no_utf8_are_films(films, capfd, suffix):
    folder = films / "films"
    folder.mkdir()
    flash_and_beep(folder / "a.mp4")
    sound = "mp3" if suffix == ".avi" else "aac"
    assert TITLE in flash_and_beep(folder / f"b{suffix}", sound=sound, title=TITLE).read_bytes()
    assert run(films, folder, "--out", films / "o") == 0
    assert run(films, folder / f"b{suffix}", "--out", films / f"o{suffix}") == 0
    assert frame_count(films / "o" / "b.mp4") == frame_count(films / f"o{suffix}") == 30
    assert beep_at(films / f"o{suffix}") == pytest.approx(SECONDS, abs=0.06)


def test_a_name_that_is_no_utf8_is_printed_with_backslashes(films):
    folder = os.fsencode(films / "films")
    os.mkdir(folder)
    film = write_video(films / "a.mp4", np.zeros((2, 32, 32, 3), np.uint8), FPS)
    os.rename(film, folder + b"/a\xe9.mp4")
    said = subprocess.run(command(films, films / "films", "--out", films / "o"), capture_output=True, text=True)
    assert said.returncode == 0 and r"a\udce9.mp4: 2 frames" in said.stdout and "Traceback" not in said.stderr


@pytest.mark.parametrize("film", [True, False])
def test_names_that_a_terminal_would_obey_are_printed_with_backslashes(films, capsys, film):
    path = films / "films" / "a\n\x1b[31mb.mp4"
    path.parent.mkdir()
    write_video(path, np.zeros((2, 32, 32, 3), np.uint8), FPS) if film else path.write_text("no film")
    assert (
        run(films, path.parent, "--out", films / "o")
        == corpus.main([str(path.parent), "--out", str(films / "k"), "--processes", "1"])
        == (0 if film else 1)
    )
    said = capsys.readouterr()
    assert r"a\n\x1b[31mb.mp4" in said.out + said.err and "[31m" not in (said.out + said.err).replace(r"\x1b[31m", "")
    assert films.exists() and "\nb.mp4" not in said.out + said.err


@pytest.mark.parametrize("name", [".partial-o.mp4", ".partial-0123456789abcdef-o.mp4", ".partial-o.mp4.lock"])
def test_a_film_that_is_called_like_an_unfinished_file_is_left_alone(films, name):
    film = flash_and_beep(films / "a.mp4").rename(films / name)
    before = sha256(film)
    assert run(films, film, "--out", films / "o.mp4") == 0
    assert sha256(film) == before and frame_count(films / "o.mp4") == 30
    assert names(films) == sorted([name, "o.mp4", "tiny.safetensors"])


def test_unfinished_files_are_no_films(films, capsys):
    folder = films / "films"
    for name in ("a.mp4", "week2/b.mp4", "week2/.partial-0123456789abcdef-b.mp4", "._a.mp4", ".hidden/c.mp4"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        flash_and_beep(folder / name, sound=None, count=2)
    assert [path.name for path in corpus.find_videos(folder)] == ["a.mp4", "b.mp4"]
    assert run(films, folder / "week2", "--out", films / "o") == 0 and names(films / "o") == ["b.mp4"]


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_regular_file_is_not_written_to(films, capsys, kind):
    film, out = flash_and_beep(films / "a.mp4", sound=None), films / "o.mp4"
    {"pipe": lambda: os.mkfifo(out), "folder": out.mkdir, "device": lambda: out.symlink_to("/dev/null")}[kind]()
    assert run(films, film, "--out", out) == run(films, film, "--out", films / "p.mp4", "--keypoints", out) == 1
    said = capsys.readouterr().err
    assert said.count("o.mp4 is a ") == 2 and said.count("give the name of a file") == 2 and "Traceback" not in said
    assert names(films) == ["a.mp4", "o.mp4", "tiny.safetensors"]


class Strange(Exception):
    """Nobody has thought of it."""


def test_whatever_one_film_raises_the_others_are_done(films, monkeypatch, capsys):
    folder, probe = films / "films", source.probe
    folder.mkdir()
    for name in "abc":
        flash_and_beep(folder / f"{name}.mp4", sound=None, count=2)

    def fails(path, **asked):
        if path.name == "b.mp4":
            raise Strange("a sentence\nof two lines")
        return probe(path, **asked)

    monkeypatch.setattr(source, "probe", fails)
    monkeypatch.setattr("lib.video.probe", fails)
    assert run(films, folder, "--out", films / "o") == 1
    assert corpus.main([str(folder), "--out", str(films / "k"), "--processes", "1"]) == 1
    said = capsys.readouterr()
    assert "3 films: 2 done, 1 failed" in said.out and "holds the keypoints of 2 of 3 videos" in said.out
    assert said.err.count("b.mp4 failed: Strange: a sentence of two lines.") == 2
    assert names(films / "o") == ["a.mp4", "c.mp4", "films.csv"] and names(films / "k") == ["a.pose", "c.pose"]


def test_a_film_is_asked_everything_at_once(tmp_path, monkeypatch):
    """Sound, rate, turn, size and rows of a film come of one reading of its packets, whoever wants to know."""
    film, asked, read_through = with_sound(tmp_path / "film.mp4", signer(4)), [], survey._read_through

    def noted(container, stream):
        asked.append(container.name)
        return read_through(container, stream)

    monkeypatch.setattr(survey, "_read_through", noted)
    enhance(film, tmp_path / "out.mp4", tmp_path / "out.pose", model=tiny_network(), looks=1, progress=False)
    assert asked.count(str(film)) == 1
