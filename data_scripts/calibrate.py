"""Does the synthetic footage lose hands as R1's footage does? Real MediaPipe, clip by clip."""

import numpy as np
import pandas as pd

from book.shared.stages import enlarged, found_in
from lib.evaluation.intervals import clip_bootstrap, paired_bootstrap
from lib.metrics import false_hands, undetected_hand_presence
from lib.signer.clips import Clip, in_target_pixels

STAGES = ("target", "input", "bilinear")
# near R1's regime, which lost 33 % of the input's hands and 2.5 % of the target's
WANTED = {"target": (0.0, 0.05), "input": (0.25, 0.40)}


def stage_frames(clip: Clip, stage: str) -> np.ndarray:
    """A clip's frames at one stage, uint8: "target", "input", or the input enlarged: "bilinear", "bicubic", ..."""
    if stage == "target":
        return clip.target()
    return clip.input() if stage == "input" else np.stack(list(enlarged(clip, stage)))


def measure(clip: Clip, stages: tuple[str, ...] = STAGES) -> list[dict]:
    """One row a stage: undetected hand presence (dominant, both) and, against the truth, false hands (right)."""
    truth, rows = clip.truth(), []
    for stage in stages:
        keypoints = in_target_pixels(found_in(stage_frames(clip, stage), clip.info["fps"], clip.name), clip)
        lost = {"uhp_dominant": clip.dominant, "uhp_both": "both"}
        row = {"set": clip.set, "clip": clip.name, "stage": stage}
        row |= {name: undetected_hand_presence(keypoints, hand) for name, hand in lost.items()}
        rows.append(row | {"false_right": false_hands(keypoints, truth, "right")})
    return rows


def summary(rows: pd.DataFrame, column: str = "uhp_dominant") -> pd.DataFrame:
    """Mean over clips with its interval, by set and stage, in per cent; and each stage's difference to the input."""
    lines = []
    for name, of_set in rows.groupby("set", sort=False):
        table = 100 * of_set.pivot(index="clip", columns="stage", values=column)
        for stage in of_set["stage"].unique():
            line = {"set": name, "stage": stage, "clips": len(table), column: str(clip_bootstrap(table[stage]))}
            if stage != "input":
                line["minus input"] = str(paired_bootstrap(table[stage], table["input"]))
            lines.append(line)
    return pd.DataFrame(lines).fillna("")
