"""Which .tflite files the reader takes, and which it refuses."""

import subprocess
import sys

import pytest

from lib.holistic import twins
from lib.holistic.twins import HAND, RECROP, HandTwin, RecropTwin, Twin, inside_mediapipe
from lib.tools.errors import BadInput
from lib.tools.paths import ROOT

SELFIE = "modules/selfie_segmentation/selfie_segmentation.tflite"


def test_a_network_of_other_operators_is_refused():
    with pytest.raises(BadInput, match="selfie_segmentation.tflite has an operator HARD_SWISH"):
        Twin(inside_mediapipe(SELFIE), [(1, 256, 256, 3), (1, 256, 256, 1)])


def test_a_network_of_other_shapes_is_refused():
    with pytest.raises(BadInput, match="selfie_segmentation.tflite is another network"):
        Twin(inside_mediapipe(SELFIE), [(1, 224, 224, 3), (1, 63)])


def test_a_hand_network_in_the_others_place_is_refused(monkeypatch):
    monkeypatch.setattr(twins, "HAND", RECROP)
    with pytest.raises(BadInput, match="hand_recrop.tflite is another network"):
        HandTwin()
    monkeypatch.setattr(twins, "RECROP", HAND)
    with pytest.raises(BadInput, match="hand_landmark_full.tflite is another network"):
        RecropTwin()


def test_what_is_no_network_is_refused(tmp_path):
    (tmp_path / "other.tflite").write_bytes(b"not a model")
    for name in ("other.tflite", "missing.tflite"):
        with pytest.raises(BadInput, match=f"{name} is not a TensorFlow Lite model"):
            Twin(tmp_path / name, [(1,)])


def test_a_file_that_is_not_in_the_wheel():
    with pytest.raises(BadInput, match="modules/no.tflite is missing; install"):
        inside_mediapipe("modules/no.tflite")


def test_mediapipe_itself_is_not_imported():
    code = "import sys, lib.upsampler.guidance; lib.upsampler.guidance.Guidance(); sys.exit('mediapipe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
