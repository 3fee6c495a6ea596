"""Keypoints: where the points of a signer are in every frame of a clip.

One form serves every pose estimator. A point that was not found is NaN, never 0: a zero is a place in the picture,
and averaging it in pulls a hand towards the top left corner. (OpenPose writes such zeros: De Coster et al., arXiv
2306.17558, section 4.1.)
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from lib.keypoints.layouts import Layout
from lib.tools.errors import BadInput


@dataclass(eq=False)
class Keypoints:
    """The keypoints of one clip with one signer.

    xyz         float32 (T, P, 3): x right, y down, in pixels of the frame; z away from the camera in the same scale.
                A missing point is NaN in all three; an estimator without depth leaves z NaN in the whole clip.
    confidence  float32 (T, P), 0 or more. A missing point has 0. A point that is there but cannot be seen (behind the
                body, out of the picture) keeps its place and has 0 or little.
    layout      which point is which
    fps         frames a second
    size        (width, height) of the frames in pixels

    Raises BadInput for arrays of another shape or type. Float arrays of any width are taken and made float32.
    """

    xyz: np.ndarray
    confidence: np.ndarray
    layout: Layout
    fps: float
    size: tuple[int, int]

    def __post_init__(self) -> None:
        self.xyz = _floats("xyz", self.xyz, (None, len(self.layout), 3), self.layout)
        self.confidence = _floats("confidence", self.confidence, self.xyz.shape[:2], self.layout)
        self.fps = float(self.fps)
        self.size = checked_size(self.size)
        _check_missing(self.xyz)
        if not np.all(self.confidence >= 0):
            raise BadInput("Keypoints need a confidence of 0 or more for every point, not negative and not NaN.")
        if not (0 < self.fps < float("inf")):
            raise BadInput(f"Keypoints need a positive number of frames a second, not {self.fps}.")
        self.confidence = np.where(np.isnan(self.xyz[..., 0]), np.float32(0), self.confidence)

    def __len__(self) -> int:
        """Number of frames T."""
        return len(self.xyz)

    def part(self, name: str) -> np.ndarray:
        """The points of one part, (T, p, 3): "pose", "left_hand", "right_hand" or, where there is one, "face"."""
        return self.xyz[:, self._slice(name)]

    def present(self, part: str) -> np.ndarray:
        """In which frames the part was found, bool (T,): at least one of its points is not NaN."""
        return ~np.isnan(self.xyz[:, self._slice(part), 0]).all(axis=1)

    def found(self, part: str) -> np.ndarray:
        """As `present`, without hands that the estimator had refused (`lib.holistic.surety`), bool (T,).

        These have no depth, z is 0 in all their points, and no point of them is sure.
        """
        where = self._slice(part)
        unsure = (self.confidence[:, where] < 1).all(axis=1)
        return self.present(part) & ~((self.xyz[:, where, 2] == 0).all(axis=1) & unsure)

    def select(self, layout: Layout) -> Self:
        """The same clip in a layout whose points are among this one's, taken by name (75 -> 67, 133 -> 53)."""
        places = self.layout.places(layout)
        return type(self)(self.xyz[:, places], self.confidence[:, places], layout, self.fps, self.size)

    def save(self, path: str | Path) -> None:
        """Write a ``.pose`` file that pose-format's tools read. Nothing is left behind if writing fails."""
        from lib.keypoints.posefile import write

        write((self.xyz, self.confidence, self.layout, self.fps, self.size), path)

    @staticmethod
    def load(path: str | Path, person: int | None = None) -> "Keypoints":
        """Read a ``.pose`` file; missing points come back as NaN. See `lib.keypoints.posefile.read` for what is
        understood, and for which ``person`` is read.
        """
        from lib.keypoints.posefile import read

        return from_file(path, *read(path, person))

    def _slice(self, part: str) -> slice:
        if part not in self.layout.parts:
            raise BadInput(f"{self.layout.name} has no part {part!r}; its parts are {', '.join(self.layout.parts)}.")
        return self.layout.parts[part]


load = Keypoints.load


def checked_size(size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of a picture as whole numbers; BadInput for what is none."""
    if np.shape(size) != (2,) or np.asarray(size).dtype.kind not in "fiu" or not all(0 < side < 2**16 for side in size):
        raise BadInput(f"Keypoints need a size of (width, height) in pixels, not {size!r}.")
    return int(size[0]), int(size[1])


def from_file(path: str | Path, *parts: Any) -> Keypoints:
    """Keypoints of what a file holds; what is wrong with it is said with the file's name."""
    try:
        return Keypoints(*parts)
    except BadInput as error:
        raise BadInput(f"{path} holds keypoints that cannot be used: {error}") from None


def _floats(name: str, values: np.ndarray, shape: tuple[int | None, ...], layout: Layout) -> np.ndarray:
    """``values`` as float32, once type and shape are right (None: any length but 0)."""
    values = np.asarray(values)
    wanted = "(" + ", ".join("T" if side is None else str(side) for side in shape) + ")"
    if values.dtype.kind != "f":
        raise BadInput(f"Keypoints need {name} as floats, not {values.dtype}.")
    if len(shape) != values.ndim or any(
        side not in (None, found) for side, found in zip(shape, values.shape, strict=True)
    ):
        raise BadInput(f"Keypoints in {layout.name} need {name} of shape {wanted}, not {values.shape}.")
    if len(values) == 0:
        raise BadInput("Keypoints need at least one frame; this clip has none.")
    return values.astype(np.float32, copy=False)


def _check_missing(xyz: np.ndarray) -> None:
    """A point is there or not there as a whole; z alone may be missing, and then in the whole clip."""
    gone = np.isnan(xyz)
    if np.isinf(xyz).any():
        raise BadInput("Keypoints must be finite numbers, or NaN where a point is missing; these hold an infinity.")
    if (gone[..., 0] != gone[..., 1]).any() or not (gone[..., 2].all() or (gone[..., 2] == gone[..., 0]).all()):
        raise BadInput(
            "Keypoints need NaN in x, y and z alike where a point is missing (or in every z, for points in the plane); "
            "some points here are half missing."
        )
