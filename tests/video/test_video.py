"""lib.video: what goes in comes out: whole, upright, in true colours, and never all at once."""

import subprocess
import sys
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.video import probe, read_all, read_video, write_video

FPS = 25


def moving_square(count: int, width: int = 64, height: int = 48) -> np.ndarray:
    """(T, H, W, 3): a light square that walks right over a coloured slope, so that no two frames are the same."""
    frames = np.empty((count, height, width, 3), np.uint8)
    frames[:] = np.stack(
        np.broadcast_arrays(np.linspace(40, 200, width), np.linspace(180, 60, height)[:, None], 90), axis=-1
    )
    for index, frame in enumerate(frames):
        left = 2 * index % (width - 8)
        frame[8:16, left : left + 8] = 230
    return frames


def error_of(frames: np.ndarray, others: np.ndarray) -> float:
    return float(np.abs(frames.astype(float) - others).mean())


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".webm", ".gif", ""])
def test_round_trip_keeps_count_order_and_look(tmp_path, suffix):
    frames = moving_square(20)
    path = write_video(tmp_path / f"clip{suffix}", frames, FPS)
    again = read_all(path)
    assert again.shape == frames.shape and again.dtype == np.uint8
    for index in range(len(frames)):
        errors = [error_of(again[index], frame) for frame in frames]
        assert np.argmin(errors) == index and errors[index] < 3
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv"])
@pytest.mark.parametrize("colour", [(224, 172, 140), (92, 60, 42), (255, 0, 0), (0, 0, 0), (255, 255, 255)])
def test_colours_stay_true(tmp_path, suffix, colour):
    frames = np.full((3, 32, 32, 3), colour, np.uint8)
    again = read_all(write_video(tmp_path / f"flat{suffix}", frames, FPS, crf=4))
    assert np.abs(again.astype(int) - frames).max() <= 3


def test_h264_is_what_browsers_play(tmp_path):
    import av

    path = write_video(tmp_path / "clip.mp4", moving_square(5), FPS)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.colorspace, stream.color_primaries, stream.color_range, stream.color_trc) == (1, 1, 1, 13)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # faststart: it plays before it is all there


@pytest.mark.parametrize("suffix, runs", [(".mp4", 20), (".mkv", 20), (".webm", 5), (".gif", 3)])
def test_same_frames_give_same_bytes(tmp_path, suffix, runs):
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (30, 48, 64, 3), dtype=np.uint8)

    def film_on_a_dirty_heap():  # finds encoders that read memory they never wrote
        for frame in noise:
            [bytes([random.integers(256)]) * int(random.integers(100, 300000)) for _ in range(20)]
            yield frame

    sums = {sha256(write_video(tmp_path / f"{run}{suffix}", film_on_a_dirty_heap(), FPS)) for run in range(runs)}
    assert len(sums) == 1


@pytest.mark.parametrize("fps", [25, 29.97, 30000 / 1001, Fraction(24000, 1001), 12.5])
def test_rate_is_kept_exactly(tmp_path, fps):
    info = probe(write_video(tmp_path / "clip.mp4", moving_square(10), fps))
    assert info.fps == pytest.approx(float(fps), abs=1e-9)
    assert info.frames == 10
    assert info.duration == pytest.approx(10 / fps, abs=1e-3)


def test_odd_sizes_grow_by_a_repeated_edge(tmp_path):
    frames = moving_square(4, width=33, height=17)
    again = read_all(write_video(tmp_path / "odd.mp4", frames, FPS, crf=4))
    assert again.shape == (4, 18, 34, 3)
    assert error_of(again[:, :17, :33], frames) < 3
    assert error_of(again[:, :17, 33], frames[:, :, 32]) < 6
    assert read_all(write_video(tmp_path / "odd", frames, FPS)).shape == frames.shape


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_display_matrix_is_honoured(tmp_path, degrees, mirrored):
    import av

    frames, path = moving_square(3), tmp_path / "phone.mp4"
    plain = write_video(tmp_path / "plain.mp4", frames, FPS, crf=4)
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(degrees, hflip=mirrored)  # counter-clockwise, and then the mirror
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    shown = np.rot90(read_all(plain), degrees // 90, axes=(1, 2))
    shown = shown[:, :, ::-1] if mirrored else shown
    info = probe(path)
    assert (info.height, info.width) == shown.shape[1:3]
    np.testing.assert_array_equal(read_all(path), shown)


def test_folders_are_sorted_as_people_count(tmp_path):
    from PIL import Image

    for number in (10, 9, 2, 1):
        Image.new("RGB", (8, 6), (number, 0, 0)).save(tmp_path / f"frame{number}.png")
    (tmp_path / "notes.txt").write_text("not an image")
    assert [int(frame[0, 0, 0]) for frame in read_video(tmp_path)] == [1, 2, 9, 10]
    info = probe(tmp_path)
    assert (info.width, info.height, info.fps, info.frames) == (8, 6, 25.0, 4)
    assert (info.sound, info.interlaced, info.moved) == (False, False, 0.0)


def test_writing_a_folder_again_replaces_it_but_spares_other_peoples_files(tmp_path):
    write_video(tmp_path / "frames", moving_square(5), FPS)
    write_video(tmp_path / "frames", moving_square(2), FPS)
    assert sorted(file.name for file in (tmp_path / "frames").iterdir()) == ["000000.png", "000001.png"]
    (tmp_path / "frames" / "thesis.txt").write_text("mine")
    with pytest.raises(BadInput, match="holds other files"):
        write_video(tmp_path / "frames", moving_square(2), FPS)
    assert (tmp_path / "frames" / "thesis.txt").exists()


def test_arrays_of_a_long_film_are_never_all_in_memory(tmp_path):
    def film():  # 600 frames of 160 x 120: 35 MB in all
        for index in range(600):
            yield np.full((120, 160, 3), index % 256, np.uint8)

    tracemalloc.start()
    path = write_video(tmp_path / "long.mp4", film(), FPS)
    write_video(tmp_path / "copy.mp4", read_video(path), FPS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert probe(tmp_path / "copy.mp4").frames == 600
    assert peak < 5e6


RSS = """
import resource, sys
import numpy as np
from lib.video import read_video, write_video

def film(count):
    for index in range(count):
        yield np.full((240, 320, 3), index % 256, np.uint8)

def copy(count):
    write_video(sys.argv[1] + "/a.mp4", film(count), 25)
    write_video(sys.argv[1] + "/b.mp4", read_video(sys.argv[1] + "/a.mp4"), 25)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

short = copy(150)
print(copy(1000) - short)
"""


def test_the_codec_does_not_hoard_memory_either(tmp_path):
    run = subprocess.run([sys.executable, "-c", RSS, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 40e6  # the film has 230 MB
