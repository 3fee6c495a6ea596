"""What a reader of letters sees of a hand: R3's polar form, coordinates, or twenty angles."""

from pathlib import Path

import numpy as np
import torch

from book.studies.angles.joint_angles import WRIST, joint_angles
from data_scripts.shared.lis_photos import read_hands, read_photos, read_table
from lib.joins2sign.network import FRAME, MIDDLE_MCP, to_polar
from lib.joins2sign.photos import SIDE, Photos
from lib.tools.errors import BadInput

AGAIN = "python data_scripts/lis_fingerspelling.py --out data/lis"
POLAR, PLAIN, PLACED = "polar", "x and y", "x and y from the wrist"
FLAT, SPACE, BOTH = "angles in the picture", "angles in space", "angles in space, polar"


def read(folder: str | Path, every: int = 1) -> tuple[Photos, np.ndarray]:
    """Each ``every``-th photo, and MediaPipe's joints with their depth, (N, 21, 3) in pixels, NaN where no hand is
    found; z has about x's unit, smaller is nearer. Raises BadInput where photos are missing or damaged."""
    photos = read_photos(folder, every)
    joints = read_hands(folder, list(read_table(folder).file))[0][::every]
    if len(joints) != len(photos):
        raise BadInput(
            f"{folder} has {len(joints) - len(photos)} photos that cannot be read: put it right with {AGAIN}"
        )
    return photos, joints


def polar(joints: np.ndarray) -> np.ndarray:
    """R3's 42 numbers of joints (N, 21, 3)."""
    places = torch.from_numpy(np.asarray(joints[..., :2], np.float32) * np.float32(FRAME / SIDE))
    return to_polar(places, FRAME).flatten(1).numpy()


def placed(joints: np.ndarray) -> np.ndarray:
    """x and y from the wrist, in lengths from there to the middle finger's knuckle, (N, 42)."""
    span = joints[..., :2] - joints[:, WRIST : WRIST + 1, :2]
    palm = np.linalg.norm(span[:, MIDDLE_MCP], axis=-1)[:, None, None]
    return (span / np.maximum(palm, 1e-6)).reshape(len(joints), -1)


VIEWS = {
    POLAR: polar,
    PLAIN: lambda joints: joints[..., :2].reshape(len(joints), -1) / SIDE,
    PLACED: placed,
    FLAT: lambda joints: joint_angles(joints[..., :2]),
    SPACE: joint_angles,
    BOTH: lambda joints: np.concatenate([joint_angles(joints), polar(joints)], axis=1),
}


def seen(view: str, joints: np.ndarray) -> np.ndarray:
    """What is seen of hands that were found, (N, F) float32. Raises BadInput for an unknown view."""
    if view not in VIEWS:
        raise BadInput(f"There is no view {view!r}: choose among {', '.join(VIEWS)}")
    return VIEWS[view](joints).astype(np.float32)
