"""From posed vertices to pictures: the scene's description and the frame loop around the Warp kernels."""

from dataclasses import dataclass, field

import numpy as np

from lib.signer.geometry import unit
from lib.signer.warped import warp


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


@dataclass
class Outfit:
    """What covers the vertices (V of them). ``cloth`` and ``hair`` are distances inside the covered part in metres."""

    skin: np.ndarray  # (V, 3) linear albedo
    rest: np.ndarray  # (V, 3) rest positions, which carry the pattern
    cloth: np.ndarray  # (V,)
    hair: np.ndarray  # (V,)
    thickness: np.ndarray  # (V,) metres off the skin
    cloth_color: tuple[float, float, float] = (0.1, 0.1, 0.12)
    stripe_color: tuple[float, float, float] = (0.1, 0.1, 0.12)
    stripe_period: float = 0.0
    trouser_color: tuple[float, float, float] = (0.03, 0.03, 0.04)
    waist: float = -0.02  # rest height below which the trousers begin
    hair_color: tuple[float, float, float] = (0.03, 0.02, 0.015)


@dataclass
class Scene:
    """Everything about a picture except the moving vertices; ``backdrop`` is (H, W, 3) linear light."""

    outfit: Outfit
    camera: Camera
    backdrop: np.ndarray
    lighting: Lighting = field(default_factory=Lighting)


class Renderer:
    """Draws one signer. The mesh is built once and refitted for every picture.

    ``faces`` (F, 3) index the vertices that ``render`` is given; ``device`` is Warp's name, "cpu" or "cuda".
    """

    def __init__(self, faces: np.ndarray, scene: Scene, device: str = "cpu"):
        wp = warp()
        from lib.signer import kernels

        self.wp, self.kernels, self.device, self.scene = wp, kernels, device, scene
        count = len(scene.outfit.skin)
        with wp.ScopedDevice(device):
            self.faces = wp.array(faces.ravel(), dtype=int)
            self.points = wp.array(scene.outfit.rest, dtype=wp.vec3)
            self.normals = wp.zeros(count, dtype=wp.vec3)
            self.thickness = wp.array(scene.outfit.thickness, dtype=float)
            self.mesh = wp.Mesh(self.points, self.faces)
            self.surface, self.light, self.view = self._surface(), self._light(), self._view()
            self.backdrop = wp.array(scene.backdrop.astype(np.float32), dtype=wp.vec3)
            self.first = wp.zeros(scene.backdrop.shape[:2], dtype=wp.vec3)
            self.image = wp.zeros_like(self.first)

    def _surface(self):
        wp, outfit = self.wp, self.scene.outfit
        surface = self.kernels.Surface()
        surface.skin, surface.rest = (wp.array(a, dtype=wp.vec3) for a in (outfit.skin, outfit.rest))
        surface.cloth, surface.hair = (wp.array(a, dtype=float) for a in (outfit.cloth, outfit.hair))
        for name in ("cloth_color", "stripe_color", "trouser_color", "hair_color"):
            setattr(surface, name, wp.vec3(*getattr(outfit, name)))
        surface.stripe_period, surface.waist = outfit.stripe_period, outfit.waist
        return surface

    def _light(self):
        light, lighting = self.kernels.Light(), self.scene.lighting
        for name in ("key_color", "fill_color", "sky_color", "ground_color"):
            setattr(light, name, self.wp.vec3(*getattr(lighting, name)))
        light.key, light.fill = (self.wp.vec3(*unit(np.array(d))) for d in (lighting.key, lighting.fill))
        return light

    def _view(self):
        view, camera = self.kernels.View(), self.scene.camera
        view.right, view.down, view.forward = (self.wp.vec3(*row) for row in camera.basis())
        view.eye = self.wp.vec3(*camera.eye)
        view.pixel = 1.0 / (camera.focal * camera.height)
        view.center_x, view.center_y = camera.width / 2, camera.height / 2
        return view

    def _move(self, vertices: np.ndarray) -> None:
        """Put the mesh in place: clothing and hair on, normals smooth, bounding boxes refitted."""
        launch, k, count = self.wp.launch, self.kernels, len(self.points)
        self.points.assign(vertices)
        for outward in (True, False):
            self.normals.zero_()
            launch(k.add_face_normals, len(self.faces) // 3, [self.points, self.faces, self.normals])
            if outward:
                launch(k.thicken, count, [self.points, self.normals, self.thickness])
        self.mesh.refit()

    def render(self, vertices: np.ndarray, smooth: bool = True, offset: tuple[float, float] = (0.5, 0.5)) -> np.ndarray:
        """One picture (H, W, 3) float32, linear light, of vertices (V, 3): a single instant.

        ``smooth`` shoots more rays at edges. Sub-frames of a motion blur go without and move ``offset`` about
        inside the pixel instead, which smooths edges by their mean.
        """
        shape = self.first.shape
        with self.wp.ScopedDevice(self.device):
            self._move(vertices)
            scene = [self.mesh.id, self.normals, self.surface, self.light, self.view, self.backdrop]
            self.wp.launch(self.kernels.cast, shape, [*scene, self.wp.vec2(*offset), self.first])
            if not smooth:
                return self.first.numpy().copy()
            self.wp.launch(self.kernels.smooth_edges, shape, [*scene, self.first, self.image])
            return self.image.numpy().copy()
