"""The names that others call are where they were, and take what they took."""

import importlib
import inspect

import pytest

NAMES = {
    "lib.keypoints": "Keypoints Layout HOLISTIC_75 HOLISTIC_67 OPENPOSE_67 OPENPOSE_54 COCO_133 COCO_53 ASL_SIGNS_543 "
    "load read_openpose read_coco_wholebody read_asl_signs read_npy_frames from_npy_values",
    "lib.holistic": "extract extract_file",
    "lib.video": "read_video read_all write_video probe VideoInfo FORMATS VIDEOS",
    "lib.metrics": "undetected_hand_presence psnr ssim phash_distance frechet_distance endpoint_error pck pck_auc",
    "lib.imputation": "impute observed",
    "lib.normalization": "normalize",
    "lib.losses": "ssim_map ssim_l1 hand_weights",
    "lib.upsampler": "UNet Config AttentionGate build save load load_pretrained PRETRAINED parameter_count",
    "lib.ptn": "PoseEmbedding SequenceEmbedder PTN VTN positions l1_first_layer",
    "lib.joins2sign": "to_polar Joins2Sign KeypointClassifier LetterCNN "
    "static_loss dynamic_loss joint_loss letter_loss",
    "lib.enhance": "enhance Summary",
    "lib.enhance.__main__": "main",
    "lib.train_upsampler": "main",
}
DEFAULTS = {
    "lib.holistic.extract": {"fps": 25.0, "min_detection_confidence": 0.3, "min_tracking_confidence": 0.3},
    "lib.metrics.undetected_hand_presence": {"hand": "right"},
    "lib.upsampler.UNet": {"width": 64, "depth": 3, "attention": False, "skips": True},
    "lib.losses.ssim_l1": {"weight": None},
    "lib.losses.hand_weights": {"inside": 2.0},
    "lib.ptn.PoseEmbedding": {"dim": 128},
    "lib.joins2sign.Joins2Sign": {"num_joints": 21, "num_classes": 22},
}
ORDERS = {
    "lib.keypoints.Keypoints": ["xyz", "confidence", "layout", "fps", "size"],
    "lib.imputation.impute": ["xyz", "parts"],
    "lib.imputation.observed": ["xyz", "parts"],
    "lib.losses.hand_weights": ["wrists", "size", "radius", "inside"],
    "lib.ptn.PTN": ["in_features", "num_classes"],
    "lib.ptn.VTN": ["num_classes"],
    "lib.joins2sign.to_polar": ["joints", "size"],
}


def parameters(name: str) -> dict[str, inspect.Parameter]:
    module, _, thing = name.rpartition(".")
    return dict(inspect.signature(getattr(importlib.import_module(module), thing)).parameters)


@pytest.mark.parametrize("module", NAMES)
def test_names_are_there(module):
    found = importlib.import_module(module)
    assert [name for name in NAMES[module].split() if not hasattr(found, name)] == []


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_as_they_were(name):
    found = parameters(name)
    assert {key: found[key].default for key in DEFAULTS[name]} == DEFAULTS[name]


@pytest.mark.parametrize("name", ORDERS)
def test_arguments_come_in_their_order(name):
    assert list(parameters(name))[: len(ORDERS[name])] == ORDERS[name]


def test_keypoints_have_their_methods():
    keypoints = importlib.import_module("lib.keypoints").Keypoints
    assert all(callable(getattr(keypoints, name)) for name in ("part", "present", "select", "save", "load"))
