"""Keypoints written as each estimator writes them, and read again by the reader for it."""

import estimators as files
import numpy as np

from lib.keypoints import COCO_133, Keypoints, load, read_asl_signs, read_coco_wholebody, read_npy_frames, read_openpose

PIXELS = ("openpose", "mmpose", "rtmlib")  # readers of files that hold pixels, and several people


def read(kind, tmp_path, people, numbers=None, sure=0.8, **options) -> Keypoints:
    """Write the people (T, P, 2) as an estimator does, and read them."""
    others = {"numbers": numbers} if numbers is not None else {}
    if kind == "openpose":
        return read_openpose(files.openpose(tmp_path / "op", people, sure=sure, **others), **options)
    if kind == "mmpose":
        return read_coco_wholebody(files.mmpose(tmp_path / "a.json", people, sure=sure, **others), **options)
    if kind == "rtmlib":
        return read_coco_wholebody(files.rtmlib(tmp_path / "a.npz", people, sure=sure), **options)
    if kind == "pose":
        parts = files.components(COCO_133)
        return load(files.pose(tmp_path / "a.pose", parts, np.nan_to_num(np.stack(people, axis=1))), **options)
    if kind == "npy":
        return read_npy_frames(files.npy(tmp_path / "seq", people[0], **others), **options)
    return read_asl_signs(files.asl_signs(tmp_path / "a.parquet", people[0], **others), **options)


def places(kind, **how) -> np.ndarray:
    return files.signer(files.LAYOUT.get(kind, COCO_133), **how)
