"""Kaggle's asl-signs: 94,477 recordings of 250 ASL signs by 21 Deaf signers, as MediaPipe keypoints.

R2's American target. It needs an account at Kaggle and the acceptance of the competition's rules, which say what you
may do with it; nothing of it comes with the course, and nothing that you make here should be passed on.

1. Join https://www.kaggle.com/competitions/asl-signs and accept the rules.
2. kaggle competitions download -c asl-signs     (some 40 GB), and unpack it.
3. python data_scripts/asl_signs.py --source FOLDER --out data/asl_signs

checks that the list and every file of it are there and whole, and writes one signer-ID.npz for each signer (without the
face; a few GB) and manifest.json. It goes on where it stopped.
"""

import os
from pathlib import Path

from tqdm.auto import tqdm

from data_scripts._common import command_line, is_complete, say_whose, write_manifest
from lib.ptn.asl_signs import HOW, PAGE, convert, read_list
from lib.tools.errors import BadInput
from lib.tools.parallel import in_parallel

LICENCE = "the competition's rules, which you accepted at Kaggle"


def make(out: Path, source: str) -> None:
    """Check the user's download and convert it. Raises BadInput."""
    if is_complete(out):
        print(f"{out} is already made and intact.")
        return
    if not source:
        raise BadInput(f"asl-signs cannot be fetched without your account: {HOW}")
    if Path(source).is_file():
        raise BadInput(f"{source} is a file: unpack it first, and give the folder with train.csv with --source")
    say_whose("Landmarks", PAGE, source, LICENCE)
    table = read_list(source)
    jobs = [(Path(source), out, str(signer), rows) for signer, rows in table.groupby("participant_id")]
    done = in_parallel(convert, jobs, min(len(jobs), os.cpu_count() or 1))
    files = sorted(path.name for path in tqdm(done, total=len(jobs), desc="signers", unit="signer"))
    write_manifest(out, [{"file": file, "source": PAGE, "licence": LICENCE} for file in files])
    print(f"{out} holds {len(table):,} recordings of {table.sign.nunique()} signs by {len(jobs)} signers.")


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, ""))
