"""Ground truth: the body's own joints as `HOLISTIC_75` keypoints of a camera's picture."""

import numpy as np

from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.body import Body
from lib.signer.hand import Hand
from lib.signer.look import ear_centers
from lib.signer.renderer import Camera


class Truth:
    """Finds the 75 points of a posed body: joints where the skeleton has them, else fixed points on a bone."""

    def __init__(self, body: Body):
        self.body = body
        self.points = _face(body) + _limbs(body)
        for side in "LR":
            tips = Hand(body, side).tips
            self.points.append(self._at(f"wrist.{side}"))
            for finger in range(1, 6):
                self.points += [self._at(f"finger{finger}-{joint}.{side}") for joint in (1, 2, 3)]
                self.points.append((f"finger{finger}-3.{side}", tips[finger]))

    def _at(self, bone: str) -> tuple[str, np.ndarray]:
        return bone, self.body.joint(bone)

    def metres(self, rotation: np.ndarray, position: np.ndarray) -> np.ndarray:
        """The points in the body's axes, (T, 75, 3) float32."""
        bones = [self.body.index[bone] for bone, _ in self.points]
        offsets = np.stack([rest for _, rest in self.points]) - self.body.rest_joints[bones]
        return (position[:, bones] + np.einsum("tpab,pb->tpa", rotation[:, bones], offsets)).astype(np.float32)

    def keypoints(self, rotation: np.ndarray, position: np.ndarray, camera: Camera, fps: float) -> Keypoints:
        """The points in a camera's picture: pixels, with confidence 1 inside the frame and 0 outside it.

        A point hidden behind the body is still where it is and keeps confidence 1.
        """
        xyz = camera.project(self.metres(rotation, position))
        inside = ((xyz[..., :2] >= 0) & (xyz[..., :2] < (camera.width, camera.height))).all(-1)
        return Keypoints(xyz, inside.astype(np.float32), HOLISTIC_75, fps, (camera.width, camera.height))


# MediaPipe's order from the shoulders to the ankles; its hips lie at the top of the thighs
LIMBS = ("upperarm01", "lowerarm01", "wrist", "finger5-1", "finger2-1", "finger1-2", "upperleg01", "lowerleg01", "foot")
HEEL = np.array([0, 0.06, -0.05])  # metres from the ankle: behind and below it


def _face(body: Body) -> list[tuple[str, np.ndarray]]:
    """Nose to mouth in MediaPipe's order: on the skin, found by place, since the skeleton has only the eyes."""
    eyes = {side: body.joint(f"eye.{side}") for side in "LR"}
    middle = (eyes["L"] + eyes["R"]) / 2
    half = abs(eyes["L"][0] - middle[0])
    nose = _nose(body, below=middle[2] - 0.015)
    points = [nose]
    for side, out in (("L", 1.0), ("R", -1.0)):
        points += [eyes[side] + np.array([dx * out * half, -0.012, 0]) for dx in (-0.5, 0.0, 0.55)]
    points += list(ear_centers(body)[::-1])
    points += [np.array([out * 0.8 * half, nose[1] + 0.02, nose[2] - 0.036]) for out in (1.0, -1.0)]
    return [("head", point) for point in points]


def _nose(body: Body, below: float) -> np.ndarray:
    """The foremost point of the face's middle line under the height ``below``, (3,)."""
    head = body.rest[body.moved_by("head")]
    middle = head[(np.abs(head[:, 0]) < 0.01) & (head[:, 2] < below)]
    return middle[middle[:, 1].argmin()]


def _limbs(body: Body) -> list[tuple[str, np.ndarray]]:
    """Shoulders to feet in MediaPipe's order, left before right."""
    points = [(f"{bone}.{side}", body.joint(f"{bone}.{side}")) for bone in LIMBS for side in "LR"]
    points += [(f"foot.{side}", body.joint(f"foot.{side}") + HEEL) for side in "LR"]
    return points + [(f"toe1-2.{side}", body.joint(f"toe1-2.{side}")) for side in "LR"]
