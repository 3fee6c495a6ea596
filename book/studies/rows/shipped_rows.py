"""The rows of a whole evaluation that ship with the course, so that a chapter shows its tables without hours of work.

Rows count only for the weights that they were made with: the file names each network's SHA-256, and reading compares
it with the weights that are there.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from book.studies import runner
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.paths import WEIGHTS

FILES = ("r1.json", "real.json", "real_software.json", "second_judge.json")
R1, REAL, REAL_SOFTWARE, SECOND_JUDGE = (runner.RESULTS / name for name in FILES)
EVALUATE = "python -m book.studies.r1_rows --models all --looks 3 --ship book/results/r1.json"
COMMANDS = {
    "r1.json": EVALUATE,
    "real.json": "python -m book.studies.real_films FILE... --looks 3 --enhance --ship book/results/real.json",
    "real_software.json": "python -m book.studies.real_films FILE... --software --ship book/results/real_software.json",
    "second_judge.json": "python -m book.studies.second_judge_rows --models all --looks 3",
    "r1_studies.json": 'each "fifth" of lib.upsampler.recipes by lib.train_upsampler, then book.studies.upsamplers',
}


def write(
    rows: Sequence[dict], path: str | Path, digests: Mapping[str, str], about: Mapping[str, object] | None = None
) -> Path:
    """Write ``rows`` (of `lib.evaluation.evaluation.evaluate` or `book.studies.real_films.judge`).

    ``digests`` are the SHA-256 of weights by the method's name, ``about`` is what holds for all rows.
    """
    known = {name: digest for name, digest in digests.items() if digest}
    facts = {"weights": known, "mediapipe": version("mediapipe"), "about": dict(about or {})}
    runner.write(path, facts, rows=rows)
    return Path(path)


def read(path: str | Path = R1, weights: str | Path = WEIGHTS) -> list[dict]:
    """The rows of a file, if every network's file in the folder ``weights`` is the one they were made with.

    Raises BadInput where the file is missing or foreign, or where a network was trained anew or is not there.
    """
    path = Path(path)
    facts, rows = _content(path)
    for name, digest in facts["weights"].items():
        network = Path(weights) / f"{name}.safetensors"
        if not network.is_file() or sha256(network) != digest:
            state = "is another one now" if network.is_file() else "is not there"
            raise BadInput(f"{path.name} was made with a network {name} that {state}; {_again(path)}")
    return rows


def weights(path: str | Path = R1) -> dict[str, str]:
    """The SHA-256 of the networks that made a file's rows, by name. Raises BadInput as `read` does."""
    return _content(Path(path))[0]["weights"]


def about(path: str | Path) -> dict:
    """What holds for all rows of a file, such as how its films were spoilt. Raises BadInput as `read` does."""
    return _content(Path(path))[0].get("about", {})


def _content(path: Path) -> tuple[dict, list[dict]]:
    if not path.is_file():
        raise BadInput(f"{path.name} does not exist; {_again(path)}")
    what = "rows of an evaluation"
    facts, parts = runner.read(path, what, COMMANDS.get(path.name, EVALUATE), keys=("path",))
    if not isinstance(facts, dict) or "weights" not in facts:
        raise BadInput(f"{path.name} holds no {what}; {_again(path)}")
    return facts, parts["rows"]


def _again(path: Path) -> str:
    return f"make the rows again: {COMMANDS.get(path.name, EVALUATE)}"


def compare(live: Sequence[dict], shipped: Sequence[dict], measures: Sequence[str]) -> pd.DataFrame:
    """Each live row beside the shipped one of its clip, method and path: both values of each measure; do they agree?

    They agree where every measure that both have is equal to a millionth. A network's pictures may come out a bit
    different on another machine, and one hand more or less with them, so "no" is no alarm: look at the numbers.
    Rows that were not shipped say so.
    """
    place = ("set", "clip", "method", "path")
    known = {tuple(row[key] for key in place): row for row in shipped}
    lines = []
    for row in live:
        line = {key: row[key] for key in place}
        other = known.get(tuple(line.values()))
        for key in measures:
            line |= {f"{key}, shipped": (other or {}).get(key), f"{key}, live": row.get(key)}
        lines.append(line | {"agree": "not shipped" if other is None else _agree(row, other, measures)})
    return pd.DataFrame(lines)


def _agree(row: dict, other: dict, measures: Sequence[str]) -> str:
    pairs = [(row.get(key), other.get(key)) for key in measures]
    same = all(a == b if a is None or b is None else np.isclose(a, b, atol=1e-6) for a, b in pairs)
    return "yes" if same else "no"
