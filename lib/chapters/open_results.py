"""Chapter 13's shipped trainings: where they lie, and how they are read."""

from pathlib import Path

from lib.sign_results import SignResults, read
from lib.tools import paths
from lib.tools.errors import BadInput

COMMAND = "python -m lib.chapters.open_study"
RESULTS = paths.ROOT / "book" / "results" / "open.json"


def shipped(path: Path = RESULTS) -> SignResults:
    """The rows that `lib.chapters.open_study` wrote. Raises BadInput where there are none."""
    if not path.is_file():
        raise BadInput(f"{path.name} is missing from the book's results: {COMMAND}")
    return read(path)
