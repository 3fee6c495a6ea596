"""Which of R1's figures stands beside one of ours."""

from lib.tools.papers import read
from lib.upsampler import R1_FIVE

TABLES = {"d1_test_software": "R1 Table I", "td2": "R1 Table II"}  # R1 has no set with a camera's damage
ENDS = ("input", "target", "bilinear")


def r1_beside(name: str, method: str, what: str = "UHP %") -> dict[str, str | None]:
    """What `lib.report.report` is to show beside our figure of a set and a method, both as `lib.evaluation` calls them.

    ``what`` is a column of R1's tables, or what is computed from one ("gap closed %", "UHP % minus input"). Where R1
    has no such figure, there is no ``paper``, and the ``source`` says so: of a set in a camera's damage, and of
    networks that learned on it.
    """
    row = method.upper().replace("UNET", "UNet") if method in R1_FIVE else method
    found = (
        read().figures.get(f"{TABLES[name]}, {row}, {what}") if name in TABLES and method in R1_FIVE + ENDS else None
    )
    if found and found.number is not None:
        return {"paper": found.name}
    return {"paper": None, "source": "not in R1"}
