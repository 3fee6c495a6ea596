"""MediaPipe's two networks for hands, rebuilt in PyTorch from the .tflite files inside the installed mediapipe wheel.

TensorFlow Lite can only run such a network forwards. Here every operator becomes one PyTorch layer, so that the network
can also say how each pixel should change for it to see a hand better: its gradient. A .tflite file is a *flatbuffer*: a
list of tensors, and a list of operators that each read some and write one. `Twin.run` plays the list.

Source: Zhang et al., 2020, MediaPipe Hands: On-device Real-time Hand Tracking; the files are Apache-2.0, Google.
"""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.tools.errors import BadInput

SIZE = 224  # pixels, both sides of the hand network's crop
FEATURES = (1, 5)  # the additions whose results are the inner maps: 28 x 28 x 40 and 14 x 14 x 112
RECROP_SIZE = 256  # pixels, both sides of the recrop network's crop
HAND, RECROP = "modules/hand_landmark/hand_landmark_full.tflite", "modules/holistic_landmark/hand_recrop.tflite"
SAME, RELU6 = 0, 3  # in tflite's Padding and ActivationFunctionType; the other values that occur are VALID and none


class Twin(nn.Module):
    """The network of a file: its layers, frozen; gradients flow to what it is given.

    ``shapes`` are those of its input and its outputs, for a check. Raises BadInput where ``path`` is missing or holds
    another network.
    """

    def __init__(self, path: Path, shapes: list[tuple[int, ...]]):
        super().__init__()
        graph = _Graph(path, shapes)
        self.layers = nn.ModuleList(graph.layers)
        self.wiring = graph.wiring  # for each layer: the tensors it reads, the tensor it writes
        self.source, self.outputs = graph.source, graph.outputs
        self.requires_grad_(False).to(memory_format=torch.channels_last)

    def run(self, x: Tensor) -> dict[int, Tensor]:
        """Every tensor on the way, by its number; pictures are (N, C, H, W)."""
        values = {self.source: x.contiguous(memory_format=torch.channels_last)}
        for layer, (reads, written) in zip(self.layers, self.wiring):
            values[written] = layer(*(values[i] for i in reads))
        return values


class HandOutputs(NamedTuple):
    """What the network says of N crops."""

    landmarks: Tensor  # (N, 21, 3) pixels of the crop: x right, y down, z to the back from the wrist
    presence: Tensor  # (N,) in [0, 1]: is there a hand?
    presence_logit: Tensor  # (N,) the same before its sigmoid
    handedness: Tensor  # (N,) in [0, 1]: 1 is a right hand, 0 a left one (Holistic does not look at it)
    world: Tensor  # (N, 21, 3) metres, from the hand's middle
    features: tuple[Tensor, Tensor]  # (N, 40, 28, 28) and (N, 112, 14, 14): what it sees on the way


class HandTwin(Twin):
    """The hand network: crops (N, 3, 224, 224), RGB in [0, 1] -> `HandOutputs`.

    Holistic runs it on a crop around each hand, with no mirroring, and reports a hand where presence is above 0.5. It
    has 31 convolutions, 16 depthwise ones, 9 additions, a mean, 4 dense layers and 2 sigmoids.
    """

    def __init__(self) -> None:
        super().__init__(inside_mediapipe(HAND), [(1, SIZE, SIZE, 3), (1, 63), (1, 1), (1, 1), (1, 63)])
        sums = [written for layer, (_, written) in zip(self.layers, self.wiring) if isinstance(layer, Add)]
        self.inner = [sums[i] for i in FEATURES]
        self.logit = next(reads[0] for reads, written in self.wiring if written == self.outputs[1])

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


class RecropTwin(Twin):
    """The recrop network: crops (N, 3, 256, 256), RGB in [0, 1] -> (N, 2, 2) points, pixels of the crop, x and y.

    Holistic's body model gives three points a hand (wrist, knuckles of index and little finger), too few and too rough
    to cut the hand out by. So a generous crop around them goes through this network, which answers with two points: the
    middle of a better crop, and the middle of one of its sides. A hand whose body points or whose better crop are wrong
    is lost before the hand network has seen it.
    Source: MediaPipe, hand_landmarks_from_pose_cpu.pbtxt, hand_recrop_by_roi_cpu.pbtxt.
    """

    def __init__(self) -> None:
        super().__init__(inside_mediapipe(RECROP), [(1, RECROP_SIZE, RECROP_SIZE, 3), (1, 1, 1, 4)])

    def forward(self, crops: Tensor) -> Tensor:
        return self.run(crops)[self.outputs[0]].flatten(1).unflatten(1, (2, 2))


class Add(nn.Module):
    """The sum of two tensors: the residual connection."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class Mean(nn.Module):
    """The mean over the picture, (N, C, H, W) -> (N, C), in float32."""

    def forward(self, x: Tensor) -> Tensor:
        return x.float().mean((2, 3))


class Dense(nn.Linear):
    """A dense layer that stays in float32: bfloat16 knows pixel 200 only to within half a pixel."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.float())


class Channels(nn.Module):
    """The first ``count`` channels; where there are fewer, zeros follow."""

    def __init__(self, count: int):
        super().__init__()
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        missing = max(self.count - x.shape[1], 0)
        return F.pad(x, (0, 0, 0, 0, 0, missing))[:, : self.count]


class _Graph:
    """The file, read: ``layers``, their ``wiring``, and the tensors ``source`` and ``outputs``."""

    def __init__(self, path: Path, wanted: list[tuple[int, ...]]):
        schema = tflite_schema()
        content = path.read_bytes() if path.is_file() else b""
        if content[4:8] != b"TFL3":
            about = "is not a TensorFlow Lite model; reinstall mediapipe, whose wheel holds the right one."
            raise BadInput(f"{path} {about}")
        self.path = path
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        self.kinds = {number: kind for kind, number in vars(schema.BuiltinOperator).items()}
        graph = self.model.subgraphs[0]
        self.tensors = graph.tensors
        self.source, self.outputs = int(graph.inputs[0]), [int(i) for i in graph.outputs]
        shapes = [tuple(self.tensors[i].shape) for i in [self.source, *self.outputs]]
        if shapes != wanted:
            raise BadInput(f"{path} is another network than the one looked for; reinstall mediapipe 0.10.21.")
        computing = [op for op in graph.operators if self._kind(op) != "DEQUANTIZE"]
        # weights are stored as fp16, each behind an operator that widens it
        self.widened = {int(op.outputs[0]): int(op.inputs[0]) for op in graph.operators if op not in computing}
        self.layers = [self._layer(op) for op in computing]
        self.wiring = [([int(i) for i in op.inputs if not self._bytes(i)], int(op.outputs[0])) for op in computing]

    def _kind(self, operator: Any) -> str:
        code = self.model.operatorCodes[operator.opcodeIndex]
        return self.kinds[max(code.builtinCode, code.deprecatedBuiltinCode)]  # older files know the second alone

    def _bytes(self, index: int) -> bytes:
        """What the file stores of a tensor: nothing, where it is something to compute."""
        data = self.model.buffers[self.tensors[self.widened.get(index, index)].buffer].data
        return b"" if data is None else data.tobytes()

    def _weights(self, operator: Any) -> list[Tensor]:
        """What an operator reads besides the picture, all of it constants."""
        kinds = [(i, np.float16 if i in self.widened else np.float32) for i in operator.inputs[1:]]
        values = [np.frombuffer(self._bytes(i), kind).reshape(self.tensors[i].shape) for i, kind in kinds]
        return [torch.from_numpy(value.astype(np.float32)) for value in values]

    def _layer(self, operator: Any) -> nn.Module:
        match kind := self._kind(operator):
            case "CONV_2D" | "DEPTHWISE_CONV_2D":
                return self._convolution(operator, depthwise=kind == "DEPTHWISE_CONV_2D")
            case "FULLY_CONNECTED":
                weight, bias = self._weights(operator)
                return _filled(Dense(weight.shape[1], weight.shape[0]), weight, bias)
            case "ADD":
                return Add()
            case "MEAN":
                return Mean()
            case "LOGISTIC":
                return nn.Sigmoid()
            case "PRELU":
                slopes = self._weights(operator)[0].flatten()
                return _filled(nn.PReLU(len(slopes)), slopes)
            case "MAX_POOL_2D":
                return nn.MaxPool2d(operator.builtinOptions.filterHeight)
            case "PAD" | "STRIDED_SLICE":  # both change the number of channels alone
                return Channels(self.tensors[operator.outputs[0]].shape[3])
        raise BadInput(f"{self.path} has an operator {kind}, which none of MediaPipe's hand networks has.")

    def _convolution(self, operator: Any, depthwise: bool) -> nn.Module:
        options, (weight, bias) = operator.builtinOptions, self._weights(operator)
        # tflite: (out, height, width, in), depthwise (1, height, width, out); PyTorch: (out, in or 1, height, width)
        weight = weight.permute(3, 0, 1, 2) if depthwise else weight.permute(0, 3, 1, 2)
        outs, ins, kernel, _ = weight.shape
        stride, groups = options.strideH, outs if depthwise else 1
        side = self.tensors[operator.inputs[0]].shape[1]
        before, after = _same(side, kernel, stride) if options.padding == SAME else (0, 0)
        even = before == after  # then the convolution pads by itself, which saves a copy
        layer = nn.Conv2d(ins * groups, outs, kernel, stride, before if even else 0, groups=groups)
        steps = [] if even else [nn.ZeroPad2d((before, after, before, after))]
        steps.append(_filled(layer, weight.contiguous(), bias))
        if options.fusedActivationFunction == RELU6:
            steps.append(nn.ReLU6(inplace=True))
        return nn.Sequential(*steps)


def _filled(layer: nn.Module, *values: Tensor) -> nn.Module:
    """The layer with these for weight and bias."""
    for parameter, value in zip(layer.parameters(), values):
        parameter.data = value
    return layer


def _same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, for padding "SAME": ceil(size / stride) results; an odd zero goes after, not before."""
    zeros = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return zeros // 2, zeros - zeros // 2


def inside_mediapipe(name: str) -> Path:
    """Where the installed mediapipe keeps a file; mediapipe itself is not imported. Raises BadInput."""
    found = find_spec("mediapipe")
    for folder in found.submodule_search_locations if found else []:
        if (path := Path(folder) / name).is_file():
            return path
    raise BadInput(f"mediapipe/{name} is missing; install it with: pip install mediapipe==0.10.21")


def tflite_schema(name: str = "schema") -> ModuleType:
    """What reads and writes .tflite files, or their ``metadata_schema``, out of any wheel of mediapipe.

    It is loaded by itself: mediapipe is large, and chatters.
    """
    spec = spec_from_file_location(name, inside_mediapipe(f"tasks/metadata/{name}_py_generated.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
