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

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from data_scripts._common import command_line, is_complete, say_whose, write_manifest
from lib.keypoints import HOLISTIC_75, read_asl_signs
from lib.ptn.asl_signs import HOW, PAGE
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import reading
from lib.tools.parallel import in_parallel

LICENCE = "the competition's rules, which you accepted at Kaggle"
COLUMNS = ["path", "participant_id", "sequence_id", "sign"]


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


def read_list(folder: str | Path) -> pd.DataFrame:
    """The competition's train.csv, checked: one row a sequence, and every file that it names is there.

    Raises BadInput, with what to do about it.
    """
    folder = Path(folder)
    path = folder / "train.csv"
    if not path.is_file():
        raise BadInput(f"{folder} holds no train.csv: {HOW}")
    with reading(path, "is no table", "download it again"):
        table = pd.read_csv(path, keep_default_na=False)
    lacking = [column for column in COLUMNS if column not in table]
    if lacking or table.empty:
        raise BadInput(f"{path} has no {lacking[0] if lacking else 'rows'}: give the training list of asl-signs")
    plain = table.participant_id.astype(str).str.fullmatch(r"[\w-]{1,50}")  # a file will be called by it
    if not plain.all() or table.sequence_id.dtype.kind not in "iu":
        raise BadInput(f"{path} has a participant_id or sequence_id that is none: download it again")
    with reading(path, "is no table of files", "download it again"):
        inside = table.path.map(lambda name: (folder / name).resolve().is_relative_to(folder.resolve()))
    if not inside.all():
        raise BadInput(f"{path} names {table.path[~inside].iloc[0]}, outside its folder: download it again")
    there = table.path.map(lambda name: (folder / name).is_file())
    if not there.all():
        missing = table.path[~there]
        raise BadInput(
            f"{len(missing):,} of {len(table):,} files are missing, first {missing.iloc[0]}: unpack it whole"
        )
    return table


def convert(job: tuple[Path, Path, str, pd.DataFrame]) -> Path:
    """One signer's sequences as ``signer-ID.npz``; left alone where it exists. ``job``: source, out, ID, rows.

    See `lib.ptn.asl_signs` for what it holds.
    """
    source, out, signer, rows = job
    path = out / f"signer-{signer}.npz"
    if not path.is_file():
        clips = [read_asl_signs(source / name).select(HOLISTIC_75).xyz for name in rows.path]
        with written_whole(path) as partial:
            np.savez_compressed(
                partial,
                xyz=np.concatenate(clips),
                lengths=np.array([len(clip) for clip in clips]),
                signs=rows.sign.to_numpy(str),
                sequences=rows.sequence_id.to_numpy(int),
            )
    return path


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, ""))
