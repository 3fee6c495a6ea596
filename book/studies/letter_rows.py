"""The numbers of R3 that ship with the course, made by three commands, so that a chapter shows them without the photos.

    python -m book.studies.letters --threads 1 --bfloat16 --ship book/results/r3.json    (and as its head says)
    python -m book.studies.small_photos --photos 330 --ship book/results/r3.json
    python -m book.studies.letters_grid --threads 1 --bfloat16 --ship book/results/r3.json

``rows`` has one row a network, split and seed, ``ways`` one row a way of looking for hands, ``grid`` one row a setting
that the grid search tried.
"""

import json
from pathlib import Path

from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import ROOT

R3 = ROOT / "book" / "results" / "r3.json"
PARTS = ("rows", "ways", "grid")
NAMES = ("kind", "split", "profile", "seed", "every")
MADE_BY = 2  # counts up when R3's networks, or how they are trained or scored, change: then all rows are made anew


def read_results(path: str | Path = R3, missing_ok: bool = False) -> dict[str, list[dict]]:
    """The parts of the file, empty ones where it lacks them. Raises BadInput where it is missing or foreign."""
    path = Path(path)
    if not path.is_file() and missing_ok:
        return {part: [] for part in PARTS}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        parts = {part: list(content.get(part, [])) for part in PARTS}
        old = [row for part in ("rows", "grid") for row in parts[part] if row.get("made_by") != MADE_BY]
    except OSError:
        raise BadInput(
            f"{path.name} is missing: make it with python -m book.studies.letters --ship {path.name}"
        ) from None
    except (ValueError, AttributeError, TypeError):
        raise BadInput(f"{path.name} holds no results of R3: delete it and run book.studies.letters again") from None
    if old:
        raise BadInput(
            f"{path.name} has rows of networks as they were before (made_by is not {MADE_BY}): "
            "delete its rows and grid, and run book.studies.letters and book.studies.letters_grid again"
        )
    return parts


def write_results(path: str | Path, results: dict[str, list[dict]]) -> None:
    """Write the parts, one row a line."""
    parts = []
    for part in PARTS:
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in results[part])
        parts.append(f'"{part}": [\n{lines}\n]')
    with written_whole(path) as partial:
        partial.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def same(row: dict, wanted: dict) -> bool:
    """Do both name the same network, split, profile, seed and share of the photos?"""
    return all(row.get(name) == wanted.get(name) for name in NAMES)


def pick(rows: list[dict], **wanted) -> dict | None:
    """The row with these values, None where there is none: ``pick(rows, kind="dynamic", split="random")``."""
    return next((row for row in rows if all(row.get(name) == value for name, value in wanted.items())), None)


def seeds_of(rows: list[dict], kind: str, split: str = "random", every: int = 1) -> list[dict]:
    """A network's rows of all seeds, by seed: of R3's sizes where there are such, else of the laptop's."""
    fitting = [row for row in rows if (row["kind"], row["split"], row.get("every", 1)) == (kind, split, every)]
    profile = next((name for name in ("paper", "laptop") if any(row["profile"] == name for row in fitting)), None)
    return sorted((row for row in fitting if row["profile"] == profile), key=lambda row: row["seed"])
