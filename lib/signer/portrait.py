"""Pictures of single moments: a signer in mid-sign, a hand from near by, a sign as a strip of frames."""

from collections.abc import Sequence

import numpy as np

from lib.signer.figure import Figure
from lib.signer.performer import Performance
from lib.signer.phonology import Sign
from lib.signer.renderer import Camera, Renderer, Scene
from lib.signer.stage import STAGES, Stage, studio
from lib.video.pixels import linear_to_srgb

RATE = 100.0  # moments a second: enough to find the middle of a stroke
HAND_HEIGHT = 0.25  # metres that a close-up of a hand shows from top to bottom
SHEET_PLACE, SHEET_ORIENTATION = "high space", "fingers up, palm out"


def photograph(figure: Figure, performance: Performance, moments: np.ndarray, stage: Stage) -> list[np.ndarray]:
    """Sharp frames (H, W, 3) uint8 of a performance at sample numbers ``moments``."""
    renderer = Renderer(figure.faces, Scene(figure.outfit, stage.camera, stage.backdrop, stage.lighting))
    return [linear_to_srgb(renderer.render(v)) for v in figure.vertices(performance, np.asarray(moments))]


def stroke_middles(performance: Performance) -> np.ndarray:
    """The sample numbers at which the strokes are half done, one a sign."""
    return np.array([round((start + end) / 2 * performance.rate) for start, end in performance.spans])


def portrait(figure: Figure, sign: Sign, seed: int, stage: str = "studio", size=(152, 168)) -> np.ndarray:
    """A signer in the middle of a sign, (H, W, 3) uint8; ``size`` is (width, height)."""
    rng = np.random.default_rng(seed)
    performance = figure.performer.perform([sign], RATE, rng)
    return photograph(figure, performance, stroke_middles(performance), STAGES[stage](figure.body, rng, size=size))[0]


def sign_strip(figure: Figure, sign: Sign, seed: int, pictures: int = 6, size=(152, 168)) -> list[np.ndarray]:
    """A sign from rest to rest, as ``pictures`` frames at equal distances in time."""
    rng = np.random.default_rng(seed)
    performance = figure.performer.perform([sign], RATE, rng)
    ((start, end),) = performance.spans
    moments = np.linspace(max(start - 0.25, 0), min(end + 0.15, len(performance.rotation) / RATE - 0.01), pictures)
    return photograph(figure, performance, (moments * RATE).astype(int), studio(figure.body, rng, size=size))


def hand_pictures(figure: Figure, handshapes: Sequence[str], seed: int, size: int = 112) -> list[np.ndarray]:
    """A close-up of the signing hand for each handshape, uint8 (size, size, 3), all held up with the palm out."""
    rng = np.random.default_rng(seed)
    signs = [Sign(name, name, SHEET_PLACE, SHEET_ORIENTATION, "hold") for name in handshapes]
    performance = figure.performer.perform(signs, RATE, rng)
    stage = studio(figure.body, rng, size=(size, size))
    knuckle = figure.body.index["finger3-1.L" if figure.signer.manner.left_handed else "finger3-1.R"]
    pictures = []
    for moment in stroke_middles(performance):
        camera = close_up(performance.position[moment, knuckle], size)
        pictures += photograph(figure, performance, [moment], Stage(stage.backdrop, stage.lighting, camera))
    return pictures


def close_up(point: np.ndarray, size: int) -> Camera:
    """A camera one metre in front of a point (metres), on its level."""
    x, y, z = (float(value) for value in point)
    return Camera((x, y - 1.0, z + 0.05), (x, y, z), focal=1 / HAND_HEIGHT, width=size, height=size)


def box_around(point: np.ndarray, side: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A square (x0, y0, x1, y1) of ``side`` pixels about a point (x, y), moved inside a frame of (width, height)."""
    x0, y0 = (int(np.clip(round(float(at) - side / 2), 0, room - side)) for at, room in zip(point, size))
    return x0, y0, x0 + side, y0 + side
