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
