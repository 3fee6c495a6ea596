"""Keypoints as others write them, in any unit and numbering, and files that are none: where they belong, or refused."""

import io
import json
import os
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import estimators as files
import numpy as np
import pandas as pd

from lib.keypoints import (
    ASL_SIGNS_543,
    COCO_133,
    HOLISTIC_75,
    OPENPOSE_67,
    Keypoints,
    load,
    read_asl_signs,
    read_coco_wholebody,
    read_npy_frames,
    read_openpose,
)

ODD = [None, True, -1, 10**400, 1e300, -0.0, float("nan"), float("inf"), "", "12", "1e5", "ß\0", [], {}, [[]], [{}]]
ODD += [[1, [2]], {"x": 1}, 2**53 + 1, "\ud800", [None] * 3, [[[[0]]]], list(range(5000))]


def units(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Pixels of any picture, shares, percent and normalised ones, by every writer: in pixels, refused, or said."""
    size = rng.choice([(640, 480), (1920, 1080), (320, 240), (210, 260), (4096, 2160), (720, 1280)])
    wide, kind = size[0] * rng.uniform(0.12, 0.45), rng.choice(["openpose", "mmpose", "rtmlib", "pose"])
    layout = OPENPOSE_67 if kind == "openpose" else COCO_133
    middle = (size[0] * rng.uniform(0.3, 0.7), size[1] * rng.uniform(0.3, 0.6))
    places = files.signer(layout, 5, middle, rng.randrange(99), wide)
    unit = rng.choice(["pixels", "shares", "percent", "about the chest", "from -1 to 1"])
    told = {
        "pixels": places,
        "shares": places / size,
        "percent": 100 * places / size,
        "about the chest": (places - middle) / wide,
        "from -1 to 1": 2 * places / size - 1,
    }[unit]
    given = rng.choice([None, size])
    if kind == "openpose":
        path = files.openpose(folder / "op", [told])
    elif kind == "pose":
        path = files.pose(folder / "a.pose", files.components(layout), told[:, None], size=(*size, 0))
    else:
        path = getattr(files, kind)(folder / ("a.json" if kind == "mmpose" else "a.npz"), [told])

    def check() -> None:
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            read = {"openpose": read_openpose, "pose": load}.get(kind, read_coco_wholebody)
            found = read(path) if kind == "pose" else read(path, size=given)
        right = np.nanmax(np.abs(found.xyz[..., :2] - places)) < 0.02 * size[0]
        assert right or any("percent" in str(note.message) for note in notes), (unit, kind, size, given, wide)

    return check


def numbering(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Frames out of order, with gaps, doubles, text and huge numbers: each in its place, or refused."""
    kind = rng.choice(["openpose", "mmpose", "npy", "asl"])
    layout = {"openpose": OPENPOSE_67, "mmpose": COCO_133, "npy": HOLISTIC_75, "asl": ASL_SIGNS_543}[kind]
    count = 6
    numbers = sorted(rng.sample(range(12), count))
    start = rng.choice([0, 1, 100, 99995])
    numbers = [start + number for number in numbers]
    if rng.random() < 0.3:
        numbers = list(range(start, start + count))
    if rng.random() < 0.4:
        rng.shuffle(numbers)
    if kind in ("mmpose", "asl") and rng.random() < 0.2:
        numbers[1] = numbers[0]
    written = [str(n) if kind == "mmpose" and rng.random() < 0.3 else n for n in numbers]
    places = files.signer(layout, count) + np.arange(count)[:, None, None] * [9, 0]
    if kind == "openpose":
        name = rng.choice(
            ["clip_{:012d}", "images{:04d}", "{}", "a-b.{:06d}", "frame {}", "ä{:05d}", "2024_01_02_{:03d}"]
        )
        path = files.openpose(folder / "op", [places], numbers=numbers, name=name)
    elif kind == "mmpose":
        path = files.mmpose(folder / "a.json", [places], numbers=written)
    elif kind == "npy":
        path = files.npy(folder / "seq", places / (640, 480), numbers=numbers)
    else:
        path = files.asl_signs(folder / "a.parquet", places / (1000, 1000), numbers=numbers)

    def check() -> None:
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            reader = {"openpose": read_openpose, "mmpose": read_coco_wholebody, "npy": read_npy_frames}
            found = reader.get(kind, read_asl_signs)(path)
        span = max(numbers) - min(numbers) + 1
        assert len(set(numbers)) == count and len(found) == span, (kind, numbers, len(found))
        for number, frame in zip(numbers, places):
            assert np.abs(found.xyz[number - min(numbers), :, :2] - frame).max() < 0.6, (kind, numbers)
        assert span == count or any("lacks" in str(note.message) for note in notes), (kind, numbers)

    return check


def values(folder: Path, rng: random.Random) -> Callable[[], None]:
    """JSON with odd values anywhere, of any type: keypoints that are finite, or a sentence."""
    kind = rng.choice(["openpose", "mmpose"])
    layout = OPENPOSE_67 if kind == "openpose" else COCO_133
    places = files.signer(layout, 3)
    if kind == "openpose":
        path, read = files.openpose(folder / "op", [places, places + 90]), read_openpose
        target = sorted(path.iterdir())[rng.randrange(3)]
    else:
        path, read = files.mmpose(folder / "a.json", [places, places + 90]), read_coco_wholebody
        target = path
    content = json.loads(target.read_text())
    for _ in range(rng.choice([1, 1, 2, 5])):
        content = _changed(content, rng)
    text = json.dumps(content)
    if rng.random() < 0.15:
        text = rng.choice(["[" * 10**6, '{"people":' * 10**5, "9" * 10**6, "", "\ufeff" + text, text + text, "NaN"])
    coding = rng.choice(["utf-8", "utf-8", "utf-8", "utf-16", "latin-1"])
    target.write_bytes(text.encode(coding, errors="replace"))

    def check() -> None:
        _sound(read(path))

    return check


def _changed(value: object, rng: random.Random) -> object:
    if isinstance(value, dict | list) and value and rng.random() < 0.9:
        keys = list(value) if isinstance(value, dict) else range(min(len(value), 6))
        key = rng.choice(list(keys))
        value[key] = _changed(value[key], rng)
        return value
    return rng.choice(ODD)


def _sound(found: Keypoints) -> None:
    assert not np.isinf(found.xyz).any() and (found.confidence >= 0).all() and np.isfinite(found.confidence).all()
    assert (np.isnan(found.xyz[..., 0]) == np.isnan(found.xyz[..., 1])).all()


def archives(folder: Path, rng: random.Random) -> Callable[[], None]:
    """.npz files: bombs, other shapes and types, other ways to pack, members twice, pickles."""
    path, kind = folder / "a.npz", rng.randrange(8)
    places = files.signer(COCO_133, 4)
    arrays = {"keypoints": places, "scores": np.full((4, 133), 0.7)}
    if kind == 0:
        arrays["keypoints"] = np.zeros((40000, 133, 2))
        arrays["scores"] = np.zeros((40000, 133))
        np.savez_compressed(path, **arrays)
    elif kind == 1:
        odd = [np.array([None]), np.array(["a"]), np.array(0), np.zeros((0, 133, 2)), places.astype(complex)]
        odd += [places.astype("datetime64[s]"), places.astype(">f8"), places.astype(np.float16), places.astype(bool)]
        arrays[rng.choice(list(arrays))] = rng.choice(odd)
        np.savez(path, **arrays)
    elif kind == 2:
        with zipfile.ZipFile(path, "w", rng.choice([zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])) as archive:
            for name, array in arrays.items():
                np.save(buffer := io.BytesIO(), array)
                archive.writestr(f"{name}.npy", buffer.getvalue())
    elif kind == 3:
        header = {"descr": "<f8", "fortran_order": False, "shape": rng.choice([(10**12,), (2**62, 4), (-1, 133, 2)])}
        np.lib.format.write_array_header_1_0(buffer := io.BytesIO(), header)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("keypoints.npy", buffer.getvalue() + bytes(64))
            archive.writestr("scores.npy", buffer.getvalue())
    elif kind == 4:
        np.savez(path, **arrays)
        with zipfile.ZipFile(path, "a") as archive:
            np.save(buffer := io.BytesIO(), places * 0)
            archive.writestr("keypoints.npy", buffer.getvalue())
    elif kind == 5:
        np.savez(path, **{name: np.asfortranarray(array) for name, array in arrays.items()})
    elif kind == 6:
        np.savez(path, **arrays)
        content = bytearray(path.read_bytes())
        for _ in range(rng.randrange(1, 9)):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
    else:
        arrays["keypoints"] = np.repeat(places[:, None], rng.choice([1, 2, 130]), axis=1)
        arrays["scores"] = np.full(arrays["keypoints"].shape[:-1], 0.6)
        np.savez(path, **arrays)

    def check() -> None:
        found = read_coco_wholebody(path)
        _sound(found)
        if kind in (5, 7):
            assert np.abs(found.xyz[..., :2] - places).max() < 0.01

    return check


def poses(folder: Path, rng: random.Random) -> Callable[[], None]:
    """.pose files of all versions, several people, hidden points, odd rates and sizes; and bytes changed."""
    layout, form = rng.choice([COCO_133, HOLISTIC_75, OPENPOSE_67]), rng.choice(["XYC", "XYZC"])
    people = rng.choice([1, 1, 2])
    places = files.signer(layout, 5)
    data = np.stack([places + 200 * one for one in range(people)], axis=1)
    if form == "XYZC":
        data = np.concatenate([data, np.zeros((*data.shape[:-1], 1))], axis=-1)
    size = rng.choice([(640, 480, 0), (640, 480, 640), (0, 0, 0), (1, 1, 1), (65535, 65535, 0)])
    parts, path = files.components(layout, form=form), folder / "a.pose"
    if form == "XYC" and rng.random() < 0.3:
        files.pose_version_0(path, parts, [places], size=size)
    else:
        files.pose(path, parts, data, size=size)
    spoilt = rng.random() < 0.6
    content = bytearray(path.read_bytes())
    for _ in range(rng.randrange(1, 6) if spoilt else 0):
        reach = rng.choice([40, 600, len(content)])
        at = rng.randrange(min(reach, len(content)))
        content[at : at + rng.choice([0, 1, 4])] = rng.choice(
            [b"\xff\xff", b"\0\0\0\0", b"\x7f", b"", b"\xff" * 4, b"\0"]
        )
    path.write_bytes(content)

    def check() -> None:
        found = load(path)
        _sound(found)
        assert spoilt or np.abs(found.xyz[..., :2] - places).max() < 0.01, (layout.name, form, size)

    return check


def parquets(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Tables of other types, lacking, doubled and empty columns, other codecs and writers, and spoilt bytes."""
    path = files.asl_signs(folder / "a.parquet", files.signer(ASL_SIGNS_543, 2) / (1000, 1000))
    table, kind = pd.read_parquet(path), rng.randrange(8)
    column = rng.choice(list(table))
    options = {}
    if kind == 0:
        table[column] = table[column].astype(str)
    elif kind == 1:
        del table[column]
    elif kind == 2:
        table = table.sample(frac=1, random_state=rng.randrange(99))
    elif kind == 3:
        table = table.iloc[: rng.choice([0, 1, 543, 600])]
    elif kind == 4:
        options = {"compression": rng.choice(["gzip", "snappy", None])}
    elif kind == 5:
        table[column] = rng.choice([pd.NA, None, "ß", float("inf"), -1, 2**40, pd.Timestamp("2020-01-01")])
    elif kind == 6:
        table[column] = table[column].astype("category")
    table.to_parquet(path, **options)
    if kind == 7:
        content = bytearray(path.read_bytes())
        for _ in range(rng.randrange(1, 6)):
            content[-rng.randrange(1, rng.choice([12, 400, len(content)]))] = rng.randrange(256)
        path.write_bytes(content)

    def check() -> None:
        found = read_asl_signs(path)
        _sound(found)
        if kind in (2, 4):
            assert np.abs(found.xyz[..., :2] - files.signer(ASL_SIGNS_543, 2)).max() < 0.6

    return check


def rows(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Folders of .npy files one of which is odd, and pipes and links among them."""
    path = files.npy(folder / "seq", files.signer(HOLISTIC_75, 4) / (640, 480))
    odd, kind = path / f"{rng.randrange(4)}.npy", rng.randrange(8)
    if kind == 0:
        np.save(odd, rng.choice([np.zeros(0), np.array(3), np.array(["a"]), np.full(258, np.nan), np.zeros(259)]))
    elif kind == 1:
        content = bytearray(odd.read_bytes())
        for _ in range(rng.randrange(1, 9)):
            content[rng.randrange(rng.choice([12, 128, len(content)]))] = rng.randrange(256)
        odd.write_bytes(content)
    elif kind == 2:
        odd.write_bytes(odd.read_bytes()[: rng.randrange(200)])
    elif kind in (3, 4, 5, 6):
        odd.unlink()
        if kind == 3:
            os.mkfifo(odd)
        elif kind == 4:
            odd.symlink_to(odd)
        elif kind == 5:
            odd.mkdir()
    else:
        np.save(odd, np.load(odd) * rng.choice([640, 1e300, -1, 1e-30]))

    def check() -> None:
        _sound(read_npy_frames(path))

    return check
