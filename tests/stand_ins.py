"""Stand-ins for films that nobody may pass on: a synthetic signer in pictures of the real ones' form."""

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np

from lib.signer.clips import clips

SCRIPTS = Path(__file__).parent.parent / "data_scripts"


def script(name: str) -> ModuleType:
    """A module of data_scripts."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def signing() -> np.ndarray:
    """Two seconds of a synthetic signer, (50, 336, 304, 3)."""
    return clips("d1_test")[0].target()[10:60]


def on_stage(
    frames: Iterable[np.ndarray], size: tuple[int, int], at: tuple[int, int], height: int
) -> Iterator[np.ndarray]:
    """The frames, enlarged to ``height``, at a place in an otherwise grey picture of ``size`` (width, height)."""
    for frame in frames:
        stage = np.full((size[1], size[0], 3), 90, np.uint8)
        large = cv2.resize(frame, (round(height * 304 / 336), height), interpolation=cv2.INTER_CUBIC)
        stage[at[1] : at[1] + height, at[0] : at[0] + large.shape[1]] = large
        yield stage
