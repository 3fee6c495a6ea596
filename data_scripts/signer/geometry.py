"""Rotations and directions: the little linear algebra that posing needs, vectorised over time."""

import numpy as np
from scipy.spatial.transform import Rotation


def unit(v: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) scaled to length one."""
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def axis_angle(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) about unit ``axis`` (..., 3) by ``angle`` (...) radians (Rodrigues)."""
    axis, angle = np.broadcast_arrays(axis, np.asarray(angle)[..., None])
    angle = angle[..., :1, None]
    cross = np.cross(np.eye(3), axis[..., None, :])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def turned(vectors: np.ndarray, axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Vectors (T, 3) turned about axes (T, 3) by angles (T,) radians."""
    return np.einsum("tab,tb->ta", axis_angle(unit(axis), angle), vectors)


def frame(forward: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Right-handed frames (..., 3, 3) whose columns are forward, the normal made orthogonal to it, and their cross."""
    forward = unit(forward)
    normal = unit(normal - (normal * forward).sum(-1, keepdims=True) * forward)
    return np.stack([forward, normal, np.cross(forward, normal)], axis=-1)


def signed_angle(a: np.ndarray, b: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Angle from a to b about ``axis``, radians."""
    a, b = (v - (v * axis).sum(-1, keepdims=True) * axis for v in (a, b))
    return np.arctan2((np.cross(a, b) * axis).sum(-1), (a * b).sum(-1))


def twist(turn: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The part (T,) of rotations (T, 3, 3) that is about ``axis``: swing-twist decomposition, in [-pi, pi]."""
    x, y, z, w = Rotation.from_matrix(turn).as_quat().T
    angle = 2 * np.arctan2(np.stack([x, y, z], -1) @ axis, w)
    return (angle + np.pi) % (2 * np.pi) - np.pi
