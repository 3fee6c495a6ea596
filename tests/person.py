"""Keypoints to count by hand, for the tests of what is counted."""

import numpy as np

from lib.keypoints import HOLISTIC_75, Keypoints


def person(frames=4):
    """A clip whose hands are squares of 20 pixels, right hand at 200, left hand at 100."""
    xyz = np.full((frames, 75, 3), 150.0)
    for part, place in (("left_hand", 100), ("right_hand", 200)):
        corners = np.random.default_rng(0).uniform(0, 20, (21, 2))
        corners[:2] = [[0, 0], [20, 20]]
        xyz[:, HOLISTIC_75.parts[part], :2] = place + corners
    return Keypoints(xyz, np.ones((frames, 75)), HOLISTIC_75, 25, (304, 336))


def some_keypoints(layout=HOLISTIC_75, frames=5, seed=0, fps=30000 / 1001):
    """A clip with random places, both hands missing in frame 1, and a seen and an unseen point with confidence 0."""
    random = np.random.default_rng(seed)
    xyz = random.uniform(-20, 700, (frames, len(layout), 3)).astype(np.float32)
    confidence = random.uniform(0.01, 1, xyz.shape[:2]).astype(np.float32)
    xyz[1, layout.parts["left_hand"]] = np.nan
    xyz[1, layout.parts["right_hand"]] = np.nan
    confidence[2, 0] = 0
    return Keypoints(xyz, confidence, layout, fps, (304, 336))
