"""MediaPipe's hand network, rebuilt in PyTorch from the file inside the installed mediapipe wheel.

Holistic runs ``hand_landmark_full.tflite`` on a crop around each hand: 21 landmarks, and how sure it is that there is a
hand (above 0.5 it reports one). It runs the same network, with no mirroring, for left and right. TensorFlow Lite can
only run it forwards. The twin has the same layers and weights, and so can also say how each pixel should change for the
network to see a hand better: its gradient.

A .tflite file is a *flatbuffer*: a list of tensors, and a list of operators that each read some and write one. Every
operator here becomes one PyTorch layer (31 convolutions, 16 depthwise ones, 9 additions, a mean, 4 dense layers, 2
sigmoids), kept with the numbers of the tensors it reads and writes; `HandTwin.forward` plays the list.

Source: Zhang et al., 2020, MediaPipe Hands: On-device Real-time Hand Tracking; the file is Apache-2.0, Google.
"""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lib.errors import BadInput

SIZE = 224  # pixels, both sides of the crop
FEATURES = (1, 5)  # the additions whose results are the inner maps: 28 x 28 x 40 and 14 x 14 x 112
RELU6 = 3  # in tflite's ActivationFunctionType; 0 is none, and nothing else occurs


class HandOutputs(NamedTuple):
    """What the network says of N crops."""

    landmarks: Tensor  # (N, 21, 3) pixels of the crop: x right, y down, z to the back from the wrist
    presence: Tensor  # (N,) in [0, 1]: is there a hand?
    presence_logit: Tensor  # (N,) the same before its sigmoid
    handedness: Tensor  # (N,) in [0, 1]: 1 is a right hand, 0 a left one (Holistic does not look at it)
    world: Tensor  # (N, 21, 3) metres, from the hand's middle
    features: tuple[Tensor, Tensor]  # (N, 40, 28, 28) and (N, 112, 14, 14): what it sees on the way


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


class HandTwin(nn.Module):
    """The network itself: crops (N, 3, 224, 224), RGB in [0, 1] -> `HandOutputs`.

    Its weights are frozen; gradients flow to the crops. ``path`` is the .tflite file: MediaPipe's own where none is
    given. Raises BadInput where the file is missing or is another network.
    """

    def __init__(self, path: str | Path | None = None):
        super().__init__()
        graph = _Graph(Path(path) if path else tflite_path())
        self.layers = nn.ModuleList(graph.layers)
        self.wiring = graph.wiring  # for each layer: the tensors it reads, the tensor it writes
        self.source, self.outputs = graph.source, graph.outputs
        sums = [written for layer, (_, written) in zip(self.layers, self.wiring) if isinstance(layer, Add)]
        self.inner = [sums[i] for i in FEATURES]
        sigmoid = self.outputs[1]
        self.logit = next(reads[0] for reads, written in self.wiring if written == sigmoid)
        self.requires_grad_(False).to(memory_format=torch.channels_last)

    def forward(self, crops: Tensor) -> HandOutputs:
        values = {self.source: crops.contiguous(memory_format=torch.channels_last)}
        for layer, (reads, written) in zip(self.layers, self.wiring):
            values[written] = layer(*(values[i] for i in reads))
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
    """Where the installed mediapipe keeps the network; mediapipe itself is not imported. Raises BadInput."""
    return _inside_mediapipe("modules/hand_landmark/hand_landmark_full.tflite")


class _Graph:
    """The file, read: ``layers``, their ``wiring``, and the tensors ``source`` and ``outputs``."""

    def __init__(self, path: Path):
        schema = _schema()
        content = path.read_bytes() if path.is_file() else b""
        if content[4:8] != b"TFL3":
            raise BadInput(
                f"{path} is not a TensorFlow Lite model; reinstall mediapipe, whose wheel holds the right one."
            )
        self.path = path
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        self.kinds = {number: kind for kind, number in vars(schema.BuiltinOperator).items()}
        self.graph = self.model.subgraphs[0]
        self.tensors = self.graph.tensors
        self.source, self.outputs = int(self.graph.inputs[0]), [int(i) for i in self.graph.outputs]
        shapes = [tuple(self.tensors[i].shape) for i in [self.source, *self.outputs]]
        if shapes != [(1, SIZE, SIZE, 3), (1, 63), (1, 1), (1, 1), (1, 63)]:
            raise BadInput(
                f"{path} is not MediaPipe's hand network; give modules/hand_landmark/hand_landmark_full.tflite."
            )
        # weights are stored as fp16, each behind an operator that widens it
        self.widened = {
            int(op.outputs[0]): int(op.inputs[0]) for op in self.graph.operators if self._kind(op) == "DEQUANTIZE"
        }
        computing = [op for op in self.graph.operators if self._kind(op) != "DEQUANTIZE"]
        self.layers = [self._layer(op) for op in computing]
        self.wiring = [([int(i) for i in op.inputs if not self._stored(i)], int(op.outputs[0])) for op in computing]

    def _kind(self, operator: Any) -> str:
        return self.kinds[self.model.operatorCodes[operator.opcodeIndex].builtinCode]

    def _stored(self, index: int) -> bool:
        """Is this tensor a constant of the file, rather than something to compute?"""
        buffer = self.model.buffers[self.tensors[self.widened.get(int(index), int(index))].buffer]
        return buffer.data is not None and len(buffer.data) > 0

    def _constant(self, index: int) -> Tensor:
        tensor = self.tensors[self.widened.get(int(index), int(index))]
        data = self.model.buffers[tensor.buffer].data.tobytes()
        dtype = np.float16 if int(index) in self.widened else np.float32
        return torch.from_numpy(np.frombuffer(data, dtype).reshape(tensor.shape).astype(np.float32))

    def _layer(self, operator: Any) -> nn.Module:
        match kind := self._kind(operator):
            case "CONV_2D" | "DEPTHWISE_CONV_2D":
                return self._convolution(operator, depthwise=kind == "DEPTHWISE_CONV_2D")
            case "FULLY_CONNECTED":
                return self._dense(operator)
            case "ADD":
                return Add()
            case "MEAN":
                return Mean()
            case "LOGISTIC":
                return nn.Sigmoid()
        raise BadInput(
            f"{self.path} has an operator {kind}, so it is not MediaPipe's hand network; install mediapipe 0.10.21."
        )

    def _convolution(self, operator: Any, depthwise: bool) -> nn.Module:
        options = operator.builtinOptions
        weight, bias = self._constant(operator.inputs[1]), self._constant(operator.inputs[2])
        # tflite: (out, height, width, in), depthwise (1, height, width, out); PyTorch: (out, in or 1, height, width)
        weight = weight.permute(3, 0, 1, 2) if depthwise else weight.permute(0, 3, 1, 2)
        outs, ins, kernel, _ = weight.shape
        stride, groups = options.strideH, outs if depthwise else 1
        before, after = _same(self.tensors[operator.inputs[0]].shape[1], kernel, stride)
        even = before == after  # then the convolution pads by itself, which saves a copy
        layer = nn.Conv2d(ins * groups, outs, kernel, stride, before if even else 0, groups=groups)
        layer.weight.data, layer.bias.data = weight.contiguous(), bias
        steps = [] if even else [nn.ZeroPad2d((before, after, before, after))]
        steps.append(layer)
        if options.fusedActivationFunction == RELU6:
            steps.append(nn.ReLU6(inplace=True))
        return nn.Sequential(*steps)

    def _dense(self, operator: Any) -> nn.Module:
        weight, bias = self._constant(operator.inputs[1]), self._constant(operator.inputs[2])
        layer = Dense(weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = weight, bias
        return layer


def _same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, for padding "SAME": ceil(size / stride) results; an odd zero goes after, not before."""
    zeros = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return zeros // 2, zeros - zeros // 2


def _inside_mediapipe(name: str) -> Path:
    found = find_spec("mediapipe")
    folders = found.submodule_search_locations if found else []
    for folder in folders:
        if (path := Path(folder) / name).is_file():
            return path
    raise BadInput(f"mediapipe/{name} is missing; install it with: pip install mediapipe==0.10.21")


def _schema() -> ModuleType:
    """The reader of .tflite files that ships with mediapipe, loaded by itself: mediapipe is large, and chatters."""
    path = _inside_mediapipe("tasks/metadata/schema_py_generated.py")
    spec = spec_from_file_location("tflite_schema", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
