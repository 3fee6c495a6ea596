"""The README's figures of `lib.enhance` are those of the rows that ship."""

import re

import numpy as np
from conftest import ROOT

from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import FRAMES, of_path
from lib.evaluation.methods import THIRD_LOOK

NETWORK = "bg-unet" + THIRD_LOOK
README = re.sub(r"\s+", " ", (ROOT / "README.md").read_text(encoding="utf-8"))


def lost(name: str, method: str) -> str:
    """Per cent of a set's frames without the dominant hand, mean over its clips."""
    rows = of_path(shipped_rows.read(), FRAMES)
    shares = [row["uhp_dominant"] for row in rows if (row["set"], row["method"]) == (name, method)]
    return f"{100 * np.mean(shares):.1f}"


def test_synthetic_clips():
    d1, td2 = ((lost(name, "input"), lost(name, NETWORK)) for name in ("d1_test", "td2"))
    assert "lost in {} % of the frames, and in {} % after the network and two further looks (D1".format(*d1) in README
    assert "in {} and {} % (TD2)".format(*td2) in README


def test_films_of_people():
    films = [row for row in shipped_rows.read(shipped_rows.REAL) if row["method"] == "enhance"]
    assert f"lost in {len(films)} films of people that we spoiled likewise, it puts {back(films)} % back" in README
    rows = of_path(shipped_rows.read(shipped_rows.REAL), FRAMES)
    untried = [row for row in rows if row["method"] == NETWORK]
    assert f"three looks without that trial put back {back(untried)} %" in README


def back(films: list[dict]) -> str:
    """Of the hands that were lost, per cent that are back in place."""
    return f"{100 * sum(row['back in place'] for row in films) / sum(row['lost'] for row in films):.1f}"
