"""MediaPipe Hands on single photos: the ways of showing it a small one, and the joints that it finds.

A photo of 64 x 64 pixels is smaller than what MediaPipe's palm detector looks at (192 x 192), so it enlarges
by itself; what is done before that changes what it finds. A `Way` says what: room around the photo, an enlargement, a
lower threshold. The joints come back in the pixels of the photo as it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lib.degrade import BASELINES
from lib.holistic.graph import solutions
from lib.tools.errors import BadInput
from lib.tools.paths import WEIGHTS
from lib.tools.quiet import quiet

JOINTS = 21


@dataclass(frozen=True)
class Way:
    """``padding`` pixels of the photo's own rim are added on each side; ``method`` enlarges twofold, ``times`` times.

    ``method`` is one of `lib.degrade.BASELINES`, or a network of `lib.upsampler`. ``confidence`` is
    MediaPipe's least score for a palm, and for a hand: 0.5 if nothing is said.
    """

    padding: int = 0
    method: str = "input"
    times: int = 1
    confidence: float = 0.5

    @property
    def factor(self) -> int:
        return 1 if self.method == "input" else 2**self.times

    def __str__(self) -> str:
        steps = [f"{self.padding} pixels of room"] if self.padding else []
        steps += [f"{self.method} x{self.factor}"] if self.factor > 1 else []
        steps += [f"threshold {self.confidence}"] if self.confidence != 0.5 else []
        return ", ".join(steps) or "as it is"


def find_hands(frames: Sequence[np.ndarray], way: Way = Way(), weights: str | Path = WEIGHTS) -> np.ndarray:  # noqa: B008
    """Joints (N, 21, 3) float32 of one hand in each photo (H, W, 3) uint8 RGB, in its pixels; NaN where none is found.

    Each photo is looked at for itself (MediaPipe's static mode), so their order does not matter. ``weights`` is the
    folder of the networks. Raises BadInput for an unknown method or missing weights.
    """
    joints = np.full((len(frames), JOINTS, 3), np.nan, np.float32)
    thresholds = dict(min_detection_confidence=way.confidence, min_tracking_confidence=way.confidence)
    prepared = prepare(frames, way, weights)
    with quiet, solutions().hands.Hands(static_image_mode=True, max_num_hands=1, **thresholds) as hands:
        for row, frame in enumerate(prepared):
            found = hands.process(np.ascontiguousarray(frame)).multi_hand_landmarks
            if found:
                joints[row] = [(p.x, p.y, p.z) for p in found[0].landmark]
                joints[row] *= np.float32([frame.shape[1], frame.shape[0], frame.shape[1]])
    joints /= way.factor
    joints[..., :2] -= way.padding
    return joints


def prepare(frames: Iterable[np.ndarray], way: Way, weights: str | Path = WEIGHTS) -> Iterator[np.ndarray]:
    """The photos as MediaPipe gets to see them."""
    room = (way.padding,) * 4
    shown: Iterable[np.ndarray] = (cv2.copyMakeBorder(f, *room, cv2.BORDER_REPLICATE) for f in frames)
    for _ in range(way.times):
        shown = _enlarged(shown, way.method, Path(weights))
    return iter(shown)


def _enlarged(frames: Iterable[np.ndarray], method: str, weights: Path) -> Iterator[np.ndarray]:
    if method in BASELINES:
        return BASELINES[method](frames)
    from lib.upsampler import PRETRAINED, load
    from lib.upsampler.sharpen import sharpen

    if method not in PRETRAINED:
        raise BadInput(f"There is no way to enlarge {method!r}; choose among {', '.join([*BASELINES, *PRETRAINED])}.")
    return sharpen(load(weights / f"{method}.safetensors"), frames, batch=32)
