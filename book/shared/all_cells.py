"""Every method, one, two and three looks, both judges, on every set: what was measured, and why the rest was not.

    print(words(of_mediapipe(FRAMES)), words(of_second_judge(FRAMES)))    as Markdown, for notes

Rendered clips are judged by their truth; films of people by the hands that MediaPipe finds in the sharp film.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from book.shared.charts import NAMES, ORDER
from book.shared.second_judge import MEASURES as SEEN
from book.studies.real_films import ENHANCE
from book.studies.rows import shipped_rows
from book.studies.second_judge_rows import BOX_ALONE, REAL
from lib.evaluation.evaluation import FILM, MEASURES, means, of_path
from lib.evaluation.intervals import Interval
from lib.evaluation.methods import called
from lib.holistic.third_look import MOST

PEOPLE = {REAL: "films of people, a camera's damage", f"{REAL}_software": "films of people, R1's damage"}
SETS = NAMES | PEOPLE
LOOKS = range(1, MOST + 1)
ONCE, BARE, LATER, UNKNOWN = "(a)", "(b)", "(c)", "(d)"
WHY_NOT = {
    ONCE: "R1's damage is there to repeat R1, which looks once",
    BARE: "later looks are what `enhance` does, which hands on frames, so none was asked of a film of people",
    LATER: "for want of time; `second_judge_rows --missing` and `r1_rows --add` go on",
    UNKNOWN: "nobody knows where people's hands are, so that none can be called false",
}


def of_mediapipe(path: str) -> pd.DataFrame:
    """Lost and false hands, % of all, after each number of looks: a line for each set and method of MediaPipe's rows.

    Of films of people "lost" is of the hands in the sharp film. A cell without rows holds a key of `WHY_NOT`; a line
    without any is left out (`never_asked`).
    """
    rows = shipped_rows.read() + people()
    table = means(of_path(rows, path), MEASURES, "uhp_both", lambda *_: {})
    cell = partial(_cell, table, path)
    return _lines(table, {"lost, %": partial(cell, MEASURES["uhp_both"][0]),
                          "false, %": partial(cell, MEASURES["false_all"][0])})  # fmt: skip


def of_second_judge(path: str) -> pd.DataFrame:
    """Likewise: the true hands that the second judge sees, and those of MediaPipe's hands, after so many looks."""
    rows = [row for row in shipped_rows.read(shipped_rows.SECOND_JUDGE) if row["method"] != BOX_ALONE]
    table = means(of_path(rows, path), SEEN, "second_present", lambda *_: {})
    cell = partial(_cell, table, path)
    lines = _lines(table, {"agrees, %": partial(cell, SEEN["second_agrees"][0])})
    there = [cell(SEEN["second_present"][0], name, method, 1) for name, method in lines.index]
    lines.insert(0, "there, %", pd.Series(there, lines.index, dtype=object))
    return lines


def never_asked(path: str) -> str:
    """The methods of each set that MediaPipe has judged and the second judge has not, a line of Markdown each."""
    left = of_mediapipe(path).index.difference(of_second_judge(path).index)
    sets = {name: [method for one, method in sorted(left, key=_rank) if one == name] for name in SETS}
    return "\n".join(f"- {LATER} {SETS[name]}: {', '.join(names)}" for name, names in sets.items() if names)


def people() -> list[dict]:
    """The counts of films of people in the form of an evaluation's rows: the share of the sharp film's hands lost."""
    rows = []
    for name, file in zip(PEOPLE, (shipped_rows.REAL, shipped_rows.REAL_SOFTWARE), strict=True):
        for row in (row for row in shipped_rows.read(file) if row["method"] != ENHANCE):  # three looks by itself
            hands = row["in the sharp film"]
            place = {"set": name, "clip": row["clip"], "method": row["method"], "path": row["path"]}
            rows.append(place | {"uhp_both": row["missing"] / hands if hands else None, "false_all": None})
    return rows


def _lines(table: pd.DataFrame, columns: Mapping) -> pd.DataFrame:
    """A line for each set and method, and for each of the ``columns`` a cell for each number of looks."""
    pairs = {(name, method.partition(" + ")[0]): None for name, method in table.index}
    places = sorted(pairs, key=_rank)
    lines = [
        {f"{what}, {looks} look{'s'[: looks > 1]}": cell(name, method, looks)
         for what, cell in columns.items() for looks in LOOKS}
        for name, method in places
    ]  # fmt: skip
    return pd.DataFrame(lines, pd.MultiIndex.from_tuples(places, names=["set", "method"]), dtype=object)


def _rank(place: tuple[str, str]) -> tuple:
    ranks = [list(known).index(one) if one in known else len(known) for known, one in zip((SETS, ORDER), place)]
    return (*ranks, *place)


def _cell(table: pd.DataFrame, path: str, measure: str, name: str, method: str, looks: int) -> Interval | str:
    """What was measured, or why it was not."""
    place = (name, called(method, looks))
    if place in table.index:
        found = table.loc[place, measure]
        return UNKNOWN if found is None and name in PEOPLE else found
    if looks > 1 and name.endswith("software"):
        return ONCE
    return BARE if looks > 1 and path == FILM and name in PEOPLE else LATER


def words(table: pd.DataFrame, columns: Sequence[str] | None = None) -> str:
    """A table as Markdown, with what its marks mean below it."""
    chosen = table[list(columns or table)]
    head = ["| set | method | " + " | ".join(chosen) + " |", "|---" * (len(chosen.columns) + 2) + "|"]
    body = [f"| {SETS.get(name, name)} | {method} | " + " | ".join(_text(value) for value in line) + " |"
            for (name, method), line in zip(chosen.index, chosen.itertuples(index=False))]  # fmt: skip
    return "\n".join([*head, *body, "", reasons(chosen)])


def reasons(*tables: pd.DataFrame) -> str:
    """What the marks in some tables mean, a line of Markdown each."""
    marks = {value for table in tables for column in table for value in table[column] if isinstance(value, str)}
    return "\n".join(f"- {mark} not run: {why}" for mark, why in WHY_NOT.items() if mark in marks)


def _text(value: Interval | str | None) -> str:
    return "–" if value is None else f"{value.mean:.1f} [{value.low:.1f}, {value.high:.1f}]" if isinstance(
        value, Interval) else value  # fmt: skip
