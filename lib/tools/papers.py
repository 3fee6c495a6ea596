"""What the three papers say, by name, from book/papers.toml: the one place where a paper's number is typed.

    look_up("R1 Table I, BWA-UNet, UHP %").value     6.6, and .printed "6.60", .source "R1, Table I"
    filled("{R3 4.5, batch} photos")                "128 photos"

The file's head explains its entries. What it computes ([[derived]]) is computed here, from other figures.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from lib.tools import paths
from lib.tools.errors import BadInput

FILE = paths.ROOT / "book" / "papers.toml"
WORD = "word"  # the unit of a table's column that holds words
NONE = ("-", "N/A")  # cells without a figure
Numbers = Sequence[Decimal]
COMPUTED: dict[str, tuple[Callable[[Numbers], Decimal], str]] = {  # how, and to what it is rounded
    "sum": (sum, ""),
    "difference": (lambda n: n[0] - n[1], ""),
    "milliseconds": (lambda n: 1000 / n[0], "1"),
    "percent": (lambda n: 100 * n[0] / n[1], "0.01"),
    "share": (lambda n: 100 * (n[0] - n[1]) / (n[0] - (n[2] if len(n) > 2 else 0)), "0.1"),
}


@dataclass(frozen=True)
class Figure:
    """What a paper says under a ``name``. ``printed`` is its figure as it is printed, None where it gives none.

    ``where`` is its place ("R1 Table I"); ``of`` are the names of the figures that it was computed from.
    """

    name: str
    where: str
    printed: str | None = None
    unit: str = ""
    of: tuple[str, ...] = ()
    silent: bool = False

    @property
    def paper(self) -> str:
        """ "R1", "R2" or "R3"."""
        return self.where.split()[0]

    @property
    def number(self) -> Decimal | None:
        """The figure as an exact number; None where it is a word, or where there is none."""
        if self.printed is None or self.unit == WORD:
            return None
        thousands = re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", self.printed)
        return Decimal(self.printed.replace(",", "" if thousands else ".").replace("^", ""))

    @property
    def value(self) -> float | None:
        """The number, for a table or a comparison."""
        return None if self.number is None else float(self.number)

    @property
    def source(self) -> str:
        """Where it stands, for a reader: "R1, Table I", "R1, from Table I", "not in R1"."""
        section = self.where.removeprefix(self.paper).strip()
        return f"not in {self.paper}" if self.silent else f"{self.paper}, {'from ' if self.of else ''}{section}"

    def __str__(self) -> str:
        """The figure with its unit, as it is written into a sentence."""
        return " ".join(filter(None, (self.printed, "" if self.unit == WORD else self.unit)))


@dataclass(frozen=True)
class Table:
    """A whole table: ``rows`` are its cells as printed, by the row's name; ``units`` are those of the columns."""

    name: str
    about: str
    passage: str
    columns: tuple[str, ...]
    units: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Passage:
    """A few words of a paper, by their number and checksum, and what the course takes from them."""

    where: str
    passage: str
    says: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    silent: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Papers:
    """The whole file. ``about`` has each paper's title, authors and sections."""

    about: Mapping[str, dict]
    tables: tuple[Table, ...]
    passages: tuple[Passage, ...]
    figures: Mapping[str, Figure]


def look_up(name: str, path: str | Path = FILE) -> Figure:
    """What a paper says under this name. Raises BadInput, with the nearest names, for one that is not in the file."""
    known = read(path).figures
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.5)
        advice = f"did you mean {' or '.join(map(repr, near))}?" if near else "look it up there, or add it."
        raise BadInput(f"{Path(path).name} has no {name!r}; {advice}")
    return known[name]


def beside(claim: str, paper: str | None, source: str, unit: str) -> tuple[float | None, str, str]:
    """What stands beside our number for a claim: the paper's number, how it is printed, and where.

    ``paper`` is a name, whose unit must be ours; or None, and then ``source`` says where from. Raises BadInput for a
    claim with no source or with two, and for another unit.
    """
    if not isinstance(paper, str | None):
        raise BadInput(f"Claim {claim!r} gives {paper!r} as a paper's number: give the name of one in {FILE.name}")
    if bool(source) == bool(paper):
        raise BadInput(f"Claim {claim!r} needs one source: the name of what a paper says, or else a source in words")
    if paper is None:
        return None, "", source
    one = look_up(paper)
    if one.printed is not None and (one.unit == WORD or one.unit != unit):
        raise BadInput(f"Claim {claim!r} is in {unit!r} and {paper!r} in {one.unit!r}: report both in one unit")
    return one.value, one.printed or "", one.source


def filled(text: str, path: str | Path = FILE) -> str:
    """A text in which every {name} has become the figure of this name, with its unit. Raises BadInput as `look_up`."""
    return re.sub(r"\{([^{}]+)\}", lambda found: str(look_up(found[1], path)), text)


@lru_cache
def read(path: str | Path = FILE) -> Papers:
    """The file, read once. Raises BadInput for an entry that cannot be used, and names it."""
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = tuple(map(_table, content.get("table", [])))
        passages = tuple(_passage(entry) for entry in content.get("passage", []))
        figures = {}
        for one in (*_cells(tables), *_said(passages)):
            _add(figures, one)
        for one in (one for entry in content.get("derived", []) for one in _derived(entry, figures)):
            _add(figures, one)
        return Papers(content.get("papers", {}), tables, passages, figures)
    except FileNotFoundError:
        raise BadInput(f"{path} is missing: it holds what the papers say; get it from the repository") from None
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from None
    except (ValueError, TypeError, AttributeError, ArithmeticError, KeyError) as error:
        raise BadInput(f"{path.name} cannot be read as its head says ({error}): mend the entry") from None


def _table(entry: dict) -> Table:
    rows = {name: tuple(cells) for name, cells in entry.get("rows", {}).items()}
    name, columns, units = entry.get("name", "a table"), entry.get("columns", ()), entry.get("units", ())
    for row, cells in {"its units": units, **rows}.items():
        if len(cells) != len(columns):
            raise BadInput(f"{name}, {row}, has {len(cells)} cells for {len(columns)} columns: add or take away some")
    return Table(name, entry.get("about", ""), _checksum(entry, name), tuple(columns), tuple(units), rows)


def _passage(entry: dict) -> Passage:
    where = entry.get("where", "a passage without a place")
    return Passage(**entry | {"where": where, "passage": _checksum(entry, where), "says": tuple(entry.get("says", ()))})


def _checksum(entry: dict, name: str) -> str:
    if not re.fullmatch(r"\d+ words, [0-9a-f]{16}", entry.get("passage", "")):
        raise BadInput(f'{name} rests on no passage: give one like "12 words, 0123456789abcdef"')
    return entry["passage"]


def _cells(tables: Sequence[Table]) -> Iterator[Figure]:
    for table in tables:
        for row, cells in table.rows.items():
            for column, unit, cell in zip(table.columns, table.units, cells):
                printed = None if cell in NONE else cell
                yield Figure(f"{table.name}, {row}, {column}", table.name, printed, unit)


def _said(passages: Sequence[Passage]) -> Iterator[Figure]:
    for one in passages:
        for what in one.says:
            yield Figure(f"{one.where}, {what}", one.where)
        for what, said in one.numbers.items():
            printed, _, unit = said.partition(" ")
            yield Figure(f"{one.where}, {what}", one.where, printed, unit)
        for what in one.silent:
            yield Figure(f"{one.where}, {what}", one.where, silent=True)


def _derived(entry: dict, figures: Mapping[str, Figure]) -> Iterator[Figure]:
    """One figure for each of the entry's rows, or just one."""
    (how,) = (key for key in COMPUTED if key in entry)
    compute, last = COMPUTED[how]
    for row in entry.get("rows", [""]):
        name, *names = (text.replace("{row}", row) for text in (entry["name"], *entry[how]))
        if unknown := [one for one in names if one not in figures or figures[one].number is None]:
            raise BadInput(f"{name} is computed from {unknown[0]!r}, which is no number of this file")
        number = compute([figures[one].number for one in names])
        printed = f"{number.quantize(Decimal(last)) if last else number:f}"
        yield Figure(name, figures[names[0]].where, printed, entry.get("unit", ""), tuple(names))


def _add(figures: dict[str, Figure], one: Figure) -> None:
    if one.name in figures:
        raise BadInput(f"{one.name!r} is there twice: word one differently")
    figures[one.name] = one
