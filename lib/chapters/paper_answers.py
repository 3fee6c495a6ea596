"""Ours beside each cell of the papers' tables: from the rows that ship, and from what the chapters have reported.

Ours are of other data: synthetic clips and signs, smaller photos. A cell that was not run says why (``not_run.toml``).
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pandas as pd

from lib import joins2sign_results, real_transfer, shipped_rows, sign_results
from lib.chapters.claim_answers import find, from_chapter
from lib.errors import BadInput
from lib.evaluation import FRAMES, of_path
from lib.evaluation import table as method_table
from lib.intervals import Interval, alike, clip_bootstrap
from lib.joins2sign_scores import joint_interval, over_photos

REASONS = Path(__file__).with_name("not_run.toml")
PICTURES = {"PSNR": "PSNR, dB", "SSIM": "SSIM", "pHash": "pHash, bits"}  # R1's columns, by those of lib.evaluation
SIZES = "Points of the right hand missing, synthetic clips, "  # how chapter 9's rows begin
TIMED = "MediaPipe Holistic, milliseconds a frame of 304x336"  # chapter 8's
COUNTED = {  # numbers of R2's text, and the rows of chapter 2 that count the same
    "R2 3.1, examples kept": "VGT: examples",
    "R2 3.1, glosses kept": "VGT: glosses",
    "R2 5.2, NGT samples": "NGT: examples",
    "R2 5.2, NGT classes": "NGT: glosses",
}
ABOVE = "see what stands above the table"
Cells = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Run:
    """What this course has run: the chapters' reported numbers, whose profile counts, on which path hands are counted,
    and FID by set and method, where Inception's weights are found."""

    reported: pd.DataFrame
    profile: str
    path: str = FRAMES
    fids: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ours:
    """Our figures for a table as text, by row and column; ``more`` are rows that the paper's table does not have.

    ``problem`` says why nothing could be read.
    """

    cells: Cells = field(default_factory=dict)
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problem: str = ""

    def why_not(self, table: str, row: str, column: str) -> str:
        """Why this cell has no figure of ours. Raises BadInput where nobody has said."""
        if self.problem:
            return ABOVE
        for pattern, reason in reasons().get(table, {}).items():
            if fnmatchcase(f"{row}, {column}", pattern):
                return reason
        raise BadInput(f"{REASONS.name} does not say why {table}, {row}, {column} was not run: add a reason")


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Patterns and reasons of each table."""
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))


def ours(table: str, run: Run) -> Ours:
    """Our figures for a paper's table ("R1 Table I"). Raises BadInput for a table that nobody has compared."""
    if table not in TABLES:
        raise BadInput(f"There are no figures of ours for {table!r}: choose among {', '.join(TABLES)}")
    try:
        return TABLES[table](run)
    except BadInput as error:
        return Ours(problem=str(error))


def number(name: str, run: Run) -> str:
    """Our figure for a number of a paper's text, empty where the course has none."""
    try:
        if name in COUNTED:
            return f"{from_chapter(COUNTED[name], 2, run.reported, run.profile).value:,.0f}"
        if name == "R2 4.1, MediaPipe":
            return f"{1000 / from_chapter(TIMED, 8, run.reported, run.profile).value:.3g} frames/s"
    except BadInput as error:
        return f"not run: {error}"
    return ""


def text(value: Interval | float | None) -> str | None:
    """A figure with its interval, "28.6 (19.2 to 38.4)"; None where there is none."""
    if value is None or isinstance(value, float):
        return None if value is None else f"{value:.3g}"
    mean, low, high = alike(value.mean, value.low, value.high)
    return f"{mean} ({low} to {high})"


def _known(cells: Mapping[tuple[str, str], str | None]) -> Cells:
    return {place: said for place, said in cells.items() if said is not None}


def _r1(run: Run, of_set: str, rows: Sequence[str], columns: Sequence[str]) -> Ours:
    shipped = [row for row in of_path(shipped_rows.read(), run.path) if row["set"] == of_set]
    frame = method_table(shipped).loc[of_set]
    cells: dict[tuple[str, str], str | None] = {}
    for row in rows:
        of_method = [one for one in shipped if one["method"] == row.lower()]
        if not of_method:
            continue
        line, length = frame.loc[row.lower()], round(sum(one["frames"] for one in of_method) / len(of_method))
        cells[row, "UHP %"] = text(line["UHP dominant, %"])
        lost = text(clip_bootstrap([one["uhp_dominant"] * one["frames"] for one in of_method]))
        cells[row, "UHP frames"] = f"{lost} of {length} in a clip"
        cells |= {(row, column): text(line[PICTURES[column]]) for column in columns}
        cells[row, "FID"] = text(run.fids.get((of_set, row.lower())))
    return Ours(_known(cells))


def _r1_table1(run: Run) -> Ours:
    rows = ("input", "target", "bilinear", "B-AE", "B-UNet", "BA-UNet", "BWA-UNet")
    return _r1(run, "d1_test", rows, tuple(PICTURES))


def _r1_table2(run: Run) -> Ours:
    return _r1(run, "td2", ("input", "bilinear", "B-AE", "B-UNet", "BA-UNet", "BWA-UNet", "BWFA-UNet"), ())


def _r2_table1(run: Run) -> Ours:
    names = {"train": "train", "validation": "val", "test": "test"}
    cells = {}
    for row, short in names.items():
        for column in ("examples", "signers"):
            found = from_chapter(f"VGT: {short} {column}", 2, run.reported, run.profile)
            cells[row, column] = f"{found.value:,.0f}"
    return Ours(cells)


def _r2_table2(run: Run) -> Ours:
    results = sign_results.read()
    return Ours({("VTN", "test"): text(results.mean("vtn")), ("PTN MediaPipe 2D", "test"): text(results.mean("ptn"))})


def _r2_table3(run: Run) -> Ours:
    mine = run.reported[run.reported.claim.str.startswith(SIZES) & (run.reported.profile == run.profile)]
    rows = {row.claim.removeprefix(SIZES): text(Interval(row.value, row.low, row.high, 0)) for row in mine.itertuples()}
    return Ours(more={f"synthetic, {size}": {"right hand": said} for size, said in rows.items()})


def _r2_table4(run: Run) -> Ours:
    results = sign_results.read()
    names = {"both": "ptn", "normalised only": "not imputed", "neither": "neither"}
    cells = {(f"MediaPipe 2D, {name}", "accuracy"): text(results.mean(row)) for name, row in names.items()}
    return Ours(cells, {"MediaPipe 2D, imputed only": {"accuracy": text(results.mean("not normalised"))}})


def _gain(run: Run, **answer) -> str | None:
    """The gain of one training over another as the claims have it: over trainings or clips, whichever is wider."""
    found = find(answer, run.reported, run.profile)
    return text(Interval(found.value, found.low, found.high, found.n))


def _r2_table5(run: Run) -> Ours:
    results, few, cells = sign_results.read(), {}, {}
    for name in ("classifier", "sequence", "all"):
        row, stage = f"PTN to VGT, {name}", "frozen" if name == "classifier" else name
        cells[row, "NGT"] = text(results.mean("ptn"))
        cells[row, "target"] = text(results.mean(f"transfer, {stage}"))
        cells[row, "gain"] = _gain(run, file="r2.json", method=f"transfer, {stage}", minus="scratch")
        few[f"three clips a sign, {name}"] = {
            "target": text(results.mean(f"few transfer, {stage}")),
            "gain": _gain(run, file="r2.json", method=f"few transfer, {stage}", minus="few scratch"),
        }
    cells["PTN to VGT, alone", "target"] = text(results.mean("scratch"))
    return Ours(cells, few | _real_words(run))


def _real_words(run: Run) -> dict[str, dict[str, str]]:
    """From ASL to DGS words: R2's kind of transfer on real keypoints, with ASL as the source."""
    rows = real_transfer.read()
    stages = {"classifier": "frozen", "sequence": "sequence", "all": "all"}
    return {
        f"ASL to DGS words, 5 examples, {name}": {
            "target": text(real_transfer.accuracy(rows, stage, 5)),
            "gain": _gain(run, file="transfer.json", method=stage, minus="scratch", shots=5),
        }
        for name, stage in stages.items()
    }


def _photos(kind: str) -> dict | None:
    """The rows of a network on the random split, as large as there is one."""
    rows = joins2sign_results.read_results()["rows"]
    return joins2sign_results.pick(rows, kind=kind, split="random", profile="paper") or joins2sign_results.pick(
        rows, kind=kind, split="random"
    )


def _r3_table1(run: Run) -> Ours:
    cells: dict[tuple[str, str], str | None] = {}
    for kind in ("static", "dynamic"):
        if row := _photos(kind):
            cells[kind, "EPE median"] = text(joint_interval(row, "median"))
            cells[kind, "EPE mean"] = text(row["epe"])
            cells[kind, "AUC"] = text(joint_interval(row, "auc"))
    return Ours(_known(cells))


def _r3_table2(run: Run) -> Ours:
    cells: Cells = {}
    for kind, name in {"CNN": "cnn", "static": "static", "dynamic": "dynamic"}.items():
        if row := _photos(name):
            share = over_photos(row)
            cells[kind, "accuracy"] = text(Interval(100 * share.mean, 100 * share.low, 100 * share.high, share.n))
            cells |= {(kind, column): f"{row[column.lower()]:.4f}" for column in ("precision", "recall", "F1")}
    return Ours(cells)


TABLES: dict[str, Callable[[Run], Ours]] = {
    "R1 Table I": _r1_table1,
    "R1 Table II": _r1_table2,
    "R2 Table 1": _r2_table1,
    "R2 Table 2": _r2_table2,
    "R2 Table 3": _r2_table3,
    "R2 Table 4": _r2_table4,
    "R2 Table 5": _r2_table5,
    "R3 Table 1": _r3_table1,
    "R3 Table 2": _r3_table2,
}
