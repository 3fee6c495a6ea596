"""Keypoints as others write them, in any unit and numbering, and files that are none: where they belong, or refused."""

import json
import random
import warnings
from collections.abc import Callable
from pathlib import Path

import estimators as files
import numpy as np
from spoiling import spoilt_value

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
        content = spoilt_value(rng, content)
    text = json.dumps(content)
    if rng.random() < 0.15:
        text = rng.choice(["[" * 10**6, '{"people":' * 10**5, "9" * 10**6, "", "\ufeff" + text, text + text, "NaN"])
    coding = rng.choice(["utf-8", "utf-8", "utf-8", "utf-16", "latin-1"])
    target.write_bytes(text.encode(coding, errors="replace"))

    def check() -> None:
        check_sound(read(path))

    return check


def check_sound(found: Keypoints) -> None:
    assert not np.isinf(found.xyz).any() and (found.confidence >= 0).all() and np.isfinite(found.confidence).all()
    assert (np.isnan(found.xyz[..., 0]) == np.isnan(found.xyz[..., 1])).all()
