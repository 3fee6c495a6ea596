"""Keypoints of a folder of videos: our command on one and on two processes, beside pose-format's own.

All run MediaPipe Holistic of the same complexity, each from a fresh start of Python. pose-format keeps its results
beside the videos and gives a reused graph to the next video; ours starts afresh with every video.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from table import compare

from lib.holistic import extract_file
from lib.keypoints import Keypoints
from lib.signer.clips import clips
from lib.video import probe

CLIPS = int(os.environ.get("BENCH_CLIPS", 12))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 1))


def run(*command: str | Path | int) -> None:
    """A fresh Python; what it says is kept unless it fails."""
    words = [sys.executable, *map(str, command)]
    said = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if said.returncode:
        raise SystemExit(f"{words} failed:\n{said.stdout[-2000:]}")


def ours(videos: Path, out: Path, processes: int) -> None:
    """``python -m lib.holistic`` into an empty folder."""
    shutil.rmtree(out, ignore_errors=True)
    run("-m", "lib.holistic", videos, "--out", out, "--processes", processes)


def theirs(videos: Path, workers: int) -> None:
    """pose-format's ``videos_to_poses``, after its earlier results are gone."""
    for file in videos.glob("*.pose"):
        file.unlink()
    start = "from pose_format.bin.directory import main; main()"
    run("-c", start, "--directory", videos, "--num-workers", workers)
    if len(list(videos.glob("*.pose"))) != len(list(videos.iterdir())) / 2:
        raise SystemExit("pose-format left some videos without keypoints")


def main() -> None:
    """Print the table, after a look at whether many processes and one give the same keypoints."""
    with tempfile.TemporaryDirectory() as folder:
        videos, out = Path(folder, "videos"), Path(folder, "out")
        videos.mkdir()
        films = [*clips("d1_test"), *clips("td2")][:CLIPS]
        for film in films:
            shutil.copy(film.input_path, videos / f"{film.name}{film.input_path.suffix}")
        frames = sum(probe(film.input_path).frames for film in films)
        ours(videos, out, 2)
        alone = extract_file(films[0].input_path, progress=False)
        same = (
            Keypoints.load(out / f"{films[0].name}.pose").present("right_hand") == alone.present("right_hand")
        ).all()
        print(f"{len(films)} videos, {frames} frames, {os.cpu_count()} cores; spread and alone agree: {bool(same)}")
        cases = {
            "lib.holistic.corpus, 1 process": lambda: ours(videos, out, 1),
            "lib.holistic.corpus, 2 processes": lambda: ours(videos, out, 2),
            "pose-format, 2 processes": lambda: theirs(videos, 2),
        }
        compare("Keypoints of a folder of videos", cases, items=frames, unit="frame", rounds=ROUNDS)


if __name__ == "__main__":
    main()
