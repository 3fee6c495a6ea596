"""From hand paths to a posed body: trunk sway, arms, fingers, a living face, and no hand through the body."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.ndimage import gaussian_filter1d, map_coordinates
from scipy.spatial.transform import Rotation

from data_scripts.signer.arm import Arm
from data_scripts.signer.body import Body
from data_scripts.signer.geometry import axis_angle, frame, unit
from data_scripts.signer.motion import HandPath, Manner, perform, smooth_noise
from data_scripts.signer.phonology import Sign

FINGER, PALM, FOREARM = 0.011, 0.018, 0.042  # metres, radii
FINGER_JOINTS = tuple(f"finger{f}-{i}" for f in range(1, 6) for i in (1, 2, 3))
RADII = np.repeat([FINGER, PALM + 0.008, FINGER, PALM, FOREARM], [15, 1, 5, 3, 2])  # of `Performer.spheres`
MARGIN = 0.010  # clothing, and the trunk's own movement
VOXEL, GAP = 0.015, 0.03  # metres
LOW, HIGH = np.array([-0.42, -0.50, -0.35]), np.array([0.42, 0.20, 0.95])


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
        sway, head = (Rotation.from_euler("xyz", angles, degrees=True).as_matrix() for angles in (sway, head))
        return dict.fromkeys(("spine03", "spine02"), sway) | dict.fromkeys(("neck02", "head"), head)

    def _lift_clavicles(self, wrists) -> dict[str, np.ndarray]:
        """The shoulder rises with a high hand: up to 10 degrees."""
        turns = {}
        for side, mirror in (("L", 1.0), ("R", -1.0)):
            above = (wrists[side]["wrist"][:, 2] - self.anchors["chest"][2]) / (0.35 * self.scale)
            angle = np.radians(10) * np.clip(above, 0, 1) ** 2
            turns[f"clavicle.{side}"] = axis_angle(np.array([0.0, -mirror, 0.0]), angle)
        return turns

    def _pose(self, turns, wrists, frames: int) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
        """Both arms reach for the wrists' targets, ``turns`` gets theirs; where the wrists and all joints then are."""
        (rotation, position), reached = self.body.forward_kinematics(turns, frames), {}
        for side, arm in self.arms.items():
            shoulder = position[:, self.body.index[f"upperarm01.{side}"]]
            parent = rotation[:, self.body.index[f"shoulder01.{side}"]]
            of_arm, reached[side] = arm.solve(shoulder, parent, **wrists[side])
            turns |= of_arm
        return reached, *self.body.forward_kinematics(turns, frames)

    def _clear(self, wrists, reached, rotation, position, rate) -> None:
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
            wrists[side]["wrist"] = reached[side] + shift

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


class Clearance:
    """Distance to a body's head, neck and trunk at rest; positive outside, metres."""

    def __init__(self, body: Body):
        self.body = body

    @cached_property
    def grid(self) -> np.ndarray:
        """Signed distances on a grid of `VOXEL`, from the mesh without its arms (winding numbers close the holes)."""
        from data_scripts.signer.kernels import signed_distance, wp

        without_arms = ~self.body.moved_by("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
        faces = self.body.faces[without_arms[self.body.faces].all(1)]
        mesh = wp.Mesh(
            wp.array(self.body.rest, dtype=wp.vec3, device="cpu"),
            wp.array(faces.ravel(), dtype=int, device="cpu"),
            support_winding_number=True,
        )
        axes = [np.arange(low, high, VOXEL) for low, high in zip(LOW, HIGH)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        out = wp.zeros(points.size // 3, dtype=float, device="cpu")
        queries = wp.array(points.reshape(-1, 3), dtype=wp.vec3, device="cpu")
        wp.launch(signed_distance, len(out), [mesh.id, queries, out], device="cpu")
        return out.numpy().reshape(points.shape[:3])

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Signed distance at points (..., 3), to about half a voxel."""
        at = ((points - LOW) / VOXEL).reshape(-1, 3).T
        return map_coordinates(self.grid, at, order=1, mode="nearest").reshape(points.shape[:-1])

    def outward(self, points: np.ndarray) -> np.ndarray:
        """Unit direction away from the body at points (..., 3): the field's gradient."""
        steps = VOXEL * np.eye(3)
        return unit(np.stack([self.distance(points + s) - self.distance(points - s) for s in steps], -1))

    def push_out(self, points: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Shift (T, 3) that moves each frame's spheres (T, S, 3) of ``radius`` (S,) out of the body together."""
        shift = np.zeros((len(points), 3))
        frames = np.arange(len(points))
        for _ in range(6):
            moved = points + shift[:, None]
            depth = radius - self.distance(moved)
            worst = depth.argmax(1)
            shift += self.outward(moved[frames, worst]) * np.maximum(depth[frames, worst], 0)[:, None]
        return shift


def push_apart(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Half the shift (T, 3) that keeps two hands' spheres (T, S, 3) `GAP` apart: add to left, take from right."""
    shift = np.zeros((len(left), 3))
    for _ in range(4):
        between = (left + shift[:, None])[:, :, None] - (right - shift[:, None])[:, None]
        distance = np.linalg.norm(between, axis=-1).reshape(len(left), -1)
        nearest = distance.min(1)
        centers = left.mean(1) - right.mean(1) + 2 * shift
        centers[:, 1] *= 0.3  # aside rather than one before the other
        shift += unit(centers) * np.maximum(GAP - nearest, 0)[:, None] / 2
    return shift
