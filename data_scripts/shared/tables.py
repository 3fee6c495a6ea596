"""Tables as CSV files, written whole and read with suspicion."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from lib.tools.files import written_whole
from lib.tools.openers import reading


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table, whole or not there at all."""
    with written_whole(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


def read_table(
    path: str | Path, columns: Sequence[str], remedy: str, broken: str = "is no table", whole: Sequence[str] = ()
) -> pd.DataFrame:
    """Those ``columns`` of a CSV table, in UTF-8; in those of them that are ``whole``, whole numbers."""
    with reading(path, broken, remedy):
        # without keep_default_na=False a gloss such as "NULL" would be read as missing
        table = pd.read_csv(path, keep_default_na=False, index_col=False)
        if lacking := [column for column in columns if column not in table]:
            raise ValueError(f"it has no column {lacking[0]!r}, but {', '.join(map(str, table.columns))}")
        if odd := [column for column in whole if len(table) and table[column].dtype.kind not in "iu"]:
            raise ValueError(f"{odd[0]} is no whole number everywhere")
        return table[list(columns)]
