"""RGB arrays to compressed streams and back, with colours that stay true and bytes that repeat.

Encoding is reproducible on one machine: one thread, no date and no program version in the file.
Colours: sRGB pictures become BT.709 YUV of limited range, and the stream says so, so that every player agrees.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from lib.tools.errors import BadInput
from lib.video import tone
from lib.video.containers import new_film
from lib.video.pixels import fitted, on_its_side, upright, with_margins

if TYPE_CHECKING:
    import av

_TICK = Fraction(1, 1000)  # seconds, to which frames keep their own times, as Matroska does
GIF_FPS = 100  # a GIF counts time in hundredths of a second
BT709, LIMITED, FULL, SRGB = 1, 1, 2, 13  # ITU-T H.273 code points: primaries and matrix, ranges, transfer curve
UNSAID = 2  # and of matrices: none is given; those that FFmpeg converts; those that it cannot, such as YCgCo and ICtCp
READABLE, STRANGE = {0, 1, UNSAID, 4, 5, 6, 7, 9}, {8, *range(10, 18)}


@dataclass(frozen=True)
class Encoder:
    """An FFmpeg encoder; ``crf`` is its own quality scale, where more means worse pictures."""

    name: str
    worst: int
    options: Callable[[int], dict[str, str]]
    pix_fmt: str = "yuv420p"


# mbtree is off: its AVX-512 code reads memory that it never wrote (PyAV 18.1), so that one run in twenty gave other
# bytes; it would save a fifth of the file
ENCODERS = {
    "h264": Encoder("libx264", 51, lambda crf: {"crf": str(crf), "mbtree": "0"}),
    "h264-avi": Encoder("libx264", 51, lambda crf: {"crf": str(crf), "mbtree": "0", "bf": "0"}),  # no reordering there
    # for what is read again and thrown away: a quarter of the work, twice the bytes, and no frames held
    "h264-draft": Encoder("libx264", 51, lambda crf: {"crf": str(crf), "preset": "ultrafast"}),
    "vp9": Encoder("libvpx-vp9", 63, lambda crf: {"crf": str(crf), "b": "0", "deadline": "good", "cpu-used": "4"}),
    # MPEG-4 part 2 (DivX) has no crf; its quantiser step is held at this instead
    "mpeg4": Encoder("mpeg4", 31, lambda crf: {"qmin": str(max(1, crf)), "qmax": str(max(1, crf))}),
    "gif": Encoder("gif", 51, lambda crf: {}, "pal8"),
    "h264-rgb": Encoder("libx264rgb", 0, lambda crf: {"qp": "0"}, "rgb24"),  # lossless; browsers do not play it
}
HUGE = 2**22  # pixels of a picture, above which x264 is to hold few: at 4K 0.2, at 8K 0.9 GB less
LEAN = {"bf": "0", "refs": "1"}


def encode(
    frames: Iterable[np.ndarray],
    file: str | BinaryIO,
    container: str,
    codec: str,
    crf: int,
    fps: float,
    times: Sequence[float] | None = None,
    even: bool = False,
) -> tuple[int, tuple[int, int]]:
    """Compress frames (uint8, (H, W, 3)) into ``file``, one at a time; returns their number and (height, width).

    ``container`` is FFmpeg's name ("mp4", "matroska", ...), ``codec`` a key of ``ENCODERS``. An odd width or height,
    which 4:2:0 colour cannot store, grows by one pixel: the last column or row is repeated. Frame i is shown at
    ``times[i]`` seconds, if they are given, counted from the first; each is asked for when its frame has come. Where
    they are ``even``, all are shown at ``fps``, but for places that are left empty where frames were lost.
    Raises BadInput for no frames, a frame of another shape or dtype, an impossible crf or fps, and what the encoder
    does not take.
    """
    import av

    encoder = ENCODERS[codec]
    _check_numbers(encoder, crf, fps)
    frames = checked(frames)
    first = next(frames)
    rate = Fraction(float(fps)).limit_denominator(1001)  # 29.97002997... is 30000/1001 again
    prepare = {"pal8": _indexed, "rgb24": _frame_of}.get(encoder.pix_fmt) or ToYUV()
    try:
        with new_film(file, container) as output:
            options = encoder.options(crf) | (LEAN if first.shape[0] * first.shape[1] > HUGE else {})
            stream = output.add_stream(encoder.name, rate=rate, options=options)
            _configure(stream, encoder, first)
            stream.codec_context.time_base = tick = 1 / rate if even or times is None else _TICK
            ticks = -1
            for index, frame in enumerate(chain([first], frames)):
                picture = prepare(frame)
                ticks += 1
                late = 0 if times is None else (times[index] - times[0]) / tick - ticks
                ticks += round(late) if late >= (1 if even else 0) else 0
                picture.pts, picture.time_base = ticks, tick
                output.mux(stream.encode(picture))
            output.mux(stream.encode())
    except av.FFmpegError as error:
        if isinstance(error, OSError):  # the disk, not the frames
            raise
        size = f"{first.shape[1]} x {first.shape[0]}"
        raise BadInput(f"{encoder.name} cannot store {size} at {fps} a second; choose another kind of file.") from error
    return index + 1, first.shape[:2]


def checked(frames: Iterable[np.ndarray], name: str = "") -> Iterator[np.ndarray]:
    """The frames as they come, each checked to be uint8 RGB of the first one's size; BadInput otherwise, or if none.

    ``name`` is what errors call the film.
    """
    shape, of = None, f" of {name}" if name else ""
    for index, frame in enumerate(frames):
        frame = np.asarray(frame)
        shape = shape or frame.shape
        right = frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[2] == 3 and frame.size
        if not right or frame.shape != shape:
            found = f"{frame.dtype} of shape {frame.shape}"
            wanted = f"uint8 of shape {shape}" if index else "uint8 RGB of shape (height, width, 3)"
            raise BadInput(f"Frame {index}{of} is {found}; give frames that are all {wanted}.")
        yield frame
    if shape is None:
        raise BadInput(f"There is no frame{of} to work on; give at least one frame.")


def _check_numbers(encoder: Encoder, crf: int, fps: float) -> None:
    if not 0 <= crf <= encoder.worst:
        raise BadInput(f"crf is {crf}; for {encoder.name} choose 0 (best) to {encoder.worst} (worst).")
    if not 0.001 < fps < 1001:
        raise BadInput(f"fps is {fps}; give frames per second, for example 25.")
    if encoder.name == "gif" and fps > GIF_FPS:
        raise BadInput(f"fps is {fps}; a GIF has at most {GIF_FPS} frames a second, so choose another kind of file.")


def _configure(stream: "av.VideoStream", encoder: Encoder, frame: np.ndarray) -> None:
    height, width = frame.shape[:2]
    if encoder.pix_fmt == "yuv420p":
        height, width = height + height % 2, width + width % 2
        stream.color_primaries, stream.colorspace, stream.color_range, stream.color_trc = BT709, BT709, LIMITED, SRGB
    stream.width, stream.height, stream.pix_fmt = width, height, encoder.pix_fmt
    stream.thread_count = 1  # with more, the bytes (not the look) may change from run to run


def _accurate() -> int:
    """Flags without which FFmpeg's fast conversion darkens every picture by more than one grey level."""
    from av.video.reformatter import Interpolation as Flag

    return Flag.BICUBIC | Flag.ACCURATE_RND | Flag.FULL_CHR_H_INP | Flag.FULL_CHR_H_INT | Flag.BITEXACT


def _frame_of(rgb: np.ndarray) -> "av.VideoFrame":
    import av

    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")


class ToYUV:
    """(H, W, 3) uint8 sRGB -> an 8-bit 4:2:0 BT.709 frame. One object a stream: it keeps its tables."""

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self.reformatter, self.flags = VideoReformatter(), _accurate()

    def __call__(self, rgb: np.ndarray) -> "av.VideoFrame":
        import av

        height, width = rgb.shape[:2]
        if height % 2 or width % 2:
            rgb = np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        colours = {"dst_colorspace": BT709, "dst_color_range": LIMITED, "interpolation": self.flags}
        seen = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(rgb), format="rgb24")  # no copy: it is read at once
        frame = self.reformatter.reformat(seen, format="yuv420p", threads=1, **colours)
        frame.color_primaries, frame.color_trc = BT709, SRGB
        return frame


class ToRGB:
    """A decoded frame of any pixel format -> (H, W, 3) uint8 sRGB, by the colour tags it carries, turned upright.

    All come out in one ``size``, (width, height), the first one's if none is given. Frames of another size are brought
    to this one, with black margins where their proportions differ, and counted in ``resized``. Pixels become square
    from ``pixel_aspect``, width over height. HDR becomes standard range (`tone`). Without tags, FFmpeg's BT.601 holds.
    """

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        from av.video.reformatter import VideoReformatter

        self.reformatter, self.flags, self.size = VideoReformatter(), _accurate(), size
        self.resized: Counter[tuple[int, int]] = Counter()

    def __call__(self, frame: "av.VideoFrame", pixel_aspect: Fraction = Fraction(1)) -> np.ndarray:
        size = shown_size(frame, pixel_aspect)
        self.size = self.size or size
        if size != self.size:
            self.resized[size] += 1
        inner = fitted(size, self.size)
        matrix = display_matrix(frame)
        rgb = self._rgb(frame, *(inner[::-1] if matrix is not None and on_its_side(matrix) else inner))
        rgb = rgb if matrix is None else upright(rgb, matrix)
        return rgb if inner == self.size else with_margins(rgb, self.size)

    def _rgb(self, frame: "av.VideoFrame", width: int, height: int) -> np.ndarray:
        options = {"dst_color_range": FULL, "interpolation": self.flags, "threads": 1}
        if frame.colorspace not in READABLE:
            frame.colorspace = UNSAID
        if frame.color_trc not in tone.CURVES:
            return self.reformatter.reformat(frame, width, height, format="rgb24", **options).to_ndarray()
        values = self.reformatter.reformat(frame, width, height, format="rgb48le", **options).to_ndarray()
        return tone.to_standard(values, frame.color_trc, frame.color_primaries)


def shown_size(frame: "av.VideoFrame", pixel_aspect: Fraction = Fraction(1)) -> tuple[int, int]:
    """(width, height) of a decoded frame as a player shows it: in square pixels, upright. None of them is lost."""
    width, height = frame.width, frame.height
    if pixel_aspect > 1:
        width = round(width * pixel_aspect)
    else:
        height = round(height / pixel_aspect)
    matrix = display_matrix(frame)
    return (height, width) if matrix is not None and on_its_side(matrix) else (width, height)


def display_matrix(frame: "av.VideoFrame") -> np.ndarray | None:
    """Its 9 numbers, see `lib.video.pixels.upright`; None where the frame is to be shown as it is stored."""
    matrix = side_data(frame, "DISPLAYMATRIX")
    return None if matrix is None else np.frombuffer(matrix, np.int32)


def side_data(frame: "av.VideoFrame", kind: str) -> object | None:
    """What a frame carries beside its picture. Of a kind without a name in PyAV, such as EXIF, PyAV fails at all."""
    from av.sidedata.sidedata import Type

    Type._missing_ = classmethod(lambda kinds, _: kinds.VIDEO_HINT)  # which nobody asks for
    return frame.side_data.get(kind)


def _indexed(rgb: np.ndarray) -> "av.VideoFrame":
    """A GIF frame with the 256 colours that suit it."""
    import av
    from PIL import Image

    image = Image.fromarray(rgb).quantize(256)
    colours = np.zeros((256, 4), np.uint8)
    palette = np.array(image.getpalette(), np.uint8).reshape(-1, 3)
    colours[:, 0], colours[: len(palette), 1:] = 255, palette  # alpha, red, green, blue
    return av.VideoFrame.from_ndarray((np.asarray(image), colours), format="pal8")
