"""Signed words that somebody published as MediaPipe keypoints: out of the repository's archive, one file a recording.

The public sets of the course are laid out alike, ``MP_Data/WORD/RECORDING/FRAME.npy`` with one flat vector a frame.
Thousands of small files are slow on every disk, so the frames of a recording become one ``WORD/NN.npy``, (T, values)
float32, with the values as published: shares of the picture, and 0 where nothing was found. `read_words` reads them;
`data_scripts.shared.word_folders` reads either form, from anybody, and leaves out what is no recording of a word.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from data_scripts.shared.archives import fetched, open_zip, read_member
from data_scripts.shared.manifest import command_line, is_complete, say_whose, write_manifest
from lib.keypoints import Keypoints, from_npy_values
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import read_npy

FACTS = Path(__file__).with_suffix(".json")
LARGEST = 1 << 16  # bytes; a frame of keypoints has a fifth of that, and a zip can claim anything


@dataclass(frozen=True)
class WordSet:
    """One public set: where it is, under which licence, and what the course takes of it.

    ``sha256`` holds, for each word, the sum over the bytes of its frames' files, recording by recording: the host
    packs the same commit with other bytes on another day, so the archive itself has no lasting sum.
    """

    language: str
    repository: str
    commit: str
    licence: str
    credit: str
    recordings: int
    frames: int
    sha256: Mapping[str, str]
    folder: str = "MP_Data"  # where in the archive the words lie
    oddities: str = ""  # what a reader of these data should know

    @property
    def licensed(self) -> bool:
        """Whether the repository has a licence, which then comes along."""
        return not self.licence.startswith("none")

    @property
    def archive(self) -> str:
        """The address of the code host's own archive of that commit."""
        return f"https://github.com/{self.repository}/archive/{self.commit}.zip"


SETS = {name: WordSet(name, **facts) for name, facts in json.loads(FACTS.read_text(encoding="utf-8")).items()}


def main(description: str, language: str) -> int:
    """The command line of a set's own script."""
    words = SETS[language]
    return command_line(description, partial(make, words), words.archive)


def make(words: WordSet, out: Path, source: str) -> None:
    """Write every recording, the licence and the manifest into ``out``, unless they are there and intact.

    A broken download goes on where it stopped; unpacking takes seconds. Raises BadInput where the archive cannot be
    had, is damaged, or is another than the set says.
    """
    if is_complete(out):
        print(f"{out} is already made and intact.")
        return
    say_whose(f"{words.language} words", words.credit, source, words.licence)
    if words.oddities:
        print(f"Good to know: {words.oddities}", flush=True)
    name = f"{words.repository.replace('/', '-')}-{words.commit[:7]}.zip"
    files = ["LICENSE"] * words.licensed
    files += [recording(word, number) for word in words.sha256 for number in range(words.recordings)]
    with fetched(source, paths.CACHE / "downloads" / name) as archive:
        with open_zip(archive) as opened:
            _unpack(opened, words, out, archive)
    about = {"source": words.archive, "licence": words.licence, "credit": words.credit}
    write_manifest(out, [{"file": file} | about for file in files])
    print(f"{out} holds {len(words.sha256)} {words.language} words, {words.recordings} recordings each.")


def recording(word: str, number: int) -> str:
    """The file of a recording, below the set's folder."""
    return f"{word}/{number:02d}.npy"


def _unpack(opened: zipfile.ZipFile, words: WordSet, out: Path, archive: Path) -> None:
    """Word by word; a word is written once all of its frames have the right sum."""
    members = {name.partition("/")[2]: name for name in opened.namelist()}  # without the host's top folder
    licence = _read(opened, members, "LICENSE", archive) if words.licensed else b""
    for word, digest in tqdm(words.sha256.items(), desc=f"{words.language} words", unit="word"):
        content = [
            [_read(opened, members, f"{words.folder}/{word}/{number}/{at}.npy", archive) for at in range(words.frames)]
            for number in range(words.recordings)
        ]
        found = hashlib.sha256(b"".join(frame for frames in content for frame in frames)).hexdigest()
        if found != digest:
            raise BadInput(
                f"The word {word} in {archive} has sha256 {found}, not {digest}: "
                "give the archive of the right commit with --source"
            )
        for number, frames in enumerate(content):
            values = np.stack([np.load(io.BytesIO(frame), allow_pickle=False) for frame in frames])
            with written_whole(out / recording(word, number)) as part:
                np.save(part, values.astype(np.float32))
    if words.licensed:
        with written_whole(out / "LICENSE") as part:
            part.write_bytes(licence)


def _read(opened: zipfile.ZipFile, members: Mapping[str, str], name: str, archive: Path) -> bytes:
    if name not in members:
        raise BadInput(f"{archive} holds no {name}: give the archive of the right repository with --source")
    return read_member(opened, members[name], LARGEST)


@dataclass(frozen=True)
class Words:
    """``clips`` of ``names[labels[i]]``; ``numbers`` (N,) count the recordings of a word in the order of filming.

    ``left_out`` says what a reader found and did not take, a sentence each.
    """

    names: tuple[str, ...]
    clips: list[Keypoints]
    labels: np.ndarray
    numbers: np.ndarray
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.clips)


def read_words(folder: str | Path, only: tuple[str, ...] | None = None) -> Words:
    """The recordings that ``data_scripts/asl_words.py`` or one of its kin wrote; ``only`` keeps some words.

    Words come in alphabetical order. Raises BadInput, naming the script, where the folder holds none, and for a file
    that is damaged.
    """
    folder = Path(folder)
    found = sorted(place.name for place in folder.glob("*/") if any(place.glob("[!.]*.npy")))
    names = tuple(name for name in found if only is None or name in only)
    if not names:
        raise BadInput(
            f"{folder.name} holds no words: run python data_scripts/{folder.name}.py --out data/{folder.name}"
        )
    files = [(label, file) for label, name in enumerate(names) for file in sorted((folder / name).glob("[!.]*.npy"))]
    remedy = "delete it and run the script that made it again"
    clips = [from_npy_values(read_npy(file, remedy, "is damaged"), name=str(file)) for _, file in files]
    return Words(names, clips, np.array([label for label, _ in files]), np.array([int(file.stem) for _, file in files]))
