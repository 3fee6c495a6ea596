"""What every script in data_scripts shares: its command line, and the manifest that vouches for what it made."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from lib import files
from lib.commands import command

MANIFEST = "manifest.json"


@command
def command_line(
    description: str, make: Callable[[Path, str], None], source: str, argv: Sequence[str] | None = None
) -> None:
    """Run ``make(out, source)`` for ``SCRIPT --out DIR [--source PATH_OR_URL]``."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the result")
    parser.add_argument(
        "--source", default=source, metavar="PATH_OR_URL", help="archive to read (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    make(arguments.out, arguments.source)


def say_whose(what: str, credit: str, source: str, licence: str) -> None:
    """Print whose data these are and what one may do with them, before any is fetched."""
    print(f"{what}: {credit}\nSource: {source}\nLicence: {licence}", flush=True)


def write_manifest(folder: str | Path, entries: Sequence[dict]) -> None:
    """Write ``manifest.json``: the given entries (``file``, ``source``, ``licence``, ...), each with its sha256.

    Written last, so a manifest means that the data set is whole.
    """
    folder = Path(folder)
    entries = [entry | {"sha256": files.sha256(folder / entry["file"])} for entry in entries]
    with files.written_whole(folder / MANIFEST) as partial:
        partial.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def is_complete(folder: str | Path) -> bool:
    """True where the folder's manifest exists and every file in it is there with its sha256."""
    folder = Path(folder)
    try:
        entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return all(files.sha256(folder / entry["file"]) == entry["sha256"] for entry in entries)
    except (OSError, ValueError, KeyError, TypeError):
        return False
