"""The newer MediaPipe's Holistic, `HolisticLandmarker`: for NumPy 2, Python 3.13 and 3.14, and Linux on ARM.

It brings no networks along: it wants a bundle of them, which no package has, so `data_scripts/holistic_bundle.py` puts
it together from 0.10.21's wheel. The networks are then those of `lib.holistic.graph`. What lies between them is not:
how a body is followed, how a hand is cut out, how points are smoothed. So it loses other hands, and numbers of the two
do not belong into one column (chapter 8).

The thresholds, 0.3 and 0.3, go where 0.10.21 has them, to finding the body and to following it; a hand is kept where
the hand network is sure of one, 0.5, as there, though here one may say otherwise. A face is asked for that is surer
than any can be, so none is found.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.paths import DATA
from lib.tools.quiet import quiet

SHA256 = "30163d66217cd695d6a63817095ec82318f17340d8d04a01580f8e131c870478"  # of the bundle
BUNDLE = DATA / "holistic" / "holistic_landmarker.task"
MAKE = "python data_scripts/holistic_bundle.py --out data/holistic"
NEWER = "pip install 'mediapipe>=1.2'"
HAND_CONFIDENCE = 0.5  # at which 0.10.21 keeps a hand; there it is fixed


@contextmanager
def landmarker(detection: float, tracking: float, hand: float, fps: float) -> Iterator[Callable[[np.ndarray], Any]]:
    """A fresh HolisticLandmarker as a function of a clip's next frame, uint8 RGB (H, W, 3); closed at the end.

    It is in video mode: frame i is shown at i / ``fps`` seconds, to the millisecond. The thresholds are in [0, 1].
    Raises BadInput where the installed MediaPipe has no such thing, and where the bundle is missing or another one.
    """
    options = _options(detection, tracking, hand)
    with quiet:
        from mediapipe import Image, ImageFormat
        from mediapipe.tasks.python.vision import HolisticLandmarker

        opened = HolisticLandmarker.create_from_options(options)
    count, time = 0, -1

    def process(frame: np.ndarray) -> Any:
        nonlocal count, time
        time = max(time + 1, round(1000 * count / fps))  # each later than the last, or it refuses
        count += 1
        with quiet:
            return opened.detect_for_video(Image(ImageFormat.SRGB, np.ascontiguousarray(frame)), time)

    with opened:
        yield process


def _options(detection: float, tracking: float, hand: float) -> Any:
    try:
        with quiet:
            import mediapipe.tasks.c  # noqa: F401 - 0.10.21's, which lacks it, ends the program at a lost hand
            from mediapipe.tasks.python import BaseOptions, vision
        settings = vision.HolisticLandmarkerOptions
    except (ImportError, AttributeError):
        raise BadInput(
            f"{installed()} has no HolisticLandmarker that can be used; install one that has: {NEWER}"
        ) from None
    return settings(
        base_options=BaseOptions(model_asset_buffer=checked_bundle()),
        running_mode=vision.RunningMode.VIDEO,
        min_pose_detection_confidence=detection,
        min_pose_landmarks_confidence=tracking,
        min_hand_landmarks_confidence=hand,
        min_face_detection_confidence=1.0,  # so none is found: saves a tenth of the time, changes nothing else
    )


def installed() -> str:
    """Which MediaPipe is installed, in words."""
    try:
        return f"mediapipe {version('mediapipe')}"
    except PackageNotFoundError:
        return "This environment, without mediapipe,"


def checked_bundle(path: Path = BUNDLE) -> bytes:
    """The bundle with 0.10.21's networks. Raises BadInput where another one lies there, or none."""
    if not path.is_file():
        raise BadInput(f"{path} is missing; make it from the networks of mediapipe 0.10.21: {MAKE}")
    if sha256(path) != SHA256:
        raise BadInput(f"{path} holds other networks than those of mediapipe 0.10.21; delete it and make it: {MAKE}")
    return path.read_bytes()
