"""Annotating the fingerspelling photos with MediaPipe Hands, piece by piece, so that a stop loses little."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from data_scripts.shared.annotation import JOINTS, Way, find_hands
from data_scripts.shared.lis_photos import HANDS, read_hands, read_table
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import read_npz
from lib.video.image_folder import read_image

PIECE = 500  # photos: about ten seconds
# First the ways that ask for a sure hand, then one that takes a doubtful one: see the table of what was tried
CASCADE = (Way(padding=16), Way(padding=32), Way(), Way(method="bilinear"), Way(padding=16, confidence=0.1))


def annotate(folder: str | Path) -> None:
    """Write hands.npz: joints (N, 21, 3) in pixels, NaN for none, and the way in which each hand was found.

    Photos that have a hand already are left alone; pieces that an earlier run finished are taken over. Raises BadInput
    where no hand is found anywhere: then the joints would teach nothing.
    """
    folder = Path(folder)
    files = list(read_table(folder).file)
    with suppress(BadInput):  # there is no hands.npz, or it belongs to other photos
        read_hands(folder, files)
        return
    pieces = [files[start : start + PIECE] for start in range(0, len(files), PIECE)]
    done = [_piece(folder, number, piece) for number, piece in enumerate(tqdm(pieces, desc="hands", unit="piece"))]
    joints, by = (np.concatenate([kept[name] for kept in done]) for name in ("joints", "by"))
    if (by < 0).all():
        raise BadInput(f"MediaPipe found no hand in any of the {len(files)} photos of {folder}: give photos of hands.")
    names = np.array([str(way) for way in CASCADE] + [""])  # -1, none, is the last
    with written_whole(folder / HANDS) as partial:
        np.savez_compressed(partial, files=np.array(files), joints=joints, ways=names[by])
    for number in range(len(pieces)):
        _piece_file(folder, number).unlink()


def _piece_file(folder: Path, number: int) -> Path:
    return folder / f".hands-{number:03d}.npz"


def _piece(folder: Path, number: int, files: list[str]) -> dict[str, np.ndarray]:
    path = _piece_file(folder, number)
    if path.is_file():
        kept = read_npz(path, ("files", "joints", "by"), "delete it, and its hands are looked for again")
        if list(kept["files"]) == files:
            return kept
    joints, by = find_in_turn([read_image(folder / file) for file in files])
    found = {"files": np.array(files), "joints": joints, "by": by}
    with written_whole(path) as partial:
        np.savez_compressed(partial, **found)
    return found


def find_in_turn(frames: Sequence[np.ndarray], ways: Sequence[Way] = CASCADE) -> tuple[np.ndarray, np.ndarray]:
    """What the first way finds, then what the second finds where the first found nothing, and so on.

    Returns the joints (N, 21, 3), and for each photo the number of the way that found them, (N,), -1 for none.
    """
    joints, by = np.full((len(frames), JOINTS, 3), np.nan, np.float32), np.full(len(frames), -1)
    for number, way in enumerate(ways):
        left = np.flatnonzero(by < 0)
        if not left.size:
            break
        found = find_hands([frames[row] for row in left], way)
        hit = np.isfinite(found).all(axis=(1, 2))
        joints[left[hit]], by[left[hit]] = found[hit], number
    return joints, by
