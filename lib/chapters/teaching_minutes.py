"""The minutes that each chapter says it takes, gathered for the instructor's guide, so that they stand in one place."""

import json
import re
from pathlib import Path

import pandas as pd

from lib.tools.paths import ROOT

RUN = re.compile(r"\babout ([\w ]+? minutes?(?: and a half)?|a minute and a half) to run\b", re.I)
READ = re.compile(r"\babout ([\w ]+? minutes?) to read and to do the exercises\b", re.I)


def teaching_minutes(book: Path = ROOT / "book") -> pd.DataFrame:
    """A row for each chapter: its title, the minutes to run it, the minutes to read it and to do its exercises.

    Read from the chapters' own opening cells; empty where one does not say.
    """
    rows = {}
    for path in sorted(book.glob("[0-9]*.ipynb")):
        opening = " ".join("".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]).split())
        title = opening.split(" **Question")[0].lstrip("# ")
        found = [pattern.search(opening) for pattern in (RUN, READ)]
        rows[f"{int(path.stem[:2])} {title}"] = [match[1] if match else "" for match in found]
    columns = ["to run, measured on two cores", "to read and do the exercises, estimated"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("chapter")
