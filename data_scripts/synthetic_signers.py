"""The synthetic signing clips: D1 (training and test), TD1 and TD2, with their ground truth.

    python data_scripts/synthetic_signers.py --scale embedded --out book/clips   the clips that ship with the course
    python data_scripts/synthetic_signers.py --out data/synthetic                what `make data` renders
    python data_scripts/synthetic_signers.py --scale paper --out data/paper      R1's sizes: 120 + 30 minutes and more
    python data_scripts/synthetic_signers.py --check --out book/clips            MediaPipe's verdict on what is there

Everything is rendered here: no network, nobody's footage. A run that was interrupted goes on where it stopped.
"""

import argparse
import os
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

from tqdm.auto import tqdm

from lib.signer.clips import clips
from lib.signer.corpus import SCALES, SETS, finished, make_clip, plan
from lib.tools.commands import command, positive
from lib.tools.errors import BadInput
from lib.tools.files import write_manifest
from lib.tools.parallel import in_parallel


def render(out: Path, scale: str, seed: int, workers: int, device: str) -> None:
    """Make every clip of a scale and the manifest that vouches for them."""
    jobs = plan(scale, seed)
    make = partial(make_clip, out=out, device=device)
    for _ in tqdm(in_parallel(make, jobs, workers), total=len(jobs), unit="clip", desc=f"{scale} clips"):
        pass
    command = f"python data_scripts/synthetic_signers.py --scale {scale} --seed {seed}"
    made_by = {
        "source": command,
        "licence": "MIT",
        "versions": {p: version(p) for p in ("anny", "warp-lang", "av")},
    }
    files = sorted(file for folder in finished(out) for file in folder.iterdir() if not file.name.startswith("."))
    write_manifest(out, [{"file": file.relative_to(out).as_posix()} | made_by for file in files])


def check(out: Path, workers: int) -> None:
    """Print how many hands real MediaPipe loses at each stage, with intervals over clips."""
    import pandas as pd

    from data_scripts.calibrate import measure, summary

    there = [clip for name in SETS if (out / name).is_dir() for clip in clips(name, out)]
    if not there:
        raise BadInput(f"{out} holds no clips; render some first: leave out --check")
    rows = [row for rows in tqdm(in_parallel(measure, there, workers), total=len(there), unit="clip") for row in rows]
    frame = pd.DataFrame(rows).sort_values(["set", "clip"])
    for column in ("uhp_dominant", "uhp_both", "false_right"):
        print(summary(frame, column).to_string(index=False), end="\n\n")


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the clips")
    parser.add_argument("--scale", choices=list(SCALES), default="laptop")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1, help="processes (default: every core)")
    parser.add_argument("--device", default="cpu", help='Warp device: "cpu" or "cuda"')
    parser.add_argument("--check", action="store_true", help="measure the clips that are there instead of rendering")
    options = parser.parse_args(argv)
    if options.check:
        check(options.out, options.workers)
    else:
        render(options.out, options.scale, options.seed, options.workers, options.device)


if __name__ == "__main__":
    sys.exit(main())
