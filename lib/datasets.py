"""What every script in data_scripts shares: its command line, and whose the data are."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from lib.tools.commands import command


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
