"""Filming a performance: sharp frames, and true motion blur from the moments while the shutter is open."""

from collections.abc import Iterator

import numpy as np
from scipy.stats.qmc import Halton

from data_scripts.signer.figure import Figure
from data_scripts.signer.performer import Performance
from data_scripts.signer.renderer import Renderer
from data_scripts.signer.stage import Scene
from lib.video.pixels import linear_to_srgb

FPS = 25.0
PER_FRAME = 8  # moments between two frames: 200 a second


class Film:
    """A signer's performance on a stage, to be photographed at any shutter.

    The sharp picture of frame i is taken at moment ``i * PER_FRAME + PER_FRAME // 2``, the middle of its interval;
    the shutter opens symmetrically about it.
    """

    def __init__(self, figure: Figure, performance: Performance, stage: Scene, device: str = "cpu"):
        self.figure, self.performance, self.stage = figure, performance, stage
        self.renderer = Renderer(figure.faces, figure.outfit, stage, device)

    def __len__(self) -> int:
        """Number of whole frames."""
        return len(self.performance.rotation) // PER_FRAME

    @property
    def middles(self) -> np.ndarray:
        """The sample numbers of the sharp pictures, (T,)."""
        return np.arange(len(self)) * PER_FRAME + PER_FRAME // 2

    def sharp(self) -> Iterator[np.ndarray]:
        """Frames (H, W, 3) uint8 of single instants."""
        for vertices in self._posed(self.middles):
            yield linear_to_srgb(self.renderer.render(vertices))

    def blurred(self, shutter: float, samples: int = 1) -> Iterator[np.ndarray]:
        """Frames (H, W, 3) uint8 of an open shutter (1: never closed): the mean light of its moments.

        Each moment is cast through another place in the pixel, so that the mean is smooth at edges too. A pixel
        collects its light from at least ``samples`` rays, so a moment may serve twice.
        """
        opened = max(1, round(shutter * PER_FRAME))
        count = max(samples, opened)
        moments = ((np.arange(count) + 0.5) / count * opened).astype(int) - opened // 2
        times = (self.middles[:, None] + moments).clip(0, len(self.performance.rotation) - 1)
        poses, offsets = self._posed(times.ravel()), Halton(2, scramble=False).random(count + 1)[1:].tolist()
        for _ in self.middles:
            light = [self.renderer.render(next(poses), smooth=False, offset=offset) for offset in offsets]
            yield linear_to_srgb(np.mean(light, axis=0))

    def _posed(self, moments: np.ndarray, batch: int = 64) -> Iterator[np.ndarray]:
        """Vertices (V, 3) at each sample number; skinned in batches, since one by one costs ten times as much."""
        for start in range(0, len(moments), batch):
            yield from self.figure.vertices(self.performance, moments[start : start + batch])

    def truth(self):
        """The keypoints at the sharp pictures' moments: `Keypoints` in HOLISTIC_75, and metres (T, 75, 3)."""
        rotation, position = (a[self.middles] for a in (self.performance.rotation, self.performance.position))
        truth = self.figure.truth
        return truth.keypoints(rotation, position, self.stage.camera, FPS), truth.metres(rotation, position)
