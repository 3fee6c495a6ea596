"""MediaPipe's hand network, rebuilt in PyTorch from the file inside the installed mediapipe wheel.

Holistic runs ``hand_landmark_full.tflite`` on a crop around each hand: 21 landmarks, and how sure it is that there is a
hand (above 0.5 it reports one). It runs the same network, with no mirroring, for left and right. The twin has the same
layers (31 convolutions, 16 depthwise ones, 9 additions, a mean, 4 dense layers, 2 sigmoids) and weights, and so can
also say how each pixel should change for the network to see a hand better: its gradient.

Source: Zhang et al., 2020, MediaPipe Hands: On-device Real-time Hand Tracking; the file is Apache-2.0, Google.
"""

from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from lib.holistic.tflite import Add, Twin, inside_mediapipe

SIZE = 224  # pixels, both sides of the crop
SHAPES = [(1, SIZE, SIZE, 3), (1, 63), (1, 1), (1, 1), (1, 63)]
FEATURES = (1, 5)  # the additions whose results are the inner maps: 28 x 28 x 40 and 14 x 14 x 112


class HandOutputs(NamedTuple):
    """What the network says of N crops."""

    landmarks: Tensor  # (N, 21, 3) pixels of the crop: x right, y down, z to the back from the wrist
    presence: Tensor  # (N,) in [0, 1]: is there a hand?
    presence_logit: Tensor  # (N,) the same before its sigmoid
    handedness: Tensor  # (N,) in [0, 1]: 1 is a right hand, 0 a left one (Holistic does not look at it)
    world: Tensor  # (N, 21, 3) metres, from the hand's middle
    features: tuple[Tensor, Tensor]  # (N, 40, 28, 28) and (N, 112, 14, 14): what it sees on the way


class HandTwin(Twin):
    """The network itself: crops (N, 3, 224, 224), RGB in [0, 1] -> `HandOutputs`.

    Its weights are frozen; gradients flow to the crops. ``path`` is the .tflite file: MediaPipe's own where none is
    given. Raises BadInput where the file is missing or is another network.
    """

    def __init__(self, path: str | Path | None = None):
        super().__init__(Path(path) if path else tflite_path(), SHAPES)
        sums = [written for layer, (_, written) in zip(self.layers, self.wiring) if isinstance(layer, Add)]
        self.inner = [sums[i] for i in FEATURES]
        sigmoid = self.outputs[1]
        self.logit = next(reads[0] for reads, written in self.wiring if written == sigmoid)

    def forward(self, crops: Tensor) -> HandOutputs:
        values = self.run(crops)
        landmarks, presence, handedness, world = (values[i] for i in self.outputs)
        return HandOutputs(
            landmarks.unflatten(1, (21, 3)),
            presence.squeeze(1),
            values[self.logit].squeeze(1),
            handedness.squeeze(1),
            world.unflatten(1, (21, 3)),
            tuple(values[i] for i in self.inner),
        )


def tflite_path() -> Path:
    """Where the installed mediapipe keeps the network. Raises BadInput."""
    return inside_mediapipe("modules/hand_landmark/hand_landmark_full.tflite")


RECROP_SIZE = 256  # pixels, both sides of the crop
RECROP_SHAPES = [(1, RECROP_SIZE, RECROP_SIZE, 3), (1, 1, 1, 4)]
FILE = "modules/holistic_landmark/hand_recrop.tflite"


# MediaPipe's recrop network, rebuilt in PyTorch: it says where exactly in a coarse crop the hand is.
#
# Holistic's body model gives three points a hand (wrist, knuckles of index and little finger), too few and too rough to
# cut the hand out by. So a generous crop around them goes through ``hand_recrop.tflite`` (123 kB), which answers with
# two points: the middle of a better crop, and the middle of one of its sides. A hand whose body points or whose better
# crop are wrong is lost before the hand network has seen it. `lib.holistic.twins` is the network that comes after.
#
# Source: MediaPipe, hand_landmarks_from_pose_cpu.pbtxt, hand_recrop_by_roi_cpu.pbtxt; the file is Apache-2.0, Google.
class RecropTwin(Twin):
    """The network itself: crops (N, 3, 256, 256), RGB in [0, 1] -> (N, 2, 2) points, pixels of the crop, x and y."""

    def __init__(self, path: str | Path | None = None):
        super().__init__(Path(path) if path else inside_mediapipe(FILE), RECROP_SHAPES)

    def forward(self, crops: Tensor) -> Tensor:
        return self.run(crops)[self.outputs[0]].flatten(1).unflatten(1, (2, 2))
