"""Counting hands in films without truth, where the sharp film's keypoints stand in for it.

What is counted are hands, two a frame, over all films together:

lost           found in the sharp film and not in the input
back in place  of the lost ones, those found again, joints in the mean within half a hand of the sharp film's
back elsewhere of the lost ones, those found again but not there
newly lost     found in the sharp film and in the input, but not after the method
missing        not found, of those that the sharp film has
missing in all not found, of all: in some frames a hand rests below the picture, and nothing can find it

Holistic's word on the sharp film is no truth: a hand that it misses there and a method finds counts for nothing.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.evaluation.intervals import ratio_bootstrap
from lib.keypoints import Keypoints
from lib.metrics import hand_distance


def count(sharp: Keypoints, spoilt: Keypoints, found: Keypoints, part: str) -> dict[str, int]:
    """The counts of one hand; keypoints may be in pixels of different sizes, and are compared in the sharp film's."""
    there, before, now = (keypoints.present(part) for keypoints in (sharp, spoilt, found))
    real = sharp.part(part)[..., :2]
    guess = found.part(part)[..., :2] * np.divide(sharp.size, found.size)
    in_place = hand_distance(guess, real) <= 0.5  # False where either is NaN
    lost = there & ~before
    masks = {
        "hands": np.ones_like(there),
        "in the sharp film": there,
        "lost": lost,
        "back in place": lost & in_place,
        "back elsewhere": lost & now & ~in_place,
        "newly lost": there & before & ~now,
        "missing": there & ~now,
        "missing in all": ~now,
    }
    return {name: int(mask.sum()) for name, mask in masks.items()}


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """Counts over all films, by kind (the films' folder) and method; and for several films shares with intervals.

    "back, %" is back in place of lost; "missing, % of input's" and "missing in all, % of input's" compare with the
    input, where the rows include it. The intervals draw whole films. The rows are of one path (`lib.evaluation`).
    """
    frame = pd.DataFrame(rows).drop(columns="path", errors="ignore")
    kinds = {kind: part for kind, part in frame.groupby("kind", sort=False)}
    if len(kinds) > 1:
        kinds["all"] = frame
    lines = {}
    for kind, part in kinds.items():
        groups = {method: group.set_index(["kind", "clip"]) for method, group in part.groupby("method", sort=False)}
        for method, group in groups.items():
            line = group.drop(columns="method").sum().to_dict()
            if len(group) > 1:
                line["back, %"] = ratio_bootstrap(100 * group["back in place"], group["lost"])
                for key in ("missing", "missing in all") if "input" in groups else ():
                    line[f"{key}, % of input's"] = ratio_bootstrap(
                        100 * group[key], groups["input"][key].loc[group.index]
                    )
            lines[kind, method] = line
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis(["kind", "method"])
