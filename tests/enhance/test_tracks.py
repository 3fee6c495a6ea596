"""lib.enhance: sound stays with the pictures, whenever they begin, and all else that a film holds is kept or named."""

import warnings
from fractions import Fraction

import av
import numpy as np
import pytest
from enhance_films import tiny_network, weight_file
from film_kinds import FLASH, FPS, beep_at, flash_and_beep, flash_at
from odd_films import film, times_of

from lib.enhance import enhance
from lib.enhance.cli import main
from lib.keypoints import load
from lib.video import probe
from lib.video.containers import frame_count, open_film, packets

GAPS = [i / 25 for i in range(75) if i < 20 or i % 5 < 2]


def enlarged(path, out, **settings) -> list[str]:
    """What is said while it is made."""
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        enhance(path, out, model=tiny_network(), progress=False, **settings)
    return [str(note.message) for note in notes if note.category is UserWarning]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mov"])
@pytest.mark.parametrize(("name", "codec", "sound"), [("a.webm", "libvpx", "libopus"), ("b.ts", "libx264", "aac")])
def test_frames_keep_their_times_beside_sound(tmp_path, suffix, name, codec, sound):
    path, out = film(tmp_path / name, GAPS, codec, sound=sound), tmp_path / f"o{suffix}"
    notes = enlarged(path, out, keypoints=tmp_path / "o.pose" if suffix == ".mp4" else None)
    times, info = np.array(times_of(out)), probe(path)
    assert np.abs(times - times[0] - GAPS).max() < 0.003
    assert info.fps == pytest.approx(1 / np.diff(GAPS).mean())
    assert suffix != ".mp4" or load(tmp_path / "o.pose").fps == pytest.approx(info.fps, abs=0.01)
    assert "variable frame rate" in notes[0] and "length" not in notes[0]


def test_without_sound_or_with_a_rate_that_was_given_the_rate_is_even(tmp_path):
    path, out = film(tmp_path / "a.mkv", GAPS), tmp_path / "o.mkv"
    enlarged(path, out)
    assert np.allclose(np.diff(times_of(out)), np.diff(GAPS).mean(), atol=0.002)
    enlarged(film(tmp_path / "b.mkv", GAPS, sound="aac"), out, fps=20)
    assert np.allclose(np.diff(times_of(out)), 0.05, atol=0.002)


def test_where_the_file_has_an_even_rate_only_it_is_said(tmp_path):
    path = film(tmp_path / "a.mkv", GAPS, sound="mp3")
    notes = enlarged(path, tmp_path / "o.avi")
    assert any(".avi has an even frame rate only, so its sound runs up to 0." in note for note in notes)


def test_the_command_takes_a_rate(tmp_path, capsys):
    path = film(tmp_path / "a.mp4", [i / 25 for i in range(6)])
    weights = ["--weights", str(weight_file(tmp_path))]
    assert main([str(path), "--out", str(tmp_path / "o.mp4"), "--fps", "12.5", *weights]) == 0
    assert (
        probe(tmp_path / "o.mp4").fps == 12.5 and "does not play at the rate that was given" in capsys.readouterr().err
    )
    for text in ("0", "fast", "-3", "1e9", "nan"):
        with pytest.raises(SystemExit):
            main([str(path), "--out", str(tmp_path / "o.mp4"), f"--fps={text}", *weights])
    assert "give frames a second, such as 25" in capsys.readouterr().err


def without_key_frame(path, out, lost: int):
    """The film from packet ``lost`` on, as somebody's cut or a late tuner leaves it; its sound is whole."""
    with open_film(path) as one, open_film(path) as two, av.open(str(out), "w") as target:
        streams = [target.add_stream_from_template(stream) for stream in (one.streams.video[0], two.streams.audio[0])]
        for number, packet in enumerate(packets(one, one.streams.video[0])):
            if number >= lost:
                packet.stream = streams[0]
                target.mux(packet)
        for packet in packets(two, two.streams.audio[0]):
            packet.stream = streams[1]
            target.mux(packet)
    return out


@pytest.mark.parametrize(("name", "sound"), [("b.ts", "aac"), ("b.mkv", "aac"), ("b.flv", "aac"), ("b.mp4", "aac")])
@pytest.mark.parametrize("bf", ["0", "2"])
def test_all_begins_with_the_first_frame_that_can_be_decoded(tmp_path, name, sound, bf):
    whole = flash_and_beep(tmp_path / f"a{name[1:]}", "libx264", sound, count=50, g="10", keyint_min="10", bf=bf)
    cut, out = without_key_frame(whole, tmp_path / name, 3), tmp_path / "o.mkv"
    notes = enlarged(cut, out, keypoints=tmp_path / "o.pose" if name == "b.ts" else None)
    count, flash = flash_at(out)
    first = 50 - count  # the first that is left
    assert 8 <= first <= 11 and flash == pytest.approx((FLASH - first) / FPS, abs=0.02)
    assert beep_at(out) == pytest.approx((FLASH - first) / FPS, abs=0.06)
    assert name != "b.ts" or len(load(tmp_path / "o.pose")) == count
    assert any(f"{name}: its first 0." in note and "cannot be decoded" in note for note in notes)
    assert not any("damaged or cut short" in note for note in notes)


def with_empty_packets(path, out, lost: range):
    """The film with no picture in some of its packets, of which a decoder says nothing."""
    with open_film(path) as one, open_film(path) as two, av.open(str(out), "w") as target:
        streams = [target.add_stream_from_template(stream) for stream in (one.streams.video[0], two.streams.audio[0])]
        for number, packet in enumerate(packets(one, one.streams.video[0])):
            spoilt = av.Packet(b"\0\0\0\2\x09\xff" * 3 if number in lost else bytes(packet))
            spoilt.pts, spoilt.dts, spoilt.time_base = packet.pts, packet.dts, packet.time_base
            spoilt.stream, spoilt.is_keyframe = streams[0], packet.is_keyframe
            target.mux(spoilt)
        for packet in packets(two, two.streams.audio[0]):
            packet.stream = streams[1]
            target.mux(packet)
    return out


def test_an_end_that_cannot_be_decoded_is_said(tmp_path):
    path = with_empty_packets(flash_and_beep(tmp_path / "a.mkv", count=50, bf="0"), tmp_path / "b.mkv", range(40, 50))
    notes = enlarged(path, tmp_path / "o.mp4")
    assert frame_count(tmp_path / "o.mp4") == 40 and "b.mkv is damaged or cut short: 40 frames (1.6 of 2.0" in notes[-1]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_sound_stays_with_the_pictures_where_some_are_lost(tmp_path, suffix):
    whole = flash_and_beep(tmp_path / "a.mkv", sound="libopus", count=40, g="1")
    path, out = with_empty_packets(whole, tmp_path / "b.mkv", range(3, 9)), tmp_path / f"o{suffix}"
    assert any("b.mkv is damaged: frames lost" in note and "decoded: 6." in note for note in enlarged(path, out))
    count, flash = flash_at(out)
    assert count == 34 and flash == pytest.approx(FLASH / FPS, abs=0.02) and abs(beep_at(out) - flash) < 0.06


def rich(path, captions: bool = True, second: bool = True, facts: bool = True, attachment: bool = False):
    """A film with two sounds, captions, chapters, a title and a date."""
    with av.open(str(path), "w") as out:
        if facts:
            out.metadata.update(
                {"title": "Lecture", "creation_time": "2011-05-06T07:08:09.000000Z", "artist": "Deaf Studio"}
            )
            chapters = [(0, 400, "one"), (400, 1200, "two")]
            base = Fraction(1, 1000)
            out.set_chapters(
                [
                    {"id": i, "start": start, "end": end, "time_base": base, "metadata": {"title": title}}
                    for i, (start, end, title) in enumerate(chapters, start=1)
                ]
            )
        shown = out.add_stream("libx264", rate=FPS)
        shown.width, shown.height, shown.pix_fmt = 64, 48, "yuv420p"
        heard = [out.add_stream("aac", rate=48000, layout="stereo") for _ in range(1 + second)]
        for stream, language in zip(heard, ("eng", "ita")):
            stream.metadata["language"] = language
        if captions:
            text = "mov_text" if path.suffix in (".mp4", ".mov") else "subrip"
            told = out.add_mux_stream(text)
            told.time_base, told.metadata["language"] = Fraction(1, 1000), "fra"
        if attachment:
            out.add_attachment("font.ttf", "font/ttf", b"no font")
        for index in range(30):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 8 * index, np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            out.mux(shown.encode(frame.reformat(format="yuv420p")))
        out.mux(shown.encode())
        for stream in heard:
            for start in range(0, 57600, 1024):
                sound = av.AudioFrame.from_ndarray(np.full((2, 1024), 0.1, np.float32), format="fltp", layout="stereo")
                sound.sample_rate, sound.pts = 48000, start
                out.mux(stream.encode(sound))
            out.mux(stream.encode())
        for number, words in enumerate((b"Good evening.", b"The news.") if captions else ()):
            packet = av.Packet((len(words).to_bytes(2, "big") if text == "mov_text" else b"") + words)
            packet.pts = packet.dts = 500 * number
            packet.duration, packet.time_base, packet.stream = 400, Fraction(1, 1000), told
            packet.is_keyframe = True
            out.mux(packet)
    return path


def kept(path) -> tuple[list[tuple[str, str | None]], int, dict[str, str]]:
    with open_film(path) as film:
        named = [(s.type, s.metadata.get("language")) for s in film.streams if s.type in ("audio", "subtitle")]
        return named, len(film.chapters()), film.metadata


@pytest.mark.parametrize(
    ("name", "out"), [("a.mp4", "o.mp4"), ("a.mkv", "o.mkv"), ("a.mov", "o.mp4"), ("a.mp4", "o.mov")]
)
def test_all_tracks_and_what_a_film_says_of_itself_are_copied(tmp_path, name, out):
    notes = enlarged(rich(tmp_path / name), tmp_path / out)
    tracks, chapters, metadata = kept(tmp_path / out)
    assert not notes and frame_count(tmp_path / out) == 30 and chapters == 2
    assert tracks == [("audio", "eng"), ("audio", "ita"), ("subtitle", "fra")]
    assert metadata["title"] == "Lecture" and metadata["creation_time"].startswith("2011-05-06")
    with open_film(tmp_path / out) as made:
        words = [bytes(packet) for packet in packets(made, made.streams.subtitles[0])]
    assert sum(b"news" in each for each in words) == 1


@pytest.mark.parametrize(
    ("name", "out", "lost"),
    [
        ("a.mp4", "o.webm", ["sound (aac)"]),
        ("a.mp4", "o.avi", ["captions (mov_text)", "creation_time", "chapters"]),
        ("a.mp4", "o.gif", ["sound (aac)", "captions (mov_text)", "title", "chapters"]),
    ],
)
def test_what_a_kind_of_file_cannot_hold_is_named(tmp_path, name, out, lost):
    notes = " ".join(enlarged(rich(tmp_path / name), tmp_path / out))
    assert frame_count(tmp_path / out) == 30 and all(word in notes for word in lost) and "left out" in notes


@pytest.mark.parametrize("which", ["captions", "second", "facts"])
def test_each_alone_is_kept_too(tmp_path, which):
    parts = dict.fromkeys(("captions", "second", "facts"), False) | {which: True}
    assert not enlarged(rich(tmp_path / "a.mp4", **parts), tmp_path / "o.mp4")
    tracks, chapters, metadata = kept(tmp_path / "o.mp4")
    assert (len(tracks), chapters, "title" in metadata) == (
        1 + (which != "facts"),
        2 * (which == "facts"),
        which == "facts",
    )


def test_other_things_in_a_film_are_named(tmp_path):
    notes = enlarged(rich(tmp_path / "a.mkv", attachment=True), tmp_path / "o.mkv")
    assert len(notes) == 1 and "a.mkv: what .mkv does not take over is left out: attachment" in notes[0]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_sound_of_unnamed_channels_comes_along(tmp_path, suffix):
    """.avi does not say which is left and which is right, and mp4 takes no plain samples of which that is not said."""
    path = film(tmp_path / "a.avi", [i / 25 for i in range(25)], "mpeg4", sound="pcm_s16le")
    assert not enlarged(path, tmp_path / f"o{suffix}")
    with open_film(tmp_path / f"o{suffix}") as opened:
        seconds = sum(frame.samples for frame in opened.decode(audio=0)) / 48000
    assert seconds == pytest.approx(1, abs=0.05)


def test_a_film_that_has_nothing_else_is_written_once(tmp_path, monkeypatch):
    monkeypatch.setattr("lib.enhance.sound.copy_tracks", lambda *_: pytest.fail("there is nothing to copy"))
    assert not enlarged(film(tmp_path / "a.mp4", [i / 25 for i in range(5)]), tmp_path / "o.mp4")
