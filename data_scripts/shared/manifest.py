"""What every script of a data set has: its command line, whose data these are, and the list that vouches for them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lib.tools import files
from lib.tools.commands import arguments, command
from lib.tools.errors import BadInput
from lib.tools.openers import read_json


@command
def command_line(
    description: str, make: Callable[[Path, str], None], source: str, argv: Sequence[str] | None = None
) -> None:
    """Run ``make(out, source)`` for ``SCRIPT --out DIR [--source PATH_OR_URL]``."""
    parser = arguments(description)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the result")
    parser.add_argument(
        "--source", default=source, metavar="PATH_OR_URL", help="archive to read (default: %(default)s)"
    )
    options = parser.parse_args(argv)
    make(options.out, options.source)


def say_whose(what: str, credit: str, source: str, licence: str) -> None:
    """Print whose data these are and what one may do with them, before any is fetched."""
    print(f"{what}: {credit}\nSource: {source}\nLicence: {licence}", flush=True)


def write_manifest(folder: str | Path, entries: Sequence[dict]) -> None:
    """Write ``manifest.json``: the given entries (``file``, ``source``, ``licence``, ...), each with its sha256.

    Written last, so a manifest means that the data set is whole.
    """
    folder = Path(folder)
    entries = [entry | {"sha256": files.sha256(folder / entry["file"])} for entry in entries]
    files.write_json(folder / files.MANIFEST, entries, ensure_ascii=False)


def is_complete(folder: str | Path) -> bool:
    """True where the folder's manifest exists and every file in it is there with its sha256."""
    folder = Path(folder)
    try:
        entries = read_json(folder / files.MANIFEST, "make it again")
        return all(files.sha256(folder / entry["file"]) == entry["sha256"] for entry in entries)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def is_of_recipe(record: Path, recipe: object) -> bool:
    """True where a clip's clip.json is there and says that the clip was made by this recipe."""
    try:
        return read_json(record, "make it again")["recipe"] == recipe
    except (BadInput, KeyError, TypeError):
        return False
