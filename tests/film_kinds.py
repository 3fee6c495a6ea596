"""Films as other programs make them, for tests: reordered frames, a flash and a beep, titles of another time."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from lib.video import read_video
from lib.video.about import pictures
from lib.video.containers import open_film

FPS, SOUND_RATE = 25, 48000
FLASH = 13  # the frame from which on it is bright, and loud


def flash_and_beep(
    path: Path, codec: str = "libx264", sound: str | None = "aac", count: int = 30, title: bytes = b"", **options: str
) -> Path:
    """64 x 48, with frames that are stored in another order than shown, and sound that begins with the flash."""
    with av.open(str(path), "w", metadata_encoding="latin-1") as film:
        if title:
            film.metadata["title"] = title.decode("latin-1")
        shown = film.add_stream(codec, rate=FPS, options=options)
        shown.width, shown.height, shown.pix_fmt = 64, 48, options.pop("pix_fmt", "yuv420p")
        heard = film.add_stream(sound, rate=SOUND_RATE, layout="stereo", bit_rate=128000) if sound else None
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(_picture(index), format="rgb24").reformat(format=shown.pix_fmt)
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            film.mux(shown.encode(frame))
        film.mux(shown.encode())
        if heard:
            for frame in _beep(count / FPS, heard):
                film.mux(heard.encode(frame))
            film.mux(heard.encode())
    return path


def _picture(index: int) -> np.ndarray:
    picture = np.full((48, 64, 3), 230 if index >= FLASH else 20, np.uint8)
    picture[8:16, index : index + 8] = 120
    return picture


def _beep(seconds: float, heard: av.AudioStream):
    moments = np.arange(round(seconds * SOUND_RATE))
    wave = np.where(moments >= FLASH / FPS * SOUND_RATE, 0.5 * np.sin(moments * 0.06), 0)
    resampler = av.AudioResampler(heard.codec_context.format, heard.codec_context.layout, SOUND_RATE)
    for start in range(0, len(wave), 1024):
        piece = np.tile((30000 * wave[start : start + 1024]).astype(np.int16), (2, 1))
        frame = av.AudioFrame.from_ndarray(piece, format="s16p", layout="stereo")
        frame.sample_rate, frame.pts = SOUND_RATE, start
        yield from resampler.resample(frame)


def flash_at(path: Path) -> tuple[int, float]:
    """Number of frames, and seconds of the first bright one."""
    bright = [frame.mean() > 120 for frame in read_video(path)]
    with open_film(path) as film:
        times = [frame.time for frame in film.decode(pictures(film))]
    assert len(times) == len(bright)
    return len(bright), times[bright.index(True)] - times[0]


def beep_at(path: Path) -> float | None:
    """Seconds of the first loud sound; None without a sound track."""
    with open_film(path) as film:
        if not film.streams.audio:
            return None
        sound = [(frame.time, np.abs(frame.to_ndarray().astype(float)).mean()) for frame in film.decode(audio=0)]
    loudest = max(loud for _, loud in sound)
    return next(time for time, loud in sound if loud > loudest / 2)
