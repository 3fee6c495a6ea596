"""Anybody's folder of signed words as MediaPipe keypoints: what in it is no recording of a word is named and left out.

Programs that teach a network a few signs keep them alike, ``MP_Data/WORD/RECORDING/FRAME.npy`` with 258 or 1662 numbers
a frame. Such a folder is read as it is; so is one with ``WORD/NN.npy``, which
`data_scripts.shared.word_archive` writes. Nothing stops the reading but a folder without two words: the rest
is left out and said.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data_scripts.shared.word_archive import Words
from lib.keypoints import Keypoints, from_npy_values, read_npy_frames
from lib.tools.errors import BadInput
from lib.tools.openers import read_npy
from lib.video.image_folder import natural

TOP = "MP_Data"
DEEPEST = 2  # folders between the one that is given and MP_Data
FEWEST = 2  # recordings of a word: one to learn from, one to judge by
HANDS = 0.05  # a word shows a hand in more than this share of its frames
PAUSES = ("predicting", "background", "idle")  # what programs call the time in which nobody signs
AGAIN = "leave it out, or extract it again"


def read_folder(folder: str | Path) -> Words:
    """The recordings of every word in ``folder``, in the order of filming; `Words.left_out` names what is not in it.

    A recording is left out where a frame is missing, damaged or of another shape than the others, where its numbers are
    no shares of a picture, and where no body was found in any frame. A class is left out where fewer than `FEWEST`
    recordings are left, and where it is no word: where hardly a frame shows a hand, or its name is a program's pause.
    Raises BadInput where fewer than two words are left.
    """
    root, left_out, kept = words_folder(Path(folder)), [], {}
    for place in sorted(place for place in root.glob("[!.]*/") if place.is_dir()):
        recordings = dict(_recordings(place, root, left_out))
        if fault := _fault(place.name, list(recordings.values())):
            left_out.append(f"{place.name}: {fault}")
        else:
            kept[place.name] = recordings
    if len(kept) < 2:
        why = f": {'; '.join(left_out[:3])}" if left_out else ""
        raise BadInput(f"{folder} holds {len(kept)} words, not two or more as {TOP}/WORD/RECORDING/FRAME.npy{why}")
    labels = [label for label, recordings in enumerate(kept.values()) for _ in recordings]
    numbers = [number for recordings in kept.values() for number in recordings]
    clips = [clip for recordings in kept.values() for clip in recordings.values()]
    return Words(tuple(kept), clips, np.array(labels), np.array(numbers), tuple(left_out))


def words_folder(folder: Path) -> Path:
    """The folder of words: the one that is given, or MP_Data in it. Raises BadInput for several, and for no folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder: give one with {TOP}/WORD/RECORDING/FRAME.npy")
    found = [place for depth in range(DEEPEST + 1) for place in folder.glob(f"{'*/' * depth}{TOP}") if place.is_dir()]
    if len(found) > 1:
        raise BadInput(f"{folder} holds {len(found)} folders {TOP}: give one of them, such as {found[0]}")
    return found[0] if found else folder


def _recordings(place: Path, root: Path, left_out: list[str]) -> Iterator[tuple[int, Keypoints]]:
    """A word's recordings by their places in the order of filming; faults go to ``left_out``."""
    parts = [part for part in place.glob("[!.]*") if part.is_dir() or part.suffix == ".npy"]
    for number, part in enumerate(sorted(parts, key=natural)):
        try:
            clip = read_npy_frames(part) if part.is_dir() else from_npy_values(read_npy(part, AGAIN), name=str(part))
            if np.isnan(clip.part("pose")).all():
                nothing = np.isnan(clip.xyz).all()
                raise BadInput(f"{part} {'is zero throughout' if nothing else 'shows no body in any frame'}")
            yield number, clip
        except BadInput as fault:
            left_out.append(str(fault).replace(f"{root}/", ""))


def _fault(name: str, clips: list[Keypoints]) -> str:
    """Why a class is no word to learn, or nothing."""
    if len(clips) < FEWEST:
        return f"{len(clips)} recording{'s' * (len(clips) != 1)}, and {FEWEST} are needed"
    shown = np.concatenate([clip.present("left_hand") | clip.present("right_hand") for clip in clips])
    if shown.mean() <= HANDS:
        return f"no word, a hand is found in {shown.sum()} of {len(shown)} frames"
    bare = re.sub(r"[\W_]+", "", name).lower()
    return f"no word by its name {name!r}" if not bare or bare in PAUSES else ""
