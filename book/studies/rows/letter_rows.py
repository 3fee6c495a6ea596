"""The numbers of R3 that ship with the course, made by three commands, so that a chapter shows them without the photos.

``rows``, by `book.studies.letters`, has one row a network, split and seed; ``ways``, by `book.studies.small_photos`,
one a way of looking for hands; ``grid``, by `book.studies.letters_grid`, one a setting that the grid search tried.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from book.studies import runner
from lib.tools.errors import BadInput

R3 = runner.RESULTS / "r3.json"
PARTS = ("rows", "ways", "grid")
MADE_BY = 2  # counts up when R3's networks, or how they are trained or scored, change: then all rows are made anew


def read_results(path: str | Path = R3, missing_ok: bool = False) -> dict[str, list[dict]]:
    """The parts of the file, empty ones where it lacks them. Raises BadInput where it is missing or foreign."""
    path = Path(path)
    if not path.is_file() and missing_ok:
        return {part: [] for part in PARTS}
    _, parts = runner.read(path, "results of R3", f"python -m book.studies.letters --ship {path.name}", PARTS)
    if any(row.get("made_by") != MADE_BY for part in ("rows", "grid") for row in parts[part]):
        raise BadInput(
            f"{path.name} has rows of networks as they were before (made_by is not {MADE_BY}): "
            "delete its rows and grid, and run book.studies.letters and book.studies.letters_grid again"
        )
    return parts


def add(
    path: Path, part: str, wanted: Mapping, make: Callable[[], Sequence[dict]], same: Sequence[str] = ()
) -> Sequence[dict]:
    """What ``make`` gives, added to a part of the file, unless the part has a row with the ``wanted`` values already.

    The rows replace those that are alike in ``same``, or in all that is wanted. Returns the rows that are new.
    """
    if pick(read_results(path, missing_ok=True)[part], **wanted) or not (made := make()):
        return ()
    parts, alike = read_results(path, missing_ok=True), {name: wanted[name] for name in same or wanted}  # as it is now
    parts[part] = [row for row in parts[part] if not pick([row], **alike)] + list(made)
    runner.write(path, {}, **parts)
    return made


def pick(rows: Sequence[dict], **wanted) -> dict | None:
    """The row with these values, None where there is none: ``pick(rows, kind="dynamic", split="random")``."""
    return next((row for row in rows if all(row.get(name) == value for name, value in wanted.items())), None)


def seeds_of(rows: list[dict], kind: str, split: str = "random", every: int = 1) -> list[dict]:
    """A network's rows of all seeds, by seed: of R3's sizes where there are such, else of the laptop's."""
    fitting = [row for row in rows if (row["kind"], row["split"], row.get("every", 1)) == (kind, split, every)]
    profile = next((name for name in ("paper", "laptop") if any(row["profile"] == name for row in fitting)), None)
    return sorted((row for row in fitting if row["profile"] == profile), key=lambda row: row["seed"])
