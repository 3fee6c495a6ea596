"""Pictures of R2's clips, for VTN: cut out of the films as the keypoints are, in one large file beside them.

R2 says neither how its VTN's pictures are framed nor how large they are (3.4). Ours are the square in the middle of
what MediaPipe looks at, as large as the reader asks; 224 pixels are ImageNet's usual size.
"""

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.lib.format import open_memmap

from data_scripts.corpus_films import AGAIN, KEPT, Corpus, FilmJob, looked_at
from lib.ptn.corpora import SignCorpus
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import read_npz, reading


def see_pictures(job: FilmJob, corpus: Corpus, out: Path, side: int) -> Path:
    """The pictures of every example of a film, uint8 (frames, 3, side, side), in a file below ``out``.

    Left alone where it is there. ``out`` has the film's keypoints already, of as many frames.
    """
    path = Path(out) / f"{job.film.stem}-{side}.npy"
    kept = read_npz(Path(out) / f"{job.film.stem}.npz", KEPT, AGAIN)
    wanted = (int(kept["lengths"].sum()), 3, side, side)
    if not path.is_file() or _pictures(path, AGAIN).shape != wanted:
        with written_whole(path) as partial:
            pictures = _room(partial, wanted)
            frames = (frame for row in job.rows for frame in looked_at(job.film, row, corpus))
            for place, frame in zip(pictures, frames, strict=True):
                place[:] = square(frame, side)
            pictures.flush()
    return path


def _pictures(path: Path, remedy: str) -> np.memmap:
    """The array of a file that stays on the disk."""
    with reading(path, "holds no pictures", remedy):
        return open_memmap(path, "r")


def _room(path: Path, shape: tuple[int, ...]) -> np.memmap:
    """A file for so many pictures. Its room on the disk is taken at once: later, a full disk would end the process."""
    pictures = open_memmap(path, "w+", np.uint8, shape)
    with open(path, "r+b") as file:
        if hasattr(os, "posix_fallocate"):  # not on macOS
            os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)
    return pictures


def square(frame: np.ndarray, side: int) -> np.ndarray:
    """The middle of a frame (H, W, 3) uint8, ``side`` pixels wide and high, colours first: (3, side, side)."""
    height, width = frame.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    middle = frame[top : top + edge, left : left + edge]
    return cv2.resize(middle, (side, side), interpolation=cv2.INTER_AREA).transpose(2, 0, 1)


def pack_pictures(films: Sequence[Path], examples: pd.DataFrame, corpus: Corpus, out: Path, side: int) -> Path:
    """pictures_LANGUAGE.npy out of the files of all films, clip after clip in the order of signs_LANGUAGE.npz.

    ``films`` are the files of their keypoints, beside which lie those of `see_pictures`, which are deleted in the end.
    """
    places: dict[int, tuple[Path, int, int]] = {}
    for film in films:
        kept = read_npz(film, KEPT, AGAIN)
        ends = np.cumsum(kept["lengths"]).tolist()
        part = film.with_name(f"{film.stem}-{side}.npy")
        places |= {number: (part, *ab) for number, ab in zip(kept["rows"][:, 0].tolist(), pairwise([0, *ends]))}
    chosen = [places[number] for number in examples.id if number in places]
    path, at = Path(out) / f"pictures_{corpus.language.lower()}.npy", 0
    with written_whole(path) as partial:
        pictures = _room(partial, (sum(b - a for _, a, b in chosen), 3, side, side))
        for part, a, b in chosen:
            pictures[at : at + b - a] = _pictures(part, AGAIN)[a:b]
            at += b - a
        pictures.flush()
    for film in films:
        film.with_name(f"{film.stem}-{side}.npy").unlink()
    return path


def read_pictures(corpus: SignCorpus, name: str, folder: Path) -> list[np.ndarray]:
    """Each clip of a packed corpus, uint8 (T, 3, side, side): views of a file that stays on the disk.

    Raises BadInput where the file is missing, or has other frames than the corpus.
    """
    path = Path(folder) / f"pictures_{name}.npy"
    again = f"run data_scripts/corpus_vgt.py --language {name} again, with --pictures 224"
    if not path.is_file():
        raise BadInput(f"{path} is missing: {again}.")
    pictures = _pictures(path, again)
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or len(pictures) != corpus.starts[-1]:
        raise BadInput(f"{path} has not the {corpus.starts[-1]} pictures of signs_{name}.npz: {again}.")
    return [pictures[start:end] for start, end in pairwise(corpus.starts.tolist())]
