"""Films that go wrong, made of the course's synthetic clips: what does `lib.enhance` say of them?"""

import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from lib.enhance import enhance
from lib.signer.clips import clips
from lib.tools.errors import BadInput
from lib.upsampler import UNet
from lib.video import write_video
from lib.video.containers import new_film

FPS = 25


def signer(number: int = 0, count: int = 24) -> np.ndarray:
    """The first frames of a TD2 clip as the networks get it, (T, 168, 152, 3)."""
    return clips("td2")[number].input()[:count]


def two_signers(path: Path) -> Path:
    """Two people side by side, as in a talk: Holistic follows one of them."""
    return write_video(path, np.concatenate([signer(0), signer(1)], axis=2), FPS)


def news(path: Path) -> Path:
    """A wide frame with a small signer in the lower right corner, 640 x 360, as television shows interpreters."""
    frames = np.full((24, 360, 640, 3), (40, 60, 90), np.uint8)
    frames[:, -168:, -152:] = signer()
    return write_video(path, frames, FPS)


def hands_below(path: Path) -> Path:
    """Head and shoulders only, twice as large: the hands are out of the picture."""
    return write_video(path, [cv2.resize(frame[:76, 38:114], (152, 152)) for frame in signer()], FPS)


def nobody(path: Path) -> Path:
    """A wall."""
    return write_video(path, np.full((6, 96, 128, 3), 90, np.uint8), FPS)


def cut_short(path: Path) -> Path:
    """The first half of a file, as a broken download leaves it."""
    noise = np.random.default_rng(0).integers(0, 256, (100, 48, 64, 3), dtype=np.uint8)
    data = write_video(path, noise, FPS).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def uneven(path: Path) -> Path:
    """Half of the frames 25 a second, half of them 10, as phones and screen recorders write."""
    return _encode(path, signer(), [4 * t if t < 12 else 48 + 10 * (t - 12) for t in range(24)], rate=100)


def interlaced(path: Path) -> Path:
    """Two moments in every frame, one in the odd rows and one in the even ones, as in old television."""
    frames = signer(count=48)
    woven = frames[::2].copy()
    woven[:, 1::2] = frames[1::2, 1::2]
    return _encode(path, woven, range(24), FPS, {"x264-params": "tff=1"})


def no_film(path: Path) -> Path:
    """A text that is called a film."""
    path.write_text("not a film\n" * 100)
    return path


# in the order in which chapter 14 shows them
IN_TURN = (nobody, cut_short, uneven, no_film, two_signers, hands_below, interlaced)
TROUBLES: dict[str, Callable[[Path], Path]] = {make.__name__: make for make in IN_TURN}


def said(film: Path, out: Path, network: UNet) -> list[str]:
    """All that `enhance` says of a film: its notes, and its summary or its error; without the folders' names."""
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("ignore")
        warnings.filterwarnings("always", category=UserWarning, module=r"lib\.")
        try:
            last = str(enhance(film, out, out.with_suffix(".pose"), model=network, always=True, progress=False))
        except BadInput as error:
            last = f"error: {error}"
    lines = [f"note: {note.message}" for note in notes] + [last]
    return [line.replace(f"{film.parent}/", "").replace(f"{out.parent}/", "") for line in lines]


def _encode(path: Path, frames: np.ndarray, ticks: list[int] | range, rate: int, options: dict | None = None) -> Path:
    """H.264 with each frame shown at its own tick, ``rate`` ticks a second."""
    import av

    with new_film(path, "mp4") as output:
        stream = output.add_stream("libx264", rate=rate, options=options or {})
        stream.height, stream.width = frames.shape[1:3]
        for frame, tick in zip(frames, ticks, strict=True):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts, picture.time_base = tick, Fraction(1, rate)
            output.mux(stream.encode(picture))
        output.mux(stream.encode())
    return path
