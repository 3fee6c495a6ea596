"""lib.enhance: captions come along into other kinds of files as text, and those within pictures are named."""

import av
import pytest
from odd_films import film
from test_tracks import enlarged, kept, rich

from lib.video import probe
from lib.video.containers import frame_count, open_film, packets

WORDS = [b"Good evening.", b"The news."]


@pytest.mark.parametrize(
    ("name", "out", "old"),
    [
        ("a.mkv", "o.mp4", "srt"),
        ("a.mkv", "o.mov", "srt"),
        ("a.mp4", "o.mkv", "mov_text"),
        ("a.mp4", "o.webm", "mov_text"),
        ("a.mkv", "o.webm", "srt"),
    ],
)
def test_captions_are_text_in_another_kind_of_file(tmp_path, name, out, old):
    notes = enlarged(rich(tmp_path / name, second=False), tmp_path / out)
    assert any(f"{name}: its captions ({old}) become plain text in {out[1:]}." in note for note in notes)
    tracks, chapters, _ = kept(tmp_path / out)
    assert ("subtitle", "fra") in tracks and chapters == 2 and frame_count(tmp_path / out) == 30
    with open_film(tmp_path / out) as made:
        told = [(float(p.pts * p.time_base), p.decode()) for p in packets(made, made.streams.subtitles[0])]
        told = [(second, each[0].dialogue) for second, each in told if each]
    assert told == [(0, WORDS[0]), (0.5, WORDS[1])]


def captioned(path, source):
    """The film with CEA-608's padding before each picture, in a message of H.264 (ATSC A/53 part 4, 6.2.3)."""
    message = b"\xb5\x00\x31GA94\x03\x41\xff\xfc\x80\x80\xff"
    unit = b"\x06\x04" + bytes([len(message)]) + message + b"\x80"
    with open_film(source) as plain, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(plain.streams.video[0])
        for packet in packets(plain, plain.streams.video[0]):
            more = av.Packet(len(unit).to_bytes(4, "big") + unit + bytes(packet))
            more.pts, more.dts, more.time_base = packet.pts, packet.dts, packet.time_base
            more.stream, more.is_keyframe, more.duration = stream, packet.is_keyframe, packet.duration
            out.mux(more)
    return path


def test_captions_within_pictures_are_named(tmp_path):
    plain = film(tmp_path / "a.mkv", [i / 25 for i in range(5)])
    path = captioned(tmp_path / "b.mkv", plain)
    assert probe(path).captioned and not probe(plain).captioned and frame_count(path) == 5
    assert not enlarged(plain, tmp_path / "o.mp4")
    assert [f"{path}: what .mp4 does not take over is left out: captions within the pictures (CEA-608 or 708)."] == (
        enlarged(path, tmp_path / "o.mp4")
    )
