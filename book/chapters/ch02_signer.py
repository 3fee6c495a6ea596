"""Chapter 2: pictures of the synthetic signer, and how near blur by optical flow comes to a shutter's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_scripts.signer.figure import Figure
from data_scripts.signer.film import PER_FRAME, Film
from data_scripts.signer.performer import Performance
from data_scripts.signer.phonology import Sign
from data_scripts.signer.renderer import Renderer
from data_scripts.signer.stage import Camera, Scene, studio
from lib.degrade import centred
from lib.metrics import psnr
from lib.video.motion_blur import flow_blur
from lib.video.pixels import linear_to_srgb

RATE = 100.0  # moments a second: enough to find the middle of a stroke
SIZE = (152, 168)  # (width, height) of a picture of the whole signer
HAND_HEIGHT = 0.25  # metres that a close-up of a hand shows from top to bottom
SHEET_PLACE, SHEET_ORIENTATION = "high space", "fingers up, palm out"


def photograph(figure: Figure, performance: Performance, moments: np.ndarray, stage: Scene) -> list[np.ndarray]:
    """Sharp frames (H, W, 3) uint8 of a performance at sample numbers ``moments``."""
    renderer = Renderer(figure.faces, figure.outfit, stage)
    return [linear_to_srgb(renderer.render(v)) for v in figure.vertices(performance, np.asarray(moments))]


def stroke_middles(performance: Performance) -> np.ndarray:
    """The sample numbers at which the strokes are half done, one a sign."""
    return np.array([round((start + end) / 2 * performance.rate) for start, end in performance.spans])


def portrait(figure: Figure, sign: Sign, seed: int) -> np.ndarray:
    """A signer in the middle of a sign, (168, 152, 3) uint8."""
    rng = np.random.default_rng(seed)
    performance = figure.performer.perform([sign], RATE, rng)
    return photograph(figure, performance, stroke_middles(performance), studio(figure.body, rng, size=SIZE))[0]


def sign_strip(figure: Figure, sign: Sign, seed: int, pictures: int = 6) -> list[np.ndarray]:
    """A sign from rest to rest, as ``pictures`` frames at equal distances in time."""
    rng = np.random.default_rng(seed)
    performance = figure.performer.perform([sign], RATE, rng)
    ((start, end),) = performance.spans
    moments = np.linspace(max(start - 0.25, 0), min(end + 0.15, len(performance.rotation) / RATE - 0.01), pictures)
    return photograph(figure, performance, (moments * RATE).astype(int), studio(figure.body, rng, size=SIZE))


def hand_pictures(figure: Figure, handshapes: Sequence[str], seed: int, size: int = 112) -> list[np.ndarray]:
    """A close-up of the signing hand for each handshape, uint8 (size, size, 3), all held up with the palm out."""
    rng = np.random.default_rng(seed)
    signs = [Sign(name, name, SHEET_PLACE, SHEET_ORIENTATION, "hold") for name in handshapes]
    performance = figure.performer.perform(signs, RATE, rng)
    stage = studio(figure.body, rng, size=(size, size))
    knuckle = figure.body.index["finger3-1.L" if figure.signer.manner.left_handed else "finger3-1.R"]
    pictures = []
    for moment in stroke_middles(performance):  # by a camera a metre in front of the hand
        x, y, z = map(float, performance.position[moment, knuckle])
        camera = Camera((x, y - 1.0, z + 0.05), (x, y, z), focal=1 / HAND_HEIGHT, width=size, height=size)
        pictures += photograph(figure, performance, [moment], Scene(stage.backdrop, stage.lighting, camera))
    return pictures


def box_around(point: np.ndarray, side: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A square (x0, y0, x1, y1) of ``side`` pixels about a point (x, y), moved inside a frame of (width, height)."""
    x, y = map(float, point)
    return centred((x, y, x, y), (side, side), size)


MOVED = 12  # levels of 255 by which a pixel changes from frame to frame where something moves
ENDS = 2  # frames at either end of a clip that have too few neighbours for the flow, and are left out


@dataclass(frozen=True)
class BlurStudy:
    """One clip filmed with a fast shutter (``sharp``) and an open one (``true``), and ``flow``: sharp, blurred by
    optical flow. All uint8 (T, H, W, 3); ``moving`` (T, H, W) says where neighbouring sharp frames differ."""

    sharp: np.ndarray
    true: np.ndarray
    flow: np.ndarray
    moving: np.ndarray

    def nearness(self) -> dict[str, float]:
        """PSNR against the true blur in dB: of the unblurred frames and of the flow's, everywhere, where something
        moves and where nothing does. More is nearer."""
        places = {"everywhere": np.ones_like(self.moving), "moving": self.moving, "still": ~self.moving}
        frames = {"unblurred": self.sharp, "flow": self.flow}
        return {
            f"{name}, {place}": psnr(taken[mask], self.true[mask])
            for place, mask in places.items()
            for name, taken in frames.items()
        }


def excerpt(shot: Film, start: int, frames: int) -> Film:
    """``frames`` frames of a film, from frame ``start``, as a film of their own."""
    old, cut = shot.performance, slice(start * PER_FRAME, (start + frames) * PER_FRAME)
    face = {name: strength[cut] for name, strength in old.face.items()}
    return Film(shot.figure, Performance(old.rotation[cut], old.position[cut], face, old.rate, []), shot.stage)


def fastest_frame(shot: Film) -> int:
    """The number of the frame in which a wrist moves fastest."""
    wrists = shot.performance.position[:, [shot.figure.body.index[f"wrist.{side}"] for side in "LR"]]
    speed = np.linalg.norm(np.diff(wrists, axis=0), axis=-1).max(axis=1)
    return int(speed[: len(shot) * PER_FRAME].argmax()) // PER_FRAME


def blur_study(shot: Film, shutter: float) -> BlurStudy:
    """Film a clip with a fast shutter and with one that is open for ``shutter`` of a frame, and blur the first.

    ``flow_blur`` sees what it would see of a recording: the sharp frames, 25 a second, and nothing else.
    """
    sharp = np.stack(list(shot.sharp()))
    flow = np.stack(list(flow_blur(sharp, shutter)))
    true = np.stack(list(shot.blurred(shutter)))
    kept = slice(ENDS, len(sharp) - ENDS)
    return BlurStudy(sharp[kept], true[kept], flow[kept], moving(sharp)[kept])


def moving(frames: np.ndarray) -> np.ndarray:
    """Where a frame differs from the one before or after it, bool (T, H, W), for frames (T, H, W, 3) uint8."""
    change = np.abs(np.diff(frames.astype(np.int16), axis=0)).max(axis=-1) > MOVED
    none = np.zeros_like(change[:1])
    return np.concatenate([none, change]) | np.concatenate([change, none])
