"""Pictures of any mode, depth and turn, and folders of them."""

import random
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from spoiling import no_file, spoilt_bytes

from lib.tools.errors import BadInput
from lib.video import probe, read_all
from lib.video.image_folder import read_image

SCENE = np.dstack([np.linspace(10, 240, 64 * 48).reshape(48, 64)] * 3).astype(np.uint8)


def modes(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Pillow's own modes, in every kind of file that takes them: as Pillow shows them, or refused."""
    mode = rng.choice(["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"])
    suffix = rng.choice([".png", ".tif", ".jpg", ".bmp", ".webp"])
    path = folder / f"0{suffix}"
    grey = Image.fromarray(SCENE)
    try:
        if mode == "I;16" and suffix in (".png", ".tif"):  # Pillow writes no others that hold it
            image = Image.fromarray(SCENE[..., 0].astype(np.uint16) * 257)
        elif mode in ("I", "F"):
            image = Image.fromarray(SCENE[..., 0].astype(np.int32 if mode == "I" else np.float32))
        else:
            image = grey.convert("L").convert(mode) if mode == "PA" else grey.convert(mode)
        image.save(path, **rng.choice([{}, {"exif": _turn(rng)}] if suffix in (".jpg", ".png", ".webp") else [{}]))
    except (OSError, ValueError, KeyError):
        path = None

    def check() -> None:
        if path is None:
            return
        found = read_image(path).astype(int)
        turned = found if found.shape == SCENE.shape else found.swapaxes(0, 1)
        means = {round(abs(float(np.mean(each)) - SCENE.mean())) for each in (turned,)}
        assert found.shape in (SCENE.shape, (64, 48, 3)) and max(means) <= (20 if mode == "1" else 6), (
            mode,
            suffix,
            means,
        )
        assert np.ptp(found) > 150, (mode, suffix)

    return check


def _turn(rng: random.Random) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = rng.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255])
    return exif.tobytes()


def depths(folder: Path, rng: random.Random) -> Callable[[], None]:
    """16 bits, floating point and whole numbers as OpenCV writes them, in grey and colour: right or refused."""
    kind = rng.choice([np.uint16, np.float32, np.float64, np.int16, np.int8, np.uint32])
    channels, suffix = rng.choice([1, 3, 4]), rng.choice([".png", ".tif", ".tiff"])
    scale = {np.uint16: 257, np.float32: 1 / 255, np.float64: 1 / 255, np.int16: 128, np.int8: 0.5}.get(kind, 16843009)
    values = (SCENE[..., :1].astype(np.float64) * scale).astype(kind)
    values = np.repeat(values, channels, axis=2)
    if channels == 4:
        values[..., 3] = np.iinfo(kind).max if np.issubdtype(kind, np.integer) else 1
    path = folder / f"0{suffix}"
    try:
        made = cv2.imwrite(str(path), values)
    except cv2.error:
        made = False

    def check() -> None:
        if not made or not path.stat().st_size:
            return
        stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        found = read_image(path)
        if stored is not None and stored.dtype in (np.uint16, np.uint8):
            wanted = stored.astype(float) / (257 if stored.dtype == np.uint16 else 1)
            wanted = wanted if wanted.ndim == 2 else wanted[..., 1]
            assert np.abs(found[..., 1] - wanted).max() <= 1.01, (kind, channels, suffix, stored.dtype)
        else:
            raise AssertionError((kind, channels, suffix, "read without a word"))

    return check


def spoilt(folder: Path, rng: random.Random) -> Callable[[], None]:
    """A folder of pictures one of which is broken, of another size, empty, a folder, a pipe or a lone link."""
    suffix = rng.choice([".png", ".jpg", ".tif", ".webp", ".bmp"])
    for number in range(4):
        Image.fromarray(np.roll(SCENE, number, axis=1)).save(folder / f"f_{number:03d}{suffix}")
    odd, kind = folder / f"f_00{rng.randrange(4)}{suffix}", rng.randrange(8)
    if kind < 3:
        odd.write_bytes(spoilt_bytes(rng, odd.read_bytes()))
    elif kind == 3:
        Image.fromarray(SCENE[:40]).save(odd)
    else:
        no_file(rng, odd)

    def check() -> None:
        frames = read_all(folder)
        assert (
            frames.shape[1:] in (SCENE.shape, (40, 64, 3))
            and 3 <= len(frames) <= 4
            and probe(folder).frames == len(frames)
        )

    return check


def animations(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Files of several pictures, among others of one: refused, never the first alone."""
    suffix = rng.choice([".png", ".webp", ".tif"])
    images = [Image.fromarray(np.roll(SCENE, step, axis=1)) for step in (0, 9, 20)]
    path = folder / f"0{suffix}"
    images[0].save(path, save_all=True, append_images=images[1:], **({"duration": 40} if suffix != ".tif" else {}))

    def check() -> None:
        with_word = False
        try:
            read_image(path)
        except BadInput as error:
            with_word = "pictures" in str(error)
        assert with_word, suffix

    return check


def huge(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Headers that claim any number of pixels."""
    import struct
    import zlib

    width, height = rng.choice(
        [(2**31 - 1, 2**31 - 1), (65536, 65536), (2**30, 1), (20000, 20000), (1, 2**31 - 1), (0, 4)]
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, rng.choice([0, 2, 6]), 0, 0, rng.choice([0, 1]))
    packed = zlib.compress(b"\0" * rng.choice([10, 10**7]))
    (folder / "0.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )

    def check() -> None:
        read_all(folder)
        raise AssertionError((width, height))

    return check
