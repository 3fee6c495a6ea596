"""What of a film the network is given: all of each frame or the signer only, as large as it is or reduced, or none."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from math import ceil, comb, sqrt
from pathlib import Path

import cv2
import numpy as np

from lib.degrade import Box, crop, downsample, signer_box
from lib.holistic import extract
from lib.holistic.graph import body_and_hands, graph_of, points_of, solutions
from lib.holistic.surety import HAND
from lib.tools.errors import BadInput
from lib.tools.processes import give_memory_back
from lib.upsampler import UNet
from lib.upsampler.sharpen import sharpen
from lib.video import VideoInfo, probe, read_video
from lib.video.timing import UNEVEN

LEARNED = 168  # pixels: the height of the frames, filled by a signer, that the networks learned from (R1 III-C)
LARGE, REDUCED = 2_400_000, 600_000  # pixels of a frame: more than the first (1920 x 1200) become fewer than the second
LOOKS = 300  # frames, spread over the film, in which the signer is looked for
SAMPLED = 48  # frames that are tried before a film is sharpened
CHANCE = 0.1  # how often as many hands may come by it, or more, if it brought and took them alike
EVEN = (".avi", ".gif")  # kinds of files whose frames are all shown equally long


@dataclass(frozen=True)
class Source:
    """A film as it will be enlarged. ``size`` is (width, height) of the frames that `frames` gives."""

    path: Path
    info: VideoInfo
    box: Box | None
    size: tuple[int, int]
    given: bool = False  # the rate, by somebody who knows better than the film
    times: list[float] = field(default_factory=list)

    def frames(self) -> Iterator[np.ndarray]:
        """uint8 RGB (H, W, 3), one at a time: read, cut to the box, reduced; their moments are added to ``times``."""
        frames = read_video(self.path, self.times)
        if self.box:
            frames = crop(frames, self.box)
        return downsample(frames, size=self.size) if self.size != _size(self.info, self.box) else frames

    def again(self) -> Iterator[np.ndarray]:
        """The same frames once more: what is wrong with the film is said by the reading that is written."""
        with warnings.catch_warnings(), closing(replace(self, times=[]).frames()) as frames:
            warnings.simplefilter("ignore")
            yield from frames

    def own_times(self, suffix: str) -> list[float] | None:
        """``times``, which fill up as frames are read, where sound must stay with them, also where frames are lost.

        Warns where they vary, and files with that suffix have an even rate only.
        """
        if self.given or not self.info.sound:
            return None
        if suffix.lower() not in EVEN:
            return self.times
        if self.info.moved > UNEVEN:
            warnings.warn(
                f"{self.path}: {suffix} has an even frame rate only, so its sound runs up to {self.info.moved:.2f} "
                "seconds away from the pictures; choose .mp4 or .mkv, where each frame keeps its time.",
                stacklevel=2,
            )
        return None


def open_source(
    path: str | Path, box: Box | str | None = None, height: int | None = None, fps: float | None = None
) -> Source:
    """Look at a film and decide what is taken of it.

    ``box`` is (x0, y0, x1, y1) in pixels, "signer" to look for one, or None for whole frames. Frames higher than
    ``height`` are reduced to it, by area averaging; lower ones stay as they are. Without it, large frames, whose
    enlargement would fill the memory, become a half, a third, ... as wide and high (4K: 960 x 540). Warns of that,
    where frames are larger than any that the networks learned from, and of what `probe` notes. ``fps`` is the rate,
    where the film's is not to be believed. Raises BadInput for what cannot be read, and a box beyond its frames.
    """
    path = Path(path)
    info = probe(path, fps=fps)
    box = find_signer(path, info) if box == "signer" else box
    if box and not (0 <= box[0] < box[2] <= info.width and 0 <= box[1] < box[3] <= info.height):
        raise BadInput(
            f"{path} has frames of {info.width} x {info.height}, in which the box {box} does not lie; "
            "give (x0, y0, x1, y1) in pixels."
        )
    width, full = _size(info, box)
    large = width * full > LARGE
    wanted = height or (round(full / ceil(sqrt(width * full / REDUCED))) if large else full)
    size = (max(1, round(width * wanted / full)), wanted) if wanted < full else (width, full)
    if large and not height:
        warnings.warn(
            f"{path}: frames of {width} x {full} are reduced to {size[0]} x {size[1]} before they are enlarged: "
            f"so large a film is no low-resolution film. --height {full} enlarges them whole, and takes more memory.",
            stacklevel=2,
        )
    if size[1] > 2 * LEARNED:
        warnings.warn(
            f"{path}: frames of {size[0]} x {size[1]} are enlarged; the networks learned from signers {LEARNED} "
            f"pixels high, and larger ones gain little. --height {2 * LEARNED} makes it faster, --crop signer leaves "
            "out what is not the signer.",
            stacklevel=2,
        )
    for note in info.notes:
        warnings.warn(note, stacklevel=2)
    return Source(path, info, box, size, fps is not None)


def find_signer(path: Path, info: VideoInfo) -> Box:
    """R1's box around the signer (`lib.degrade.signer_box`), from `LOOKS` frames spread over the film."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is wrong with the film is said when it is enlarged
        frames = islice(read_video(path), 0, None, max(1, info.frames // LOOKS))
        keypoints = extract(frames, fps=info.fps, progress=False, name=str(path))
    try:
        return signer_box(keypoints, keypoints.size)
    except BadInput as error:
        raise BadInput(f"{path}: the signer was not found, so it cannot be cropped to. {error}") from None


def worth_it(film: Source, network: UNet, device: str) -> bool:
    """Whether a film is sharpened; warns where it is not. The film is read once for that.

    The networks learned from damaged film, and of film that is sharp they make no better one. So Holistic looks at
    `SAMPLED` frames, each by itself, as they are and sharpened. The film is sharpened where more hands come by it than
    go, and more than by `CHANCE` (a sign test: four and none, six and one, ...). Raises BadInput without MediaPipe's
    Holistic.
    """
    frames = sample(film)
    plain = seen_hands(map(unpacked, frames))
    missing, told = int((~plain).sum()), "of which too few are missing for that"
    if beyond_chance(missing, 0):
        with closing(sharpen(network, map(unpacked, frames), device=device)) as sharpened:
            sharp = seen_hands(sharpened)
        come, gone = int((sharp & ~plain).sum()), int((plain & ~sharp).sum())
        if beyond_chance(come, gone):
            return True
        told = f"and sharpened {come} others, but {gone} of these no more"
    warnings.warn(
        f"{film.path} is enlarged and not sharpened: {len(frames)} of its frames show {plain.sum()} hands as they are, "
        f"{told}. --always sharpens it all the same.",
        stacklevel=3,
    )
    return False


def beyond_chance(come: int, gone: int) -> bool:
    """Whether so many hands come and go rarely, if one that changes is as likely to come as to go."""
    ways = sum(comb(come + gone, more) for more in range(come, come + gone + 1))
    return ways <= CHANCE * 2 ** (come + gone)  # by hand, since scipy.stats takes 60 MB


def sample(film: Source) -> list[np.ndarray]:
    """At most `SAMPLED` frames, from the middle of as many equal parts of the film, packed: 48 of 4K are a gigabyte."""
    parts = min(SAMPLED, film.info.frames) or SAMPLED
    wanted = {int((part + 0.5) * max(1, film.info.frames / parts)) for part in range(parts)}
    with closing(film.again()) as frames:
        some = (frame for time, frame in enumerate(islice(frames, max(wanted) + 1)) if time in wanted)
        return [cv2.imencode(".png", frame)[1] for frame in some]


def unpacked(frame: np.ndarray) -> np.ndarray:
    """uint8 RGB (H, W, 3), as it was."""
    return cv2.imdecode(frame, cv2.IMREAD_COLOR)


def seen_hands(frames: Iterable[np.ndarray]) -> np.ndarray:
    """The hands that Holistic finds, with no memory of the frame before: bool (T, 2), left and right."""
    solutions()
    settings = {"static_image_mode": True, "min_detection_confidence": 0.3}
    with graph_of(partial(body_and_hands, **settings)) as process:
        points = [points_of(process(frame), frame.shape[1::-1]) for frame in frames]
    give_memory_back()
    return np.array([[np.isfinite(found[part.start, 0]) for part in HAND] for found in points]).reshape(-1, 2)


def _size(info: VideoInfo, box: Box | None) -> tuple[int, int]:
    return (box[2] - box[0], box[3] - box[1]) if box else (info.width, info.height)
