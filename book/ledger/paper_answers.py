"""Ours beside each cell of the papers' tables: from the rows that ship, and from what the chapters have reported.

Ours are of other data: synthetic clips and signs, smaller photos. A cell that was not run says why (``not_run.toml``).
"""

from collections.abc import Callable, Sequence
from functools import partial

from book.ledger import paper_answers_r2, paper_answers_r3
from book.ledger.paper_cells import Ours, Run, text
from book.studies import shipped_rows
from lib.evaluation.evaluation import of_path, table as method_table
from lib.evaluation.intervals import clip_bootstrap
from lib.tools.errors import BadInput

PICTURES = {"PSNR": "PSNR, dB", "SSIM": "SSIM", "pHash": "pHash, bits"}  # R1's columns, by those of lib.evaluation


def ours(table: str, run: Run) -> Ours:
    """Our figures for a paper's table ("R1 Table I"). Raises BadInput for a table that nobody has compared."""
    if table not in TABLES:
        raise BadInput(f"There are no figures of ours for {table!r}: choose among {', '.join(TABLES)}")
    try:
        return TABLES[table](run)
    except BadInput as error:
        return Ours(problem=str(error))


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
    "R3 Table 1": paper_answers_r3.table1,
    "R3 Table 2": paper_answers_r3.table2,
}
