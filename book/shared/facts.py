"""What pages say of the book itself: when and where it was built, and the minutes that each chapter takes."""

import json
import os
import platform
import re
from collections import Counter
from datetime import datetime
from importlib import metadata

import nbformat
import pandas as pd
from pandas.io.formats.style import Styler

from book.shared.pages import chapter_of, numbered_pages
from book.shared.sections import pieces, told_of_core
from lib.report import gather, laid_out

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
    return laid_out(pd.DataFrame({"fact": facts.keys(), "this build": facts.values()}))


def machines() -> Styler:
    """Each hardware with its versions that made reported numbers, a column each, the one that made most first.

    Without any number the table is empty. Raises BadInput for a file of results that cannot be read.
    """
    rows = gather(_profile())
    made = [hardware | versions for hardware, versions in zip(rows["hardware"], rows["versions"])]
    table = pd.DataFrame(made, dtype=object).fillna("").astype(str)
    counts = Counter(table.itertuples(index=False, name=None)).most_common()
    columns = {f"machine {place}: {count} numbers": facts for place, (facts, count) in enumerate(counts, 1)}
    return laid_out(pd.DataFrame({"made by": table.columns} | columns))


def _profile() -> str:
    return os.environ.get("HANDS_PROFILE", "laptop")


RUN = re.compile(r"\babout ([\w ]+? minutes?(?: and a half)?|a minute and a half) to run\b", re.I)
READ = re.compile(r"\babout ([\w ]+? minutes?) to read and to do the exercises\b", re.I)


def teaching_minutes() -> pd.DataFrame:
    """A row for each page of a chapter: title, minutes to run it, to read it and do its exercises, and of its core.

    Read from the chapters' own opening cells, empty where one does not say; the last from its sections.
    """
    rows = {}
    for path in numbered_pages():
        opening = " ".join("".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]).split())
        title = opening.split(" **Question")[0].lstrip("# ")
        found = [pattern.search(opening) for pattern in (RUN, READ)]
        told = [match[1] if match else "" for match in found]
        whole = int("".join(filter(str.isdigit, told[1])) or 0)
        core = told_of_core(pieces(nbformat.read(path, as_version=4)), whole)
        rows[f"{chapter_of(path.stem)} {title}"] = [*told, f"{core} minutes"]
    columns = ["to run, on the slower of two machines", "to read and do the exercises, estimated", "of these, the core"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("chapter")
