"""The synthetic films that the shipped models learned from: D1's signers, TD1's, and varied ones.

    python data_scripts/training_films.py --out data/training --clips 200    about 40 minutes on two cores

Everything is rendered here: no network, nobody's footage. A run that was interrupted goes on where it stopped, and
an unfinished set is a smaller set of the same mixture.
"""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from tqdm.auto import tqdm

from lib.signer.training_films import make, plan
from lib.tools.commands import command, positive
from lib.tools.parallel import in_parallel


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the clips")
    parser.add_argument("--clips", type=positive, default=200, help="how many, of about three seconds (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1, help="processes (default: every core)")
    parser.add_argument("--device", default="cpu", help='Warp device: "cpu" or "cuda"')
    options = parser.parse_args(argv)
    jobs, one = plan(options.clips, options.seed), partial(make, out=options.out, device=options.device)
    for _ in tqdm(in_parallel(one, jobs, options.workers), total=len(jobs), unit="clip"):
        pass


if __name__ == "__main__":
    sys.exit(main())
