"""The public word sets as a network reads them: recordings, what is signed in them, and which are kept for the test."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.keypoints import HOLISTIC_67, Keypoints, from_npy_values
from lib.normalization import normalize
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput
from lib.tools.openers import read_npy


@dataclass(frozen=True)
class Words:
    """``clips`` of ``names[labels[i]]``; ``numbers`` (N,) count the recordings of a word in the order of filming."""

    names: tuple[str, ...]
    clips: list[Keypoints]
    labels: np.ndarray
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.clips)


def read_words(folder: str | Path, only: tuple[str, ...] | None = None) -> Words:
    """The recordings that ``data_scripts/asl_words.py`` or ``dgs_words.py`` wrote; ``only`` keeps some words.

    Words come in alphabetical order. Raises BadInput, naming the script, where the folder holds none, and for a file
    that is damaged.
    """
    folder = Path(folder)
    names = tuple(sorted(place.name for place in folder.glob("*/") if any(place.glob("[!.]*.npy"))))
    if only is not None:
        names = tuple(name for name in names if name in only)
    if not names:
        raise BadInput(
            f"{folder.name} holds no words: run python data_scripts/{folder.name}.py --out data/{folder.name}"
        )
    files = [(label, file) for label, name in enumerate(names) for file in sorted((folder / name).glob("[!.]*.npy"))]
    clips = [_clip(file) for _, file in files]
    return Words(names, clips, np.array([label for label, _ in files]), np.array([int(file.stem) for _, file in files]))


def features(clip: Keypoints) -> np.ndarray:
    """What PTN sees, float32 (T, 134): imputed and normalised, then R2's 67 points in the plane."""
    return normalize(clip, layout=HOLISTIC_67)[..., :2].reshape(len(clip), -1)


def sign_set(words: Words, every: int = 1) -> SignSet:
    """All recordings, ready for training; of each the first frame and ``every`` so many after it."""
    return SignSet([features(clip)[::every] for clip in words.clips], words.labels)


def kept_back(words: Words, number: int) -> np.ndarray:
    """Which recordings are for the test, bool (N,): the last ``number`` of each word, as they were filmed.

    The recordings of a word follow one another without a pause, so neighbours are all but one film. Drawn at random,
    test recordings would have their twins in training; the last ones have not, but for the first of them.
    """
    mask = np.zeros(len(words), bool)
    for label in range(len(words.names)):
        rows = np.flatnonzero(words.labels == label)
        if len(rows) <= number:
            raise BadInput(f"{words.names[label]} has {len(rows)} recordings, too few to keep {number} for the test")
        mask[rows[np.argsort(words.numbers[rows])[-number:]]] = True
    return mask


def _clip(file: Path) -> Keypoints:
    values = read_npy(file, "delete it and run the script that made it again", "is damaged")
    return from_npy_values(values, name=str(file))
