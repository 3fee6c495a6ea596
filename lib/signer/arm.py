"""The arm: two-bone inverse kinematics from a wrist's place and the hand's frame to joint rotations."""

from dataclasses import dataclass

import numpy as np

from lib.signer.body import Body
from lib.signer.geometry import axis_angle, frame, turn_between, twist, unit
from lib.signer.hand import Hand

BEND_LIMIT = np.radians(62)  # wrist bend and side bend, away from the forearm's line
TWIST_LIMIT = np.radians(88)  # turning the forearm, either way from the resting mid position


@dataclass
class ArmPose:
    """Rotations relative to the parent for the arm's joints, and where elbow and wrist come to lie, (T, 3)."""

    turns: dict[str, np.ndarray]
    elbow: np.ndarray
    wrist: np.ndarray
    hand: np.ndarray  # (T, 3, 3) the hand's rotation since rest, in the world


class Arm:
    """One arm of a body."""

    def __init__(self, body: Body, side: str):
        self.side, self.mirror = side, 1.0 if side == "L" else -1.0
        self.hand = Hand(body, side)
        shoulder, elbow, wrist = (body.joint(f"{n}.{side}") for n in ("upperarm01", "lowerarm01", "wrist"))
        self.upper, self.fore = elbow - shoulder, wrist - elbow
        self.lengths = np.linalg.norm(self.upper), np.linalg.norm(self.fore)
        hinge = np.cross(self.upper, self.fore)
        self.rest_upper, self.rest_fore = frame(self.upper, hinge), frame(self.fore, hinge)

    def reach(self, shoulder: np.ndarray, wrist: np.ndarray) -> np.ndarray:
        """The wrist (T, 3), drawn in where it lies beyond the arm's reach (never a fully straight arm) or too near."""
        span = wrist - shoulder
        distance = np.linalg.norm(span, axis=-1, keepdims=True)
        longest = 0.985 * sum(self.lengths)
        wanted = np.clip(distance, 0.35 * longest, None)
        soft = longest * np.tanh(wanted / longest * 1.15) / np.tanh(1.15)  # slows down before it arrives
        wanted = np.where(wanted > 0.8 * longest, np.minimum(wanted, np.maximum(soft, 0.8 * longest)), wanted)
        return shoulder + unit(span) * np.minimum(wanted, longest)

    def elbow(self, shoulder: np.ndarray, wrist: np.ndarray) -> np.ndarray:
        """The elbow (T, 3): it hangs down and outwards, a little more outwards when the hand is high or across."""
        upper, fore = self.lengths
        axis = unit(wrist - shoulder)
        distance = np.linalg.norm(wrist - shoulder, axis=-1, keepdims=True)
        along = (upper**2 - fore**2 + distance**2) / (2 * distance)
        radius = np.sqrt(np.maximum(upper**2 - along**2, 1e-6))
        out = 0.55 + 0.6 * np.clip(axis[..., 2:], 0, 1)
        pole = np.concatenate([self.mirror * out, np.full_like(out, 0.25), np.full_like(out, -1.0)], -1)
        pole = unit(pole - (pole * axis).sum(-1, keepdims=True) * axis)
        return shoulder + along * axis + radius * pole

    def solve(self, shoulder: np.ndarray, parent: np.ndarray, wrist: np.ndarray, hand: np.ndarray) -> ArmPose:
        """Pose the arm.

        ``shoulder`` (T, 3) and ``parent`` (T, 3, 3) come from the trunk, ``wrist`` (T, 3) is where the wrist shall be,
        ``hand`` (T, 3, 3) the wanted hand frame (columns: fingers, palm normal, their cross). The wrist bends and
        the forearm twists only as far as people's do: beyond that the hand turns as far as it can.
        """
        wrist = self.reach(shoulder, wrist)
        elbow = self.elbow(shoulder, wrist)
        hinge = np.cross(elbow - shoulder, wrist - elbow)
        upper = turn_between(self.rest_upper, frame(elbow - shoulder, hinge))
        fore = turn_between(self.rest_fore, frame(wrist - elbow, hinge))
        wanted = turn_between(self.hand.frame, hand)
        about, bend = self._split(np.swapaxes(fore, -1, -2) @ wanted)
        half = axis_angle(unit(self.fore), about / 2)
        shoulder_turn, roll = self._roll(np.swapaxes(parent, -1, -2) @ upper)
        turns = {"upperarm01": shoulder_turn, "upperarm02": roll, "lowerarm01": np.swapaxes(upper, -1, -2) @ fore}
        turns |= {"lowerarm02": half, "wrist": half @ bend}
        turns = {f"{name}.{self.side}": turn for name, turn in turns.items()}
        return ArmPose(turns, elbow, wrist, fore @ half @ half @ bend)

    def _roll(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Share the upper arm's roll about its own axis between its two bones, so that the skin does not wring."""
        axis = unit(self.upper)
        roll = axis_angle(axis, 0.6 * twist(turn, axis))
        return turn @ np.swapaxes(roll, -1, -2), roll

    def _split(self, relative: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split the hand's turn against the forearm into twist (T,) and bend (T, 3, 3), both within their limits."""
        from scipy.spatial.transform import Rotation

        axis = unit(self.fore)
        about = twist(relative, axis)
        bend = Rotation.from_matrix(np.swapaxes(axis_angle(axis, about), -1, -2) @ relative).as_rotvec()
        size = np.linalg.norm(bend, axis=-1, keepdims=True)
        bend = bend * (_soft_limit(size, BEND_LIMIT) / np.maximum(size, 1e-9))
        return _soft_limit(about, TWIST_LIMIT), Rotation.from_rotvec(bend).as_matrix()


def _soft_limit(angle: np.ndarray, limit: float) -> np.ndarray:
    """The angle itself up to 70 % of the limit, then ever slower towards the limit."""
    free = 0.7 * limit
    over = np.maximum(np.abs(angle) - free, 0)
    return np.sign(angle) * (np.minimum(np.abs(angle), free) + (limit - free) * np.tanh(over / (limit - free)))
