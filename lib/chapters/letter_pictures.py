"""The pictures that chapter 12 works on: the reader's own download of the real photos, else the synthetic hand."""

import warnings
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from lib.joins2sign.photos import Photos, read_photos
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import written_whole

REAL, SYNTHETIC = "real", "synthetic"


def letter_pictures(folder: str | Path | None, *, signers: int = 11, repeats: int = 2) -> tuple[Photos, str]:
    """(pictures, "real" or "synthetic"): the photos in ``folder``, or rendered ones for None.

    Nobody's photos get onto a page unasked: a reader names the folder. ``signers`` and ``repeats`` (pictures of each
    letter and side) are of the synthetic set. Where the folder holds no photos that can be read, a warning says so,
    and the synthetic hand stands in.
    """
    if folder is not None:
        try:
            return read_photos(folder), REAL
        except BadInput as error:
            warnings.warn(f"{error} The synthetic hand stands in.", stacklevel=2)
    return synthetic_letters(signers, repeats), SYNTHETIC


def synthetic_letters(signers: int = 11, repeats: int = 2) -> Photos:
    """`lib.joins2sign.synthetic.letters`, kept in the cache: half a minute the first time."""
    from lib.joins2sign.synthetic import Plan, letters

    plan = Plan(signers, repeats)
    name = "-".join(str(value) for value in asdict(plan).values())
    path = paths.CACHE / "letters" / f"{name}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as kept:
            return Photos(**kept)
    made = letters(plan)
    with written_whole(path) as partial:
        np.savez_compressed(partial, **{field.name: getattr(made, field.name) for field in fields(Photos)})
    return made
