"""lib.video.containers: films are opened alike everywhere, and no packet is lost on the way."""

import re
from contextlib import ExitStack
from fractions import Fraction

import numpy as np
import pytest
from conftest import ROOT
from film_kinds import beep_at, flash_and_beep, flash_at

from book.chapters.ch14_films import beginning
from lib.video import probe, read_all, write_video
from lib.video.about import pictures
from lib.video.containers import copy_tracks, frame_count, open_film, packets

TITLE = "Gebärdensprache für Anfänger".encode("latin-1")


def test_films_are_opened_in_one_place(project_files):
    code = [path for path in project_files if path.suffix in (".py", ".ipynb")]
    for path in code:
        if not path.is_relative_to(ROOT / "tests") and path != ROOT / "lib" / "video" / "containers.py":
            assert not re.search(r"\bav\.open\(|from av import.*\bopen\b", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".mkv", ".mov"])
def test_a_title_that_is_no_utf8_keeps_nobody_from_reading(tmp_path, suffix):
    film = flash_and_beep(tmp_path / f"old{suffix}", title=TITLE)
    assert TITLE in film.read_bytes()
    info = probe(film)
    assert info.width == 64 and len(read_all(film)) == frame_count(film) == 30
    assert info.sound and not info.interlaced and info.moved < 0.1


def test_a_name_that_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_video("12:30.mp4", np.zeros((4, 16, 16, 3), np.uint8), 25)
    assert frame_count("12:30.mp4") == probe("12:30.mp4").frames == 4


def test_what_is_no_film_has_no_frames(tmp_path):
    (tmp_path / "a.mp4").write_text("no film")
    assert frame_count(tmp_path / "a.mp4") == 0


def test_the_cover_of_a_film_is_not_its_pictures(tmp_path):
    import av

    film = flash_and_beep(tmp_path / "a.mp4", sound=None)
    with open_film(film) as source, av.open(str(tmp_path / "b.mp4"), "w") as target:
        cover = target.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        stream = target.add_stream_from_template(source.streams.video[0])
        picture = av.VideoFrame(32, 32, "yuvj420p")
        picture.pts, picture.time_base = 0, Fraction(1, 25)
        target.mux(cover.encode(picture))
        target.mux(cover.encode())
        for packet in packets(source, source.streams.video[0]):
            packet.stream = stream
            target.mux(packet)
    assert probe(tmp_path / "b.mp4").moved < 0.1 and frame_count(tmp_path / "b.mp4") == 30


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_of_two_tracks_the_one_that_players_show_is_taken_and_said(tmp_path, suffix):
    import av

    small = write_video(tmp_path / "small.mp4", np.zeros((30, 24, 32, 3), np.uint8), 25)
    paths, path = (small, flash_and_beep(tmp_path / "large.mp4", sound=None)), tmp_path / f"two{suffix}"
    with ExitStack() as opened, av.open(str(path), "w") as target:
        tracks = [opened.enter_context(open_film(each)).streams.video[0] for each in paths]
        for track, shown in zip(tracks, (0, av.stream.Disposition.default)):
            target.add_stream_from_template(track).disposition = shown
        for track, stream in zip(tracks, target.streams.video):
            for packet in packets(track.container, track):
                packet.stream = stream
                target.mux(packet)
    info = probe(path)
    assert (info.width, info.height, info.frames) == (64, 48, 30) and read_all(path).shape == (30, 48, 64, 3)
    assert [note.partition(": ")[2] for note in info.notes] == ["that of 64 x 48 is taken."]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".avi"])
def test_every_packet_has_its_moment_of_decoding(tmp_path, suffix):
    film = flash_and_beep(tmp_path / f"a{suffix}", bf="3", sound=None)
    with open_film(film) as source:
        found = [(packet.dts, packet.pts) for packet in packets(source, pictures(source))]
    assert len(found) == 30 and found == sorted(found)
    assert all(pts is None or dts <= pts for dts, pts in found)


@pytest.mark.parametrize("before", [".mkv", ".mp4", ".mov", ".avi", ".ts", ".flv"])
@pytest.mark.parametrize(("after", "kind"), [(".mkv", "matroska"), (".mp4", "mp4")])
def test_a_copy_has_all_frames_and_the_sound_in_time(tmp_path, before, after, kind):
    film, copy = flash_and_beep(tmp_path / f"a{before}", bf="2"), tmp_path / f"b{after}"
    with open_film(film) as one, open_film(film) as other:
        shown, heard = pictures(one), other.streams.audio[0]
        copy_tracks(copy, kind, [(shown, packets(one, shown)), (heard, packets(other, heard))])
    count, flash = flash_at(copy)
    assert count == 30 and flash == pytest.approx(13 / 25, abs=0.01)
    with open_film(copy) as film:
        start = float(pictures(film).start_time * pictures(film).time_base)
    assert beep_at(copy) - start == pytest.approx(13 / 25, abs=0.06)


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("a.mkv", "libx264", "aac"),
        ("b.mp4", "libx264", "aac"),
        ("c.avi", "libx264", "mp3"),
        ("d.avi", "mpeg4", "mp3"),
        ("e.ts", "libx264", "aac"),
        ("f.webm", "libvpx-vp9", "libopus"),
        ("g.mpg", "mpeg2video", "mp2"),
        ("h.mov", "libx264", "aac"),
    ],
)
def test_a_beginning_is_a_whole_film(tmp_path, recwarn, name, codec, sound):
    film = flash_and_beep(tmp_path / name, codec, sound, count=60, **({} if "vpx" in codec else {"bf": "2"}))
    (tmp_path / "cut").mkdir()
    part = beginning(film, 1, tmp_path / "cut")
    assert part.parent == tmp_path / "cut" and [path.name for path in part.parent.iterdir()] == [part.name]
    frames = read_all(part)
    sure = len(frames) - (2 if name == "c.avi" else 0)  # it does not say in which order frames are shown
    assert 22 <= len(frames) <= 25 and np.array_equal(frames[:sure], read_all(film)[:sure])
    assert beep_at(part) is not None and not recwarn.list


@pytest.mark.parametrize(
    ("name", "codec", "sound"), [("a.wmv", "wmv2", "wmav2"), ("b.gif", "gif", None), ("c.flv", "flv1", "aac")]
)
def test_of_a_film_that_cannot_be_copied_in_part_all_is_used(tmp_path, name, codec, sound):
    colours = {"pix_fmt": "rgb8"} if codec == "gif" else {}
    film = flash_and_beep(tmp_path / name, codec, sound, count=60, **colours)
    (tmp_path / "cut").mkdir()
    with pytest.warns(UserWarning, match=rf"{name} is used whole.*ffmpeg -i {name} -t 1 .-part\.mp4"):
        assert beginning(film, 1, tmp_path / "cut") == film
    assert not list((tmp_path / "cut").iterdir())


def test_no_film_is_written_over_by_its_own_beginning(tmp_path):
    film = flash_and_beep(tmp_path / "a.mp4", count=60)
    with pytest.raises(ValueError, match="would be written over"):
        beginning(film, 1, tmp_path)
    assert frame_count(film) == 60
