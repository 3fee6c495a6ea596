"""Where a signer stands: backdrop, light and camera, drawn anew for every clip within the habits of a domain."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from data_scripts.signer.body import Body
from data_scripts.signer.geometry import unit

WIDTH, HEIGHT = 304, 336  # R1's target size


@dataclass(frozen=True)
class Camera:
    """A pinhole camera looking from ``eye`` to ``target`` (metres); ``focal`` is in units of the image's height."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    focal: float = 2.6
    width: int = 304
    height: int = 336
    roll: float = 0.0  # radians

    def basis(self) -> np.ndarray:
        """Rows right, down, forward, (3, 3)."""
        forward = unit(np.array(self.target) - np.array(self.eye))
        right = unit(np.cross(forward, [0.0, 0.0, 1.0]))
        down = np.cross(forward, right)
        c, s = np.cos(self.roll), np.sin(self.roll)
        return np.stack([c * right + s * down, c * down - s * right, forward])

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points (..., 3) to pixels x right, y down, and z in pixels too: smaller is nearer, 0 at the target."""
        local = (points - np.array(self.eye)) @ self.basis().T
        scale = self.focal * self.height / local[..., 2:]
        depth = local[..., 2:] - np.linalg.norm(np.array(self.target) - np.array(self.eye))
        center = np.array([self.width / 2, self.height / 2])
        return np.concatenate([local[..., :2] * scale + center, depth * scale], -1).astype(np.float32)


@dataclass(frozen=True)
class Lighting:
    """Directions point towards the light (they need not have length one); colours are linear RGB."""

    key: tuple[float, float, float] = (0.5, -1.0, 0.9)
    key_color: tuple[float, float, float] = (0.72, 0.70, 0.66)
    fill: tuple[float, float, float] = (-0.9, -0.8, 0.1)
    fill_color: tuple[float, float, float] = (0.16, 0.17, 0.19)
    sky_color: tuple[float, float, float] = (0.34, 0.35, 0.38)
    ground_color: tuple[float, float, float] = (0.16, 0.15, 0.14)


@dataclass(frozen=True)
class Scene:
    """A picture's surroundings; ``backdrop`` is (H, W, 3) linear light."""

    backdrop: np.ndarray
    lighting: Lighting
    camera: Camera


def camera_for(
    body: Body, rng: np.random.Generator, zoom: float = 1.0, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> Camera:
    """Frames the signer, in the middle as in R1's crop, from above the head to below the waist, never twice alike."""
    top, bottom = body.joint("head")[2] + 0.27, body.joint("pelvis.L")[2] - 0.06
    tall = (top - bottom) / zoom * rng.uniform(0.98, 1.06)
    middle = (top + bottom) / 2
    distance = rng.uniform(2.4, 3.4)
    aside, lift = rng.uniform(-0.25, 0.25), rng.uniform(-0.05, 0.22)
    target = (float(rng.uniform(-0.02, 0.02)), 0.0, float(middle))
    eye = (float(aside), float(-distance), float(middle + lift))
    return Camera(eye, target, float(distance / tall), *size, roll=float(rng.normal(0, 0.008)))


def studio(body: Body, rng: np.random.Generator, size=(WIDTH, HEIGHT)) -> Scene:
    """D1's domain: a news studio. Cool panels, soft even light."""
    backdrop = _gradient(_between(rng, [0.08, 0.12, 0.20], [0.26, 0.32, 0.42]), rng.uniform(0.6, 0.9), size)
    for _ in range(rng.integers(2, 5)):
        _panel(backdrop, rng, _between(rng, [0.05, 0.09, 0.16], [0.40, 0.48, 0.56]))
    return Scene(_soft(backdrop, 0.012), _lighting(rng, strength=1.0, warm=0.0), camera_for(body, rng, size=size))


def room(body: Body, rng: np.random.Generator, size=(WIDTH, HEIGHT)) -> Scene:
    """TD1's and TD2's domain: somebody's room. Warm walls, a window, furniture, light from one side."""
    backdrop = _gradient(_between(rng, [0.26, 0.21, 0.15], [0.58, 0.50, 0.40]), rng.uniform(0.5, 0.8), size)
    for _ in range(rng.integers(3, 7)):
        _panel(backdrop, rng, _between(rng, [0.04, 0.03, 0.02], [0.60, 0.52, 0.42]))
    lighting = _lighting(rng, strength=0.85, warm=0.25, side=0.9)
    return Scene(_soft(backdrop, 0.006), lighting, camera_for(body, rng, zoom=rng.uniform(0.92, 1.06), size=size))


def anywhere(body: Body, rng: np.random.Generator, size=(WIDTH, HEIGHT)) -> Scene:
    """No domain at all: any colours, any clutter, any light, nearer and farther, for training that must carry over."""
    backdrop = _gradient(rng.beta(0.8, 1.6, 3) ** 1.5, rng.uniform(0.4, 1.0), size)
    for _ in range(rng.integers(0, 9)):
        _panel(backdrop, rng, rng.beta(0.8, 1.6, 3) ** 1.5)
    backdrop = _soft(backdrop, rng.uniform(0.001, 0.015)) * _grain(rng, size)
    lighting = _lighting(rng, strength=rng.uniform(0.6, 1.25), warm=rng.uniform(-0.2, 0.3), side=rng.uniform(0.3, 1.2))
    return Scene(backdrop, lighting, camera_for(body, rng, zoom=rng.uniform(0.72, 1.35), size=size))


SCENES: dict[str, Callable[..., Scene]] = {"studio": studio, "room": room, "anywhere": anywhere}


def _lighting(rng: np.random.Generator, strength: float, warm: float, side: float = 0.5) -> Lighting:
    """A key light from one side or the other, a weaker fill opposite, and the room's own light."""
    tint = np.array([1 + warm, 1.0, 1 - warm])
    left = rng.choice([-1.0, 1.0])
    key = (left * rng.uniform(0.3, 0.6 + side), -1.0, rng.uniform(0.5, 1.1))
    power = strength * rng.uniform(0.62, 0.85)
    return Lighting(
        key=key,
        key_color=tuple(power * tint),
        fill=(-left * 0.9, -0.8, 0.1),
        fill_color=tuple(0.18 * strength * tint[::-1]),
        sky_color=tuple(strength * rng.uniform(0.28, 0.40) * (0.5 + 0.5 * tint)),
        ground_color=tuple(strength * rng.uniform(0.12, 0.20) * tint),
    )


def _between(rng: np.random.Generator, dark: list[float], bright: list[float]) -> np.ndarray:
    """A colour between two, with a slight cast of its own."""
    dark, bright = np.array(dark), np.array(bright)
    return (dark + rng.random() * (bright - dark)) * rng.uniform(0.8, 1.2, 3)


def _gradient(color: np.ndarray, bottom: float, size: tuple[int, int]) -> np.ndarray:
    """One colour, darker towards the bottom and the corners."""
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(0, 1, size[1]))
    shade = (1.1 + (bottom - 1.1) * y) * (1 - 0.15 * x**2)
    return shade[..., None] * color


def _panel(backdrop: np.ndarray, rng: np.random.Generator, color: np.ndarray) -> None:
    """Paint one upright rectangle over the backdrop."""
    height, width = backdrop.shape[:2]
    x0, y0 = rng.integers(-width // 4, width), rng.integers(-height // 4, height // 2)
    x1, y1 = x0 + rng.integers(width // 8, width // 2), y0 + rng.integers(height // 3, height)
    backdrop[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = color


def _grain(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A wall's texture, (H, W, 1) around 1: noise as coarse and as strong as chance has it."""
    noise = gaussian_filter(rng.normal(size=(size[1], size[0], 1)), (*[rng.uniform(0.6, 5.0)] * 2, 0))
    return (1 + rng.uniform(0, 0.3) * noise / noise.std()).clip(0.1)


def _soft(backdrop: np.ndarray, share: float) -> np.ndarray:
    """Out of focus by a share of the width."""
    sigma = share * backdrop.shape[1]
    return gaussian_filter(backdrop, (sigma, sigma, 0), mode="nearest")
