"""lib.video.timing: how fast a film plays is what its frames' time stamps say, whatever its header says."""

import re
from fractions import Fraction

import av
import numpy as np
import pytest
from odd_films import film, picture, times_of
from PIL import Image

from lib.tools.errors import BadInput
from lib.video import probe, read_all, read_video, write_video
from lib.video.containers import new_film, open_film, packets
from lib.video.timing import UNEVEN, moments, moved, rate_of, without_second_fields

GAPS = [i / 25 for i in range(125) if i < 40 or i % 5 < 2]  # a camera that was overtaxed
JITTER = np.cumsum([0, *np.random.default_rng(1).choice([0.017, 0.033, 0.034, 0.067], 59)])  # a browser's recorder
KINDS = [
    ("a.webm", "libvpx"),
    ("a.webm", "libvpx-vp9"),
    ("a.mkv", "libx264"),
    ("a.mp4", "libx264"),
    ("a.mov", "mpeg4"),
    ("a.avi", "mjpeg"),
    ("a.ts", "libx264"),
    ("a.flv", "flv1"),
    ("a.wmv", "wmv2"),
    ("a.asf", "msmpeg4"),
]


@pytest.mark.parametrize(("name", "codec"), KINDS)
@pytest.mark.parametrize("header", [25, 1000, Fraction(60000, 1001)])
@pytest.mark.parametrize("times", [GAPS, list(JITTER)], ids=["gaps", "jitter"])
def test_the_rate_is_that_of_the_frames(tmp_path, name, codec, header, times):
    if codec == "mjpeg" and (header != 25 or times is not GAPS):
        pytest.skip(".avi counts in frames of its header")
    if codec == "mpeg4" and header == 1000:
        pytest.skip("the encoder has no such rate")
    path = film(tmp_path / name, times, codec, header=header)
    shown = times_of(path)
    info = probe(path)
    length = shown[-1] - shown[0]
    assert info.frames == len(shown) and abs((info.frames - 1) / info.fps - length) < 0.06
    assert info.duration == pytest.approx(len(shown) / info.fps)
    assert info.moved == pytest.approx(moved(np.array(shown), info.fps), abs=0.01)
    assert any("variable frame rate" in note for note in info.notes) == (info.moved > UNEVEN)


@pytest.mark.parametrize("fps", [25, Fraction(30000, 1001), Fraction(24000, 1001), 12.5, 50])
@pytest.mark.parametrize("suffix", [".mkv", ".webm", ".mp4", ".avi"])
def test_an_even_film_has_its_headers_rate_to_the_last_digit(tmp_path, suffix, fps):
    info = probe(write_video(tmp_path / f"a{suffix}", np.zeros((90, 32, 32, 3), np.uint8), fps))
    if suffix != ".webm":  # whose header has no rate
        assert info.fps == pytest.approx(float(fps), abs=1e-9)
    assert info.fps == pytest.approx(float(fps), rel=2e-4) and info.moved < 0.01 and not info.notes


def test_headers_are_believed_where_they_agree_or_nothing_else_is_there():
    even = np.arange(100) / (30000 / 1001)
    assert rate_of(np.round(even, 3), [Fraction(30000, 1001)]) == 30000 / 1001
    assert rate_of(even, [None, 60000, 25]) == pytest.approx(29.97, abs=0.001)
    assert rate_of(np.arange(3000) / 29.97, [30]) == pytest.approx(29.97)
    assert rate_of(np.zeros(1), [60000, 25]) == rate_of(np.empty(0), [None, 25]) == 25
    assert rate_of(np.zeros(1), [60000, None, 0]) is None


def test_a_film_of_a_thousand_frames_a_second(tmp_path):
    """Its stamps are believed; a header that says so means milliseconds."""
    assert rate_of(np.arange(50) / 1000, [1000]) == pytest.approx(1000) and rate_of(np.zeros(1), [1000]) is None
    assert rate_of(np.arange(50) / 1200, []) is None
    for suffix in (".mp4", ".mkv", ".mov"):
        info = probe(write_video(tmp_path / f"a{suffix}", np.zeros((40, 32, 32, 3), np.uint8), 1000))
        assert info.fps == pytest.approx(1000) and info.duration == pytest.approx(0.04) and not info.notes


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("suffix", [".ts", ".mts", ".m2ts"])
def test_streams_of_a_few_frames_are_known_by_their_ending(tmp_path, suffix, count):
    film(tmp_path / "a.ts", [i / 25 for i in range(count)])
    path = (tmp_path / "a.ts").rename(tmp_path / f"b{suffix}")
    assert probe(path).frames == len(read_all(path)) == count
    (tmp_path / "rubbish.ts").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(BadInput, match="rubbish.ts"):
        probe(tmp_path / "rubbish.ts")


def test_a_key_frame_that_is_spoilt_but_shown_is_counted(tmp_path):
    """MPEG-2's decoder shows what is left of it, but not where it gets that frame alone."""
    path = tmp_path / "a.mpg"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 240, "yuv420p", 12
        for index in range(40):
            frame = av.VideoFrame.from_ndarray(picture(index, 320, 240), format="rgb24").reformat(format="yuv420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    content = bytearray(path.read_bytes())
    first = content.find(b"\0\0\1\0") + 20
    content[first : first + 380] = bytes(380)
    path.write_bytes(content)
    assert probe(path).frames == len(read_all(path)) == 40


def test_fields_are_halves_of_frames_and_clocks_that_start_anew_tell_nothing():
    fields = np.arange(100) / 50
    assert len(without_second_fields(fields, 25)) == 50 and len(without_second_fields(fields, 50)) == 100
    assert len(moments([(second, second) for second in (0.0, 0.04, 0.08, 0.0, 0.04)], 0.2)) == 5
    assert len(moments([(second, second) for second in (7.0, 7.04, 7.08, 0.0, 0.04)], 0.2)) == 0


def test_joined_recordings_have_their_headers_rate_and_a_note(tmp_path):
    one = film(tmp_path / "one.ts", [i / 25 for i in range(60)]).read_bytes()
    (tmp_path / "two.ts").write_bytes(one + one)
    info = probe(tmp_path / "two.ts")
    assert info.fps == 25 and "two.ts: its clock starts anew" in info.notes[0] and "--fps" in info.notes[0]


def test_a_rate_can_be_given(tmp_path):
    path = film(tmp_path / "a.mp4", [i / 10 for i in range(20)], header=10)
    assert probe(path).fps == 10 and not probe(path).notes
    info = probe(path, fps=25)
    assert info.fps == 25 and "does not play at the rate that was given" in info.notes[0]
    write_video(tmp_path / "images", np.zeros((4, 16, 16, 3), np.uint8), 25)
    assert "images does not say how fast it plays: 25" in probe(tmp_path / "images").notes[0]
    info = probe(tmp_path / "images", 50)
    assert (info.fps, info.duration, info.notes) == (50, 0.08, ())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["0000000001.png", "0000000002.png", "0000000010.png"], "do not rise evenly, from 2 to 10"),
        (["f0.png", "f5.png", "f10.png"], ""),
        (["a 0.png", "a 1.png", "a 3.png"], "do not rise evenly, from 1 to 3"),
        (["1.png", "1.bmp", "2.png"], "holds picture 1 twice"),
        (["a_1.png", "a_2.png", "b_1.png"], "pictures of 2 names, as of several films"),
        (["one.png", "two.png"], ""),
        (["9.png", "10.png", "11.png"], ""),
    ],
)
def test_pictures_that_are_not_one_film_all_there_and_once_are_said(tmp_path, names, said):
    for name in names:
        Image.fromarray(picture(1)).save(tmp_path / name)
    notes = probe(tmp_path, fps=25).notes
    assert len(notes) == bool(said) and (not said or said in notes[0])
    assert len(read_all(tmp_path)) == len(names)


def test_a_film_without_any_rate_says_so_and_can_be_read_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("lib.video.survey.rate_of", lambda shown, says: None)
    path = film(tmp_path / "a.mp4", [0, 0.04, 0.08])
    assert probe(path).fps == 25 and re.search(r"a\.mp4 does not say .*25 frames.*--fps", probe(path).notes[0])
    assert probe(path, fps=10).fps == 10 and len(list(read_video(path))) == 3


def test_frames_that_are_never_shown_are_not_counted(tmp_path):
    """VP8 has pictures that others are drawn from and nobody sees."""
    path = film(tmp_path / "a.webm", [i / 50 for i in range(80)], "libvpx", header=50)
    with open_film(path) as source, new_film(tmp_path / "b.webm", "webm") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(packets(source, source.streams.video[0])):
            data = bytearray(packet)
            data[0] &= 0xFF if number % 2 == 0 else 0xEF  # no longer to be shown
            hidden = av.Packet(data)
            hidden.pts, hidden.dts, hidden.time_base = packet.pts, packet.dts, packet.time_base
            hidden.stream, hidden.is_keyframe = stream, packet.is_keyframe
            target.mux(hidden)
    info = probe(tmp_path / "b.webm")
    assert info.frames == len(times_of(tmp_path / "b.webm")) == 40 and info.fps == pytest.approx(25, abs=0.01)
    assert len(read_all(tmp_path / "b.webm")) == 40


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.ts", "mpeg4"),
        ("a.mkv", "mpeg4"),
        ("a.flv", "flv1"),
        ("a.wmv", "wmv2"),
        ("a.webm", "libvpx"),
        ("a.webm", "libvpx-vp9"),
        ("a.ts", "libx264"),
    ],
)
def test_a_film_begins_with_its_first_key_frame(tmp_path, name, codec):
    """Without one, some decoders show nothing, and some grey with what moves."""
    whole = film(tmp_path / f"whole-{name}", [i / 25 for i in range(50)], codec, options={"g": "10"})
    with open_film(whole) as source, av.open(str(tmp_path / name), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(packets(source, source.streams.video[0])):
            if number >= 3:
                packet.stream = stream
                target.mux(packet)
    times = []
    with pytest.warns(UserWarning, match=rf"{name}: its first 0\.\d+ seconds cannot be decoded"):
        frames = list(read_video(tmp_path / name, times))
    assert len(frames) == len(times) == probe(tmp_path / name).frames == 40
    assert np.array_equal(frames, read_all(whole)[10:])


def test_where_the_frames_are_is_told_as_they_are_read(tmp_path):
    times = []
    for count, _ in enumerate(read_video(film(tmp_path / "a.mkv", GAPS), times), start=1):
        assert len(times) >= count
    assert np.allclose(np.array(times) - times[0], GAPS, atol=0.002)


def test_a_frame_every_two_hours_is_not_taken_for_a_film_cut_short(tmp_path):
    info = probe(film(tmp_path / "a.mp4", [0, 7200, 14400]))
    assert info.frames == 3 and info.fps == 25 and "--fps sets another" in info.notes[0]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".flv", ".mov"])
@pytest.mark.parametrize(("begin", "sounding"), [(0, 0.8), (10, 10.8), (3, 3.8), (0, 4)])
@pytest.mark.filterwarnings("error")
def test_a_film_that_begins_late_or_sounds_longer_is_whole(tmp_path, suffix, begin, sounding):
    times = [begin + i / 25 for i in range(20)]
    path = film(tmp_path / f"a{suffix}", times, sound="aac", options={"bf": "2"}, sounding=sounding)
    info = probe(path)
    assert (info.frames, info.fps, info.notes) == (20, pytest.approx(25), ()) and len(read_all(path)) == 20


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_short_interlaced_films_have_all_their_frames(tmp_path, count):
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("dvvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 720, 576, "yuv420p"
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(picture(index, 720, 576), format="rgb24").reformat(format="yuv420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert (probe(path).frames, probe(path).interlaced) == (count, True)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("rate", [10, 25, 30])
def test_a_bare_stream_plays_as_fast_as_its_pictures_say(codec, rate, tmp_path):
    path = tmp_path / {"libx264": "a.h264", "libx265": "a.hevc"}[codec]
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(12):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture(index), format="rgb24")))
        out.mux(stream.encode())
    assert (probe(path).fps, probe(path).frames) == (rate, 12)
