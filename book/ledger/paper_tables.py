"""The papers' tables as HTML, whole, with ours beside every cell that was run and a reason in every other."""

import tomllib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from book.ledger.paper_answers import ours
from book.ledger.paper_answers_r2 import number
from book.ledger.paper_cells import Ours, Run
from book.shared.page import CARD_STYLE, card_table
from lib.tools.errors import BadInput
from lib.tools.papers import NONE, WORD, Table, filled, look_up, read

CONTRADICTIONS = Path(__file__).with_name("contradictions.toml")
NOTHING = "–"


def tables_html(paper: str, run: Run) -> str:
    """All tables of a paper ("R1")."""
    tables = [table for table in read().tables if table.name.startswith(f"{paper} ")]
    return "\n".join([CARD_STYLE, *(table_html(table, run) for table in tables)])


def table_html(table: Table, run: Run) -> str:
    """One table. Where ours cannot be had, one sentence says so, and the paper's cells are there all the same."""
    try:
        mine = ours(table.name, run)
    except BadInput as error:
        mine = Ours(problem=str(error))
    paper = table.name.split()[0]
    measured = [(column, unit) for column, unit in zip(table.columns, table.units) if unit != WORD]
    rows = [[_label(table, row), *(_cell(table, row, c, mine, paper) for c, _ in measured)] for row in table.rows]
    for row, cells in mine.more.items():
        head = f"<strong>{escape(row)}</strong><br><small>not in {paper}</small>"
        rows.append([head, *(_mine(cells.get(c)) for c, _ in measured)])
    heads = ["", *(column if not unit or unit in column else f"{column}, {unit}" for column, unit in measured)]
    problem = f"<p>{table.name}, ours: {escape(mine.problem)}</p>\n" if mine.problem else ""
    return problem + card_table(heads, rows, f"{table.name}: {table.about}. {paper}'s figures, and below them ours")


def _label(table: Table, row: str) -> str:
    """A row's name, and below it its words: a loss, an estimator, what was tuned."""
    cells = zip(table.columns, table.units, table.rows[row])
    words = ", ".join(f"{column}: {cell}" for column, unit, cell in cells if unit == WORD and cell not in NONE)
    return f"<strong>{escape(row)}</strong>" + (f"<br><small>{escape(words)}</small>" if words else "")


def _cell(table: Table, row: str, column: str, mine: Ours, paper: str) -> str:
    printed = look_up(f"{table.name}, {row}, {column}").printed
    theirs = f"{paper}:&nbsp;<strong>{escape(printed)}</strong>" if printed else ""
    if (row, column) in mine.cells:
        return "<br>".join(filter(None, (theirs, _mine(mine.cells[row, column]))))
    if not printed:
        return NOTHING
    try:
        reason = mine.why_not(table.name, row, column)
    except BadInput as error:
        reason = str(error)
    return f"{theirs}<br><small>not run, because: {escape(reason)}</small>"


def _mine(said: str | None) -> str:
    return f"ours:&nbsp;{escape(said)}" if said else ""


def numbers_html(paper: str, run: Run) -> str:
    """Every number of a paper's text, and ours where something like it was measured."""
    rows: list[Sequence[str]] = []
    for one in read().passages:
        if one.where.startswith(f"{paper} "):
            names = [(what, f"{one.where}, {what}") for what in one.numbers]
            section = escape(one.where.removeprefix(paper).strip())
            rows += [
                (escape(what), section, escape(str(look_up(name))), escape(number(name, run))) for what, name in names
            ]
    return f"{CARD_STYLE}\n" + card_table(("what", "section", paper, "ours"), rows, f"Numbers in the text of {paper}")


def contradictions_html(path: str | Path = CONTRADICTIONS) -> str:
    """Where a paper is not at one with itself, by paper; an entry that cannot be shown says why in one sentence."""
    entries = tomllib.loads(Path(path).read_text(encoding="utf-8"))["contradiction"]
    rows = [(escape(entry["paper"]), _told(entry), escape(entry["lesson"])) for entry in entries]
    return f"{CARD_STYLE}\n" + card_table(
        ("paper", "what it says", "what to learn from it"), rows, "Where two sentences part"
    )


def _told(entry: dict) -> str:
    title = f"<strong>{escape(entry['title'])}.</strong>"
    try:
        places = dict.fromkeys(look_up(name).source for name in entry.get("rests", ()))
        said = filled(entry["says"])
    except BadInput as error:
        return f"{title} {escape(str(error))}"
    where = f" <small>({escape('; '.join(places))})</small>" if places else ""
    return f"{title} {escape(said)}{where}"
