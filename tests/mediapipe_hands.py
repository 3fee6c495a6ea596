"""Holistic's own nodes around a hand, run one by one, for the tests of the crops and of the two networks' twins."""

from pathlib import Path

import numpy as np
import torch

from lib.signer.clips import clips
from lib.tools.quiet import quiet

_CROP = """
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:image" input_stream: "NORM_RECT:roi" output_stream: "TENSORS:crop"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: SIZE output_tensor_height: SIZE keep_aspect_ratio: true
    output_tensor_float_range { min: 0 max: 1 }
  } }
}
node {
  calculator: "InferenceCalculatorCpu" input_stream: "TENSORS:crop" output_stream: "TENSORS:found"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    model_path: "mediapipe/modules/MODEL" delegate { xnnpack {} }
  } }
}
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:crop" output_stream: "FLOATS:pixels" }
"""
_BEGIN = """
input_stream: "image"
input_stream: "points"
node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
"""
# a hand that is followed: its 21 joints -> region -> crop -> hand network
TRACKING = (
    _BEGIN
    + """
output_stream: "roi"
output_stream: "pixels"
output_stream: "landmarks"
output_stream: "presence"
node {
  calculator: "HandLandmarksToRoi"
  input_stream: "LANDMARKS:points" input_stream: "IMAGE_SIZE:size" output_stream: "ROI:roi"
}
node {
  calculator: "SplitTensorVectorCalculator" input_stream: "found" output_stream: "hand" output_stream: "flag"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] { ranges { begin: 0 end: 1 } ranges { begin: 1 end: 2 } } }
}
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:hand" output_stream: "FLOATS:landmarks" }
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:flag" output_stream: "FLOATS:presence" }
"""
    + _CROP.replace("SIZE", "224").replace("MODEL", "hand_landmark/hand_landmark_full.tflite")
)
# a hand that is searched for: three points of the body -> region -> crop -> recrop network -> better region
SEARCHING = (
    _BEGIN
    + """
output_stream: "roi"
output_stream: "pixels"
output_stream: "answer"
output_stream: "better"
node {
  calculator: "HandLandmarksFromPoseToRecropRoi"
  input_stream: "HAND_LANDMARKS_FROM_POSE:points" input_stream: "IMAGE_SIZE:size" output_stream: "ROI:roi"
}
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:found" output_stream: "FLOATS:answer" }
node {
  calculator: "HandRecropByRoiCpu"
  input_stream: "IMAGE:image" input_stream: "ROI:roi" output_stream: "HAND_ROI_FROM_RECROP:better"
}
"""
    + _CROP.replace("SIZE", "256").replace("MODEL", "holistic_landmark/hand_recrop.tflite")
)


def some_hands() -> tuple[torch.Tensor, torch.Tensor]:
    """Eight frames (8, 3, 336, 304) of a synthetic clip, and a hand's joints in each: four right, four left."""
    clip = clips("d1_test")[0]
    truth, frames = clip.truth(), clip.target()
    rows = np.linspace(10, len(frames) - 10, 8).astype(int)
    parts = [truth.layout.parts["right_hand"]] * 4 + [truth.layout.parts["left_hand"]] * 4
    joints = np.stack([truth.xyz[row, part, :2] for row, part in zip(rows, parts)])
    return torch.from_numpy(frames[rows]).permute(0, 3, 1, 2) / 255, torch.from_numpy(joints)


def played(graph: str, images: torch.Tensor, points: torch.Tensor) -> list[dict]:
    """What the graph gives out for each image (N, 3, H, W) and its points (N, P, 2), by stream: arrays and rects."""
    import mediapipe as mp
    from mediapipe.python import packet_creator, packet_getter
    from mediapipe.python._framework_bindings import resource_util

    resource_util.set_resource_dir(str(Path(mp.__file__).parent.parent))
    answers: list[dict] = []

    def keep(name: str, packet) -> None:
        read = packet_getter.get_proto if name in ("roi", "better") else packet_getter.get_float_list
        value = read(packet)
        answers[-1][name] = np.array(value) if isinstance(value, list) else value

    with quiet:
        calculators = mp.CalculatorGraph(graph_config=graph)
        for line in graph.splitlines():
            if line.startswith("output_stream"):
                calculators.observe_output_stream(line.split('"')[1], keep)
        calculators.start_run()
        for time, (image, places) in enumerate(zip(images, points)):
            answers.append({})
            pixels = np.ascontiguousarray((image * 255).round().byte().permute(1, 2, 0).numpy())
            frame = packet_creator.create_image_frame(image_format=mp.ImageFormat.SRGB, data=pixels)
            marks = packet_creator.create_proto(_normalized(places, pixels.shape))
            calculators.add_packet_to_input_stream("image", frame.at(time))
            calculators.add_packet_to_input_stream("points", marks.at(time))
            calculators.wait_until_idle()
        calculators.close()
    return answers


def _normalized(points: torch.Tensor, shape: tuple[int, int, int]):
    from mediapipe.framework.formats.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList

    height, width, _ = shape
    return NormalizedLandmarkList(
        landmark=[NormalizedLandmark(x=float(x / width), y=float(y / height)) for x, y in points]
    )
