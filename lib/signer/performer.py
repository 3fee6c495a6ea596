"""From hand paths to a posed body: trunk sway, arms, fingers, a living face, and no hand through the body."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from lib.signer.arm import Arm, ArmPose
from lib.signer.body import Body
from lib.signer.clearance import Clearance, push_apart
from lib.signer.geometry import axis_angle, frame
from lib.signer.motion import HandPath, Manner, perform, smooth_noise
from lib.signer.phonology import Sign

FINGER, PALM, FOREARM = 0.011, 0.018, 0.042  # metres, radii
FINGER_JOINTS = tuple(f"finger{f}-{i}" for f in range(1, 6) for i in (1, 2, 3))
RADII = np.repeat([FINGER, PALM + 0.008, FINGER, PALM, FOREARM], [15, 1, 5, 3, 2])  # of `Performer.spheres`
MARGIN = 0.010  # clothing, and the trunk's own movement


@dataclass
class Performance:
    """A body's movement sampled at ``rate`` a second: joint rotations (T, J, 3, 3) and positions (T, J, 3), the
    face actions' strengths (T,), and the strokes' spans in seconds."""

    rotation: np.ndarray
    position: np.ndarray
    face: dict[str, np.ndarray]
    rate: float
    spans: list[tuple[float, float]]


class Performer:
    """Moves one body."""

    def __init__(self, body: Body, manner: Manner):
        self.body, self.manner = body, manner
        self.arms = {side: Arm(body, side) for side in "LR"}
        self.clearance = Clearance(body)
        left, right = body.joint("upperarm01.L"), body.joint("upperarm01.R")
        self.scale = np.linalg.norm(left - right) / 0.33
        self.anchors = {"eyes": (body.joint("eye.L") + body.joint("eye.R")) / 2, "chest": (left + right) / 2}
        self.anchors["chest"] = self.anchors["chest"] + np.array([0, 0, -0.09 * self.scale])

    def perform(self, signs: list[Sign], rate: float, rng: np.random.Generator) -> Performance:
        """Sign a sentence; the same generator state gives the same movement."""
        strong, weak, spans = perform(signs, self.manner, rate, rng)
        paths = {"L": strong, "R": weak} if self.manner.left_handed else {"R": strong, "L": weak}
        frames = len(strong.point)
        turns = self._trunk(frames, rate, rng)
        wrists = {side: self._wrist(path, side) for side, path in paths.items()}
        for side, arm in self.arms.items():
            turns |= arm.hand.turns(paths[side].shape)
        for _ in range(3):
            turns |= self._lift_clavicles(wrists)
            self._clear(wrists, *self._pose(turns, wrists, frames), rate)
        _, rotation, position = self._pose(turns, wrists, frames)
        return Performance(rotation, position, living_face(frames, rate, spans, rng), rate, spans)

    def _world(self, vectors: np.ndarray, side: str) -> np.ndarray:
        """From (own side, out, up) to the body's axes."""
        return vectors * np.array([1.0 if side == "L" else -1.0, -1.0, 1.0])

    def _wrist(self, path: HandPath, side: str) -> dict[str, np.ndarray]:
        """Where the wrist has to be so that the hand's contact point meets its place, and the hand's frame."""
        hand = frame(self._world(path.fingers, side), self._world(path.normal, side))
        origin = path.anchor @ np.stack([self.anchors["eyes"], self.anchors["chest"]])
        contact = origin + self._world(path.point, side) * self.scale
        focus = np.einsum("tab,tb->ta", hand[..., :2], path.focus) * self.scale
        return {"wrist": contact - focus, "hand": hand}

    def _trunk(self, frames: int, rate: float, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Slow sway of the spine and small movements of the head, in degrees about the three axes."""
        sway = smooth_noise((frames, 3), rate, 0.8, rng) * np.array([0.5, 0.4, 0.8])
        head = smooth_noise((frames, 3), rate, 0.35, rng) * np.array([1.6, 1.0, 2.0])
        turns = {name: _euler(sway) for name in ("spine03", "spine02")}
        return turns | {name: _euler(head) for name in ("neck02", "head")}

    def _lift_clavicles(self, wrists) -> dict[str, np.ndarray]:
        """The shoulder rises with a high hand: up to 10 degrees."""
        turns = {}
        for side, mirror in (("L", 1.0), ("R", -1.0)):
            above = (wrists[side]["wrist"][:, 2] - self.anchors["chest"][2]) / (0.35 * self.scale)
            angle = np.radians(10) * np.clip(above, 0, 1) ** 2
            turns[f"clavicle.{side}"] = axis_angle(np.array([0.0, -mirror, 0.0]), angle)
        return turns

    def _pose(self, turns, wrists, frames: int) -> tuple[dict[str, ArmPose], np.ndarray, np.ndarray]:
        """Both arms reach for the wrists' targets, ``turns`` gets theirs; and where all joints then are."""
        (rotation, position), poses = self.body.forward_kinematics(turns, frames), {}
        for side, arm in self.arms.items():
            shoulder = position[:, self.body.index[f"upperarm01.{side}"]]
            poses[side] = arm.solve(shoulder, rotation[:, self.body.index[f"shoulder01.{side}"]], **wrists[side])
            turns |= poses[side].turns
        return poses, *self.body.forward_kinematics(turns, frames)

    def _clear(self, wrists, poses, rotation, position, rate) -> None:
        """Move the wrists' targets so that hands and forearms leave the body, and each other, alone."""
        spheres = {side: self.spheres(side, rotation, position) for side in "LR"}
        apart = push_apart(spheres["L"][0], spheres["R"][0])
        trunk = self.body.index["spine01"]
        for side, sign in (("L", 1.0), ("R", -1.0)):
            points, radius = spheres[side]
            at_rest = np.einsum("tba,tsb->tsa", rotation[:, trunk], points - position[:, trunk, None])
            push = self.clearance.push_out(at_rest + self.body.rest_joints[trunk], radius + MARGIN)
            push = np.einsum("tab,tb->ta", rotation[:, trunk], push)
            shift = gaussian_filter1d(push + sign * apart, 0.03 * rate, axis=0, mode="nearest")
            wrists[side]["wrist"] = poses[side].wrist + shift

    def spheres(self, side: str, rotation: np.ndarray, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Spheres that fill a hand and the outer forearm: centres (T, S, 3) and radii (S,)."""
        joint = {n: position[:, self.body.index[f"{n}.{side}"]] for n in FINGER_JOINTS + ("wrist", "lowerarm01")}
        wrist, forearm = joint["wrist"], joint["lowerarm01"] - joint["wrist"]
        points = [joint[n] for n in FINGER_JOINTS] + [wrist]
        for finger in range(1, 6):
            last = rotation[:, self.body.index[f"finger{finger}-3.{side}"]]
            offset = self.arms[side].hand.tips[finger] - self.body.joint(f"finger{finger}-3.{side}")
            points.append(joint[f"finger{finger}-3"] + 0.85 * (last @ offset))
        points += [(joint[knuckle] + wrist) / 2 for knuckle in ("finger2-1", "finger4-1", "finger5-1")]
        points += [wrist + share * forearm for share in (0.3, 0.6)]
        return np.stack(points, 1), RADII


def _euler(degrees):
    from scipy.spatial.transform import Rotation

    return Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()


def living_face(frames: int, rate: float, spans, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Blinks every few seconds, and a mouthing with each stroke: face action strengths, each (T,)."""
    time = np.arange(frames) / rate
    mouthings = {"jawOpen": 0.35, "mouthPucker": 0.6, "mouthStretchLeft": 0.4, "browInnerUp": 0.6}
    face = {name: np.zeros(frames) for name in ("eyeBlinkLeft", *mouthings)}
    for start, end in spans:
        bump = np.exp(-(((time - (start + end) / 2) / (0.35 * (end - start) + 0.05)) ** 2))
        for name, most in mouthings.items():
            face[name] = face[name] + bump * most * rng.random() * (rng.random() < 0.6)
    blink = rng.uniform(0.3, 2.0)
    while blink < time[-1]:
        face["eyeBlinkLeft"] += np.exp(-(((time - blink) / 0.06) ** 2))
        blink += rng.uniform(1.5, 4.5)
    face["eyeBlinkRight"], face["mouthStretchRight"] = face["eyeBlinkLeft"], face["mouthStretchLeft"]
    return {name: np.clip(strength, 0, 1) for name, strength in face.items()}
