"""From posed vertices to pictures: the frame loop around the Warp kernels."""

import numpy as np

from data_scripts.signer.geometry import unit
from data_scripts.signer.look import Outfit
from data_scripts.signer.stage import Camera, Lighting, Scene


class Renderer:
    """Draws one signer. The mesh is built once and refitted for every picture.

    ``faces`` (F, 3) index the vertices that ``render`` is given; ``device`` is Warp's name, "cpu" or "cuda".
    """

    def __init__(self, faces: np.ndarray, outfit: Outfit, stage: Scene, device: str = "cpu"):
        from data_scripts.signer import kernels

        self.wp, self.kernels, self.device = (wp := kernels.wp), kernels, device
        with wp.ScopedDevice(device):
            self.faces = wp.array(faces.ravel(), dtype=int)
            self.points = wp.array(outfit.rest, dtype=wp.vec3)
            self.thickness = wp.array(outfit.thickness, dtype=float)
            self.mesh = wp.Mesh(self.points, self.faces)
            self.world = world = kernels.World()
            world.mesh, world.normals = self.mesh.id, wp.zeros(len(outfit.skin), dtype=wp.vec3)
            world.surface, world.light = self._surface(outfit), self._light(stage.lighting)
            world.view = self._view(stage.camera)
            world.backdrop = wp.array(stage.backdrop.astype(np.float32), dtype=wp.vec3)
            self.first, self.image = (wp.zeros(stage.backdrop.shape[:2], dtype=wp.vec3) for _ in range(2))

    def _surface(self, outfit: Outfit):
        wp, style, surface = self.wp, outfit.style, self.kernels.Surface()
        surface.skin, surface.rest = (wp.array(a, dtype=wp.vec3) for a in (outfit.skin, outfit.rest))
        surface.cloth, surface.hair = (wp.array(a, dtype=float) for a in (outfit.cloth, outfit.hair))
        for name in ("cloth_color", "stripe_color", "trouser_color", "hair_color"):
            setattr(surface, name, wp.vec3(*(getattr(style, name) or style.cloth_color)))
        surface.stripe_period = style.stripe_period if style.stripe_color else 0.0
        return surface

    def _light(self, lighting: Lighting):
        light = self.kernels.Light()
        for name in ("key_color", "fill_color", "sky_color", "ground_color"):
            setattr(light, name, self.wp.vec3(*getattr(lighting, name)))
        light.key, light.fill = (self.wp.vec3(*unit(np.array(d))) for d in (lighting.key, lighting.fill))
        return light

    def _view(self, camera: Camera):
        view = self.kernels.View()
        view.right, view.down, view.forward = (self.wp.vec3(*row) for row in camera.basis())
        view.eye = self.wp.vec3(*camera.eye)
        view.pixel = 1.0 / (camera.focal * camera.height)
        view.center_x, view.center_y = camera.width / 2, camera.height / 2
        return view

    def _move(self, vertices: np.ndarray) -> None:
        """Put the mesh in place: clothing and hair on, normals smooth, bounding boxes refitted."""
        launch, k, normals = self.wp.launch, self.kernels, self.world.normals
        self.points.assign(vertices)
        for outward in (True, False):
            normals.zero_()
            launch(k.add_face_normals, len(self.faces) // 3, [self.points, self.faces, normals])
            if outward:
                launch(k.thicken, len(self.points), [self.points, normals, self.thickness])
        self.mesh.refit()

    def render(self, vertices: np.ndarray, smooth: bool = True, offset: tuple[float, float] = (0.5, 0.5)) -> np.ndarray:
        """One picture (H, W, 3) float32, linear light, of vertices (V, 3): a single instant.

        ``smooth`` shoots more rays at edges. Sub-frames of a motion blur go without and move ``offset`` about
        inside the pixel instead, which smooths edges by their mean.
        """
        launch, shape = self.wp.launch, self.first.shape
        with self.wp.ScopedDevice(self.device):
            self._move(vertices)
            launch(self.kernels.cast, shape, [self.world, self.wp.vec2(*offset), self.first])
            if smooth:
                launch(self.kernels.smooth_edges, shape, [self.world, self.first, self.image])
            return (self.image if smooth else self.first).numpy().copy()
