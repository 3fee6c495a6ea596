"""`python -m lib.enhance`: how near all stages at once come to the slowest alone, and what a longer film costs."""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from table import measure

from lib.enhance import enhance
from lib.holistic import extract_file
from lib.holistic.second_look import looking_again
from lib.holistic.third_look import third_look
from lib.signer.clips import clips
from lib.upsampler import load_pretrained
from lib.video import probe, read_video, write_video

FPS = 25
MODEL = "bg-unet"
SPEED_BAR = 0.9  # of the speed of the slower stage alone
MINUTES = (1, 10)
SMALL = (84, 76)  # height and width of the frames whose number is what counts: half of R1's input


def speed(folder: Path, rounds: int = 3) -> None:
    """Each stage alone and both at once on clips of R1's size, in turn, and the ratio in each round.

    Beside it, what the cores could give at best: the processor time of both stages, spread over all cores.
    """
    film = write_video(folder / "film.mp4", chain(*(clip.input() for clip in clips("d1_test")[:5])), FPS)
    model, sharp = load_pretrained(MODEL), folder / "sharp.mp4"
    enhance(film, sharp, model=model, always=True, progress=False)
    cases = {
        "enlarging alone": lambda: enhance(film, folder / "again.mp4", model=model, always=True, progress=False),
        "looking alone": lambda: looked_at(sharp),
        "both at once": lambda: enhance(
            film, folder / "o.mp4", folder / "o.pose", model=model, always=True, progress=False
        ),
    }
    worked = {name: _processor_time(case) for name, case in cases.items()}
    seconds, frames = measure(cases, rounds), probe(film).frames
    print(f"\nEnhance, 152 x 168 to 304 x 336, {MODEL}, {frames} frames, {torch.get_num_threads()} cores")
    print(f"{'':16}  {'ms a frame':>10}  {'of all cores':>12}")
    for name, times in seconds.items():
        print(f"{name:16}  {1000 * statistics.median(times) / frames:10.1f}  {1000 * worked[name] / frames:12.1f}")
    ratios, limits = [], []
    for enlarging, looking, both in zip(*seconds.values(), strict=True):
        slower, least = max(enlarging, looking), (worked["enlarging alone"] + worked["looking alone"])
        ratios.append(slower / both)
        limits.append(min(1.0, slower * torch.get_num_threads() / least))
    print(
        f"both at once reach {statistics.median(ratios):.2f} of the slower one's speed "
        f"({min(ratios):.2f} to {max(ratios):.2f}; the bar: {SPEED_BAR}); "
        f"the cores' time allows {statistics.median(limits):.2f}"
    )


def looked_at(film: Path) -> None:
    """Holistic, the second look and the third, as `enhance` runs them."""
    with looking_again() as again:
        keypoints = extract_file(film, progress=False, retouch=again)
    third_look(read_video(film), keypoints)


def _processor_time(case: Callable[[], object]) -> float:
    """Seconds of work, of all threads together."""
    start = time.process_time()
    case()
    return time.process_time() - start


def memory(folder: Path) -> None:
    """Peak memory of a process that works on a film of one minute, and of another with ten."""
    peaks = []
    print("\nEnhance, peak memory of the whole process")
    for minutes in MINUTES:
        film = write_video(folder / f"{minutes}.mp4", _backdrop(minutes * 60 * FPS), FPS)
        command = [sys.executable, __file__, str(film)]
        peaks.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]))
        print(f"{minutes:2} minutes  {peaks[-1] / 1e6:6.0f} MB")
    print(f"ratio       {peaks[1] / peaks[0]:6.2f}  (the keypoints themselves: about a kilobyte a frame)")


def _backdrop(count: int) -> Iterator[np.ndarray]:
    """Frames with nobody in them, with which MediaPipe is done soonest; missing keypoints take as much room."""
    return (np.full((*SMALL, 3), 90 + index % 3, np.uint8) for index in range(count))


def peak(film: Path) -> int:
    """Bytes that this process has held at most, once it has worked on the film."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nobody is in view
        enhance(film, film.with_suffix(".out.mp4"), film.with_suffix(".pose"), model=MODEL, always=True, progress=False)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Print the tables; with a film as argument, only this process's peak memory on it."""
    if len(sys.argv) > 1:
        print(peak(Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        speed(Path(folder))
        memory(Path(folder))


if __name__ == "__main__":
    main()
