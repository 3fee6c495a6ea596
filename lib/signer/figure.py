"""Who signs: eighteen people who differ in body, skin, hair, clothes and manner, dressed and ready to draw."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lib.signer.body import Body, Phenotype
from lib.signer.look import SKIN_TONES, Style, dress, upper_body
from lib.signer.motion import Manner
from lib.signer.performer import Performance, Performer
from lib.signer.truth import Truth

HAIR = [(0.010, 0.008, 0.007), (0.022, 0.013, 0.008), (0.055, 0.028, 0.014), (0.12, 0.060, 0.028), (0.26, 0.16, 0.075),
        (0.20, 0.060, 0.022), (0.22, 0.21, 0.20)]  # fmt: skip
TOPS = [(0.012, 0.013, 0.016), (0.030, 0.045, 0.11), (0.18, 0.028, 0.032), (0.040, 0.11, 0.075), (0.30, 0.29, 0.27),
        (0.10, 0.10, 0.11), (0.055, 0.16, 0.22), (0.20, 0.12, 0.035), (0.10, 0.045, 0.12),
        (0.42, 0.36, 0.24)]  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """One synthetic signer: shape, looks and way of moving."""

    name: str
    phenotype: Phenotype
    style: Style
    manner: Manner


def draw_signer(number: int) -> Signer:
    """Signer ``number``: always the same person. Skin tones and genders are spread evenly, the rest is drawn."""
    rng = np.random.default_rng([2306, number])
    female = number % 2
    phenotype = Phenotype(
        gender=float(np.clip(female + rng.uniform(-0.15, 0.15), 0, 1)),
        age=float(rng.uniform(0.55, 0.9)),
        muscle=float(rng.uniform(0.35, 0.65)),
        weight=float(rng.uniform(0.35, 0.70)),
        height=float(rng.uniform(0.40, 0.65)),
        proportions=float(rng.uniform(0.45, 0.85)),
    )
    tone = (number * 7 + 3) % len(SKIN_TONES)
    hair = HAIR[rng.integers(2 if tone > 5 else len(HAIR))]
    top, stripe = rng.choice(len(TOPS), 2, replace=False)
    style = Style(
        skin_tone=tone,
        hair_color=hair,
        hair_thickness=float(rng.uniform(0.008, 0.024)),
        hairline=float(rng.uniform(0.050, 0.064)),
        bob=float(rng.uniform(0.04, 0.13)) if female and rng.random() < 0.75 else 0.0,
        cloth_color=TOPS[top],
        stripe_color=TOPS[stripe] if rng.random() < 0.25 else None,
        stripe_period=float(rng.uniform(0.03, 0.07)),
        sleeve=float(rng.choice([0.16, 0.22, 0.34, 0.47, 0.49])),
        neckline=float(rng.uniform(0.075, 0.11)),
        looseness=float(rng.uniform(0.005, 0.010)),
        trouser_color=tuple(float(c) for c in rng.uniform(0.01, 0.10) * np.array([0.9, 0.95, 1.1])),
    )
    tempo, size = float(rng.uniform(0.95, 1.25)), float(rng.uniform(0.85, 1.2))
    return Signer(f"S{number:02d}", phenotype, style, Manner(tempo, size, left_handed=number in (7, 15)))


SIGNERS = [draw_signer(number) for number in range(1, 19)]


class Figure:
    """A signer's body, outfit and performer: which vertices there are, and where a pose puts them."""

    def __init__(self, signer: Signer):
        self.signer, self.body = signer, Body(signer.phenotype)
        self.performer, self.truth = Performer(self.body, signer.manner), Truth(self.body)
        self.keep, self.faces = upper_body(self.body)
        self.curtain, faces = curtain(self.body, signer.style.bob)
        self.faces = np.concatenate([self.faces, faces + len(self.keep)])
        self.outfit = dress(self.body, signer.style, self.keep, self.curtain)

    def vertices(self, performance: Performance, moments: np.ndarray) -> np.ndarray:
        """The drawable vertices (M, V, 3) at sample numbers ``moments`` (M,) of a performance."""
        rotation, position = performance.rotation[moments], performance.position[moments]
        face = {action: strength[moments] for action, strength in performance.face.items()}
        skin = self.body.skin(rotation, position, face)[:, self.keep]
        head = self.body.index["head"]
        hair = np.einsum("tab,vb->tva", rotation[:, head], self.curtain - self.body.rest_joints[head])
        return np.concatenate([skin, hair + position[:, head, None]], axis=1).astype(np.float32)


@lru_cache(maxsize=8)
def drawn_figure(number: int) -> Figure:
    """The figure of `draw_signer` (``number``); a body takes a second to build."""
    return Figure(draw_signer(number))


COLUMNS, ROWS = 40, 14
OPENING = np.radians(52)  # half the angle the face keeps free


def curtain(body: Body, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (V, 3) at rest and faces (F, 3) of loose hair that hangs ``length`` metres below the ears; none for 0.

    Each row is an oval around the head's vertical axis, open at the face, from the crown, where it lies on the scalp,
    to the tips, where it curls inwards; the inner wall makes it a body with a thickness and not a sheet.
    """
    if not length:
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
    head = body.rest[body.moved_by("head")]
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
            x, y = np.sin(angle) * wide * size, center - np.cos(angle) * deep * size
            rings.append(np.stack([x, y, 0 * angle + z], -1))
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
    """Triangles of the two walls, the tips and the rims that join them."""
    outer, inner = np.arange(2 * ROWS * COLUMNS).reshape(2, ROWS, COLUMNS)
    joined = [(outer[-1], inner[-1]), (inner[:, 0], outer[:, 0]), (outer[:, -1], inner[:, -1])]
    strips = [_strip(outer), _strip(inner)[:, ::-1], *(_strip(np.stack(pair)) for pair in joined)]
    return np.concatenate(strips).astype(np.int32)


def _strip(grid: np.ndarray) -> np.ndarray:
    """Two triangles for each cell of a grid of vertex numbers (R, C)."""
    a, b, c, d = (g.ravel() for g in (grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]))
    return np.concatenate([np.stack([a, c, b], -1), np.stack([b, c, d], -1)])
