"""Loose hair to the jaw or the shoulders: a curtain around the head, open at the face, that moves with the head."""

import numpy as np

from lib.signer.body import Body

COLUMNS, ROWS = 40, 14
OPENING = np.radians(52)  # half the angle the face keeps free


def curtain(body: Body, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (V, 3) at rest and faces (F, 3) of hair that hangs ``length`` metres below the ears.

    Each row is an oval around the head's vertical axis, from the crown, where it lies on the scalp, to the tips,
    where it curls inwards; the inner wall makes it a body with a thickness and not a sheet.
    """
    head = body.rest_vertices.numpy()[body.moved_by("head")]
    eyes = (body.joint("eye.L")[2] + body.joint("eye.R")[2]) / 2
    skull = head[head[:, 2] > eyes]
    front, back = skull[:, 1].min(), skull[:, 1].max()
    center = (front + back) / 2 + 0.012
    wide, deep = np.abs(skull[:, 0]).max() + 0.014, (back - front) / 2 + 0.004
    top, bottom = head[:, 2].max() + 0.004, eyes - 0.04 - length
    rings = []
    for wall in (1.0, 0.86):  # outside, inside
        for z in top + (bottom - top) * np.linspace(0, 1, ROWS) ** 1.25:
            opening = _opening(z, eyes, top)
            angle = np.linspace(opening, 2 * np.pi - opening, COLUMNS)
            size = wall * _spread(z, eyes, top, bottom) * (1 + 0.012 * np.sin(9 * angle + 20 * z))
            rings.append(
                np.stack([np.sin(angle) * wide * size, center - np.cos(angle) * deep * size, 0 * angle + z], -1)
            )
    return np.concatenate(rings).astype(np.float32), _faces()


def _spread(z: float, eyes: float, top: float, bottom: float) -> float:
    """How wide the oval at height ``z`` is: round like the skull above the eyes, then out a little and in again."""
    if z > eyes:
        return np.sqrt(np.clip(1 - ((z - eyes) / (top - eyes + 1e-3)) ** 2, 0.02, 1))
    return 1 + 0.10 * np.sin(np.pi * (eyes - z) / (eyes - bottom + 1e-6))


def _opening(z: float, eyes: float, top: float) -> float:
    """Half the angle left free at height ``z``: the whole face below the forehead, closing towards the crown."""
    forehead = eyes + 0.045
    return OPENING if z < forehead else OPENING * max(0.0, (top - 0.02 - z) / (top - 0.02 - forehead))


def _faces() -> np.ndarray:
    """Triangles of the two walls, the rims that join them, the top and the tips."""
    grid = np.arange(2 * ROWS * COLUMNS).reshape(2, ROWS, COLUMNS)
    outer, inner = grid
    quads = [_strip(outer), _strip(inner)[:, ::-1]]
    quads += [_strip(np.stack([outer[-1], inner[-1]]))]
    quads += [_strip(np.stack([inner[:, 0], outer[:, 0]])), _strip(np.stack([outer[:, -1], inner[:, -1]]))]
    return np.concatenate(quads).astype(np.int32)


def _strip(grid: np.ndarray) -> np.ndarray:
    """Two triangles for each cell of a grid of vertex numbers (R, C)."""
    a, b, c, d = (g.ravel() for g in (grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]))
    return np.concatenate([np.stack([a, c, b], -1), np.stack([b, c, d], -1)])
