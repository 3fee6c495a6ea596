"""Keeping hands out of faces and chests: a signed distance field of head and trunk, and spheres on the hands."""

from functools import cached_property

import numpy as np

from lib.signer.body import Body
from lib.signer.geometry import unit

VOXEL, GAP = 0.015, 0.03  # metres
LOW, HIGH = np.array([-0.42, -0.50, -0.35]), np.array([0.42, 0.20, 0.95])


class Clearance:
    """Distance to a body's head, neck and trunk at rest; positive outside, metres."""

    def __init__(self, body: Body):
        self.body = body

    @cached_property
    def grid(self) -> np.ndarray:
        """Signed distances on a grid of `VOXEL`, from the mesh without its arms (winding numbers close the holes)."""
        from lib.signer.kernels import signed_distance, wp

        without_arms = ~self.body.moved_by("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
        faces = self.body.faces[without_arms[self.body.faces].all(1)]
        mesh = wp.Mesh(
            wp.array(self.body.rest, dtype=wp.vec3, device="cpu"),
            wp.array(faces.ravel(), dtype=int, device="cpu"),
            support_winding_number=True,
        )
        axes = [np.arange(low, high, VOXEL) for low, high in zip(LOW, HIGH)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        out = wp.zeros(points.size // 3, dtype=float, device="cpu")
        queries = wp.array(points.reshape(-1, 3), dtype=wp.vec3, device="cpu")
        wp.launch(signed_distance, len(out), [mesh.id, queries, out], device="cpu")
        return out.numpy().reshape(points.shape[:3])

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Signed distance at points (..., 3), to about half a voxel."""
        from scipy.ndimage import map_coordinates

        at = ((points - LOW) / VOXEL).reshape(-1, 3).T
        return map_coordinates(self.grid, at, order=1, mode="nearest").reshape(points.shape[:-1])

    def outward(self, points: np.ndarray) -> np.ndarray:
        """Unit direction away from the body at points (..., 3): the field's gradient."""
        steps = VOXEL * np.eye(3)
        return unit(np.stack([self.distance(points + s) - self.distance(points - s) for s in steps], -1))

    def push_out(self, points: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Shift (T, 3) that moves each frame's spheres (T, S, 3) of ``radius`` (S,) out of the body together."""
        shift = np.zeros((len(points), 3))
        frames = np.arange(len(points))
        for _ in range(6):
            moved = points + shift[:, None]
            depth = radius - self.distance(moved)
            worst = depth.argmax(1)
            shift += self.outward(moved[frames, worst]) * np.maximum(depth[frames, worst], 0)[:, None]
        return shift


def push_apart(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Half the shift (T, 3) that keeps two hands' spheres (T, S, 3) `GAP` apart: add to left, take from right."""
    shift = np.zeros((len(left), 3))
    for _ in range(4):
        between = (left + shift[:, None])[:, :, None] - (right - shift[:, None])[:, None]
        distance = np.linalg.norm(between, axis=-1).reshape(len(left), -1)
        nearest = distance.min(1)
        centers = left.mean(1) - right.mean(1) + 2 * shift
        centers[:, 1] *= 0.3  # aside rather than one before the other
        shift += unit(centers) * np.maximum(GAP - nearest, 0)[:, None] / 2
    return shift
