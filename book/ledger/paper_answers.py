"""Ours beside each cell of the papers' tables: from the rows that ship, and from what the chapters have reported.

Ours are of other data: synthetic clips and signs, smaller photos. A cell that was not run says why (``not_run.toml``).
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from book.chapters.ch12_answers import over_trainings
from book.ledger import paper_answers_r2
from book.ledger.paper_cells import Ours, Run, text
from book.studies.rows import shipped_rows
from book.studies.rows.letter_rows import read_results, seeds_of
from lib.evaluation.evaluation import of_path, table as method_table
from lib.evaluation.intervals import clip_bootstrap
from lib.tools.errors import BadInput

PICTURES = {"PSNR": "PSNR, dB", "SSIM": "SSIM", "pHash": "pHash, bits"}  # R1's columns, by those of lib.evaluation


def ours(table: str, run: Run) -> Ours:
    """Our figures for a paper's table ("R1 Table I"). Raises BadInput where they cannot be had."""
    if table not in TABLES:
        raise BadInput(f"There are no figures of ours for {table!r}: choose among {', '.join(TABLES)}")
    return TABLES[table](run)


def _r1(run: Run, of_set: str, rows: Sequence[str], columns: Sequence[str]) -> Ours:
    shipped = [row for row in of_path(shipped_rows.read(), run.path) if row["set"] == of_set]
    if not shipped:
        raise BadInput(f"{shipped_rows.R1.name} has no rows of {of_set}: make them, {shipped_rows.EVALUATE}")
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
    return Ours({place: said for place, said in cells.items() if said is not None})


# R3's, of photos split at random. In the cells stand the networks that learned from all photos, once each has; below
# them, and until then in the cells, those that learned from a share of the photos, which come in several seeds, so that
# they can be held against each other.
KINDS = {"CNN": "cnn", "static": "static", "dynamic": "dynamic"}  # the tables' names and ours
SHARE = 3  # the networks that are compared learned from each so manieth photo
Line = dict[str, str | None]


def _joints(rows: Sequence[dict]) -> Line:
    """In pixels of the 256 frame."""
    figures = {"EPE median": "median", "EPE mean": "epe", "AUC": "auc"}
    return {column: text(over_trainings(rows, name)) for column, name in figures.items()}


def _letters(rows: Sequence[dict]) -> Line:
    """In per cent and as shares."""
    means = {name: np.mean([row[name.lower()] for row in rows]) for name in ("precision", "recall", "F1")}
    return {"accuracy": text(over_trainings(rows))} | {name: f"{mean:.4f}" for name, mean in means.items()}


def _r3(run: Run, line: Callable[[Sequence[dict]], Line], names: Sequence[str]) -> Ours:
    rows = read_results()["rows"]
    whole, shares = (
        {name: some for name in names if (some := seeds_of(rows, KINDS[name], every=every))} for every in (1, SHARE)
    )
    if len(whole) < len(names):
        whole, shares = shares, whole
    more = {
        f"{name}, {'all photos' if some[0]['every'] == 1 else f'each {SHARE}rd photo'}": line(some)
        for name, some in shares.items()
    }
    return Ours({(name, column): said for name, some in whole.items() for column, said in line(some).items()}, more)


RUNGS = ("B-AE", "B-UNet", "BA-UNet", "BWA-UNet")
TABLES: dict[str, Callable[[Run], Ours]] = {
    "R1 Table I": partial(
        _r1, of_set="d1_test_software", rows=("input", "target", "bilinear", *RUNGS), columns=tuple(PICTURES)
    ),
    "R1 Table II": partial(_r1, of_set="td2", rows=("input", "bilinear", *RUNGS, "BWFA-UNet"), columns=()),
    "R2 Table 1": paper_answers_r2.table1,
    "R2 Table 2": paper_answers_r2.table2,
    "R2 Table 3": paper_answers_r2.table3,
    "R2 Table 4": paper_answers_r2.table4,
    "R2 Table 5": paper_answers_r2.table5,
    "R3 Table 1": partial(_r3, line=_joints, names=("static", "dynamic")),
    "R3 Table 2": partial(_r3, line=_letters, names=tuple(KINDS)),
}
