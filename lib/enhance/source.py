"""What of a film the network is given: all of each frame or the signer only, as large as it is or reduced."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from lib.degrade import crop, downsample, signer_box
from lib.holistic import extract
from lib.tools.errors import BadInput
from lib.video import VideoInfo, probe, read_video

Box = tuple[int, int, int, int]  # x0, y0, x1, y1

LEARNED = 168  # pixels: the height of the frames, filled by a signer, that the networks learned from (R1 III-C)
LOOKS = 300  # frames, spread over the film, in which the signer is looked for
UNEVEN = 0.1  # seconds by which a frame may be moved before the reader hears of it


@dataclass(frozen=True)
class Source:
    """A film as it will be enlarged. ``size`` is (width, height) of the frames that `frames` gives."""

    path: Path
    info: VideoInfo
    box: Box | None
    size: tuple[int, int]

    @property
    def total(self) -> int | None:
        """Number of frames, as far as the file tells."""
        if self.info.frames or not self.info.duration:
            return self.info.frames
        return round(self.info.duration * self.info.fps)

    def frames(self) -> Iterator[np.ndarray]:
        """uint8 RGB (H, W, 3), one at a time: read, cut to the box, reduced."""
        frames = read_video(self.path)
        if self.box:
            frames = crop(frames, self.box)
        return downsample(frames, size=self.size) if self.size != _size(self.info, self.box) else frames


def open_source(path: str | Path, box: Box | str | None = None, height: int | None = None) -> Source:
    """Look at a film and decide what is taken of it.

    ``box`` is (x0, y0, x1, y1) in pixels, "signer" to look for one, or None for whole frames. Frames higher than
    ``height`` are reduced to it, by area averaging; lower ones stay as they are. Warns where frames are larger than
    any that the networks learned from, and where the film's rate varies. Raises BadInput for what cannot be read.
    """
    path = Path(path)
    info = probe(path, thorough=True)
    box = find_signer(path, info) if box == "signer" else box
    width, full = _size(info, box)
    size = (max(1, round(width * height / full)), height) if height and height < full else (width, full)
    source = Source(path, info, box, size)
    for note in _notes(source):
        warnings.warn(note, stacklevel=2)
    return source


def find_signer(path: Path, info: VideoInfo) -> Box:
    """R1's box around the signer (`lib.degrade.signer_box`), from `LOOKS` frames spread over the film."""
    count = info.frames or round((info.duration or 0) * info.fps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is wrong with the film is said when it is enlarged
        frames = islice(read_video(path), 0, None, max(1, count // LOOKS))
        keypoints = extract(frames, fps=info.fps, progress=False, name=str(path))
    try:
        return signer_box(keypoints, keypoints.size)
    except BadInput as error:
        raise BadInput(f"{path}: the signer was not found, so it cannot be cropped to. {error}") from None


def _size(info: VideoInfo, box: Box | None) -> tuple[int, int]:
    return (box[2] - box[0], box[3] - box[1]) if box else (info.width, info.height)


def _notes(source: Source) -> Iterator[str]:
    """What the reader should know of the film before it is enlarged."""
    (width, height), path, info = source.size, source.path, source.info
    if height > 2 * LEARNED:
        yield (
            f"{path}: frames of {width} x {height} are enlarged; the networks learned from signers {LEARNED} "
            f"pixels high, and larger ones gain little. --height {2 * LEARNED} makes it faster, --crop signer leaves "
            "out what is not the signer."
        )
    if info.moved > UNEVEN:
        yield (
            f"{path} has a variable frame rate: every frame is kept and the film's length too, but at an even "
            f"{info.fps:.2f} frames a second a frame moves by up to {info.moved:.2f} seconds."
        )
    if info.interlaced:
        yield (
            f"{path} is interlaced: each frame holds two moments, and moving hands look like combs. Part them "
            f"first: ffmpeg -i {path.name} -vf bwdif {path.stem}-progressive.mp4"
        )
