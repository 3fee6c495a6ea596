"""Photos whose letter is plain to see."""

import numpy as np

from lib.joins2sign.photos import Photos


def easy(count: int = 88, signers: int = 11) -> Photos:
    """Four letters, each with its own colour and its own hand; the last signer is kept apart; one hand is unknown."""
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 4
    images = (50 * labels[:, None, None, None] + rng.integers(0, 20, (count, 64, 64, 3))).astype(np.uint8)
    shapes = rng.uniform(10, 54, (4, 21, 2))
    joints = (shapes[labels] + rng.normal(0, 0.5, (count, 21, 2))).astype(np.float32)
    joints[0] = np.nan
    people = np.arange(count) // 4 % signers
    return Photos(images, joints, labels, people, np.array(["front"] * count), people == signers - 1)
