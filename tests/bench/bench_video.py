"""Reading and writing clips: what lib.video adds to the bare decoder."""

import tempfile
from pathlib import Path

import av
import numpy as np
from table import compare

from lib.video import read_video, write_video

FRAMES = 100


def moving_pattern() -> list[np.ndarray]:
    """Frames of the papers' size, with something in them that moves."""
    y, x = np.mgrid[:336, :304]
    return [np.stack([x + 3 * t, y - 2 * t, x + y], axis=-1).astype(np.uint8) for t in range(FRAMES)]


def decode(path: Path) -> None:
    """Decode to RGB with nothing around it."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            frame.to_ndarray(format="rgb24")


def read(path: Path) -> None:
    """Read every frame and forget it."""
    for _frame in read_video(path):
        pass


def main() -> None:
    """Print the table."""
    frames = moving_pattern()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.mp4")
        write_video(path, frames, 25)
        cases = {
            "PyAV alone": lambda: decode(path),
            "read_video": lambda: read(path),
            "write_video": lambda: write_video(path.with_name("copy.mp4"), frames, 25),
        }
        compare("Video, 304 x 336, H.264", cases, items=FRAMES, unit="frame")


if __name__ == "__main__":
    main()
