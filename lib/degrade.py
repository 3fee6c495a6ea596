"""How good footage is made bad, one step at a time: crop, motion blur, downsampling, compression. And how it is
enlarged again without learning, which every network has to beat.

R1 III-C: 517 x 571 pixels around the signer, at 304 x 336 the target, at 152 x 168 and blurred the network's input.
Every step takes frames (uint8 RGB, (H, W, 3), an array or any iterator) and gives an iterator, so steps are chained
and a long film passes through frame by frame:

    frames = crop(read_video(path), signer_box(keypoints, keypoints.size))
    target = list(downsample(frames, size=(304, 336)))
    bad = list(software_blur(target))
"""

import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import cv2
import numpy as np

from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput
from lib.video.codec import ToRGB, encode
from lib.video.containers import open_film
from lib.video.motion_blur import flow_blur

# All of HOLISTIC_75 that moves above the waist: face and feet do not, and feet are guessed
UPPER = [
    HOLISTIC_75.index("nose"),
    *(point for joint in ("shoulder", "elbow", "wrist") for point in HOLISTIC_75.pair(joint)),
    *(point for side in ("left", "right") for point in range(len(HOLISTIC_75))[HOLISTIC_75.parts[f"{side}_hand"]]),
]
Frames = Iterable[np.ndarray]
Box = tuple[int, int, int, int]  # x0, y0, x1, y1
SCALE = 3.0  # of R1's motion blur, read as frames
INTERPOLATION = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "lanczos": cv2.INTER_LANCZOS4,
}


def signer_box(keypoints: Keypoints, size: tuple[int, int], aspect: float = 517 / 571) -> Box:
    """(x0, y0, x1, y1) in pixels, one for the whole clip: head to waist, and as wide as both arms ever reach.

    ``keypoints.xyz`` is (T, 75, 3) as HOLISTIC_75 orders it, NaN where missing; ``size`` is (width, height) of the
    frame. Width over height comes out as ``aspect`` to the pixel, R1's unless given. The box stays inside the frame;
    where the frame has no room for that shape it is as large as fits, about the signer's middle.
    Raises BadInput if no frame shows both shoulders: nobody in view.
    """
    xy = np.asarray(keypoints.xyz)[:, :, :2]
    breadth = np.linalg.norm(np.subtract(*(xy[:, point] for point in HOLISTIC_75.shoulders)), axis=1)
    if not np.isfinite(breadth).any():
        raise BadInput("No person is in view in any frame; give a clip that shows a signer's head and shoulders.")
    margin = 0.5 * np.nanmedian(breadth)  # half a shoulder width: from the nose to above the hair, from wrist to tips
    upper = xy[:, UPPER].reshape(-1, 2)
    low, high = np.nanpercentile(upper, [0.5, 99.5], axis=0)  # a stray keypoint in one frame moves nothing
    hips = xy[:, HOLISTIC_75.hips, 1]
    waist = np.nanmedian(hips) if np.isfinite(hips).any() else high[1]
    x0, y0 = np.maximum(low - margin, 0)
    x1, y1 = np.minimum([high[0] + margin, max(high[1], waist)], size)
    height = min(max(y1 - y0, (x1 - x0) / aspect), size[1], size[0] / aspect)
    width, height = min(round(height * aspect), size[0]), round(height)
    return centred((x0, y0, x1, y1), (width, height), size)


def centred(box: Box, size: tuple[int, int], frame: tuple[int, int]) -> Box:
    """A box of ``size`` (width, height) about the middle of ``box``, moved inside the frame where it juts out."""
    x, y = (
        int(np.clip(round((box[axis] + box[axis + 2] - size[axis]) / 2), 0, frame[axis] - size[axis]))
        for axis in (0, 1)
    )
    return x, y, x + size[0], y + size[1]


def crop(frames: Frames, box: Box) -> Iterator[np.ndarray]:
    """The part (x0, y0, x1, y1) of each frame, right and lower edge excluded; BadInput if it is not inside."""
    x0, y0, x1, y1 = box
    for frame in frames:
        height, width = frame.shape[:2]
        if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
            raise BadInput(f"The box {box} does not lie inside a frame of {width} x {height}; give (x0, y0, x1, y1).")
        yield np.ascontiguousarray(frame[y0:y1, x0:x1])


def downsample(frames: Frames, factor: int = 2, size: tuple[int, int] | None = None) -> Iterator[np.ndarray]:
    """Smaller frames by area averaging, where each new pixel is the mean of those it covers.

    1/``factor`` of the width and height, rounded down (304 x 336 -> 152 x 168), or else ``size`` = (width, height).
    """
    for frame in frames:
        height, width = frame.shape[:2]
        new = size or (width // factor, height // factor)
        if not (1 <= new[0] <= width and 1 <= new[1] <= height):
            raise BadInput(
                f"A frame of {width} x {height} cannot be reduced to {new[0]} x {new[1]}: "
                "ask for a smaller size, or leave this step out where the footage is as small already."
            )
        yield cv2.resize(frame, new, interpolation=cv2.INTER_AREA)


def upscale(frames: Frames, factor: int = 2, method: str = "bilinear") -> Iterator[np.ndarray]:
    """``factor`` times the width and height, by "nearest", "bilinear", "bicubic" or "lanczos" interpolation."""
    if method not in INTERPOLATION:
        raise BadInput(f"There is no method {method!r}; choose one of {', '.join(INTERPOLATION)}.")
    for frame in frames:
        yield cv2.resize(frame, None, fx=factor, fy=factor, interpolation=INTERPOLATION[method])


def unsharp(frames: Frames) -> Iterator[np.ndarray]:
    """Bicubic x2, then an unsharp mask: y + (y - y blurred by a Gaussian of 1 pixel). Noise gets steeper, too.

    No paper names a radius or an amount: both are those that scikit-image starts with, 1.
    """
    for frame in upscale(frames, 2, "bicubic"):
        yield cv2.addWeighted(frame, 2, cv2.GaussianBlur(frame, (0, 0), 1), -1, 0)  # clips to 0..255


# The baselines. "input" changes nothing: MediaPipe itself shrinks or enlarges whatever it is given
BASELINES: dict[str, Callable[[Frames], Iterator[np.ndarray]]] = {
    "input": iter,
    **{method: partial(upscale, method=method) for method in ("bilinear", "bicubic", "lanczos")},
    "unsharp": unsharp,
}


def compress(frames: Frames, crf: int, codec: str = "h264", fps: float = 25.0) -> Iterator[np.ndarray]:
    """As many frames as went in, after a codec has thrown away what it thought nobody would see.

    ``codec`` is "h264" (crf 0 to 51, 23 is usual, 35 is bad), "vp9" (0 to 63) or "mpeg4" (a quantiser step of 1 to
    31: DivX, whose blocks show). ``crf`` is the codec's own scale, more is worse. The same frames give the same
    result again. Only the compressed film, not the frames, is held in memory.
    """
    if codec not in ("h264", "vp9", "mpeg4"):
        raise BadInput(f"There is no codec {codec!r}; choose h264, vp9 or mpeg4.")
    film = io.BytesIO()
    _, (height, width) = encode(frames, film, "matroska", codec, crf, fps)
    film.seek(0)
    to_rgb = ToRGB()
    with open_film(film) as container:
        for frame in container.decode(video=0):
            yield np.ascontiguousarray(to_rgb(frame)[:height, :width])  # odd sizes had grown by a pixel


def software_blur(targets: Frames) -> Iterator[np.ndarray]:
    """R1's damage, by software (III-C): the targets halved, and motion blur by optical flow on the *small* frames.

    Frames (H, W, 3) come back as (H // 2, W // 2, 3), as many. R1 let DaVinci Resolve blur at "a scale of 3" and names
    no compression. That a scale of 3 is a shutter open for three frames is our reading; R1 does not say what it is.
    The course's other damage is a camera's: a true shutter before there are pixels, then shrinking and compression.
    """
    return flow_blur(downsample(targets, 2), shutter=SCALE, samples=round(8 * SCALE))
