"""Kaggle's asl-signs: 94,477 recordings of 250 ASL signs by 21 Deaf signers, as MediaPipe keypoints.

R2's American target. It needs an account at Kaggle and the acceptance of the competition's rules, which say what you
may do with it; nothing of it comes with the course, and nothing that you make here should be passed on.

1. Join https://www.kaggle.com/competitions/asl-signs and accept the rules.
2. kaggle competitions download -c asl-signs     (some 40 GB), and unpack it.
3. python data_scripts/asl_signs.py --source FOLDER --out data/asl_signs

checks that the list and every file of it are there and whole, and writes one signer-ID.npz for each signer (without the
face; a few GB) and manifest.json. It goes on where it stopped. `load` reads them.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from data_scripts.shared.manifest import command_line, is_complete, say_whose, write_manifest
from data_scripts.shared.tables import read_table
from lib.keypoints import HOLISTIC_67, HOLISTIC_75, Keypoints, read_asl_signs
from lib.ptn.corpora import Inputs
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput
from lib.tools.files import MANIFEST, written_whole
from lib.tools.openers import read_npz, reading
from lib.tools.parallel import in_parallel

PAGE = "https://www.kaggle.com/competitions/asl-signs"
HOW = (
    f"join the competition at {PAGE} and accept its rules, download with `kaggle competitions download -c asl-signs`, "
    "unpack, and give that folder with --source"
)
AGAIN = "delete it and run data_scripts/asl_signs.py again"
SIDE = 1000  # the sizes of the videos were not published; the reader takes them for square
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
    table = read_table(path, COLUMNS, "give the training list of asl-signs, as downloaded", whole=["sequence_id"])
    if table.empty:
        raise BadInput(f"{path} has no rows: give the training list of asl-signs")
    plain = table.participant_id.astype(str).str.fullmatch(r"[\w-]{1,50}")  # a file will be called by it
    if not plain.all():
        raise BadInput(f"{path} has a participant_id that is none: download it again")
    with reading(path, "is no table of files", "download it again"):
        inside = table.path.map(lambda name: (folder / name).resolve().is_relative_to(folder.resolve()))
    if not inside.all():
        raise BadInput(f"{path} names {table.path[~inside].iloc[0]}, outside its folder: download it again")
    there = table.path.map(lambda name: (folder / name).is_file())
    if not there.all():
        missing = table.path[~there]
        raise BadInput(
            f"{path} names {len(table):,} files, of which {len(missing):,} are missing, first {missing.iloc[0]}: "
            "unpack it whole"
        )
    return table


def convert(job: tuple[Path, Path, str, pd.DataFrame]) -> Path:
    """One signer's sequences as ``signer-ID.npz``; left alone where it exists. ``job``: source, out, ID, rows.

    Holds ``xyz`` (all frames, 75, 3) float32 pixels of a square picture with NaN where a point is missing,
    ``lengths`` (N,) in frames, ``signs`` and ``sequences`` (N,).
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


def load(folder: str | Path, signs: int = 250, per_signer: int | None = None) -> tuple[SignSet, list[str], np.ndarray]:
    """(clips ready for training, the names of their signs, the signer of each) of what the script made.

    signs       keep the first so many in the order of the alphabet
    per_signer  keep at most so many recordings of a sign by one signer; None: all

    Raises BadInput where the script has not run to its end.
    """
    folder = Path(folder)
    if not (folder / MANIFEST).is_file():
        raise BadInput(f"{folder.name} is not there: {HOW} to python data_scripts/asl_signs.py --out data/asl_signs")
    with reading(folder / MANIFEST, "is no manifest", AGAIN):
        files = [Path(entry["file"]).name for entry in json.loads((folder / MANIFEST).read_bytes())]
    found = [clip for file in files for clip in _read(folder / file, per_signer)]
    names = sorted({sign for _, sign, _ in found})[:signs]
    found = [clip for clip in found if clip[1] in names]
    labels = np.array([names.index(sign) for _, sign, _ in found])
    clips = [Inputs()(clip, HOLISTIC_67) for clip, _, _ in found]
    return SignSet(clips, labels), names, np.array([who for *_, who in found])


def _read(path: Path, per_signer: int | None) -> list[tuple[Keypoints, str, str]]:
    """The sequences of one signer as (clip, sign, signer)."""
    arrays, who = read_npz(path, ("xyz", "lengths", "signs"), AGAIN), path.stem.removeprefix("signer-")
    with reading(path, "holds no recordings", AGAIN):
        xyz, lengths, signs = (arrays[name] for name in ("xyz", "lengths", "signs"))
        if (lengths < 1).any() or lengths.sum() != len(xyz) or len(lengths) != len(signs):
            raise ValueError("its arrays do not fit")
        clips = np.split(xyz, np.cumsum(lengths)[:-1])
        rows = [row for sign in np.unique(signs) for row in np.flatnonzero(signs == sign)[:per_signer]]
        sure = [np.ones(clips[row].shape[:2], np.float32) for row in rows]
        return [
            (Keypoints(clips[row], certain, HOLISTIC_75, 30, (SIDE, SIDE)), str(signs[row]), who)
            for row, certain in zip(rows, sure, strict=True)
        ]


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, ""))
