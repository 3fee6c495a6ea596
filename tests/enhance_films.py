"""Films of every kind for the tests of lib.enhance."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from odd_films import turned

from lib.enhance.cli import main
from lib.signer.clips import clips
from lib.upsampler import UNet, save
from lib.video import write_video

FPS = 25


def signer(count: int = 12) -> np.ndarray:
    """(T, 168, 152, 3): the beginning of an embedded clip, as the networks get it."""
    return clips("td2")[0].input()[:count]


def tiny_network() -> UNet:
    """A network that enlarges bilinearly: small, quick, and MediaPipe sees people in what it makes."""
    torch.manual_seed(0)
    return UNet(4, depth=1, residual=True).eval()


def weight_file(folder: Path) -> Path:
    return save(tiny_network(), folder / "tiny.safetensors", {})


def varying_rate(path: Path, frames: np.ndarray) -> Path:
    """Half the film at 25 frames a second, half at 10, as phones and screen recorders write."""
    import av

    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=100)
        stream.height, stream.width = frames.shape[1:3]
        time = 0
        for index, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts, picture.time_base = time, Fraction(1, 100)
            time += 4 if index < len(frames) // 2 else 10
            output.mux(stream.encode(picture))
        output.mux(stream.encode())
    return path


def with_sound(path: Path, frames: np.ndarray, early: float = 0.0) -> Path:
    """A film with a tone, which begins ``early`` seconds before the pictures."""
    import av

    silent = write_video(path.with_name("silent.mp4"), frames, FPS)
    with av.open(str(silent)) as source, av.open(str(path), "w") as output:
        video = output.add_stream_from_template(source.streams.video[0])
        audio = output.add_stream("aac", rate=48000, layout="mono")
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.pts += round(early / packet.time_base)
                packet.dts += round(early / packet.time_base)
                packet.stream = video
                output.mux(packet)
        for start in range(0, round(48000 * (len(frames) / FPS + early)), 1024):
            wave = (8000 * np.sin(np.arange(start, start + 1024) * 0.05)).astype(np.int16)
            sound = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
            sound.sample_rate, sound.pts = 48000, start
            output.mux(audio.encode(sound))
        output.mux(audio.encode())
    silent.unlink()
    return path


def on_its_side(path: Path, frames: np.ndarray) -> Path:
    """Stored on its side, with the note to turn it upright: a phone's portrait film."""
    plain = write_video(path.with_name("plain.mp4"), frames, FPS)
    turned(plain, path, 90)
    plain.unlink()
    return path


def names(folder: Path) -> list[str]:
    """What lies in the folder."""
    return sorted(path.name for path in folder.iterdir())


def run(films: Path, *arguments: object) -> int:
    """The command here, with the small network of `weight_file`."""
    return main([*map(str, arguments), "--weights", str(films / "tiny.safetensors")])


def command(films: Path, *arguments: object) -> list[str]:
    """The same for a process of its own."""
    words = [*map(str, arguments), "--weights", str(films / "tiny.safetensors"), "--always"]
    return [sys.executable, "-m", "lib.enhance", *words]
