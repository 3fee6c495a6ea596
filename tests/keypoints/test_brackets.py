"""The same numbers in other brackets, as people who go on from an estimator's files write them."""

import json

import estimators as files
import numpy as np
import pytest
from read_estimators import places

from lib.keypoints import read_coco_wholebody, read_openpose
from lib.tools.errors import BadInput


def rewritten(path, **shapes):
    """The file with its numbers in those shapes."""
    content = json.loads(path.read_text())
    people = content["people"] if "people" in content else [frame["instances"][0] for frame in content]
    for person in people:
        person.update({key: np.reshape(person[key], shape).tolist() for key, shape in shapes.items()})
    path.write_text(json.dumps(content))
    return path


def test_openpose(tmp_path):
    folder = files.openpose(tmp_path / "a", [places("openpose")])
    wanted = read_openpose(folder)
    for path in folder.iterdir():
        rewritten(path, pose_keypoints_2d=(25, 3))
    np.testing.assert_array_equal(read_openpose(folder).xyz, wanted.xyz)


@pytest.mark.parametrize("keypoints", [266, (133, 2), (1, 133, 2)])
@pytest.mark.parametrize("scores", [133, (1, 133), (133, 1)])
def test_mmpose(tmp_path, keypoints, scores):
    path = files.mmpose(tmp_path / "a.json", [places("mmpose")])
    wanted = read_coco_wholebody(path)
    found = read_coco_wholebody(rewritten(path, keypoints=keypoints, keypoint_scores=scores))
    np.testing.assert_array_equal(found.xyz, wanted.xyz)


@pytest.mark.parametrize("keypoints", [(2, 133), (1, 1, 133, 2), (133, 2, 1), (133, 1, 2)])
def test_brackets_that_may_mean_anything_are_refused(tmp_path, keypoints):
    path = files.mmpose(tmp_path / "a.json", [places("mmpose")])
    with pytest.raises(BadInput, match="a.json has .*keypoints .*133"):
        read_coco_wholebody(rewritten(path, keypoints=keypoints))


def test_an_ending_in_capitals(tmp_path):
    path = files.rtmlib(tmp_path / "a.npz", [places("rtmlib")])
    assert len(read_coco_wholebody(path.rename(tmp_path / "a.NPZ"))) == 6
