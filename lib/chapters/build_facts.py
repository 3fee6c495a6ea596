"""What the page "Execution statistics" says about a build: when, in which profile, on which machines."""

import json
import os
import platform
from collections import Counter
from datetime import datetime
from importlib import metadata

import pandas as pd
from pandas.io.formats.style import Styler

from lib.report import gather

COURSE = "hands-in-focus"


def this_build() -> Styler:
    """Date, profile, course and Python of the process that asks, one line each."""
    now = datetime.now().astimezone()
    facts = {
        "built": now.strftime("%Y-%m-%d %H:%M %Z"),
        "profile": _profile(),
        "version of the course": metadata.version(COURSE),
        "system": f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}",
    }
    return _plain(pd.DataFrame({"fact": facts.keys(), "this build": facts.values()}), "build")


def machines(profile: str | None = None) -> Styler:
    """Each hardware with its versions that made reported numbers, a column each, the one that made most first.

    ``profile`` is the environment's (HANDS_PROFILE) unless given. Without any number the table is empty. Raises
    BadInput for a file of results that cannot be read.
    """
    rows = gather(profile or _profile())
    made = [_told(hardware) | _told(versions) for hardware, versions in zip(rows["hardware"], rows["versions"])]
    counts = Counter(json.dumps(facts, sort_keys=True) for facts in made)
    names = list(dict.fromkeys(name for facts in made for name in facts))
    table = pd.DataFrame({"made by": names})
    for place, (facts, count) in enumerate(counts.most_common(), 1):
        told = json.loads(facts)
        table[f"machine {place}: {count} numbers"] = [told.get(name, "") for name in names]
    return _plain(table, "machines")


def _told(facts: dict[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


def _profile() -> str:
    return os.environ.get("HANDS_PROFILE", "laptop")


def _plain(table: pd.DataFrame, name: str) -> Styler:
    """A table without row numbers, as text."""
    left = [{"selector": "th, td", "props": "text-align: left; padding: 0.2em 0.8em"}]
    style = Styler(table, uuid=name, cell_ids=False).hide(axis="index").format(escape="html")
    return style.set_table_styles(left).set_table_attributes('class="dataframe"')
