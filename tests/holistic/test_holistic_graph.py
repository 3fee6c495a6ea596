"""Holistic without its face finds the same body and the same hands, and says nothing of a face."""

import numpy as np
import pytest

from lib.holistic.graph import body_and_hands, points_of, solutions
from lib.keypoints import HOLISTIC_75
from lib.signer.clips import clips
from lib.tools.quiet import quiet
from lib.video import read_all

SETTINGS = {"min_detection_confidence": 0.3, "min_tracking_confidence": 0.3}


@pytest.mark.parametrize("sharp", [True, False], ids=["sharp", "blurred"])
def test_body_and_hands_are_those_of_holistic_bit_for_bit(sharp):
    film = clips("d1_test")[0]
    frames = read_all(film.target_path if sharp else film.input_path, 12)
    size = (frames.shape[2], frames.shape[1])
    found = []
    for make in (solutions().holistic.Holistic, body_and_hands):
        with quiet, make(**SETTINGS) as graph:
            results = [graph.process(frame) for frame in frames]
        found.append(np.stack([points_of(result, size) for result in results]))
    np.testing.assert_array_equal(*found)
    seen = ~np.isnan(found[1][..., 0])
    assert seen[:, HOLISTIC_75.parts["pose"]].any() and seen[:, 33:].any()
    assert not hasattr(results[0], "face_landmarks")
