"""Is this machine ready for a class? A line for each thing that a chapter needs, with its remedy where it is red.

    python book/check_ready.py        exit status 0 where all is green

Nothing is installed, changed or sent; it takes about half a minute, at most two.
"""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from importlib import metadata

from colab import NEWEST_PYTHON, name_of

from lib.tools import paths
from lib.tools.commands import command

GIGABYTE = 2**30
DISK, MEMORY = 2, 4  # gigabytes: results, caches and a film; the largest chapter and a browser
PORTS = range(8888, 8939)  # Jupyter takes the first free one of these
CLIP = paths.CLIPS / "d1_test" / "d1_test-000"
Check = Callable[[], str]


def python() -> str:
    """Raises where this Python is too old or too new for MediaPipe."""
    here = sys.version_info[:2]
    if not (3, 11) <= here <= NEWEST_PYTHON:
        raise RuntimeError(f"{here[0]}.{here[1]} has no MediaPipe with Holistic: install 3.11 or 3.12")
    return ".".join(map(str, sys.version_info[:3]))


def packages() -> str:
    """Every line of the lock that is meant for this machine, in its version."""
    from offline.wheels import pins

    wanted = pins(paths.ROOT / "requirements.lock")
    wrong = [name_of(pin.name) for pin in wanted if not _is_installed(pin.name, pin.specifier)]
    if wrong:
        raise RuntimeError(
            f"{len(wrong)} missing or in another version ({', '.join(wrong[:3])}): delete .venv, make ready"
        )
    return f"{len(wanted)}, as locked"


def _is_installed(name: str, specifier) -> bool:
    try:
        return specifier.contains(metadata.version(name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def film() -> str:
    """A shipped clip is read, and written anew, by the FFmpeg inside PyAV."""
    import tempfile
    from pathlib import Path

    import av

    from lib.video import read_all, write_video

    with tempfile.TemporaryDirectory() as folder:
        copy = write_video(Path(folder) / "copy.mp4", read_all(CLIP / "target.mp4", 5), 25)
        frames = read_all(copy)
    if len(frames) != 5:
        raise RuntimeError(f"{len(frames)} of 5 frames came back: delete .venv, make ready")
    return f"PyAV {av.__version__} reads and writes H.264"


def mediapipe() -> str:
    """Holistic on the first frames of a sharp clip."""
    from contextlib import redirect_stderr
    from io import StringIO

    from lib.holistic import extract
    from lib.video import read_all

    with redirect_stderr(StringIO()):  # three frames need no progress bar
        found = extract(read_all(CLIP / "target.mp4", 3))
    if not found.present("pose").any():
        raise RuntimeError("it runs, and finds nobody in a clip that has somebody: please report it")
    hands = sum(found.present(hand).any() for hand in ("left_hand", "right_hand"))
    return f"{metadata.version('mediapipe')} finds a body and {hands} hands"


def weights() -> str:
    """Each network that ships is loaded, and one is run."""
    import torch

    from lib.upsampler import PRETRAINED, load_pretrained

    networks = {name: load_pretrained(name) for name in PRETRAINED}
    with torch.no_grad():
        shape = networks["bwa-unet"](torch.zeros(1, 3, 32, 32)).shape
    if tuple(shape[2:]) != (64, 64):
        raise RuntimeError(f"a network gave {tuple(shape)}: get the course's files anew (git restore book/weights)")
    return f"{len(networks)} networks, torch {torch.__version__}"


def clips() -> str:
    """Every folder of a clip has its two films and its truth."""
    folders = [path.parent for path in paths.CLIPS.glob("*/*/clip.json")]
    whole = [one for one in folders if len([*one.glob("input.*"), *one.glob("target.*"), *one.glob("truth.npz")]) == 3]
    if len(whole) < max(len(folders), 1):
        raise RuntimeError(
            f"{len(whole)} of {len(folders)} are whole: git restore book/clips, or unpack the bundle anew"
        )
    return f"{len(whole)}"


def disk() -> str:
    return _enough(shutil.disk_usage(paths.ROOT).free, DISK, "make room")


def memory() -> str:
    import psutil

    return _enough(psutil.virtual_memory().available, MEMORY, "close other programs")


def _enough(there: int, wanted: float, remedy: str) -> str:
    if there < wanted * GIGABYTE:
        raise RuntimeError(f"{there / GIGABYTE:.1f} GB free, {wanted} are wanted: {remedy}")
    return f"{there / GIGABYTE:.0f} GB free"


def port() -> str:
    """Where JupyterLab could listen, on this machine alone."""
    for number in PORTS:
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", number))
            except OSError:
                continue
            return f"{number} is free"
    raise RuntimeError(f"none of {PORTS.start} to {PORTS.stop - 1} is free: close other notebooks")


CHECKS: dict[str, Check] = {
    "Python": python, "packages": packages, "clips": clips, "films": film, "MediaPipe": mediapipe,
    "weights": weights, "disk": disk, "memory": memory, "port for Jupyter": port,
}  # fmt: skip


def line(name: str, check: Check, colours: bool) -> tuple[bool, str]:
    """Whether a check passed, and what to print: the word says it too, for who sees no colours."""
    try:
        good, told = True, check()
    except Exception as error:  # whatever it is, the other checks go on
        good, told = False, str(error) or type(error).__name__
    mark = "ok" if good else "NO"
    if colours:
        mark = f"\033[{32 if good else 31}m{mark}\033[0m"
    return good, f"{mark}  {name}: {told}"


@command
def main() -> int:
    """All checks, in order."""
    start, bad = time.perf_counter(), 0
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for name, check in CHECKS.items():
        good, told = line(name, check, colours)
        bad += not good
        print(told, flush=True)
    end = "Ready." if not bad else f"{bad} of {len(CHECKS)} are not ready: the lines with NO say what to do."
    print(f"{end} ({time.perf_counter() - start:.0f} seconds)")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
