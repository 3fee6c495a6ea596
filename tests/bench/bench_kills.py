"""Work that is killed by SIGKILL at any moment and begun again: does it end with the bytes of work that was not?

python tests/bench/bench_kills.py 60        so many kills; 200 by default
"""

import csv
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import numpy as np
import torch
from test_training import train

from book.studies.runner import run_missing
from data_scripts.shared.archives import fetch
from lib.enhance.cli import main as enlarge
from lib.holistic.corpus import main as extract
from lib.tools.checkpoints import read_tensors
from lib.tools.files import sha256
from lib.upsampler import UNet, save
from lib.video import write_video

KILLS = 200
CONTENT = np.random.default_rng(0).bytes(4 * 2**20)
PIECE, PAUSE = 2**16, 0.01  # bytes, and seconds after each: what the server sends


class Slow(BaseHTTPRequestHandler):
    """A server that takes its time and goes on where it is asked to."""

    def do_GET(self) -> None:
        """``CONTENT``, or what is left of it."""
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.send_header("ETag", '"the same"')
        self.end_headers()
        try:
            for begin in range(start, len(CONTENT), PIECE):
                self.wfile.write(CONTENT[begin : begin + PIECE])
                time.sleep(PAUSE)
        except OSError:  # who asked was killed
            pass

    def log_message(self, *args: object) -> None:
        """Nothing."""


def runs(out: Path) -> None:
    """A study of twenty runs."""

    def job(seed: int) -> list[float]:
        time.sleep(0.03)
        return np.random.default_rng(seed).normal(size=2000).tolist()

    run_missing({out / f"{seed}.json": partial(job, seed) for seed in range(20)})


def kinds(folder: Path, url: str) -> dict[str, tuple]:
    """Each kind of work as a function of the folder it fills, and its share of all kills."""
    torch.manual_seed(0)
    weights = save(UNet(2, 1), folder / "w.safetensors", {})
    for number in range(2):
        frames = np.random.default_rng(number).integers(0, 256, (60, 48, 64, 3), np.uint8)
        write_video(folder / "in" / f"{number}.mp4", frames, 25, crf=30)
    films, two = str(folder / "in"), ["--processes", "2"]
    return {
        "training": (partial(train, epochs=30), 0.3),
        "a study's runs": (runs, 0.25),
        "a download": (lambda out: fetch(url, out / "file.bin"), 0.25),
        "films enlarged": (
            lambda out: enlarge(
                [films, "--out", f"{out}/o", "--keypoints", f"{out}/k", "--weights", str(weights), *two]
            ),
            0.1,
        ),
        "keypoints": (lambda out: extract([films, "--out", str(out), *two]), 0.1),
    }


def child(work, out: Path) -> int:
    """The work in a process of its own, which need not load torch again; its number."""
    if number := os.fork():
        return number
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    status = 1
    try:
        out.mkdir(exist_ok=True)
        work(out)
        status = 0
    finally:
        os._exit(status)


def killed(work, out: Path, seconds: float, rng: random.Random) -> bool:
    """Whether the kill came before the work's end."""
    number = child(work, out)
    time.sleep(rng.uniform(0, seconds))
    os.kill(number, signal.SIGKILL)
    return os.waitpid(number, 0)[1] != 0


def left(folder: Path) -> dict[str, object]:
    """What lies in a folder, by name; times that work took are no part of it."""
    return {str(path.relative_to(folder)): _content(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _content(path: Path) -> object:
    if path.name == "history.json":
        return [row | {"seconds": 0} for row in json.loads(path.read_text())]
    if path.name == "films.csv":
        with open(path, newline="") as file:
            return [
                [value for key, value in row.items() if key not in ("seconds", "result")]
                for row in csv.DictReader(file)
            ]
    if path.name == "last.pt":
        state = read_tensors(path)
        return str([row | {"seconds": 0} for row in state.pop("history")]) + str(state)
    return sha256(path)


def bench(name: str, work, kills: int, folder: Path) -> bool:
    """Kill one kind of work so often; whether all that was begun again came to the same end."""
    rng, start = random.Random(name), time.perf_counter()
    os.waitpid(child(work, folder / "whole"), 0)
    seconds, wanted = time.perf_counter() - start, left(folder / "whole")
    done, ends = 0, []
    while done < kills:
        out = folder / str(len(ends))
        while done < kills and killed(work, out, seconds, rng):
            done += 1
        os.waitpid(child(work, out), 0)
        found = left(out)
        ends.append(found == wanted)
        if other := sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)):
            print(f"{name}: not the same: {', '.join(other)}", flush=True)
    print(f"{name:16}  {seconds:8.1f}  {done:5}  {len(ends):7}  {sum(ends):8}  {len(wanted):5}", flush=True)
    return bool(wanted) and all(ends)


def main() -> int:
    """Print the table; 1 where something was lost."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    os.environ["TQDM_DISABLE"] = "1"
    torch.set_num_threads(1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{'':16}  s unkilled  kills  results  the same  files")
    with tempfile.TemporaryDirectory() as folder:
        works = kinds(Path(folder), f"http://127.0.0.1:{server.server_port}/file")
        good = []
        for name, (work, share) in works.items():
            (place := Path(folder) / name).mkdir()
            good.append(bench(name, work, round(share * kills), place))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
