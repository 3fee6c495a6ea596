"""A TensorFlow Lite network, rebuilt in PyTorch layer by layer, so that it can be asked for gradients.

A .tflite file is a *flatbuffer*: a list of tensors, and a list of operators that each read some and write one.
TensorFlow Lite can only run it forwards. Here every operator becomes one PyTorch layer, kept with the numbers of the
tensors it reads and writes; `Twin.run` plays the list. Known are the operators of the two hand networks in MediaPipe.
"""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lib.tools.errors import BadInput

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
        if shapes != wanted:
            raise BadInput(f"{path} is another network than the one looked for; reinstall mediapipe 0.10.21.")
        # weights are stored as fp16, each behind an operator that widens it
        self.widened = {
            int(op.outputs[0]): int(op.inputs[0]) for op in self.graph.operators if self._kind(op) == "DEQUANTIZE"
        }
        computing = [op for op in self.graph.operators if self._kind(op) != "DEQUANTIZE"]
        self.layers = [self._layer(op) for op in computing]
        self.wiring = [([int(i) for i in op.inputs if not self._stored(i)], int(op.outputs[0])) for op in computing]

    def _kind(self, operator: Any) -> str:
        code = self.model.operatorCodes[operator.opcodeIndex]
        return self.kinds[max(code.builtinCode, code.deprecatedBuiltinCode)]  # older files know the second alone

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
            case "PRELU":
                return self._prelu(operator)
            case "MAX_POOL_2D":
                return nn.MaxPool2d(operator.builtinOptions.filterHeight)
            case "PAD" | "STRIDED_SLICE":  # both change the number of channels alone
                return Channels(self.tensors[operator.outputs[0]].shape[3])
        raise BadInput(f"{self.path} has an operator {kind}, which none of MediaPipe's hand networks has.")

    def _prelu(self, operator: Any) -> nn.Module:
        slopes = self._constant(operator.inputs[1]).flatten()
        layer = nn.PReLU(len(slopes))
        layer.weight.data = slopes
        return layer

    def _convolution(self, operator: Any, depthwise: bool) -> nn.Module:
        options = operator.builtinOptions
        weight, bias = self._constant(operator.inputs[1]), self._constant(operator.inputs[2])
        # tflite: (out, height, width, in), depthwise (1, height, width, out); PyTorch: (out, in or 1, height, width)
        weight = weight.permute(3, 0, 1, 2) if depthwise else weight.permute(0, 3, 1, 2)
        outs, ins, kernel, _ = weight.shape
        stride, groups = options.strideH, outs if depthwise else 1
        side = self.tensors[operator.inputs[0]].shape[1]
        before, after = _same(side, kernel, stride) if options.padding == SAME else (0, 0)
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


def inside_mediapipe(name: str) -> Path:
    """Where the installed mediapipe keeps a file; mediapipe itself is not imported. Raises BadInput."""
    found = find_spec("mediapipe")
    folders = found.submodule_search_locations if found else []
    for folder in folders:
        if (path := Path(folder) / name).is_file():
            return path
    raise BadInput(f"mediapipe/{name} is missing; install it with: pip install mediapipe==0.10.21")


def _schema() -> ModuleType:
    """The reader of .tflite files that ships with mediapipe, loaded by itself: mediapipe is large, and chatters."""
    path = inside_mediapipe("tasks/metadata/schema_py_generated.py")
    spec = spec_from_file_location("tflite_schema", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
