"""The minutes that a page takes to run: measured by a build, kept for each machine, and written where a page says them.

    python -m book.run_times --keep one_core --processor     the processor seconds of the last `make book`, a column
    python -m book.run_times --keep two_cores                likewise its seconds by the clock
    python -m book.run_times                                 only write what the table says where pages say it

The table is `book/run_times.toml`: seconds of each page at laptop size, a part for each machine, which says in words
what machine that was and what its times are: "measured"; "crowded", where much else ran beside; or "computed", which is
for pages that the slower machine has not run yet. A page says the slowest in minutes, rounded up, crowded ones aside.
"""

import argparse
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from lib.report import laid_out
from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.paths import ROOT

TABLE = ROOT / "book" / "run_times.toml"
ABOUT = (
    "# Seconds that each page runs at laptop size, by machine; written by `python -m book.run_times --keep MACHINE`.\n"
)
OPENING = re.compile(r"(\*\*Time[:.]\*\* [Aa]bout )\d+ minutes?( to run on a laptop)")
LISTED = re.compile(r"^(\| .*\(book/(\w+)\.ipynb\).*\| )\d+( \|)$", re.M)
MEANWHILE = re.compile(r"the computer works meanwhile, at most \d+ minutes? a page on a slow laptop")

Machines = dict[str, dict[str, Any]]


def read(path: Path = TABLE) -> Machines:
    """Each machine by its short name: `told` in words, the `kind` of its times, and `seconds` by the page's name."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def minutes(page: str, machines: Machines) -> int:
    """What a page says: its slowest run, crowded ones aside, or what was computed. Raises BadInput without any."""
    counted = [machine["seconds"] for machine in machines.values() if machine["kind"] != "crowded"]
    runs = [seconds[page] for seconds in counted if page in seconds]
    if not runs:
        raise BadInput(f"{TABLE.name} has no run of {page}: `make book`, then python -m book.run_times --keep MACHINE")
    return math.ceil(max(runs) / 60)


def table() -> Styler:
    """A row for each page, in order, with its seconds on each machine, and the minutes that it says."""
    machines = read()
    pages = [page for page in _pages() if any(page in machine["seconds"] for machine in machines.values())]
    columns = {machine["told"]: [machine["seconds"].get(page, "") for page in pages] for machine in machines.values()}
    said = {"minutes that the page says": [minutes(page, machines) for page in pages]}
    return laid_out(pd.DataFrame({"page": pages} | columns | said))


def _pages() -> list[str]:
    return sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))


def of_build(cache: Path, processor: bool) -> dict[str, float]:
    """Seconds of each page that a build's ``cache`` keeps: by the clock, or those that all processors worked."""
    from jupyter_cache import get_cache

    if not cache.is_dir():
        raise BadInput(f"{cache} is not there: run `make book` first")
    name = "processor_seconds" if processor else "execution_seconds"
    kept = {Path(one.uri).stem: one.data.get(name) for one in get_cache(str(cache)).list_cache_records()}
    return {page: round(seconds, 1) for page, seconds in sorted(kept.items()) if seconds}


def kept(machines: Machines, name: str, ran: Mapping[str, float], told: str, kind: str) -> Machines:
    """The machines (changed in place) with a build's times; what has been measured need not be computed any more."""
    known = machines.get(name, {"told": "", "seconds": {}})
    machines[name] = {"told": told or known["told"], "kind": kind, "seconds": known["seconds"] | ran}
    for machine in machines.values():
        if kind == "measured" and machine["kind"] == "computed":
            machine["seconds"] = {page: one for page, one in machine["seconds"].items() if page not in ran}
    return machines


def write(machines: Machines, path: Path = TABLE) -> None:
    """The table anew, in the order of its machines and pages."""
    with written_whole(path) as partial:
        partial.write_text(
            ABOUT + "".join(_part(name, machine) for name, machine in machines.items()), encoding="utf-8"
        )


def _part(name: str, machine: Mapping[str, Any]) -> str:
    rows = "".join(f"{page} = {seconds:g}\n" for page, seconds in sorted(machine["seconds"].items()))
    return f'\n[{name}]\ntold = "{machine["told"]}"\nkind = "{machine["kind"]}"\n\n[{name}.seconds]\n{rows}'


def _unit(number: int) -> str:
    return f"{number} minute{'s' * (number != 1)}"


def renewed(text: str, page: str, machines: Machines) -> str:
    """A notebook's source with the minutes to run in its opening as the table has them."""
    return OPENING.sub(lambda match: f"{match[1]}{_unit(minutes(page, machines))}{match[2]}", text, count=1)


def renewed_list(text: str, machines: Machines) -> str:
    """The README with its column of minutes, or the landing page with the most of any page."""
    most = max(minutes(page, machines) for page in _pages())
    text = LISTED.sub(lambda match: f"{match[1]}{minutes(match[2], machines)}{match[3]}", text)
    return MEANWHILE.sub(f"the computer works meanwhile, at most {_unit(most)} a page on a slow laptop", text)


@command
def main() -> None:
    """Keep a build's times if asked to, and write the minutes everywhere."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", metavar="MACHINE", help="the part of the table that the last build's times go into")
    parser.add_argument("--told", default="", help="what machine that is, in words")
    parser.add_argument("--crowded", action="store_true", help="much else ran beside: shown, but no page says these")
    parser.add_argument("--processor", action="store_true", help="the seconds that processors worked, not the clock's")
    parser.add_argument("--build", type=Path, default=ROOT / "_build", help="the build's folder (default: _build)")
    given = parser.parse_args()
    machines = read()
    if given.keep:
        ran = of_build(given.build / ".jupyter_cache", given.processor)
        write(kept(machines, given.keep, ran, given.told, "crowded" if given.crowded else "measured"))
    for path in [*sorted((ROOT / "book").glob("*.ipynb")), ROOT / "README.md", ROOT / "book" / "intro.md"]:
        text = path.read_text(encoding="utf-8")
        new = renewed(text, path.stem, machines) if path.suffix == ".ipynb" else renewed_list(text, machines)
        if new != text:
            path.write_text(new, encoding="utf-8")
            print(f"{path.name}: renewed")


if __name__ == "__main__":
    raise SystemExit(main())
