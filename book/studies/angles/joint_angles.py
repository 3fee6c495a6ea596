"""Twenty angles between the bones of a hand: they stay as they are where the hand moves, grows, turns or is the other.

Reading hands by twenty joint angles is said to hold for strangers far better than coordinates (arXiv 2603.09213, which
nobody here has read). Which twenty that preprint takes is not known here. **These are ours:**

- each finger's three *flexions*, at knuckle, middle and end joint: between the bone that comes and the one that goes
  (15; the thumb's are at its root, its knuckle and its one joint);
- four *spreads* between neighbours: of thumb, index, middle, ring and little finger, each by its first bone (4);
- how far the thumb lies *across the palm*: between it, knuckle to tip, and the line from the index finger's knuckle to
  the little one's (1).

An angle lies between two directions and has no sign, so a mirrored hand has the same: left and right are one. What that
gives away is on which side of its neighbour a finger lies (R and U differ by that).
"""

import numpy as np

WRIST, JOINTS = 0, 21
FINGERS = np.arange(1, JOINTS).reshape(5, 4)  # thumb to little finger: knuckle (the thumb's root), two joints, the tip
INDEX, LITTLE = 1, 4
BONES_OF_FLEXIONS = [
    ((before, at), (at, after))
    for first, second, third, tip in FINGERS.tolist()
    for before, at, after in ((WRIST, first, second), (first, second, third), (second, third, tip))
]
FIRST_BONES = [(1, 2), *((int(knuckle), int(joint)) for knuckle, joint in FINGERS[INDEX:, :2])]
BONES_OF_SPREADS = list(zip(FIRST_BONES, FIRST_BONES[1:]))
ACROSS = ((2, 4), (int(FINGERS[INDEX, 0]), int(FINGERS[LITTLE, 0])))
PAIRS = np.array([*BONES_OF_FLEXIONS, *BONES_OF_SPREADS, ACROSS])  # (20, 2 bones, from and to)
NAMES = (
    *(f"{finger}, {joint}" for finger, joints in {
        "thumb": ("root", "knuckle", "joint"),
        **{name: ("knuckle", "middle", "end") for name in ("index", "middle", "ring", "little")},
    }.items() for joint in joints),
    "thumb to index", "index to middle", "middle to ring", "ring to little", "thumb across the palm",
)  # fmt: skip


def joint_angles(joints: np.ndarray) -> np.ndarray:
    """Joints (N, 21, 2) in a picture or (N, 21, 3) in space -> the angles of `NAMES`, (N, 20), in half turns.

    0 is straight on, or side by side; 1 is folded back. A bone without length has angle 0, a missing joint gives NaN.
    """
    joints = np.asarray(joints, float)
    bones = joints[:, PAIRS[..., 1]] - joints[:, PAIRS[..., 0]]  # (N, 20, 2, D)
    one, other = bones[:, :, 0], bones[:, :, 1]
    along = (one * other).sum(axis=-1)
    squares = (one**2).sum(axis=-1) * (other**2).sum(axis=-1)
    aside = np.sqrt(np.maximum(squares - along**2, 0))  # the cross product's length, in two or three dimensions
    return np.arctan2(aside, along) / np.pi
