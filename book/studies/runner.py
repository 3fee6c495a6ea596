"""How every study is run and kept: what is done is skipped, rows are written whole, and read back from one form.

    {"facts": how they were made, "rows": [a row a line, ...], and further lists where a study has several}

A study that trains for minutes keeps each run in a file of its own (`run_missing`) and gathers them in the end; those
of R3, whose rows are made on several machines, add them to one file (`book.studies.rows.letter_rows.add`).
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from lib.tools.commands import arguments
from lib.tools.errors import BadInput
from lib.tools.files import write_json, written_whole
from lib.tools.openers import read_json
from lib.tools.paths import ROOT

RESULTS = ROOT / "book" / "results"
DIGITS = 10


def write(path: str | Path, facts: Mapping[str, object], **parts: Sequence[dict]) -> None:
    """A file of rows; without ``facts`` it has its lists alone."""
    told = [f'"facts": {json.dumps(facts, indent=1)}'] if facts else []
    lists = {name: ",\n".join(map(_line, rows)) for name, rows in parts.items()}
    text = ",\n".join([*told, *(f'"{name}": [\n{lines}\n]' for name, lines in lists.items())])
    with written_whole(path) as partial:
        partial.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def _line(row: dict) -> str:
    """A row as it is kept: no blanks, and numbers of `DIGITS` digits, since thousands of rows ship."""
    short = {key: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value for key, value in row.items()}
    return json.dumps(short, ensure_ascii=False, separators=(",", ":"))


def read(
    path: str | Path, what: str, command: str, parts: Sequence[str] = ("rows",), keys: Sequence[str] = ()
) -> tuple[dict, dict[str, list[dict]]]:
    """The facts, and the rows of each part, empty where the file lacks it; a row has at least these ``keys``.

    Raises BadInput, which names ``what`` the rows should be and the ``command``, for another file or none.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = {part: [dict(row) for row in content.get(part, [])] for part in parts}
        lacking = [key for rows in found.values() for row in rows for key in keys if key not in row]
    except OSError:
        raise BadInput(f"{path.name} is missing: make it with {command}") from None
    except (ValueError, AttributeError, TypeError, RecursionError):
        lacking = ["rows"]
    if lacking:
        raise BadInput(f"{path.name} holds no {what}: delete it and make it again with {command}")
    return content.get("facts", {}), found


def run_missing(jobs: Mapping[Path, Callable[[], object]]) -> list:
    """Do each job whose file is not there yet, and keep what it gives there as JSON. Returns what all have given."""
    for place, job in tqdm([one for one in jobs.items() if not one[0].is_file()], unit="run"):
        found = job()
        write_json(place, found, indent=None)
    return [json.loads(place.read_text(encoding="utf-8")) for place in jobs]


def command_line(about: str, cache: Path, ship: Path) -> ArgumentParser:
    """The options of a study whose runs are kept in the folder ``cache`` and gathered in one file, ``ship``."""
    parser = arguments(about)
    parser.add_argument("--gather", action="store_true", help="train nothing, ship what is finished")
    parser.add_argument("--cache", type=Path, default=cache, help="folder for what is finished")
    parser.add_argument("--ship", type=Path, default=ship, help="file for the rows (default: %(default)s)")
    return parser


def finished(jobs: Mapping[Path, Callable[[], object]], options: Namespace) -> dict[Path, object]:
    """What each job has given whose file is there; without ``--gather`` those that are missing are done first."""
    if not options.gather:
        run_missing(jobs)
    return {place: read_json(place, "delete it and run again") for place in jobs if place.is_file()}


def made_by(command: str) -> dict[str, str]:
    """How and when rows were made: the first facts of a study that trains."""
    import torch

    return {"command": command, "date": date.today().isoformat(), "torch": torch.__version__}


def digits(right: np.ndarray) -> str:
    """Which test clips were right, bool (N,), as a row keeps it: "0110"."""
    return "".join(map(str, right.astype(int)))


def right(row: Mapping) -> np.ndarray:
    """1 for each test clip (N,) that was right and 0 for each that was not."""
    return np.array(list(row["right"]), int)


def pairs(rows: Sequence[dict], others: Sequence[dict]) -> list[tuple[dict, dict]]:
    """The rows of two networks that were trained with the same seed, by seed."""
    mine, theirs = ({row["seed"]: row for row in some} for some in (rows, others))
    return [(mine[seed], theirs[seed]) for seed in sorted(mine.keys() & theirs.keys())]
