"""MediaPipe's recrop network, rebuilt in PyTorch: it says where exactly in a coarse crop the hand is.

Holistic's body model gives three points a hand (wrist, knuckles of index and little finger), too few and too rough to
cut the hand out by. So a generous crop around them goes through ``hand_recrop.tflite`` (123 kB), which answers with two
points: the middle of a better crop, and the middle of one of its sides. A hand whose body points or whose better crop
are wrong is lost before the hand network has seen it. `lib.hand_twin` is the network that comes after.

Source: MediaPipe, hand_landmarks_from_pose_cpu.pbtxt, hand_recrop_by_roi_cpu.pbtxt; the file is Apache-2.0, Google.
"""

from pathlib import Path

from torch import Tensor

from lib.tflite_twin import Twin, inside_mediapipe

SIZE = 256  # pixels, both sides of the crop
SHAPES = [(1, SIZE, SIZE, 3), (1, 1, 1, 4)]
FILE = "modules/holistic_landmark/hand_recrop.tflite"


class RecropTwin(Twin):
    """The network itself: crops (N, 3, 256, 256), RGB in [0, 1] -> (N, 2, 2) points, pixels of the crop, x and y."""

    def __init__(self, path: str | Path | None = None):
        super().__init__(Path(path) if path else inside_mediapipe(FILE), SHAPES)

    def forward(self, crops: Tensor) -> Tensor:
        return self.run(crops)[self.outputs[0]].flatten(1).unflatten(1, (2, 2))
