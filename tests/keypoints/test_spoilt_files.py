"""A few hundred spoilt files for every reader: keypoints or one sentence comes out, soon."""

import json
import os
import time
import warnings
from random import Random

import estimators as files
import numpy as np
import pytest
from spoiling import spoilt_bytes, spoilt_value

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


def spoil(path, rng: Random) -> None:
    content = path.read_bytes()
    if path.suffix == ".json" and rng.random() < 0.7:
        path.write_text(json.dumps(spoilt_value(rng, json.loads(content))))
    else:
        path.write_bytes(spoilt_bytes(rng, content))


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
    rng, outcomes = Random(3), {Keypoints: 0, BadInput: 0}
    places = sorted(path.iterdir()) if path.is_dir() else [path]
    whole = {place: place.read_bytes() for place in places}
    for number in range(TIMES):
        spoil(rng.choice(places), rng)
        started = time.process_time()  # others may keep the processor
        try:
            clip = read(path)
            assert np.isfinite(clip.xyz[..., :2]).any() or np.isnan(clip.xyz).all(), number
            outcomes[Keypoints] += 1
        except BadInput as error:
            said = str(error)
            assert "\n" not in said and str(path) in said and said.endswith(".") and len(said) < 700, (number, said)
            outcomes[BadInput] += 1
        assert time.process_time() - started < 10, number
        for place, content in whole.items():
            place.write_bytes(content)
    assert min(outcomes.values()) >= TIMES / 100, outcomes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert isinstance(read(path), Keypoints)  # and the reader reads on
