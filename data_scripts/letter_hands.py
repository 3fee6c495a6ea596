"""The synthetic signer's hand, close up, in the 22 still letters of the Italian manual alphabet.

An approximation: a letter here is thirteen finger angles and a direction of the hand, set by eye. No signer of LIS has
checked them, fingers may touch where they should cross, and the letters g, j, s and z, which move, are left out. Good
for trying the method, not for learning to spell.
"""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from data_scripts.signer.arm import Arm
from data_scripts.signer.body import Body
from data_scripts.signer.figure import SIGNERS, Figure
from data_scripts.signer.geometry import axis_angle, frame
from data_scripts.signer.look import Outfit
from data_scripts.signer.renderer import Renderer
from data_scripts.signer.stage import Camera, Lighting, Scene
from lib.joins2sign.photos import ANGLES, LETTERS, SIDE, Photos
from lib.keypoints import HOLISTIC_75
from lib.video.pixels import linear_to_srgb

# the angles of data_scripts.signer.arm.ANGLES in degrees, and the name of one of WAYS
SHAPES = pd.read_csv(Path(__file__).with_suffix(".csv"), index_col="letter")
WAYS = {  # (fingers, palm) as in data_scripts.signer.phonology.ORIENTATIONS
    "up": ((0.0, 0.1, 1.0), (0.0, 1.0, 0.0)),
    "aside": ((0.0, 0.1, 1.0), (-1.0, 0.35, 0.0)),
    "across": ((-0.75, 0.2, 0.65), (0.0, 1.0, 0.0)),
    "down": ((-0.1, 0.25, -1.0), (0.0, -1.0, -0.2)),
    "out": ((-0.6, 0.7, -0.1), (-0.2, -0.2, -1.0)),
}
VIEWS = {"front": (0, 0), "left": (65, 0), "right": (-65, 0), "top": (0, 40), "bottom": (0, -40)}  # yaw, pitch
JITTER = np.array([4.0] * 12 + [1.5])  # degrees: fingers bend more freely than they spread
TALL = 0.30  # metres that a picture shows from top to bottom
CLOTH = (0.011, 0.012, 0.014)  # the photos' black cloth, linear light


def letters(signers: int, repeats: int) -> Photos:
    """So many pictures of all letters from the five sides by each signer, with their true joints; the last signer is
    kept apart."""
    parts = [_of_signer(number, repeats, unseen=number == signers - 1) for number in range(signers)]
    return Photos(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Photos)))


def _of_signer(number: int, repeats: int, unseen: bool) -> Photos:
    rng = np.random.default_rng([2022, 0, number])
    spelled = np.repeat(np.arange(len(LETTERS)), len(ANGLES) * repeats)
    sides = np.tile(np.repeat(ANGLES, repeats), len(LETTERS))
    images, joints = CloseUp(Figure(SIGNERS[number])).pictures(spelled, sides, SIDE, rng)
    count = len(spelled)
    return Photos(images, joints, spelled, np.full(count, number), sides, np.full(count, unseen))


class CloseUp:
    """The right hand and forearm of a figure, alone before a black cloth."""

    def __init__(self, figure: Figure):
        self.figure, self.body = figure, figure.body
        self.arm = figure.performer.arms["R"]
        parts = ("lowerarm", "wrist", "finger", "metacarpal")
        bones = [name for name in self.body.names if name.startswith(parts) and name.endswith(".R")]
        self.faces, self.kept = _submesh(figure.faces, self.body.moved_by(*bones)[figure.keep])

    def pictures(
        self, spelled: np.ndarray, sides: np.ndarray, size: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Images (N, size, size, 3) uint8 and joints (N, 21, 2) in pixels of letter numbers seen from sides."""
        rotation, position = pose(self.body, self.arm, spelled, rng)
        vertices = self.body.skin(rotation, position)[:, self.figure.keep][:, self.kept]
        joints = self.figure.truth.metres(rotation, position)[:, HOLISTIC_75.parts["right_hand"]]
        vertices, joints = shown(vertices, joints, sides, rng)
        camera = Camera((0.0, -1.0, 0.0), (0.0, 0.0, 0.0), focal=1 / TALL, width=size, height=size)
        backdrop = np.full((size, size, 3), CLOTH) * rng.uniform(0.6, 2.5)
        light = Lighting(key=(rng.uniform(-0.8, 0.8), -1.0, rng.uniform(0.4, 1.2)))
        renderer = Renderer(self.faces, _part(self.figure.outfit, self.kept), Scene(backdrop, light, camera))
        images = np.stack([linear_to_srgb(renderer.render(posed)) for posed in vertices.astype(np.float32)])
        return images, camera.project(joints)[..., :2]


def pose(body: Body, arm: Arm, spelled: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The whole body with its right hand held up in each letter, (N,) numbers, never twice quite alike.

    ``arm`` is its right one. Rotations and positions as of `data_scripts.signer.body.Body.forward_kinematics`.
    """
    count = len(spelled)
    letters = SHAPES.loc[list(LETTERS)].iloc[spelled]
    shapes = letters.drop(columns="way").to_numpy(float)
    shapes = shapes + rng.normal(0, 1.0, shapes.shape) * JITTER
    ways = np.array([WAYS[way] for way in letters["way"]]) * (-1.0, -1.0, 1.0)
    ways = ways + rng.normal(0, 0.06, ways.shape)
    hand = frame(ways[:, 0], ways[:, 1])
    rotation, position = body.forward_kinematics({}, count)
    shoulder, parent = (a[:, body.index[n]] for a, n in ((position, "upperarm01.R"), (rotation, "shoulder01.R")))
    wrist = shoulder + np.array([0.02, -0.30, 0.12])
    turns = arm.hand.turns(shapes) | arm.solve(shoulder, parent, wrist, hand)[0]
    return body.forward_kinematics(turns, count)


def shown(
    vertices: np.ndarray, joints: np.ndarray, sides: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Moved and turned so that the camera sees each hand from its side: shifted, nearer and farther by chance."""
    degrees = np.array([VIEWS[side] for side in sides]) + rng.normal(0, 7.0, (len(sides), 2))
    yaw, pitch = np.radians(degrees).T
    turn = axis_angle(np.array([1.0, 0, 0]), pitch) @ axis_angle(np.array([0, 0, 1.0]), yaw)
    turn = axis_angle(np.array([0, 1.0, 0]), rng.normal(0, np.radians(6), len(sides))) @ turn
    middle = (joints.min(axis=1) + joints.max(axis=1))[:, None] / 2
    scale, shift = rng.uniform(0.75, 1.15, (len(sides), 1, 1)), rng.normal(0, 0.012, (len(sides), 1, 3))
    return tuple(scale * ((p - middle) @ np.swapaxes(turn, -1, -2)) + shift for p in (vertices, joints))


def _submesh(faces: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The triangles whose corners are all kept, renumbered, and the numbers of the kept vertices."""
    kept = np.concatenate([kept, np.zeros(faces.max() + 1 - len(kept), bool)])  # loose hair lies behind the skin
    number = np.cumsum(kept) - 1
    return number[faces[kept[faces].all(axis=1)]].astype(np.int32), np.flatnonzero(kept)


def _part(outfit: Outfit, kept: np.ndarray) -> Outfit:
    """The outfit of some of the vertices, sleeves pushed up."""
    arrays = {name: getattr(outfit, name)[kept] for name in ("skin", "rest", "hair")}
    bare = np.zeros(len(kept), np.float32)
    return Outfit(**arrays, cloth=bare - 1.0, thickness=bare)
