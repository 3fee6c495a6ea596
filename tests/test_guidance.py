"""The hand network's twin and its crops against MediaPipe itself, and the loss that is built on them."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from lib.clips import clips
from lib.errors import BadInput
from lib.guidance import Guidance, cut, hand_roi, jittered
from lib.hand_twin import SIZE, HandTwin, tflite_path
from lib.paths import ROOT
from lib.quiet import quiet

# Holistic's own nodes with Holistic's own options: landmarks -> region -> crop -> network
GRAPH = """
input_stream: "image"
input_stream: "landmarks"
output_stream: "roi"
output_stream: "pixels"
output_stream: "found_hand"
output_stream: "found_presence"
node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node {
  calculator: "HandLandmarksToRectCalculator"
  input_stream: "NORM_LANDMARKS:landmarks" input_stream: "IMAGE_SIZE:size" output_stream: "NORM_RECT:palm"
}
node {
  calculator: "RectTransformationCalculator"
  input_stream: "NORM_RECT:palm" input_stream: "IMAGE_SIZE:size" output_stream: "roi"
  options { [mediapipe.RectTransformationCalculatorOptions.ext] {
    scale_x: 2 scale_y: 2 shift_y: -0.1 square_long: true
  } }
}
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:image" input_stream: "NORM_RECT:roi" output_stream: "TENSORS:crop"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: 224 output_tensor_height: 224 keep_aspect_ratio: true
    output_tensor_float_range { min: 0 max: 1 }
  } }
}
node {
  calculator: "InferenceCalculatorCpu" input_stream: "TENSORS:crop" output_stream: "TENSORS:found"
  options { [mediapipe.InferenceCalculatorOptions.ext] { model_path: "MODEL" delegate { xnnpack {} } } }
}
node {
  calculator: "SplitTensorVectorCalculator" input_stream: "found" output_stream: "hand" output_stream: "flag"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] { ranges { begin: 0 end: 1 } ranges { begin: 1 end: 2 } } }
}
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:crop" output_stream: "FLOATS:pixels" }
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:hand" output_stream: "FLOATS:found_hand" }
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:flag" output_stream: "FLOATS:found_presence" }
"""


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On a machine that is busy, two threads wait for each other most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def guidance() -> Guidance:
    return Guidance()


@pytest.fixture(scope="module")
def hands() -> tuple[torch.Tensor, torch.Tensor]:
    """Eight frames (8, 3, 336, 304) of a synthetic clip, and a hand's joints in each: four right, four left."""
    clip = clips("d1_test")[0]
    truth, frames = clip.truth(), clip.target()
    rows = np.linspace(10, len(frames) - 10, 8).astype(int)
    parts = [truth.layout.parts["right_hand"]] * 4 + [truth.layout.parts["left_hand"]] * 4
    joints = np.stack([truth.xyz[row, part, :2] for row, part in zip(rows, parts)])
    return torch.from_numpy(frames[rows]).permute(0, 3, 1, 2) / 255, torch.from_numpy(joints)


@pytest.fixture(scope="module")
def mediapipe_says(hands) -> list[dict]:
    """What MediaPipe makes of the same frames and joints."""
    import mediapipe as mp
    from mediapipe.framework.formats.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
    from mediapipe.python import packet_creator, packet_getter

    answers: list[dict] = []
    with quiet:
        graph = mp.CalculatorGraph(graph_config=GRAPH.replace("MODEL", str(tflite_path())))
        for name in ("pixels", "found_hand", "found_presence"):
            graph.observe_output_stream(
                name, lambda name, packet: answers[-1].update({name: np.array(packet_getter.get_float_list(packet))})
            )
        graph.observe_output_stream("roi", lambda _, packet: answers[-1].update(roi=packet_getter.get_proto(packet)))
        graph.start_run()
        for time, (image, joints) in enumerate(zip(*hands)):
            answers.append({})
            pixels = np.ascontiguousarray((image * 255).round().byte().permute(1, 2, 0).numpy())
            height, width, _ = pixels.shape
            marks = NormalizedLandmarkList(
                landmark=[NormalizedLandmark(x=float(x / width), y=float(y / height)) for x, y in joints]
            )
            frame = packet_creator.create_image_frame(image_format=mp.ImageFormat.SRGB, data=pixels)
            graph.add_packet_to_input_stream("image", frame.at(time))
            graph.add_packet_to_input_stream("landmarks", packet_creator.create_proto(marks).at(time))
            graph.wait_until_idle()
        graph.close()
    return answers


def test_twin_says_what_mediapipe_says(guidance, mediapipe_says):
    crops = torch.stack([torch.from_numpy(a["pixels"]).float().reshape(SIZE, SIZE, 3) for a in mediapipe_says])
    with torch.no_grad():
        twin = guidance.twin(crops.permute(0, 3, 1, 2))
    landmarks = np.stack([a["found_hand"] for a in mediapipe_says]).reshape(-1, 21, 3)
    presence = np.concatenate([a["found_presence"] for a in mediapipe_says])
    np.testing.assert_allclose(twin.landmarks, landmarks, atol=0.01)
    np.testing.assert_allclose(twin.presence, presence, atol=1e-4)
    assert (presence > 0.5).any()
    torch.testing.assert_close(twin.presence, twin.presence_logit.sigmoid())
    assert [tuple(f.shape[1:]) for f in twin.features] == [(40, 28, 28), (112, 14, 14)]
    assert (twin.handedness[:4] > 0.5).all() and (twin.handedness[4:] < 0.5).all()


def test_crops_are_those_of_holistic(hands, mediapipe_says):
    images, joints = hands
    roi = hand_roi(joints)
    size = torch.tensor([images.shape[3], images.shape[2]])
    theirs = [answer["roi"] for answer in mediapipe_says]
    np.testing.assert_allclose(roi.center / size, [(r.x_center, r.y_center) for r in theirs], atol=1e-5)
    np.testing.assert_allclose(roi.size / size[0], [r.width for r in theirs], atol=1e-5)
    np.testing.assert_allclose(roi.rotation, [r.rotation for r in theirs], atol=1e-5)
    pixels = np.stack([a["pixels"].reshape(SIZE, SIZE, 3).transpose(2, 0, 1) for a in mediapipe_says])
    # OpenCV reads between pixels in steps of 1/32 and rounds to whole values of 255
    assert np.abs(cut(images, roi).numpy() - pixels).mean() < 0.5 / 255


def test_crop_of_a_turned_picture_is_the_same():
    picture = torch.rand(1, 3, 96, 96)
    joints = 48 + 12 * torch.randn(1, 21, 2, generator=torch.Generator().manual_seed(1))
    quarter = torch.rot90(picture, -1, (2, 3))  # clockwise
    turned = torch.stack([95 - joints[..., 1], joints[..., 0]], -1)
    torch.testing.assert_close(hand_roi(turned).size, hand_roi(joints).size)
    crop, again = cut(picture, hand_roi(joints)), cut(quarter, hand_roi(turned))
    torch.testing.assert_close(crop, again, atol=2e-3, rtol=0)


def test_jitter_stays_within_its_bounds_and_follows_the_seed(hands):
    roi = hand_roi(hands[1])
    moved, again = (jittered(roi, torch.Generator().manual_seed(3)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(moved, again))
    assert not torch.equal(moved.center, roi.center)
    assert ((moved.center - roi.center).abs() <= 0.1 * roi.size[:, None] + 1e-4).all()
    assert ((moved.size / roi.size).log().abs() <= 0.1501).all()
    assert ((moved.rotation - roi.rotation).abs() <= np.radians(15.01)).all()


def test_loss_is_lowest_at_the_target_and_grows_with_blur(guidance, hands):
    images, joints = hands[0][:2], hands[1][:2]
    blurred = torch.nn.functional.avg_pool2d(images, 9, 1, 4)
    terms = [guidance.terms(p, images, joints) for p in (images, images.lerp(blurred, 0.5), blurred)]
    assert terms[0]["landmarks"] == 0 and terms[0]["features"] == 0
    for name in terms[0]:
        assert terms[0][name] < terms[1][name] < terms[2][name]
    torch.testing.assert_close(guidance(blurred, images, joints), sum(terms[2].values()))


def test_a_step_down_the_gradient_lowers_the_loss(guidance, hands):
    images, joints = hands[0][:2], hands[1][:2]
    pred = torch.nn.functional.avg_pool2d(images, 5, 1, 2).requires_grad_()
    loss = guidance(pred, images, joints)
    loss.backward()
    assert pred.grad.isfinite().all() and pred.grad.abs().sum() > 0
    assert all(p.grad is None and not p.requires_grad for p in guidance.parameters())
    step = 0.01 * pred.grad.sign()
    with torch.no_grad():
        assert guidance(pred - step, images, joints) < loss < guidance(pred + step, images, joints)


def test_no_hand_is_asked_for_where_the_target_has_none(guidance, hands):
    images, joints = hands[0][:2], hands[1][:2]
    empty = torch.full_like(images, 0.5)
    assert (guidance.presence(empty, joints) < 0.5).all()
    terms = guidance.terms(images, empty, joints)
    assert terms["landmarks"] == 0
    assert terms["presence"] > 2 > guidance.terms(empty, empty, joints)["presence"]


def test_unknown_joints_are_left_out(guidance, hands):
    images, joints = hands[0][:2], hands[1][:2].clone()
    joints[1, 7] = np.nan
    blurred = torch.nn.functional.avg_pool2d(images, 5, 1, 2).requires_grad_()
    one = guidance(blurred[:1], images[:1], joints[:1])
    torch.testing.assert_close(guidance(blurred, images, joints), one)
    none = guidance(blurred, images, torch.full_like(joints, np.nan))
    none.backward()
    assert none == 0 and (blurred.grad == 0).all()
    assert guidance.presence(images, joints).isnan().tolist() == [False, True]


def test_half_precision_changes_little(guidance, hands):
    images, joints = hands[0][:4], hands[1][:4]
    crops = cut(images, hand_roi(joints))
    with torch.no_grad():
        full = guidance.twin(crops)
        with torch.autocast("cpu", torch.bfloat16):
            half = guidance.twin(crops)
            loss = guidance(images, images, joints)
    assert half.landmarks.dtype == half.presence_logit.dtype == loss.dtype == torch.float32
    assert (half.landmarks - full.landmarks).abs().mean() < 1
    assert (half.presence - full.presence).abs().max() < 0.05


def test_files_that_are_not_the_hand_network(tmp_path):
    (tmp_path / "other.tflite").write_bytes(b"not a model")
    for name in ("other.tflite", "missing.tflite"):
        with pytest.raises(BadInput, match=f"{name} is not a TensorFlow Lite model"):
            HandTwin(tmp_path / name)
    with pytest.raises(BadInput, match="hand_landmark_lite.tflite has an operator MAX_POOL_2D"):
        HandTwin(tflite_path().with_name("hand_landmark_lite.tflite"))


def test_mediapipe_itself_is_not_imported():
    code = "import sys, lib.guidance; lib.guidance.Guidance(); sys.exit('mediapipe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
