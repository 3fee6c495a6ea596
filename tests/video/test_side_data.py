"""What frames carry beside their pictures: of kinds that PyAV has no name for, too, as cameras write them."""

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from lib.video import probe, read_all

ORIENTATION, MAKER = 0x112, 0x10F  # EXIF's numbers
TO_THE_RIGHT = 6  # by a quarter turn


def camera_film(path: Path, **tags: int) -> Path:
    """Five JPEG pictures with EXIF, red on the left, in one file, as small cameras write their films."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, :32] = 200, 30, 30
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Camera", tags.get("orientation", 1)
    Image.fromarray(picture).save(file := io.BytesIO(), "JPEG", quality=95, exif=exif)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 64, 48, "yuvj420p", Fraction(1, 25)
        out.start_encoding()
        for number in range(5):
            packet = av.Packet(file.getvalue())
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, number, number, Fraction(1, 25)
            packet.is_keyframe = True
            out.mux(packet)
    return path


@pytest.mark.parametrize("suffix", [".avi", ".mov", ".mkv"])
def test_a_film_of_pictures_with_exif_is_read(suffix, tmp_path):
    path = camera_film(tmp_path / f"a{suffix}")
    frames = read_all(path)
    assert frames.shape == (5, 48, 64, 3) and probe(path).frames == 5
    np.testing.assert_allclose(frames[2, 24, 10], (200, 30, 30), atol=6)


def test_a_turn_that_exif_asks_for_is_made(tmp_path):
    path = camera_film(tmp_path / "a.avi", orientation=TO_THE_RIGHT)
    frames = read_all(path)
    assert frames.shape == (5, 64, 48, 3) and (probe(path).width, probe(path).height) == (48, 64)
    np.testing.assert_allclose(frames[2, 10, 24], (200, 30, 30), atol=6)
    np.testing.assert_allclose(frames[2, -10, 24], 0, atol=6)
