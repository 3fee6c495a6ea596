"""The hand: thirteen numbers to the rotations of fifteen finger joints.

A handshape is a vector of angles in degrees (`ANGLES`). Zero everywhere is the flat hand with closed fingers;
each finger bends at its knuckle and its middle joint, the last joint follows the middle one.
"""

import numpy as np

from lib.signer.body import Body
from lib.signer.geometry import axis_angle, frame, signed_angle, unit

ANGLES = ("thumb_across", "thumb_out", "thumb_knuckle", "thumb_tip", "index_knuckle", "index_middle", "middle_knuckle",
          "middle_middle", "ring_knuckle", "ring_middle", "pinky_knuckle", "pinky_middle", "spread")  # fmt: skip
LAST_JOINT = 0.6  # the last finger joint bends this much of the middle one: a tendon couples them
FAN = {2: 1.0, 3: 0.15, 4: -0.55, 5: -1.25}  # how far each finger goes to its side when the hand spreads


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
