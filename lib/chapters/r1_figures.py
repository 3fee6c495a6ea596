"""Which of R1's figures stands beside one of ours."""

from lib.papers import read

TABLES = {"d1_test": "R1 Table I", "td2": "R1 Table II"}


def r1_beside(name: str, method: str, what: str = "UHP %") -> dict[str, str | None]:
    """What `lib.report.report` is to show beside our figure of a set and a method, both as `lib.evaluation` calls them.

    ``what`` is a column of R1's tables, or what is computed from one ("gap closed %", "UHP % minus input"). Where R1
    has no such figure, there is no ``paper``, and the ``source`` says so.
    """
    row = method.upper().replace("UNET", "UNet") if method.startswith("b") and "-" in method else method
    wanted = f"{TABLES.get(name, name)}, {row}, {what}"
    found = read().figures.get(wanted)
    return {"paper": wanted} if found and found.number is not None else {"paper": None, "source": "not in R1"}
