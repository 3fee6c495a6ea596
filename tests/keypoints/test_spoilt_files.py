"""A few hundred spoilt files for every reader: keypoints or one sentence comes out, soon."""

import json
import os
import time
import warnings

import estimators as files
import numpy as np
import pytest

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
from lib.tools.errors import BadInput

SIZE = (640, 480)
TIMES = int(os.environ.get("HANDS_SPOILT", 200))  # files for each reader
ODD = [
    None,
    True,
    -1,
    0,
    1e300,
    -1e300,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "12",
    "ß\0",
    [],
    {},
    [[]],
    [[[0]]],
    [{}],
]
TEXTS = [b"(", b"[", b"]", b"'", b"-", b"0", b"9" * 30, b"\0", b"\xff\xff\xff\xff", b"\x7f" * 8, b"None", b"<f8", b"|O"]


def spoilt_bytes(content: bytes, random) -> bytes:
    """Bits turned, pieces cut out, doubled, or replaced; mostly near the beginning or the end, where headers lie."""
    content = bytearray(content)
    for _ in range(random.integers(1, 4)):
        reach = int(min(len(content), random.choice([16, 128, 2000, len(content)])) or 1)
        at = (
            int(random.integers(reach))
            if random.random() < 0.6
            else max(0, len(content) - 1 - int(random.integers(reach)))
        )
        kind = random.integers(6)
        if kind == 0 and content:
            content[at] ^= 1 << int(random.integers(8))
        elif kind == 1:
            del content[at:]
        elif kind == 2:
            del content[at : at + int(random.integers(1, 9))]
        elif kind == 3:
            content[at : at + int(random.integers(3))] = TEXTS[random.integers(len(TEXTS))]
        elif kind == 4:
            content[at:at] = content[: int(random.integers(1, 200))]
        elif content:
            content[at] = int(random.integers(256))
    return bytes(content)


def spoilt_value(value, random):
    """A JSON value with something odd somewhere in it, or something that is not there, or twice."""
    if isinstance(value, dict | list) and value and random.random() < 0.9:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = keys[random.integers(min(len(keys), 8))]
        if (kind := random.random()) < 0.1:
            del value[key]
        elif kind < 0.15 and isinstance(value, list):
            value.append(value[key])
        else:
            value[key] = spoilt_value(value[key], random)
        return value
    return ODD[random.integers(len(ODD))]


def spoil(path, random) -> None:
    content = path.read_bytes()
    if path.suffix == ".json" and random.random() < 0.7:
        path.write_text(json.dumps(spoilt_value(json.loads(content), random)))
    else:
        path.write_bytes(spoilt_bytes(content, random))


def written(kind, folder):
    """A whole file, or folder of files, and its reader."""
    xy = {layout: files.signer(layout, frames=2) for layout in (OPENPOSE_67, COCO_133, HOLISTIC_75, ASL_SIGNS_543)}
    if kind == "openpose":
        return files.openpose(folder / "op", [xy[OPENPOSE_67], xy[OPENPOSE_67] + 200]), read_openpose
    if kind == "mmpose":
        return files.mmpose(folder / "a.json", [xy[COCO_133], xy[COCO_133] + 200]), read_coco_wholebody
    if kind == "rtmlib":
        return files.rtmlib(folder / "a.npz", [xy[COCO_133]]), read_coco_wholebody
    if kind == "npy":
        return files.npy(folder / "seq", xy[HOLISTIC_75] / SIZE), read_npy_frames
    if kind == "asl":
        return files.asl_signs(folder / "a.parquet", xy[ASL_SIGNS_543][:1] / SIZE), read_asl_signs
    return files.pose(folder / "a.pose", files.components(COCO_133), xy[COCO_133][:, None]), load


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["openpose", "mmpose", "rtmlib", "npy", "asl", "pose"])
def test_keypoints_or_a_sentence(kind, tmp_path):
    path, read = written(kind, tmp_path)
    random, outcomes = np.random.default_rng(3), {Keypoints: 0, BadInput: 0}
    places = sorted(path.iterdir()) if path.is_dir() else [path]
    whole = {place: place.read_bytes() for place in places}
    for number in range(TIMES):
        spoil(places[random.integers(len(places))], random)
        started = time.monotonic()
        try:
            clip = read(path)
            assert np.isfinite(clip.xyz[..., :2]).any() or np.isnan(clip.xyz).all(), number
            outcomes[Keypoints] += 1
        except BadInput as error:
            said = str(error)
            assert "\n" not in said and str(path) in said and said.endswith(".") and len(said) < 700, (number, said)
            outcomes[BadInput] += 1
        assert time.monotonic() - started < 10, number
        for place, content in whole.items():
            place.write_bytes(content)
    assert min(outcomes.values()) >= TIMES / 100, outcomes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert isinstance(read(path), Keypoints)  # and the reader reads on
