"""Keypoints: where the points of a signer are in every frame, in everybody's layouts and files."""

from lib.keypoints.keypoints import Keypoints, load
from lib.keypoints.layouts import (
    ASL_SIGNS_543,
    COCO_53,
    COCO_133,
    HOLISTIC_67,
    HOLISTIC_75,
    OPENPOSE_54,
    OPENPOSE_67,
    Layout,
)
from lib.keypoints.read_json import read_coco_wholebody, read_openpose
from lib.keypoints.read_mediapipe import from_npy_values, read_asl_signs, read_npy_frames
