"""The joints of synthetic hands that spell: `data_scripts.letter_hands`'s letters by any number of made-up signers.

The classifier sees joints, so no picture is drawn. The true joints are too good: `NOISE` is added to them. The letters'
shapes are set by eye, and no signer has checked them.
"""

from collections.abc import Sequence

import numpy as np
from tqdm.auto import tqdm

from data_scripts.letter_hands import TALL, pose, shown
from data_scripts.signer.body import Body
from data_scripts.signer.figure import Truth, draw_signer
from data_scripts.signer.performer import Performer
from data_scripts.signer.stage import Camera
from lib.joins2sign.network import MIDDLE_MCP, WRIST
from lib.joins2sign.photos import ANGLES, LETTERS, SIDE
from lib.keypoints import HOLISTIC_75

FIRST, SIGNERS = 600, 200  # numbers that no film and no corpus of the course has
NOISE = np.array([0.03, 0.03, 0.06])  # of the palm's length, in x, y and z; set before anything was read


def rendered(signers: Sequence[int] = range(FIRST, FIRST + SIGNERS)) -> tuple[np.ndarray, np.ndarray]:
    """Joints (N, 21, 3) in pixels of a picture of `SIDE`, and letters (N,): all letters from five sides, by each."""
    found = [one_signer(number) for number in tqdm(signers, unit="signer")]
    return tuple(np.concatenate(part) for part in zip(*found))


def one_signer(number: int) -> tuple[np.ndarray, np.ndarray]:
    """A made-up signer's hands: joints (110, 21, 3) and letters (110,)."""
    rng, signer = np.random.default_rng([2603, number]), draw_signer(number)
    letters, sides = np.repeat(np.arange(len(LETTERS)), len(ANGLES)), np.tile(ANGLES, len(LETTERS))
    body = Body(signer.phenotype)
    arm = Performer(body, signer.manner).arms["R"]
    metres = Truth(body).metres(*pose(body, arm, letters, rng))[:, HOLISTIC_75.parts["right_hand"]]
    _, metres = shown(metres, metres, sides, rng)
    camera = Camera((0.0, -1.0, 0.0), (0.0, 0.0, 0.0), focal=1 / TALL, width=SIDE, height=SIDE)
    joints = camera.project(metres)
    palm = np.linalg.norm(joints[:, MIDDLE_MCP] - joints[:, WRIST], axis=-1)[:, None, None]
    return joints + palm * NOISE * rng.normal(0, 1, joints.shape), letters
