"""lib.video: frames keep their proportions, whatever their pixels are like and whatever becomes of them on the way."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
from odd_films import film, picture, turned

from lib.video import probe, read_all
from lib.video.codec import ToRGB
from lib.video.pixels import fitted, with_margins

TIMES = [i / 25 for i in range(60)]
KINDS = [
    ("a.webm", "libvpx"),
    ("a.webm", "libvpx-vp9"),
    ("a.mp4", "libx264"),
    ("a.mkv", "libx264"),
    ("a.ts", "libx264"),
    ("a.flv", "libx264"),
    ("a.avi", "mjpeg"),
]
SQUARE = [("a.mp4", "libx264"), ("a.ts", "libx264"), ("a.mkv", "libx264"), ("a.avi", "libx264"), ("a.mov", "mpeg4")]


@pytest.mark.parametrize(("name", "codec"), SQUARE)
@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Fraction(64, 45), (91, 48)),
        (Fraction(16, 15), (68, 48)),
        (Fraction(8, 9), (64, 54)),
        (Fraction(1, 2), (64, 96)),
        (Fraction(1), (64, 48)),
        (Fraction(1000, 1001), (64, 48)),
        (Fraction(200), (64, 48)),
    ],
)
def test_pixels_become_square(tmp_path, name, codec, aspect, size):
    path = film(tmp_path / name, TIMES[:4], codec, aspects=[aspect])
    info, frames = probe(path), read_all(path)
    assert (info.width, info.height) == size and frames.shape == (4, size[1], size[0], 3)
    assert [f"stretched to {size[0]} x {size[1]}" in note for note in info.notes] == [True] * (size != (64, 48))
    wide = np.flatnonzero(frames[0, size[1] // 3, :, 0] > 180)  # the light square, an eighth of the width
    assert abs(len(wide) - size[0] / 8) <= 2


@pytest.mark.parametrize(
    ("degrees", "size", "beyond"),
    [(0, (64, 48), 0), (90, (48, 64), 0), (180, (64, 48), 0), (-90, (48, 64), 0), (20, (64, 48), -20)]
    + [(100, (48, 64), -10), (-160, (64, 48), -20), (44, (64, 48), -44), (46, (48, 64), 44)],
)
def test_a_turn_that_is_no_quarter_turn_becomes_the_nearest_and_is_said(tmp_path, degrees, size, beyond):
    path = turned(film(tmp_path / "a.mp4", TIMES[:3]), tmp_path / "b.mp4", degrees)
    info = probe(path)
    assert (info.width, info.height) == size and read_all(path).shape == (3, *size[::-1], 3)
    assert [f"b.mp4: its frames are to be turned by {beyond} degrees" in note for note in info.notes] == [True] * (
        beyond != 0
    )


def test_a_film_on_its_side_is_stretched_before_it_is_turned(tmp_path):
    turned(film(tmp_path / "a.mp4", TIMES[:3], aspects=[Fraction(2)]), tmp_path / "b.mp4", 90)
    info = probe(tmp_path / "b.mp4")
    assert (info.width, info.height) == (48, 128) and read_all(tmp_path / "b.mp4").shape == (3, 128, 48, 3)


@pytest.mark.parametrize(("name", "codec"), KINDS)
@pytest.mark.parametrize(
    ("sizes", "most"),
    [
        (((64, 48), (128, 96), (128, 96)), (128, 96)),
        (((128, 96), (128, 96), (64, 48)), (128, 96)),
        (((64, 48), (128, 96), (64, 48)), (64, 48)),
        (((64, 48), (64, 48), (48, 64)), (64, 48)),
        (((48, 64), (64, 48), (64, 48), (64, 48)), (64, 48)),
    ],
)
def test_a_film_has_the_size_of_most_of_its_frames_and_says_so(tmp_path, name, codec, sizes, most):
    path = film(tmp_path / name, TIMES, codec, sizes)
    other = next(size for size in sizes if size != most)
    count = sum(size == other for size in sizes) * len(TIMES) // len(sizes)
    with pytest.warns(UserWarning, match=rf"{name} changes its size: {count} of 60 frames \({other[0]} x {other[1]}\)"):
        frames = read_all(path)
    info = probe(path)
    assert (info.width, info.height) == most and frames.shape == (60, most[1], most[0], 3)
    place = 0 if sizes[0] == other else 59 if sizes[-1] == other else 30
    whole = picture(place, *other).astype(int)
    inner = fitted(other, most)
    seen = frames[place].astype(int)
    left, top = (most[0] - inner[0]) // 2, (most[1] - inner[1]) // 2
    assert abs(seen[top : top + inner[1], left : left + inner[0]].mean() - whole.mean()) < 4
    if inner != most:
        assert seen[:, : left - 1].max() < 10 and seen[most[1] // 2, most[0] // 2].min() > 40


def test_television_that_turns_wide_in_the_middle(tmp_path):
    narrow, wide = Fraction(16, 15), Fraction(64, 45)
    path = film(tmp_path / "a.ts", TIMES, sizes=[(64, 48)], aspects=[narrow, wide, wide])
    with pytest.warns(UserWarning, match=r"changes its size: 20 of 60 frames \(68 x 48\) were brought to the 91 x 48"):
        frames = read_all(path)
    assert frames.shape[1:] == (48, 91, 3) and frames[0, 24, 5].max() < 10 and frames[59, 24, 5].min() > 40


def test_an_even_film_says_nothing(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, codec in KINDS:
            assert len(read_all(film(tmp_path / name, TIMES[:30], codec))) == 30


def test_margins_are_even():
    assert fitted((48, 64), (64, 48)) == (36, 48) and fitted((100, 100), (50, 50)) == (50, 50)
    assert fitted((640, 361), (320, 180)) == (320, 180)
    framed = with_margins(np.full((4, 3, 3), 9, np.uint8), (8, 4))
    assert framed.shape == (4, 8, 3) and (framed[:, 2:5] == 9).all() and framed.sum() == 9 * 36


def test_frames_of_a_stream_without_a_size_get_the_first_ones(tmp_path):
    import av

    to_rgb = ToRGB()
    with av.open(str(film(tmp_path / "a.mkv", TIMES, sizes=((64, 48), (128, 96))))) as opened:
        assert {to_rgb(frame).shape for frame in opened.decode(video=0)} == {(48, 64, 3)}
    assert to_rgb.resized == {(128, 96): 30}
