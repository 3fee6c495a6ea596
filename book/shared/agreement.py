"""What stands beside a figure of ours: the same quantity in other chapters, and R1's.

What several chapters report under one quantity is equal, or a chapter says why not.

A chapter that measures what another measures, too, gives its row (`lib.report`) the quantity's name:

    report(..., quantity=quantity("d1_test", "bilinear", minus="input"), apart="the first 2 of 12 clips")

``apart`` is the reason why this row is another figure: other clips, other frames. Without one it has to agree.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import isclose

import pandas as pd

from lib.report import Row
from lib.tools.papers import read
from lib.upsampler import R1_FIVE

TABLES = {"d1_test_software": "R1 Table I", "td2": "R1 Table II"}  # R1 has no set with a camera's damage
NEAR = 1e-6  # of a percentage point: more is no rounding


def quantity(name: str, method: str, minus: str = "", measure: str = "uhp_dominant", path: str = "frames") -> str:
    """What is measured: set, method (less another), measure and path as `lib.evaluation` calls them."""
    return f"{measure} of {method}{f' minus {minus}' if minus else ''}, {name}, {path}"


def r1_beside(name: str, method: str, what: str = "UHP %") -> dict[str, str | None]:
    """What `lib.report.report` is to show beside our figure of a set and a method, both as `lib.evaluation` calls them.

    ``what`` is a column of R1's tables, or what is computed from one ("gap closed %", "UHP % minus input"). Where R1
    has no such figure, there is no ``paper``, and the ``source`` says so: of a set in a camera's damage, and of
    networks that learned on it.
    """
    row = method.upper().replace("UNET", "UNet") if method in R1_FIVE else method
    found = read().figures.get(f"{TABLES.get(name)}, {row}, {what}")
    if found and found.number is not None:
        return {"paper": found.name}
    return {"paper": None, "source": "not in R1"}


def shared(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows of each (profile, quantity) that more than one chapter reports."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.quantity:
            found[row.profile, row.quantity].append(row)
    return {key: of_key for key, of_key in found.items() if len({row.chapter for row in of_key}) > 1}


def disagreements(rows: Sequence[Row]) -> list[str]:
    """A sentence for each quantity of which two chapters report different figures without saying why."""
    sentences = []
    for (_, what), of_quantity in shared(rows).items():
        alike = [row for row in of_quantity if not row.apart]
        if any(not _equal(alike[0], row) for row in alike[1:]):
            told = "; ".join(f"chapter {row.chapter}: {row.value:g}" for row in alike)
            sentences.append(f"{what} is not one figure: {told}. Measure it once, or say why they differ (apart=...).")
    return sentences


def agreement_table(rows: Sequence[Row]) -> pd.DataFrame:
    """A line for each quantity that several chapters report: their figures, and whether they agree."""
    wrong = " ".join(disagreements(rows))
    lines = []
    for (_, what), of_quantity in shared(rows).items():
        figures = "; ".join(f"{row.chapter}: {row.value:.2f}" for row in of_quantity)
        reasons = "; ".join(dict.fromkeys(f"{row.chapter}: {row.apart}" for row in of_quantity if row.apart))
        verdict = "differs, nobody says why" if f"{what} is not" in wrong else reasons or "equal"
        lines.append({"quantity": what, "chapter: figure": figures, "equal, or why not": verdict})
    return pd.DataFrame(lines, columns=["quantity", "chapter: figure", "equal, or why not"])


def _equal(one: Row, other: Row) -> bool:
    pairs = [(getattr(one, key), getattr(other, key)) for key in ("value", "low", "high")]
    return all(a == b if a is None or b is None else isclose(a, b, abs_tol=NEAR) for a, b in pairs)
