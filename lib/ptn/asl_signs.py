"""Kaggle's asl-signs (Google, 2023): 250 signs of ASL by 21 Deaf signers as MediaPipe keypoints, R2's ASL target.

Nobody may pass it on, so the course has none of it. ``data_scripts/asl_signs.py`` checks what you have downloaded and
makes one file a signer of it, in which the 468 points of the face are left out; `load` reads them:
``signer-ID.npz`` with ``xyz`` (all frames, 75, 3) float32 pixels of a square picture with NaN where a point is missing,
``lengths`` (N,) in frames, ``signs`` and ``sequences`` (N,).
"""

import json
from pathlib import Path

import numpy as np

from lib.keypoints import HOLISTIC_67, HOLISTIC_75, Keypoints
from lib.ptn.corpora import Inputs
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput
from lib.tools.files import MANIFEST
from lib.tools.openers import read_npz, reading

PAGE = "https://www.kaggle.com/competitions/asl-signs"
HOW = (
    f"join the competition at {PAGE} and accept its rules, download with `kaggle competitions download -c asl-signs`, "
    "unpack, and give that folder with --source"
)
AGAIN = "delete it and run data_scripts/asl_signs.py again"
SIDE = 1000  # the sizes of the videos were not published; the reader takes them for square


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
