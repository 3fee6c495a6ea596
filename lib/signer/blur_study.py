"""How near motion blur by optical flow comes to a shutter's true blur: the synthetic signer can be filmed both ways."""

from dataclasses import dataclass

import numpy as np

from lib.metrics import psnr
from lib.signer.film import PER_FRAME, Film
from lib.signer.performer import Performance
from lib.video.motion_blur import flow_blur

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
