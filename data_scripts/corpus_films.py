"""R2's clips out of the films of the Corpus VGT and the Corpus NGT: cut by the annotation tables, kept as keypoints.

R2 (3.1) cuts one clip an annotation and looks at each with MediaPipe Holistic. What the paper leaves open is taken from
its authors' code: 25 frames a second, the first within half a frame of the annotation's start; of a film of the NGT, in
which two signers sit side by side, the signer's half; tracking confidence .5 for VGT and .75 for NGT. It differs in
two things: the authors took MediaPipe's heavy model of the body, which its wheel does not hold, and gave it the NGT's
frames with red and blue exchanged; here it is the usual model, and frames are RGB.
"""

import tomllib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from data_scripts.own_films import check_film, film_name, films_in
from data_scripts.shared.cuts import frames_between
from data_scripts.shared.tables import read_table
from data_scripts.signon_splits import CUTS, read_examples
from lib.degrade import crop
from lib.holistic import extract
from lib.keypoints import HOLISTIC_67, HOLISTIC_75
from lib.ptn.corpora import UNITS
from lib.ptn.splits import SUBSETS
from lib.tools.errors import BadInput
from lib.tools.files import sha256, write_json, written_whole
from lib.tools.openers import read_npz

FPS = 25
SIDES = ("", "left", "right")  # the whole frame, or a half
KEPT, AGAIN = ("rows", "lengths", "xyz"), "delete it, and its film is looked at again"
PLACES = HOLISTIC_75.places(HOLISTIC_67)


@dataclass(frozen=True)
class Corpus:
    """A corpus: [width, height] of its films and of what is looked at, the tracking threshold, and whose it is."""

    language: str
    film: list[int]
    size: list[int]
    tracking: float
    credit: str
    access: str
    terms: str


ABOUT = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
CORPORA = {name: Corpus(**about) for name, about in ABOUT.items()}


@dataclass(frozen=True)
class FilmJob:
    """A film and the rows (id, start and end in ms, place in `SIDES`) of what is to be cut out of it."""

    film: Path
    rows: tuple[tuple[int, int, int, int], ...]


def read_cuts(tables: Path, corpus: Corpus) -> pd.DataFrame:
    """The examples of a language as `signon_splits.read_examples` gives them, with film, start_ms, end_ms and side.

    Raises BadInput where data_scripts/signon_splits.py has not written them, or only some.
    """
    examples = read_examples(tables)
    examples = examples[examples.language == corpus.language]
    path = Path(tables) / f"{corpus.language.lower()}_cuts.csv"
    if not path.is_file():
        raise BadInput(
            f"{path} is missing: run python data_scripts/signon_splits.py --out {tables} again; "
            "for the NGT it needs the whole archive from its public address."
        )
    times = ["id", "start_ms", "end_ms"]
    cuts = read_table(path, CUTS, "run data_scripts/signon_splits.py again", "is no table of examples", whole=times)
    if not cuts.side.isin(SIDES).all():
        raise BadInput(f"{path} has a side that is none of {SIDES}: run data_scripts/signon_splits.py again.")
    merged = examples.merge(cuts, on="id")
    if len(merged) != len(examples):
        raise BadInput(
            f"{path} has {len(merged)} of {len(examples)} examples: run data_scripts/signon_splits.py again."
        )
    return merged


def find_jobs(examples: pd.DataFrame, source: Path) -> tuple[list[FilmJob], dict[str, int]]:
    """A job for each film that is below ``source``, whatever its ending; of the others, how many examples they have."""
    films = films_in(source)
    there = {film.stem: film for film in films} | {film_name(film, source): film for film in films}
    jobs, missing = [], {}
    for name, part in examples.groupby("film"):
        plain = Path(name).with_suffix("")
        film = there.get(plain.as_posix().replace("/", "_")) or there.get(plain.name)
        if film is None:
            missing[name] = len(part)
            continue
        sides = part.side.map(SIDES.index)
        rows = sorted(zip(part.id.tolist(), part.start_ms.tolist(), part.end_ms.tolist(), sides.tolist()))
        jobs.append(FilmJob(film, tuple(rows)))
    return jobs, missing


def see_film(job: FilmJob, corpus: Corpus, out: Path) -> Path:
    """Cut and look at every example of a film, and keep the keypoints in one file below ``out``, unless that is done.

    A clip that lies behind the film's end has no frames. Raises BadInput for a film of another size.
    """
    path = Path(out) / f"{job.film.stem}.npz"
    rows = np.array(job.rows)
    if path.is_file() and np.array_equal(read_npz(path, KEPT, AGAIN)["rows"], rows):
        return path
    check_film(job.film, tuple(corpus.film), None, f"the films of the Corpus {corpus.language}")
    clips = [_seen(job.film, row, corpus) for row in job.rows]
    with written_whole(path) as partial:
        np.savez_compressed(partial, rows=rows, lengths=[len(clip) for clip in clips], xyz=np.concatenate(clips))
    return path


def looked_at(film: Path, row: tuple[int, int, int, int], corpus: Corpus) -> list[np.ndarray]:
    """The frames (H, W, 3) of one example, in the NGT the signer's half of each: seconds of signing, a few frames."""
    _, start, end, side = row
    width, height = corpus.size
    left = corpus.film[0] - width if SIDES[side] == "right" else 0
    return list(crop(frames_between(film, start / 1000, end / 1000, FPS), (left, 0, left + width, height)))


def _seen(film: Path, row: tuple[int, int, int, int], corpus: Corpus) -> np.ndarray:
    """Keypoints (T, 67, 3) of one example, in pixels of what was looked at."""
    frames = looked_at(film, row, corpus)
    if not frames:
        return np.empty((0, len(PLACES), 3), np.float32)
    least = {"min_detection_confidence": 0.5, "min_tracking_confidence": corpus.tracking}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)  # one frame, or nobody found: R2 has such clips too
        found = extract(frames, fps=FPS, progress=False, name=str(film), **least)
    return found.xyz[:, PLACES]


def pack(files: Sequence[Path], examples: pd.DataFrame, corpus: Corpus, out: Path, command: str) -> tuple[Path, int]:
    """signs_LANGUAGE.npz and its facts, as `lib.ptn.corpora.load_corpus` reads them, and how many clips had no frames.

    Labels are those of the tables, signers are numbered in the order of their names, the split is the published one.
    """
    seen: dict[int, np.ndarray] = {}
    for file in files:
        kept = read_npz(file, KEPT, AGAIN)
        clips = np.split(kept["xyz"], np.cumsum(kept["lengths"])[:-1])
        seen |= dict(zip(kept["rows"][:, 0].tolist(), clips))
    kept = examples[[len(seen.get(number, ())) > 0 for number in examples.id]]
    if kept.empty:
        raise BadInput("None of the clips has a frame: look whether the films are those that the tables speak of.")
    names, signers = np.unique(kept.signer, return_inverse=True)
    numbers = {"labels": kept.label, "signers": signers, "subsets": kept.subset.map(SUBSETS.index)}
    facts = {
        "about": f"Isolated signs of the Corpus {corpus.language}, cut as in R2, seen by MediaPipe; HOLISTIC_67",
        "command": command,
        "date": date.today().isoformat(),
        "clips": len(kept),
        "signers": len(names),
        "glosses": kept.drop_duplicates("label").set_index("label").gloss.sort_index().to_dict(),
        "fps": FPS,
        "size": corpus.size,
        "versions": {"mediapipe": version("mediapipe")},
        "licence": corpus.terms,
    }
    path = write_corpus(
        out / f"signs_{corpus.language.lower()}.npz", [seen[number] for number in kept.id], numbers, facts
    )
    return path, sum(number in seen for number in examples.id) - len(kept)


def write_corpus(
    path: Path, clips: Sequence[np.ndarray], numbers: Mapping[str, Sequence[int]], facts: Mapping[str, object]
) -> Path:
    """Pack clips (T, 67, 3) into ``path``, and ``facts`` into the .json beside it, last.

    `lib.ptn.corpora.load_corpus` reads them. ``numbers`` has ``labels`` and ``signers``, and ``subsets`` if there is a
    published split: one of each a clip.
    """
    numbers = dict(numbers) | {"lengths": [len(clip) for clip in clips]}
    with written_whole(path) as partial_path:
        arrays = {key: np.array(value, np.int16) for key, value in numbers.items()}
        np.savez_compressed(partial_path, **arrays, **_packed(np.concatenate(clips)))
    write_json(path.with_suffix(".json"), dict(facts) | {"sha256": sha256(path)})
    return path


def _packed(xyz: np.ndarray) -> dict[str, np.ndarray]:
    """Steps from frame to frame in eighths of a pixel compress to half of what the places themselves would take."""
    found = ~np.isnan(xyz[..., 0])
    whole = np.round(np.nan_to_num(xyz) * UNITS).clip(-(2**15) + 1, 2**15 - 1).astype(np.int16)
    return {"steps": np.diff(whole, axis=0, prepend=np.int16(0)), "found": np.packbits(found, axis=1)}
