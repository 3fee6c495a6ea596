"""Imputation and normalisation of 10,000 clips beside pose-format's ``interpolate`` and pandas, on one core."""

import warnings

import numpy as np
import pandas as pd
from pose_format.numpy import NumPyPoseBody
from table import compare

from lib.imputation import impute
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.normalization import normalize

CLIPS, ROUNDS = 500, 20  # 10,000 clips in all
PARTS = HOLISTIC_75.parts


def clips(number: int = CLIPS, seed: int = 0) -> list[Keypoints]:
    """Clips of 20 to 100 frames in which each hand is lost at the beginning, at the end, and once or twice between."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        frames = int(random.integers(20, 101))
        xyz = random.uniform(0, 300, (frames, 75, 3)).astype(np.float32)
        for hand in ("left_hand", "right_hand"):
            for start in (0, frames - 3, *random.integers(0, frames, random.integers(1, 3))):
                xyz[start : start + random.integers(2, 9), PARTS[hand]] = np.nan
        made.append(Keypoints(xyz, np.ones((frames, 75)), HOLISTIC_75, 25, (304, 336)))
    return made


def by_pose_format(clip: Keypoints) -> np.ndarray:
    """Straight lines inside, as ours (its default, cubic, takes longer); zeros, not copies, at the ends."""
    body = NumPyPoseBody(clip.fps, np.nan_to_num(clip.xyz)[:, None], clip.confidence[:, None])
    return body.interpolate(kind="linear").data


def by_pandas(clip: Keypoints) -> pd.DataFrame:
    """The same result as ours."""
    return pd.DataFrame(clip.xyz.reshape(len(clip), -1)).interpolate(limit_direction="both").fillna(0)


def main() -> None:
    """Print the table."""
    given = clips()
    functions = {
        "lib.imputation": lambda clip: impute(clip.xyz, PARTS),
        "lib.imputation and lib.normalization": normalize,
        "pandas interpolate": by_pandas,
        "pose-format interpolate": by_pose_format,
    }
    cases = {name: lambda run=run: [run(clip) for clip in given] for name, run in functions.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pose-format's masked arrays
        compare(f"Filling gaps, {ROUNDS} rounds of {CLIPS} clips, 75 points", cases, CLIPS, "clip", ROUNDS)


if __name__ == "__main__":
    main()
