"""Chapter 13's study of R2's limits: where its rows lie, and how they are read."""

from pathlib import Path

from lib.sign_results import SignResults, read
from lib.tools import paths
from lib.tools.errors import BadInput

COMMAND = "python -m lib.chapters.limits_study"
RESULTS = paths.ROOT / "book" / "results" / "limits.json"
RUNS = ("found", "found, faced", "true", "true, turned", "true, turned, faced", "true, turned, faced as found")


def shipped(path: Path = RESULTS) -> SignResults:
    """The rows that `lib.chapters.limits_study` wrote. Raises BadInput where there are none."""
    if not path.is_file():
        raise BadInput(f"{path.name} is missing from the book's results: {COMMAND}")
    return read(path)
