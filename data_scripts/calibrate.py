"""Does the synthetic footage lose hands as R1's footage does? Real MediaPipe, clip by clip."""

import numpy as np

from book.shared.stages import enlarged, found_in
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
