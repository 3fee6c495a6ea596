"""What many films cost: `lib.enhance` on one machine and on a cluster of one worker and of two, and its memory.

    python -m book.studies.corpus_costs        a quarter of an hour on two cores that do nothing else

The films are synthetic: a signer of R1's size in a picture of television's, which the command crops and reduces to
R1's input, 152 x 168. A worker is a process of one thread. All have worked on a film before the clock starts, since
sixty hours make a start of seconds nothing. Rounds go in turn, so that a machine's moods meet all alike.
"""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import psutil
import torch

from book.studies.runner import RESULTS, read, write
from lib.enhance.cli import main as enhance
from lib.signer.clips import clips
from lib.tools.parallel import own_cores
from lib.video import write_video

PATH = RESULTS / "corpus.json"
COMMAND = "python -m book.studies.corpus_costs"
FPS, FILMS, FRAMES, ROUNDS = 25, 2, 60, 3
PICTURE, BOX = (1280, 720), (380, 75, 897, 646)  # of SRF's size (R1 III-C), and R1's 517 x 571 in it
AS_R1 = ("--crop", ",".join(map(str, BOX)), "--height", "168")
TIMES, FOLDER, SHORT = 4, 50, 2  # so often a folder of so many films of so few frames, for the memory


def television(count: int, name: int) -> Iterator[np.ndarray]:
    """uint8 RGB frames (720, 1280, 3) with a synthetic signer in ``BOX``."""
    x0, y0, x1, y1 = BOX
    frames = clips("td2")[name % len(clips("td2"))].input()
    for index in range(count):
        picture = np.full((PICTURE[1], PICTURE[0], 3), 90, np.uint8)
        picture[y0:y1, x0:x1] = cv2.resize(frames[index % len(frames)], (x1 - x0, y1 - y0))
        yield picture


def film_folder(folder: Path, films: int, frames: int) -> Path:
    """A folder of television."""
    for number in range(films):
        write_video(folder / f"{number:03}.mp4", television(frames, number), FPS)
    return folder


@contextmanager
def cluster(workers: int, films: Path) -> Iterator[tuple[object, tuple[str, ...]]]:
    """A scheduler with ``workers`` on this machine, which have worked already: a client, and the command's option."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as local,
        Client(local) as client,
    ):
        option = ("--scheduler", local.scheduler_address)
        run(films, *option)
        yield client, option


def run(films: Path, *options: str) -> float:
    """Seconds that the command takes for a folder of films and their keypoints."""
    with tempfile.TemporaryDirectory() as out:
        start = perf_counter()
        if enhance([str(films), "--out", out, "--keypoints", out, *AS_R1, *options]):
            raise SystemExit("The films could not be done.")
        return perf_counter() - start


def one_thread(films: Path) -> float:
    """The command here, on one thread and one core, as a worker has them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with own_cores(1):
            return run(films)
    finally:
        torch.set_num_threads(threads)


def timed(folder: Path) -> list[dict]:
    """Seconds of each way in each round. One cluster at a time: a worker keeps the core that it has taken."""
    films = film_folder(folder / "films", FILMS, FRAMES)
    ways: dict[str, Callable[[Path], float]] = {
        "one machine, all cores": run,
        "one machine, one thread": one_thread,
        "one worker": partial(on_cluster, workers=1),
        "two workers": partial(on_cluster, workers=2),
    }
    rows = [{"way": way, "round": n, "seconds": round(do(films), 2)} for n in range(ROUNDS) for way, do in ways.items()]
    return [row | {"films": FILMS, "frames": FILMS * FRAMES} for row in rows]


def on_cluster(films: Path, workers: int) -> float:
    """The same on a cluster of so many workers."""
    with cluster(workers, films) as (_, option):
        return run(films, *option)


def memory(folder: Path) -> list[dict]:
    """Bytes that a worker holds after so many films."""
    films, held = film_folder(folder / "short", FOLDER, SHORT), []
    with cluster(1, films) as (client, option):  # which has gone through them once
        for done in range(1, TIMES + 1):
            (used,) = client.run(lambda: psutil.Process().memory_info().rss).values()
            held.append({"films": done * FOLDER, "bytes": used})
            if done < TIMES:
                run(films, *option)
    return held


def rows(path: Path = PATH) -> tuple[dict, dict[str, list[dict]]]:
    """The facts and the rows that ship: "times" and "memory"."""
    return read(path, "costs of many films", COMMAND, ("times", "memory"))


def main() -> None:
    """Measure and ship."""
    facts = {"cores": os.cpu_count(), "python": platform.python_version(), "torch": torch.__version__, "fps": FPS}
    with tempfile.TemporaryDirectory() as folder:
        write(PATH, facts, times=timed(Path(folder)), memory=memory(Path(folder)))


if __name__ == "__main__":
    main()
