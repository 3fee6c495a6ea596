"""What single choices are worth: R1's U-Net at a fifth of the budget, one thing changed (`lib.upsampler.recipes`).

The rows are `lib.evaluation`'s, of D1 test in R1's damage; the file's "about" holds each training's "validation" loss.
"""

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from book.shared.page import method_table
from book.shared.paired_rows import paired
from book.studies.rows import shipped_rows
from book.studies.upsamplers import RESULTS as SHIPPED, SET
from lib.evaluation.evaluation import of_path, table
from lib.evaluation.intervals import Interval

BASE, MEASURED = "fifth", ("UHP dominant, %", "PSNR, dB", "SSIM")
LOSSES = {"SSIM + L1": BASE, "L1": "fifth-l1", "L2": "fifth-l2", "SSIM + L2": "fifth-ssim-l2", "SSIM": "fifth-ssim"}
SCALE = {
    "a width of 24, crops of 64, 22 films": BASE,
    "a width of 48": "fifth, width 48",
    "60 films": "fifth, films 60",
    "whole frames": "fifth, crop 0, crops 480",
}
PILOT = "b-unet, epochs 40"
LONGER = {
    "20 epochs, as it ships": "b-unet",
    "until its patience ended": PILOT,
    "20 epochs, 60 films": "b-unet, films 60",
}
HEADS = {
    "transposed convolution, 1x1": BASE,
    "bilinear, 1x1": "fifth-bilinear",
    "bilinear, 3x3, 1x1": "fifth-conv3",
    "transposed, 1x1, plus bilinear input": "fifth-residual",
}


def studies(rows: Sequence[dict], names: Mapping[str, str]) -> pd.DataFrame:
    """A line for each choice of ``names`` (its words, its training) that has rows: lost hands, and its pictures.

    "minus the first, points" is the paired difference in lost dominant hands to the first of ``names``. Indexed by set
    and choice, as `book.shared.page.method_table` wants it.
    """
    straight = [row for row in of_path(rows) if row["set"] == SET]
    there = {words: name for words, name in names.items() if any(row["method"] == name for row in straight)}
    apart = differences(rows, names)
    whole = table(straight).loc[SET] if there else pd.DataFrame(columns=MEASURED)
    found = whole.loc[list(there.values()), list(MEASURED)]
    found.insert(1, "minus the first, points", [apart.get(words) for words in there])
    return found.set_axis(pd.MultiIndex.from_product([[SET], there], names=["set", "choice"]))


def differences(rows: Sequence[dict], names: Mapping[str, str]) -> dict[str, Interval]:
    """Lost dominant hands of each choice but the first, minus those of the first, in points, where there are rows."""
    first, *others = names
    straight = [row for row in of_path(rows) if row["set"] == SET]
    found = {words: paired(straight, SET, names[words], names[first], "uhp_dominant") for words in others}
    return {words: difference for words, difference in found.items() if difference is not None}


def study_html(rows: Sequence[dict], names: Mapping[str, str]) -> str:
    """`studies` as a table of HTML, with the losses on the films kept for validation below."""
    judged = validation()
    told = [f"{escape(words)} {judged[name]:.4f}" for words, name in names.items() if name in judged]
    below = f"<p>Each training's loss on films kept for validation: {', '.join(told)}.</p>" if told else ""
    return method_table(studies(rows, names)) + below


def read() -> list[dict]:
    """The shipped rows of the studies. Raises BadInput where they are not there."""
    return shipped_rows.read(SHIPPED)


def validation() -> dict[str, float]:
    """Each training's loss on the films kept for validation, by its own loss: compare only what has the same loss."""
    return dict(shipped_rows.about(SHIPPED).get("validation", {}))


def trainings() -> dict[str, dict]:
    """The facts of each training by its name, such as its "curve": pairs of training and validation loss."""
    return shipped_rows.about(SHIPPED)["trainings"]
