"""What the scripts share that work on films which the reader brings: R1's broadcasts, R2's corpora.

Nothing is fetched. One odd film stops nobody: it is named, listed in left_out.csv, and the others are done.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from tqdm.auto import tqdm

from data_scripts.shared.manifest import say_whose, write_manifest
from data_scripts.shared.tables import write_csv
from lib.holistic.corpus import Outcome, find_videos
from lib.tools.commands import arguments, positive
from lib.tools.errors import BadInput, in_a_line
from lib.tools.files import MANIFEST
from lib.tools.parallel import in_parallel
from lib.video import probe

LEFT_OUT = "left_out.csv"
KEEP = (
    "Nothing is fetched. The terms above are as far as we know: read what you agreed to. "
    "Pass on nobody's recording, nor what is made of it: people are known by how they move, too."
)
Job = TypeVar("Job")


def films_parser(description: str) -> argparse.ArgumentParser:
    """The command line of such a script, to which it adds its own options."""
    parser = arguments(description)
    parser.add_argument("--source", type=Path, required=True, metavar="DIR", help="the folder with your films")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the result")
    parser.add_argument("--processes", type=positive, default=os.cpu_count() or 1, help="default: one a core")
    return parser


def say_yours(credit: str, access: str, terms: str) -> dict[str, str]:
    """Print whose recordings these are, how one gets them and on which terms, and that they stay where they are; what
    the manifest says of every file."""
    say_whose("Recordings", credit, access, terms)
    print(KEEP, flush=True)
    return {"source": access, "licence": terms, "credit": credit}


def films_in(folder: Path) -> list[Path]:
    """The films below a folder, in the order of their names. Raises BadInput where there are none."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder: give the folder that holds your films.")
    return find_videos(folder)


def film_name(film: Path, folder: Path) -> str:
    """A film's place below a folder as one name, without its ending."""
    return film.relative_to(folder).with_suffix("").as_posix().replace("/", "_")


def check_film(film: Path, size: tuple[int, int], fps: float | None, whose: str) -> float:
    """A film's length in seconds. Raises BadInput unless it has that (width, height), and that rate, if one is given.

    ``whose`` is what the sentence calls the films that are wanted, such as "R1's broadcasts".
    """
    info = probe(film)
    if (info.width, info.height) != size or (fps and abs(info.fps - fps) > 0.02):
        found = f"{info.width} x {info.height} at {info.fps:g} frames a second"
        wanted = f"{size[0]} x {size[1]}" + (f" at {fps:g}" if fps else "")
        raise BadInput(f"{film} is {found}, and {whose} are {wanted}: give the film as its archive has it.")
    return info.duration


def make_all(
    make: Callable[[Job], Path], jobs: Sequence[Job], processes: int, film: Callable[[Job], Path], unit: str
) -> list[Outcome]:
    """``make`` of every job, with a bar; what goes wrong with one becomes a sentence in its `Outcome`.

    ``film(job)`` is the file that a sentence names where ``make`` fails in a way that nobody thought of.
    """
    work = in_parallel(partial(_safely, make, film), jobs, min(processes, max(1, len(jobs))), partial(_lost, film))
    outcomes = []
    for outcome in tqdm(work, total=len(jobs), unit=unit):
        if outcome.error:
            tqdm.write(f"Left out: {outcome.error}", file=sys.stderr)
        outcomes.append(outcome)
    return outcomes


def _safely(make: Callable[[Job], Path], film: Callable[[Job], Path], job: Job) -> Outcome:
    try:
        return Outcome(make(job))
    except Exception as error:  # whatever is wrong with one film, the others can be done
        sentence = str(error) if isinstance(error, BadInput) else f"{film(job)} failed: {in_a_line(error)}."
        return Outcome(film(job), sentence)


def _lost(film: Callable[[Job], Path], job: Job) -> Outcome:
    return Outcome(film(job), f"{film(job)} failed: its process ended early; try again with fewer --processes.")


def begin(out: Path) -> None:
    """Take the manifest away, which says that a data set is whole, until `finish` writes the next one."""
    (out / MANIFEST).unlink(missing_ok=True)


def finish(out: Path, entries: Sequence[dict], left_out: Sequence[Outcome], about: dict) -> None:
    """Write left_out.csv and, last, the manifest; ``about`` (source, licence, credit) is said of every file.

    Raises BadInput where nothing was made.
    """
    if not entries:
        raise BadInput(f"Nothing could be made of these films: {left_out[0].error if left_out else 'there are none.'}")
    write_csv(out / LEFT_OUT, ("film", "why"), ((outcome.path.name, outcome.error) for outcome in left_out))
    write_manifest(out, [about | entry for entry in [*entries, {"file": LEFT_OUT}]])


def evenly(count: int, wanted: int) -> list[int]:
    """``wanted`` of the numbers from 0 to ``count`` - 1, evenly apart; all of them where there are not more."""
    return sorted({int(place) for place in np.arange(wanted) * max(1.0, count / max(wanted, 1)) if place < count})


def plan_pieces(
    films: Sequence[Path], length: Callable[[Path], float], count: int, episodes: int, seconds: float
) -> tuple[list[tuple[Path, int]], list[Outcome]]:
    """``count`` pieces of ``seconds``, as (film, number from 0), from ``episodes`` films that are evenly apart.

    Where a film is too short, or ``length(film)`` raises BadInput, the next ones fill up; the second part of the
    result says which were refused. No chance is in it: the same films give the same pieces.
    """
    first = evenly(len(films), episodes)
    order = [films[i] for i in [*first, *(i for i in range(len(films)) if i not in first)]]
    each, pieces, refused = -(-count // max(1, min(episodes, len(films)))), [], []
    for film in order:
        try:
            whole = int(length(film) / seconds + 1e-6) if len(pieces) < count else 0
        except BadInput as error:
            refused.append(Outcome(film, str(error)))
            continue
        pieces += [(film, number) for number in evenly(whole, min(each, count - len(pieces)))]
    return sorted(pieces), refused
