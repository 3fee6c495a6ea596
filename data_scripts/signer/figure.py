"""Who signs: eighteen people who differ in body, skin, hair, clothes and manner, dressed and ready to draw."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data_scripts.signer.arm import Hand
from data_scripts.signer.body import Body, Phenotype
from data_scripts.signer.look import SKIN_TONES, Style, dress, ear_centers, upper_body
from data_scripts.signer.motion import Manner
from data_scripts.signer.performer import Performance, Performer
from data_scripts.signer.stage import Camera
from lib.keypoints import HOLISTIC_75, Keypoints

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
        age=rng.uniform(0.55, 0.9),
        muscle=rng.uniform(0.35, 0.65),
        weight=rng.uniform(0.35, 0.70),
        height=rng.uniform(0.40, 0.65),
        proportions=rng.uniform(0.45, 0.85),
    )
    tone = (number * 7 + 3) % len(SKIN_TONES)
    hair = HAIR[rng.integers(2 if tone > 5 else len(HAIR))]
    top, stripe = rng.choice(len(TOPS), 2, replace=False)
    style = Style(
        skin_tone=tone,
        hair_color=hair,
        hair_thickness=rng.uniform(0.008, 0.024),
        hairline=rng.uniform(0.050, 0.064),
        bob=rng.uniform(0.04, 0.13) if female and rng.random() < 0.75 else 0.0,
        cloth_color=TOPS[top],
        stripe_color=TOPS[stripe] if rng.random() < 0.25 else None,
        stripe_period=rng.uniform(0.03, 0.07),
        sleeve=float(rng.choice([0.16, 0.22, 0.34, 0.47, 0.49])),
        neckline=rng.uniform(0.075, 0.11),
        looseness=rng.uniform(0.005, 0.010),
        trouser_color=tuple(float(c) for c in rng.uniform(0.01, 0.10) * np.array([0.9, 0.95, 1.1])),
    )
    tempo, size = rng.uniform(0.95, 1.25), rng.uniform(0.85, 1.2)
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


class Truth:
    """Finds the 75 points of a posed body: joints where the skeleton has them, else fixed points on a bone."""

    def __init__(self, body: Body):
        self.body = body
        self.points = _face(body) + _limbs(body)
        for side in "LR":
            tips = Hand(body, side).tips
            self.points.append(self._at(f"wrist.{side}"))
            for finger in range(1, 6):
                self.points += [self._at(f"finger{finger}-{joint}.{side}") for joint in (1, 2, 3)]
                self.points.append((f"finger{finger}-3.{side}", tips[finger]))

    def _at(self, bone: str) -> tuple[str, np.ndarray]:
        return bone, self.body.joint(bone)

    def metres(self, rotation: np.ndarray, position: np.ndarray) -> np.ndarray:
        """The points in the body's axes, (T, 75, 3) float32."""
        bones = [self.body.index[bone] for bone, _ in self.points]
        offsets = np.stack([rest for _, rest in self.points]) - self.body.rest_joints[bones]
        return (position[:, bones] + np.einsum("tpab,pb->tpa", rotation[:, bones], offsets)).astype(np.float32)

    def keypoints(self, rotation: np.ndarray, position: np.ndarray, camera: Camera, fps: float) -> Keypoints:
        """The points in a camera's picture: pixels, with confidence 1 inside the frame and 0 outside it.

        A point hidden behind the body is still where it is and keeps confidence 1.
        """
        xyz = camera.project(self.metres(rotation, position))
        inside = ((xyz[..., :2] >= 0) & (xyz[..., :2] < (camera.width, camera.height))).all(-1)
        return Keypoints(xyz, inside.astype(np.float32), HOLISTIC_75, fps, (camera.width, camera.height))


# MediaPipe's order from the shoulders to the ankles; its hips lie at the top of the thighs
LIMBS = ("upperarm01", "lowerarm01", "wrist", "finger5-1", "finger2-1", "finger1-2", "upperleg01", "lowerleg01", "foot")
HEEL = np.array([0, 0.06, -0.05])  # metres from the ankle: behind and below it


def _face(body: Body) -> list[tuple[str, np.ndarray]]:
    """Nose to mouth in MediaPipe's order: on the skin, found by place, since the skeleton has only the eyes."""
    eyes = {side: body.joint(f"eye.{side}") for side in "LR"}
    middle = (eyes["L"] + eyes["R"]) / 2
    half = abs(eyes["L"][0] - middle[0])
    nose = _nose(body, below=middle[2] - 0.015)
    points = [nose]
    for side, out in (("L", 1.0), ("R", -1.0)):
        points += [eyes[side] + np.array([dx * out * half, -0.012, 0]) for dx in (-0.5, 0.0, 0.55)]
    points += list(ear_centers(body)[::-1])
    points += [np.array([out * 0.8 * half, nose[1] + 0.02, nose[2] - 0.036]) for out in (1.0, -1.0)]
    return [("head", point) for point in points]


def _nose(body: Body, below: float) -> np.ndarray:
    """The foremost point of the face's middle line under the height ``below``, (3,)."""
    head = body.rest[body.moved_by("head")]
    middle = head[(np.abs(head[:, 0]) < 0.01) & (head[:, 2] < below)]
    return middle[middle[:, 1].argmin()]


def _limbs(body: Body) -> list[tuple[str, np.ndarray]]:
    """Shoulders to feet in MediaPipe's order, left before right."""
    points = [(f"{bone}.{side}", body.joint(f"{bone}.{side}")) for bone in LIMBS for side in "LR"]
    points += [(f"foot.{side}", body.joint(f"foot.{side}") + HEEL) for side in "LR"]
    return points + [(f"toe1-2.{side}", body.joint(f"toe1-2.{side}")) for side in "LR"]
