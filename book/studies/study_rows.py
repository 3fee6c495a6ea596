"""Rows that a command-line study ships for the chapters: a small JSON file, with the command that makes it."""

import json
from collections.abc import Sequence
from pathlib import Path

from lib.tools.errors import BadInput
from lib.tools.files import written_whole


def write(rows: Sequence[dict], path: Path, command: str) -> None:
    """The rows, and the command that makes them."""
    with written_whole(path) as partial:
        partial.write_text(json.dumps({"command": command, "rows": list(rows)}, indent=0) + "\n", encoding="utf-8")


def read(path: str | Path, keys: Sequence[str], command: str, what: str) -> list[dict]:
    """Rows with these keys. Raises BadInput, which names ``what`` the rows should be, for another file or none."""
    path = Path(path)
    try:
        return [{key: row[key] for key in keys} for row in json.loads(path.read_text(encoding="utf-8"))["rows"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{path.name} holds no {what}; make them again: {command}") from None
