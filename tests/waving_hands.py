"""Somebody who waves, as a clip of keypoints, with gaps where a test wants them."""

from dataclasses import replace

import numpy as np

from lib.keypoints import HOLISTIC_75, Keypoints

FRAMES, NAN = 60, np.nan


def waving(seed: int = 0, frames: int = FRAMES) -> Keypoints:
    """Somebody whose hands go round and whose fingers open as they do."""
    rng, t = np.random.default_rng(seed), np.arange(frames) / 6
    xyz = np.repeat(rng.uniform(40, 120, (1, 75, 3)), frames, axis=0).astype(np.float32)
    xyz[:, list(HOLISTIC_75.shoulders), :2] = [[110, 60], [50, 60]]
    shape = rng.normal(size=(21, 2)) * 8
    shape[0], shape[9] = 0, (0, -20)
    for part, phase in (("left_hand", 0.0), ("right_hand", 1.0)):
        side = part.split("_")[0].upper()
        wrist = 80 + 20 * np.stack([np.cos(t + phase), np.sin(t + phase)], axis=-1)
        xyz[:, HOLISTIC_75.index(f"{side}_WRIST"), :2] = wrist
        opened = (1 + 0.4 * np.sin(t + phase))[:, None, None]
        xyz[:, HOLISTIC_75.parts[part], :2] = wrist[:, None] + opened * shape
    return Keypoints(xyz, np.ones((frames, 75), np.float32), HOLISTIC_75, 25.0, (160, 160))


def without(clip: Keypoints, part: str, *holes: tuple[int, int]) -> Keypoints:
    xyz = clip.xyz.copy()
    for start, stop in holes:
        xyz[start:stop, clip.layout.parts[part]] = NAN
    return replace(clip, xyz=xyz)
