"""R1's ladder of networks, rung by rung: what each new idea changes, clip by clip."""

from collections.abc import Sequence

import pandas as pd

from lib.chapters.paired_rows import paired

RUNGS = (  # what is new, the network that has it, the one before
    ("skips", "b-unet", "b-ae"),
    ("attention gates", "ba-unet", "b-unet"),
    ("hands count twice", "bwa-unet", "ba-unet"),
    ("fine-tuned on TD1", "bwfa-unet", "bwa-unet"),
    ("films of every kind", "bv-unet", "ba-unet"),  # from here on ours
    ("detector's guidance", "bg-unet", "bv-unet"),
)


def rungs(rows: Sequence[dict], measure: str = "uhp_dominant") -> pd.DataFrame:
    """Each network minus the one before it, by set and idea: an Interval in points, where the rows have both.

    ``rows`` are those of `lib.evaluation.evaluate`. The column is called "change".
    """
    sets = dict.fromkeys(row["set"] for row in rows)
    changes = {(name, new): paired(rows, name, here, before, measure) for name in sets for new, here, before in RUNGS}
    found = {place: change for place, change in changes.items() if change is not None}
    index = pd.MultiIndex.from_tuples(found, names=["set", "what is new"])
    return pd.DataFrame({"change": pd.Series(list(found.values()), index=index, dtype=object)})
