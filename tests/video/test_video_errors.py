"""lib.video: bad files and bad frames get one clear sentence, and nothing half-written stays behind."""

import os
import warnings
import wave

import av
import cv2
import numpy as np
import pytest
from odd_films import film

from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.video import probe, read_all, read_video, write_video
from lib.video.containers import open_film, packets

FPS = 25


def noise(count: int) -> np.ndarray:
    """(T, 48, 64, 3): frames that no codec makes small, so that a file can be cut in two."""
    return np.random.default_rng(0).integers(0, 256, (count, 48, 64, 3), dtype=np.uint8)


def test_folder_with_a_broken_or_another_image(tmp_path):
    from PIL import Image

    Image.new("RGB", (8, 6)).save(tmp_path / "1.png")
    Image.new("RGB", (9, 6)).save(tmp_path / "2.png")
    with pytest.raises(BadInput, match="2.png is 9 x 6 pixels"):
        list(read_video(tmp_path))
    (tmp_path / "2.png").write_bytes(b"\x89PNG nothing")
    with pytest.raises(BadInput, match="2.png cannot be read"):
        list(read_video(tmp_path))


def bad_file(tmp_path, kind: str):
    path = tmp_path / f"{kind}.mp4"
    if kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is no film\n" * 100)
    elif kind == "notes":  # which FFmpeg would show as an old terminal does
        path = path.with_suffix(".nfo")
        path.write_text("this is no film\n" * 200)
    elif kind == "sound":
        path = path.with_suffix(".wav")
        with wave.open(str(path), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(bytes(16000))
    elif kind == "folder":
        path.mkdir()
    elif kind == "beginning":  # cut inside the first frame
        whole = write_video(tmp_path / "whole.mp4", noise(30), FPS)
        data = whole.read_bytes()
        path.write_bytes(data[: data.index(b"mdat") + 100])
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "list":  # of a pipe, for which FFmpeg would wait
        os.mkfifo(tmp_path / "pipe.mp4")
        path.write_text("ffconcat version 1.0\nfile pipe.mp4\n")
    elif kind == "encrypted":
        import av

        keys = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "12" * 16, "encryption_kid": "34" * 16}
        with av.open(str(write_video(tmp_path / "whole.mp4", noise(3), FPS))) as source:
            with av.open(str(path), "w", options=keys) as target:
                stream = target.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.stream = stream
                        target.mux(packet)
    elif kind == "codec":
        data = write_video(tmp_path / "whole.mkv", noise(3), FPS).read_bytes()
        path.write_bytes(data.replace(b"V_MPEG4/ISO/AVC", b"V_NOBODYS/CODEC"))
    return path


@pytest.mark.parametrize(
    "kind, words",
    [
        ("missing", "does not exist"),
        ("empty", "is empty"),
        ("text", "cannot be opened as video"),
        ("sound", "holds sound or text but no pictures"),
        ("notes", "holds sound or text but no pictures"),
        ("pipe", "is a device or a pipe"),
        ("list", "is a list of other files"),
        ("encrypted", "is encrypted"),
        ("codec", "holds pictures that no codec here can read"),
        ("folder", "holds no images"),
        ("beginning", "holds no readable frame"),
    ],
)
def test_bad_files_get_one_sentence_at_the_call(tmp_path, kind, words):
    path = bad_file(tmp_path, kind)
    for call in (probe, read_video):
        with pytest.raises(BadInput, match=words) as caught:
            call(path)
        assert path.name in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_film_cut_short_gives_what_it_has_and_a_warning(tmp_path, suffix):
    whole = write_video(tmp_path / f"whole{suffix}", noise(100), FPS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_all(whole)) == 100
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: len(data) // 2])
    with pytest.warns(UserWarning, match=rf"cut{suffix} is damaged or cut short: \d+ frames"):
        count = sum(1 for _ in read_video(cut))
    assert 20 < count < 80


def changing_size():
    yield np.zeros((48, 64, 3), np.uint8)
    yield np.zeros((48, 66, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ""])
@pytest.mark.parametrize(
    "frames, words",
    [
        ([], "no frame"),
        (np.zeros((3, 48, 64, 3), np.float32), "float32"),
        (np.zeros((3, 48, 64), np.uint8), r"shape \(48, 64\)"),
        (np.zeros((3, 48, 64, 4), np.uint8), r"shape \(48, 64, 4\)"),
        (changing_size, r"Frame 1 is uint8 of shape \(48, 66, 3\)"),
    ],
)
def test_bad_frames_leave_nothing_behind(tmp_path, suffix, frames, words):
    frames = frames() if callable(frames) else frames
    with pytest.raises(BadInput, match=words) as caught:
        write_video(tmp_path / f"bad{suffix}", frames, FPS)
    assert "bad" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_bad_requests(tmp_path):
    for name, fps, crf, words in [
        ("a.flv", 25, 18, "cannot write .flv"),
        ("a.mp4", 0, 18, "fps is 0"),
        ("a.mp4", 25, 99, "crf is 99"),
    ]:
        with pytest.raises(BadInput, match=words):
            write_video(tmp_path / name, noise(2), fps, crf)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_keeps_the_older_file(tmp_path):
    path = write_video(tmp_path / "clip.mp4", noise(3), FPS)
    before = sha256(path)

    def breaks():
        yield from noise(3)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_video(path, breaks(), FPS)
    assert sha256(path) == before and [file.name for file in tmp_path.iterdir()] == ["clip.mp4"]


def test_frames_that_are_lost_in_the_middle_are_counted(tmp_path):
    """The packets are there, but no picture is in them, and the decoder says nothing."""
    whole, path = film(tmp_path / "a.mkv", [i / 25 for i in range(30)]), tmp_path / "b.mkv"
    with open_film(whole) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(packets(source, source.streams.video[0])):
            spoilt = av.Packet(b"\0\0\0\2\x09\xff" * 3 if 10 <= number < 15 else bytes(packet))
            spoilt.pts, spoilt.dts, spoilt.time_base = packet.pts, packet.dts, packet.time_base
            spoilt.stream, spoilt.is_keyframe = stream, packet.is_keyframe
            target.mux(spoilt)
    with pytest.warns(
        UserWarning, match="b.mkv is damaged: frames lost between its first and its last, which cannot be decoded: 5"
    ):
        assert len(read_all(path)) == 25


def test_a_small_file_of_huge_frames_is_refused(tmp_path):
    picture = cv2.imencode(".png", np.zeros((8200, 8400), np.uint8))[1].tobytes()
    with av.open(str(tmp_path / "a.mov"), "w") as out:
        stream = out.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        for packet in stream.encode(av.VideoFrame(64, 48, "gray")) + stream.encode():
            huge = av.Packet(picture)
            huge.pts = huge.dts = packet.pts
            huge.time_base, huge.stream, huge.is_keyframe = packet.time_base, stream, True
            out.mux(huge)
    with pytest.raises(BadInput, match="a.mov holds no readable frame: damaged, cut short, or of more than 67,108,864"):
        probe(tmp_path / "a.mov")
