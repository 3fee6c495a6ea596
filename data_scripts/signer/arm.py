"""Arm and hand: two-bone inverse kinematics from a wrist's place, and thirteen numbers to fifteen finger joints.

A handshape is a vector of angles in degrees (`ANGLES`). Zero everywhere is the flat hand with closed fingers;
each finger bends at its knuckle and its middle joint, the last joint follows the middle one.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from data_scripts.signer.body import Body
from data_scripts.signer.geometry import axis_angle, frame, signed_angle, twist, unit

ANGLES = ("thumb_across", "thumb_out", "thumb_knuckle", "thumb_tip", "index_knuckle", "index_middle", "middle_knuckle",
          "middle_middle", "ring_knuckle", "ring_middle", "pinky_knuckle", "pinky_middle", "spread")  # fmt: skip
LAST_JOINT = 0.6  # the last finger joint bends this much of the middle one: a tendon couples them
FAN = {2: 1.0, 3: 0.15, 4: -0.55, 5: -1.25}  # how far each finger goes to its side when the hand spreads
BEND_LIMIT = np.radians(62)  # wrist bend and side bend, away from the forearm's line
TWIST_LIMIT = np.radians(88)  # turning the forearm, either way from the resting mid position


class Hand:
    """Flexion axes and resting angles of one hand of a body, so that handshapes mean the same on every body."""

    def __init__(self, body: Body, side: str):
        self.body, self.side = body, side
        self.mirror = 1.0 if side == "L" else -1.0
        wrist, index, pinky = (self._joint(n) for n in ("wrist", "finger2-1", "finger5-1"))
        # the palm's normal points out of the palm; the cross product changes sign between the hands
        palm = self.mirror * np.cross(pinky - wrist, index - wrist)
        self.frame = frame(self._joint("finger3-1") - wrist, palm)
        self.forward, self.normal, _ = self.frame.T
        self.tips = {f: self._tip(f) for f in range(1, 6)}

    def _joint(self, name):
        return self.body.joint(f"{name}.{self.side}")

    def _tip(self, finger: int) -> np.ndarray:
        """The finger's end, (3,): the vertex of its last bone that lies furthest along it."""
        last, before = self._joint(f"finger{finger}-3"), self._joint(f"finger{finger}-2")
        vertices = self.body.rest[self.body.moved_by(f"finger{finger}-3.{self.side}")]
        along = (vertices - last) @ unit(last - before)
        return vertices[np.argsort(along)[-6:]].mean(0)

    def _segments(self, finger: int) -> list[np.ndarray]:
        points = [self._joint(f"finger{finger}-{i}") for i in (1, 2, 3)] + [self.tips[finger]]
        return [unit(b - a) for a, b in zip(points, points[1:])]

    def turns(self, shape: np.ndarray) -> dict[str, np.ndarray]:
        """Joint rotations, each (T, 3, 3), of handshapes (T, 13) in degrees."""
        angle = dict(zip(ANGLES, np.radians(shape.T)))
        turns = self._thumb(angle)
        for finger, name in ((2, "index"), (3, "middle"), (4, "ring"), (5, "pinky")):
            turns |= self._finger(finger, angle[f"{name}_knuckle"], angle[f"{name}_middle"], angle["spread"])
        return {f"{name}.{self.side}": turn for name, turn in turns.items()}

    def _finger(self, finger, knuckle, middle, spread):
        """Line the finger up with the hand, bend it from straight (not from the rest pose), then spread it."""
        first, second, third = self._segments(finger)
        sideways = signed_angle(self.forward, first, self.normal)
        line_up = axis_angle(self.normal, -0.85 * sideways)
        across = unit(np.cross(line_up @ first, self.normal))
        bend = axis_angle(across, knuckle - signed_angle(self.forward, line_up @ first, across))
        fan = axis_angle(self.normal, self.mirror * FAN[finger] * (spread * 0.5 + np.radians(2.0)))
        own = unit(np.cross(first, self.normal))  # the same hinge, before lining up
        return {
            f"finger{finger}-1": fan @ bend @ line_up,
            f"finger{finger}-2": axis_angle(own, middle - signed_angle(first, second, own)),
            f"finger{finger}-3": axis_angle(own, LAST_JOINT * middle - signed_angle(second, third, own)),
        }

    def _thumb(self, angle):
        """Across: the thumb swings in front of the palm. Out: away from the index. Then two bends."""
        first, second, third = self._segments(1)
        across = axis_angle(self.forward, self.mirror * angle["thumb_across"])
        out = axis_angle(self.normal, self.mirror * angle["thumb_out"])
        toward_pinky = unit(self._joint("finger5-1") - self._joint("finger1-2"))
        axis = unit(np.cross(second, toward_pinky + 0.5 * self.normal))
        return {
            "finger1-1": across @ out,
            "finger1-2": axis_angle(axis, angle["thumb_knuckle"]),
            "finger1-3": axis_angle(axis, angle["thumb_tip"]),
        }


class Arm:
    """One arm of a body."""

    def __init__(self, body: Body, side: str):
        self.side, self.hand = side, Hand(body, side)
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
        pole = np.concatenate([self.hand.mirror * out, np.full_like(out, 0.25), np.full_like(out, -1.0)], -1)
        pole = unit(pole - (pole * axis).sum(-1, keepdims=True) * axis)
        return shoulder + along * axis + radius * pole

    def solve(
        self, shoulder: np.ndarray, parent: np.ndarray, wrist: np.ndarray, hand: np.ndarray
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The joints' rotations relative to their parents, each (T, 3, 3), and where the wrist comes to lie, (T, 3).

        ``shoulder`` (T, 3) and ``parent`` (T, 3, 3) come from the trunk, ``wrist`` (T, 3) is where the wrist shall be,
        ``hand`` (T, 3, 3) the wanted hand frame (columns: fingers, palm normal, their cross). The wrist bends and
        the forearm twists only as far as people's do: beyond that the hand turns as far as it can.
        """
        wrist = self.reach(shoulder, wrist)
        elbow = self.elbow(shoulder, wrist)
        hinge = np.cross(elbow - shoulder, wrist - elbow)
        upper = frame(elbow - shoulder, hinge) @ self.rest_upper.T  # the turns since rest
        fore = frame(wrist - elbow, hinge) @ self.rest_fore.T
        wanted = hand @ self.hand.frame.T
        about, bend = self._split(np.swapaxes(fore, -1, -2) @ wanted)
        half = axis_angle(unit(self.fore), about / 2)
        shoulder_turn, roll = self._roll(np.swapaxes(parent, -1, -2) @ upper)
        turns = {"upperarm01": shoulder_turn, "upperarm02": roll, "lowerarm01": np.swapaxes(upper, -1, -2) @ fore}
        turns |= {"lowerarm02": half, "wrist": half @ bend}
        return {f"{name}.{self.side}": turn for name, turn in turns.items()}, wrist

    def _roll(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Share the upper arm's roll about its own axis between its two bones, so that the skin does not wring."""
        axis = unit(self.upper)
        roll = axis_angle(axis, 0.6 * twist(turn, axis))
        return turn @ np.swapaxes(roll, -1, -2), roll

    def _split(self, relative: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split the hand's turn against the forearm into twist (T,) and bend (T, 3, 3), both within their limits."""
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
