"""Odd and spoilt inputs by the hundred, each in a process of its own: right, refused in one sentence, or a fault?

python tests/bench/bench_odd_inputs.py 8        so many of each kind; 8 by default
python tests/bench/bench_odd_inputs.py 50 films.rotations --seed 100        of those kinds alone, from that seed on

A fault is a traceback, a result that is wrong without a word, a sentence without the file's name, a minute of work or
five of waiting, and two gigabytes. Makers are in the folder `odd`: each makes one input of chance and gives a check of
what the course makes of it.
"""

import argparse
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), str(TESTS), str(TESTS / "keypoints"), str(TESTS / "video"), str(TESTS / "enhance")]

import torch  # noqa: E402
from odd import films, keypoint_files, keypoints, pictures, places, weights, whole_films  # noqa: E402

from lib.tools.errors import BadInput  # noqa: E402

WORK, WAIT, MEMORY = 60, 300, 2 * 2**30  # seconds of a processor, seconds by the clock, bytes
MODULES = (films, whole_films, pictures, keypoints, keypoint_files, weights, places)
GOOD = ("right", "refused")


def makers() -> dict[str, Callable]:
    """Every public function of the folder's files that is defined there, by "file.name"."""
    return {
        f"{module.__name__.split('.')[-1]}.{name}": made
        for module in MODULES
        for name, made in vars(module).items()
        if getattr(made, "__annotations__", {}).get("rng") and getattr(made, "__module__", "") == module.__name__
        if not name.startswith("_")
    }


def outcome(make: Callable, seed: int, folder: Path) -> str:
    """What became of one input, in a word, and of a fault what it was like."""
    said = folder / "said"
    folder.mkdir()
    number = os.fork()
    if not number:
        _child(make, seed, folder, said)
    started, done = time.monotonic(), 0
    while not done:
        done, status = os.waitpid(number, os.WNOHANG)
        if not done and time.monotonic() - started > WAIT:
            os.kill(number, signal.SIGKILL)
        time.sleep(0.01)
    if os.WIFSIGNALED(status):
        return f"ended by signal {os.WTERMSIG(status)}"
    return said.read_text()


def _child(make: Callable, seed: int, folder: Path, said: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (WORK, WORK))
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    text = "nothing was said"
    try:
        place = folder / "place"
        place.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check = make(place, random.Random(f"{make.__module__}.{make.__name__} {seed}"))
            text = _judged(check, place)
    except BaseException:
        text = "the maker itself: " + traceback.format_exc()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    said.write_text(text if peak < MEMORY else f"{peak / 2**30:.1f} GB")
    os._exit(0)


def _judged(check: Callable[[], None], place: Path) -> str:
    try:
        check()
        return "right"
    except BadInput as error:
        plain = "\n" not in str(error) and len(str(error)) < 900
        named = str(place)[:40] in str(error) or getattr(check, "nameless", False)
        return "refused" if plain and named else f"an unclear sentence: {error}"
    except AssertionError:
        return "wrong: " + traceback.format_exc()
    except SystemExit as error:
        return "refused" if error.code else "right"
    except BaseException:
        return "traceback: " + traceback.format_exc()


def main() -> int:
    """Print a line for each kind, and each fault with the seed that makes it again; 1 where there is one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int, nargs="?", default=8)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    os.environ["TQDM_DISABLE"] = "1"
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="odd-") as folder:
        for name, make in makers().items():
            if options.kinds and not any(name.startswith(kind) for kind in options.kinds):
                continue
            ends, started = Counter(), time.monotonic()
            for seed in range(options.seed, options.seed + options.count):
                place = Path(folder) / f"{name}-{seed}"
                end = outcome(make, seed, place)
                shutil.rmtree(place, ignore_errors=True)
                word = end if end in GOOD else "fault"
                ends[word] += 1
                if word == "fault":
                    print(f"  {name} {seed}: {end}", flush=True)
            total += ends
            print(f"{name:32} {dict(ends)} {time.monotonic() - started:.0f} s", flush=True)
    print(f"{total.total()} inputs: {dict(total)}")
    return 1 if total["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
