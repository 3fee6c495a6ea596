"""Chapter 6: R1 and two reproductions of it side by side: is it the damage, the scale, or the signers?

Between R1 and ours in R1's damage the damage is alike, as far as R1 tells of it; scale and signers are not. Between our
two the signers are the same; damage, crops seen, head, residual and schedule are not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lib.evaluation.evaluation import table
from lib.evaluation.intervals import Interval, alike
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.tools.paths import WEIGHTS
from lib.upsampler import read_weights
from lib.upsampler.recipes import STAGES

NONE = "no rows yet"
HEADS = {"transposed": "transposed convolution, then 1x1", "conv3": "bilinear, 3x3, then 1x1"}
ENDS, RUNGS = ("input", "target"), ("B-AE", "B-UNet", "BA-UNet", "BWA-UNet")
# what came out, a line each: R1's figure by its name in `lib.tools.papers`, and our method and measure
D1 = {f"D1, lost in the {end}": (f"R1 Table I, {end}, UHP %", end, "UHP dominant, %") for end in ENDS} | {
    f"D1, gap closed by {name}": (f"R1 Table I, {name}, gap closed %", name, "gap closed, %") for name in RUNGS
}
TD2 = {
    f"TD2, fewer lost than in the input, {name}": (
        f"R1 Table II, {name}, fewer than the input %", name, "fewer than input, %"
    )
    for name in ("BWA-UNet", "BWFA-UNet")
}  # fmt: skip


@dataclass(frozen=True)
class SetUp:
    """One reproduction: its D1 test set in the rows, and how its networks' names end."""

    title: str
    damage: str
    d1: str
    ending: str = ""


OURS = (
    SetUp("ours, R1's damage", "by software: halved, then flow blur of three frames", "d1_test_software"),
    SetUp("ours, a camera's damage", "open shutter, then halved, then H.264", "d1_test", "-camera"),
)


def set_ups(rows: Sequence[dict], weights: Path = WEIGHTS) -> pd.DataFrame:
    """A column for R1 and for each of ours, a line for each thing that differs, then what came out, as text.

    ``rows`` are those of `lib.evaluation.evaluation.evaluate`, of one path; what they lack says so.
    """
    frame = table(rows)
    columns = {"R1": _theirs()} | {one.title: _facts(one, weights) | _measured(one, frame) for one in OURS}
    return pd.DataFrame(columns)


def _theirs() -> dict[str, str]:
    frames, epochs = look_up("R1 III-C, training frames"), look_up("R1 IV-A, epochs")
    lines = {
        "damage": "by software: halved, then motion blur of scale 3 (III-C)",
        "signers": "recorded people",
        "learned from": f"{look_up('R1 III-C, training videos')} videos of a minute",
        "pictures seen": f"frames, whole ones as we read it, {frames} in each of at most {epochs} epochs",
        "width": "not said",
        "head": "upsampling, then 1x1 (III-A)",
        "input added": "not named",
        "learning rate": f"{look_up('R1 IV-A, learning rate')}, no schedule named",
    }
    return lines | {line: str(look_up(paper)) for line, (paper, *_) in (D1 | TD2).items()}


def _facts(one: SetUp, weights: Path) -> dict[str, str]:
    """What the weight files tell of the training, or the recipe alone where there are none."""
    names = [name.lower() + one.ending for name in RUNGS]
    crops = [_crops(name, weights) for name in names]
    seen = dict.fromkeys(f"{number:,}" for number in (min(crops), max(crops)))  # once, where they are equal
    stage, (facts, config) = STAGES[names[0]], _read(names[0], weights)
    return {
        "damage": one.damage,
        "signers": "rendered",
        "learned from": f"{sum(facts['clips'].values())} clips of a few seconds" if facts else "not trained yet",
        "pictures seen": f"crops around a hand, {' to '.join(seen)} in all",
        "width": str(config.get("width", "not trained yet")),
        "head": HEADS[stage.head],
        "input added": "yes, enlarged bilinearly" if stage.residual else "no",
        "learning rate": f"{stage.learning_rate:g}, {'falling to 0' if stage.cosine else 'constant'}",
    }


def _read(name: str, weights: Path) -> tuple[Mapping, Mapping]:
    try:
        _, config, facts = read_weights(weights / f"{name}.safetensors")
    except BadInput:
        return {}, {}
    return facts, config


def _crops(name: str, weights: Path) -> int:
    """Crops that a network has seen, with those of the network that it starts from."""
    stage, (facts, _) = STAGES[name], _read(name, weights)
    seen = facts.get("crops", stage.epochs * stage.crops)
    return seen + (_crops(stage.start, weights) if stage.start else 0)


def _measured(one: SetUp, frame: pd.DataFrame) -> dict[str, str]:
    lines = {}
    for line, (_, method, column) in (D1 | TD2).items():
        place = one.d1 if line in D1 else "td2", method if method in ENDS else method.lower() + one.ending
        found = frame[column].get(place) if column in frame else None
        known = isinstance(found, Interval)
        lines[line] = "{} % ({} to {})".format(*alike(found.mean, found.low, found.high)) if known else NONE
    return lines


def crossed(rows: Sequence[dict]) -> pd.DataFrame:
    """Share of the gap closed by a BWA-UNet of each kind on the damage of each kind, Intervals or None.

    Down: what it learned on; across: what it is tested on. The clips are the same.
    """
    frame = table(rows)
    found = frame["gap closed, %"] if "gap closed, %" in frame else pd.Series(dtype=object)
    lines = {}
    for one in OURS:
        cells = {f"on {to.title.removeprefix('ours, ')}": found.get((to.d1, f"bwa-unet{one.ending}")) for to in OURS}
        lines[one.title.removeprefix("ours, ")] = cells
    return pd.DataFrame.from_dict(lines, orient="index", dtype=object).rename_axis("learned on")
