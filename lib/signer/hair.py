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
    rest = body.rest_vertices.numpy()
    head = rest[body.moved_by("head")]
    eyes = (body.joint("eye.L") + body.joint("eye.R")) / 2
    top, bottom = head[:, 2].max() + 0.004, eyes[2] - 0.04 - length
    skull = head[head[:, 2] > eyes[2]]
    center_y = (skull[:, 1].max() + skull[:, 1].min()) / 2 + 0.012
    wide, deep = np.abs(skull[:, 0]).max() + 0.014, (skull[:, 1].max() - skull[:, 1].min()) / 2 + 0.004
    down = np.linspace(0, 1, ROWS)
    heights = top + (bottom - top) * down**1.25
    crown = np.sqrt(np.clip(1 - ((heights - eyes[2]) / (top - eyes[2] + 1e-3)) ** 2, 0.02, 1))
    spread = np.where(
        heights > eyes[2], crown, 1 + 0.10 * np.sin(np.pi * (eyes[2] - heights) / (eyes[2] - bottom + 1e-6))
    )
    rings = []
    for shrink in (1.0, 0.86):  # outer wall, inner wall
        for z, s in zip(heights, spread):
            opening = (
                OPENING
                if z < eyes[2] + 0.045
                else OPENING * max(0.0, (top - 0.02 - z) / (top - 0.02 - eyes[2] - 0.045))
            )
            angle = np.linspace(opening, 2 * np.pi - opening, COLUMNS)
            wave = 1 + 0.012 * np.sin(9 * angle + 20 * z)
            x, y = np.sin(angle) * wide * s * shrink * wave, -np.cos(angle) * deep * s * shrink * wave
            rings.append(np.stack([x, center_y + y, np.full_like(x, z)], -1))
    return np.concatenate(rings).astype(np.float32), _faces()


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
