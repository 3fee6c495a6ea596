"""lib.video: whatever numbers a film or picture stores, what is read looks as it should, or is refused."""

import struct
import tracemalloc
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from odd_films import picture
from PIL import Image

from lib.tools.errors import BadInput
from lib.video import probe, read_all, tone
from lib.video.codec import STRANGE
from lib.video.image_folder import image_files
from lib.video.pixels import srgb_to_linear

SCENE = cv2.resize(picture(9), (128, 96), interpolation=cv2.INTER_AREA)
GREY = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
BT2020 = np.linalg.inv(tone._TO_BT709.astype(np.float64))


def hdr(light: np.ndarray, transfer: int) -> np.ndarray:
    """cd/m2 (H, W, 3) with BT.709's primaries -> uint16 R'G'B' of BT.2020."""
    light = np.clip(light @ BT2020.T, 0, None)
    if transfer == tone.PQ:
        value = tone._to_pq(light)
    else:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = light / 203 * 0.265
        value = np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)
    return np.uint16(np.round(65535 * np.clip(value, 0, 1)))


def stored(path, values: np.ndarray, transfer: int, codec: str = "libx265", full: bool = False, count: int = 3):
    """A film of 10 bits, tagged as BT.2020."""
    tags = {"dst_colorspace": 9, "dst_color_range": 2 if full else 1}
    with av.open(str(path), "w") as out:
        options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        stream = out.add_stream(codec, rate=25, options=options | {"crf": "4"})
        stream.height, stream.width, stream.pix_fmt = *values.shape[:2], "yuv420p10le"
        context = stream.codec_context
        context.color_primaries = context.colorspace = 9
        context.color_trc, context.color_range = transfer, tags["dst_color_range"]
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(values, format="rgb48le").reformat(format="yuv420p10le", **tags)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            frame.color_primaries, frame.color_trc = 9, transfer
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


@pytest.mark.parametrize("transfer", tone.CURVES)
@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx265"), ("a.mkv", "libx265"), ("a.mov", "libx264")])
def test_hdr_looks_as_it_would_have_in_standard_range(tmp_path, transfer, name, codec):
    path = stored(tmp_path / name, hdr(203 * srgb_to_linear(SCENE), transfer), transfer, codec)
    frames, dark = read_all(path).astype(int), SCENE.max(axis=2) < 175  # below the knee nothing is to change
    assert frames.shape == (3, 96, 128, 3) and np.abs(frames[1] - SCENE)[dark].mean() < 2.5
    assert np.abs(frames[1] - SCENE)[~dark].max() < 45 and frames[1][~dark].mean() > 0.92 * SCENE[~dark].mean()
    assert f"a{name[1:]} is an HDR film ({tone.CURVES[transfer]})" in probe(path).notes[0]


@pytest.mark.parametrize("transfer", tone.CURVES)
def test_brighter_light_is_never_darker_and_hues_stay(transfer):
    grey = np.repeat(np.geomspace(0.01, 4000, 400)[None, :, None], 3, axis=2)
    seen = tone.to_standard(hdr(grey, transfer), transfer, tone.BT2020)[0].astype(int)
    assert (np.diff(seen[:, 1]) >= 0).all() and seen[0].max() <= 2 and seen[-1].min() >= 250
    assert np.abs(seen - seen[:, 1:2]).max() <= 1
    white = tone.to_standard(hdr(np.full((1, 1, 3), 203.0), transfer), transfer, tone.BT2020)
    assert 220 < white.min() < 240
    skin = tone.to_standard(hdr(np.float64([[[600, 300, 200]]]), transfer), transfer, tone.BT2020)
    light = srgb_to_linear(skin)[0, 0]
    assert np.allclose(light / light.max(), [1, 0.5, 1 / 3], atol=0.02)


def test_a_large_hdr_picture_takes_little_more_than_it_holds():
    values = np.random.default_rng(0).integers(0, 65536, (2000, 3000, 3)).astype(np.uint16)
    tracemalloc.start()
    shown = tone.to_standard(values, tone.HLG, tone.BT2020)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * shown.nbytes  # its light, all at once, would be 16 times as much
    few = np.concatenate([tone.to_standard(values[at : at + 7], tone.HLG, tone.BT2020) for at in range(0, 70, 7)])
    np.testing.assert_array_equal(shown[:70], few)


def test_primaries_are_believed():
    values = np.uint16([[[40000, 20000, 20000]]])
    wide, narrow = (tone.to_standard(values, tone.PQ, primaries)[0, 0] for primaries in (tone.BT2020, 1))
    assert int(wide[0]) - wide[1] > int(narrow[0]) - narrow[1]


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("b.mkv", "libx264", "yuvj420p"),
        ("c.avi", "mjpeg", "yuvj420p"),
        ("d.mkv", "libx264", "yuv444p"),
        ("e.mkv", "ffv1", "yuv420p"),
        ("f.mkv", "ffv1", "gray16le"),
        ("g.mkv", "ffv1", "yuv422p10le"),
        ("h.mkv", "ffv1", "gbrp16le"),
        ("i.mov", "png", "rgb48be"),
        ("j.mov", "prores_ks", "yuv422p10le"),
    ],
)
@pytest.mark.parametrize("full", [False, True])
def test_ranges_and_depths_are_read_right(tmp_path, name, codec, form, full):
    full = (full or codec == "mjpeg" or form == "yuvj420p") and codec != "prores_ks"  # which is never of full range
    steps = np.repeat(np.linspace(0, 255, 8).astype(np.uint8), 16)
    scene = np.repeat(np.tile(steps, (96, 1))[..., None], 3, axis=2)
    with av.open(str(tmp_path / name), "w") as out:
        stream = out.add_stream(codec, rate=25)
        stream.height, stream.width, stream.pix_fmt = 96, 128, form
        coloured = not form.startswith(("gbr", "rgb"))
        if coloured:
            stream.codec_context.color_range = 2 if full else 1
        if codec == "libx264":
            stream.codec_context.options = {"crf": "1"}
        for index in range(2):
            tags = {"dst_color_range": 2 if full else 1} if coloured else {}
            frame = av.VideoFrame.from_ndarray(scene, format="rgb24").reformat(format=form, **tags)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    seen = read_all(tmp_path / name)[0].astype(int)
    middle = seen[40, 8::16]
    assert np.abs(middle - scene[40, 8::16]).max() <= 6, middle[:, 0]


def write(path, values: np.ndarray) -> None:
    assert cv2.imwrite(str(path), values)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff"])
@pytest.mark.parametrize("kind", ["grey", "colour", "alpha"])
def test_pictures_of_16_bits_are_not_cut_off(tmp_path, suffix, kind):
    if (kind, suffix[:4]) == ("alpha", ".tif"):
        pytest.skip("Pillow refuses them by itself")
    values = {"grey": GREY, "colour": np.dstack([GREY] * 3), "alpha": np.dstack([GREY] * 3 + [GREY * 0 + 65535])}[kind]
    write(tmp_path / f"1{suffix}", values)
    seen = read_all(tmp_path)
    assert seen.shape == (1, 48, 64, 3) and np.abs(seen[0] - GREY[..., None] / 257).max() < 1


def test_big_endian_pictures_of_16_bits(tmp_path):
    Image.fromarray(GREY.astype(">u2")).save(tmp_path / "1.tif")
    assert np.abs(read_all(tmp_path)[0] - GREY[..., None] / 257).max() < 1


@pytest.mark.parametrize(("kind", "words"), [("float32", "floating-point"), ("int32", "32-bit"), ("int8", "signed")])
def test_numbers_without_black_and_white_are_refused(tmp_path, kind, words):
    write(tmp_path / "1.tif", (GREY / 65535 * 127).astype(kind))
    for call in (probe, read_all):
        with pytest.raises(BadInput, match=rf"1\.tif holds {words} numbers.*save it with 8 bits"):
            call(tmp_path)


def tiff(path, bits: int, meaning: int, data: bytes) -> None:
    """An uncompressed grey picture of 64 x 48; ``meaning`` is 0 where white is zero, 1 where black is."""
    tags = {256: 64, 257: 48, 258: bits, 259: 1, 262: meaning, 273: 8, 277: 1, 278: 48, 279: len(data)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    folder = struct.pack("<H", len(tags)) + entries + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(data)) + data + folder)


def test_white_is_what_a_tiff_says_it_is(tmp_path):
    first, second = (GREY >> 4).reshape(-1, 2).T
    twelve = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=1).astype(np.uint8)
    tiff(tmp_path / "1.tif", 12, 1, twelve.tobytes())
    tiff(tmp_path / "2.tif", 16, 0, (65535 - GREY).tobytes())
    assert np.abs(read_all(tmp_path) - GREY[..., None] / 257).max() < 1


@pytest.mark.parametrize("suffix", [".tif", ".png", ".webp"])
def test_a_file_of_several_pictures_is_refused(tmp_path, suffix):
    first, others = Image.fromarray(SCENE), [Image.fromarray(SCENE[::-1].copy())] * 2
    first.save(tmp_path / f"1{suffix}", save_all=True, append_images=others)
    with pytest.raises(BadInput, match=rf"1\{suffix} holds [23] pictures; save each in a file of its own"):
        read_all(tmp_path)


def test_a_small_copy_within_a_picture_is_left_alone(tmp_path):
    Image.fromarray(SCENE).save(
        tmp_path / "1.tif", save_all=True, append_images=[Image.fromarray(SCENE[::4, ::4].copy())]
    )
    assert np.array_equal(read_all(tmp_path)[0], SCENE)


def test_a_picture_longer_than_any_film_is_wide_is_refused_soon(tmp_path):
    Image.new("L", (1, 70000)).save(tmp_path / "1.png")
    with pytest.raises(BadInput, match="1 x 70000 pixels are more than any film has"):
        read_all(tmp_path)


def test_digits_that_are_no_numbers_are_letters(tmp_path):
    for name in ("\u00b21", "10", "9"):  # a square sign first, which Python takes for a digit
        Image.fromarray(SCENE[:8]).save(tmp_path / f"{name}.png")
    assert [file.stem for file in image_files(tmp_path)] == ["9", "10", "\u00b21"]


@pytest.mark.parametrize("matrix", [8, 10, 14, 3, 200])
def test_matrices_that_nobody_reads_are_refused_and_those_that_mean_nothing_are_none(tmp_path, matrix):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.height, stream.width, stream.pix_fmt, stream.codec_context.colorspace = 96, 128, "yuv420p", matrix
        out.mux(stream.encode(av.VideoFrame.from_ndarray(SCENE, format="rgb24").reformat(format="yuv420p")))
        out.mux(stream.encode())
    if matrix in STRANGE:
        with pytest.raises(
            BadInput, match=rf"a.mkv has colours that cannot be converted here \(H.273's matrix {matrix}\)"
        ):
            probe(path)
    else:
        assert np.abs(read_all(path)[0].astype(int) - SCENE).mean() < 6
