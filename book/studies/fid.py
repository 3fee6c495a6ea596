"""The Inception network of FID, from its published weights: pictures in, 2048 features each out.

FID is only FID with this network: Inception-v3 (Szegedy et al., 2016) in the version of December 2015 that Heusel et
al. (2017) took, converted for PyTorch by pytorch-fid. Its weights (96 MB, learned from ImageNet) do not come with the
course, and no package was found that holds them (lab notes, "Inception's weights, looked for"):

    put pt_inception-2015-12-05-6726825d.pth (github.com/mseitzer/pytorch-fid, release "fid_weights", Apache-2.0)
    into data/, or give its path in the variable HANDS_INCEPTION

The layers are read off the names in the file: a kernel's size gives its padding, and only the order is written here.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lib.evaluation.evaluation import FRAMES, watch
from lib.evaluation.methods import INPUT, TARGET, Method
from lib.metrics import frechet_distance
from lib.signer.clips import Clip
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.paths import DATA
from lib.video import read_video

FILE = "pt_inception-2015-12-05-6726825d.pth"
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
SIDE = 299  # pixels of the square that the network was made for
BATCH = 16
WHY_NOT = "FID is not measured here: Inception's weights are absent; book/studies/fid.py says where to get them."


def find_weights() -> Path | None:
    """Where the weights are: ``HANDS_INCEPTION``, else ``data/``. None where they are not."""
    path = Path(os.environ.get("HANDS_INCEPTION", DATA / FILE))
    return path if path.is_file() else None


def fids(
    methods: Sequence[Method], films: Sequence[Clip], weights: Path | None, path: str = FRAMES
) -> dict[tuple[str, str], float]:
    """FID of each method's pictures from the targets, over all frames of a set together: {(set, method): FID}.

    Without "input", which has another size, and without sets that have no targets. Empty where Inception's weights
    are nowhere to be found.
    """
    weights = weights or find_weights()
    found: dict[tuple[str, str], float] = {}
    for name in dict.fromkeys(clip.set for clip in films if clip.has_target) if weights else ():
        of_set = [clip for clip in films if clip.set == name]
        reference = inception_features((f for clip in of_set for f in read_video(clip.target_path)), weights)
        for method in methods:
            if method not in (INPUT, TARGET):
                frames = (frame for clip in of_set for frame in watch(method, clip, path=path)[0])
                found[name, method.name] = frechet_distance(inception_features(frames, weights), reference)
    return found


def inception_features(frames: Iterable[np.ndarray], weights: str | Path) -> np.ndarray:
    """Features float32 (T, 2048) of frames (uint8 RGB, (H, W, 3), any iterable), in batches.

    Frames are stretched to 299 x 299 and scaled to [-1, 1], as pytorch-fid does. Raises BadInput where ``weights`` is
    absent or is another file than the published one (by its sha256), and for no frames.
    """
    state, frames, features = _read(Path(weights)), iter(frames), []
    while batch := list(islice(frames, BATCH)):
        x = torch.from_numpy(np.stack(batch)).movedim(-1, 1) / 255
        x = F.interpolate(x, (SIDE, SIDE), mode="bilinear", align_corners=False)
        features.append(Inception(state)(2 * x - 1))
    if not features:
        raise BadInput("There are no frames to take features of; give at least one.")
    return torch.cat(features).numpy()


@lru_cache(maxsize=1)
def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise BadInput(f"{path} does not exist; book/studies/fid.py says where to get FID's weights.")
    if (found := sha256(path)) != SHA256:
        raise BadInput(f"{path} is not {FILE} (its sha256 begins with {found[:8]}); download it again.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError) as error:
        raise BadInput(f"{path} holds no weights that can be read ({error}); download it again.") from error


_halve = partial(F.max_pool2d, kernel_size=3, stride=2)
# the edge counts what is there
_mean = partial(F.avg_pool2d, kernel_size=3, stride=1, padding=1, count_include_pad=False)
_max = partial(F.max_pool2d, kernel_size=3, stride=1, padding=1)


@dataclass
class Inception:
    """The forward pass, as a function of (N, 3, 299, 299) in [-1, 1]; ``state`` holds the weights by name."""

    state: dict[str, Tensor]

    @torch.inference_mode()
    def __call__(self, x: Tensor) -> Tensor:
        x = self._conv(x, "Conv2d_1a_3x3", stride=2, pad=False)
        x = self._conv(self._conv(x, "Conv2d_2a_3x3", pad=False), "Conv2d_2b_3x3")
        x = self._conv(self._conv(_halve(x), "Conv2d_3b_1x1"), "Conv2d_4a_3x3", pad=False)
        x = _halve(x)
        for name in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
            x = self._mixed(x, name, "branch1x1", "branch5x5_1 _2", "branch3x3dbl_1 _2 _3")
        x = self._reduced(x, "Mixed_6a", "branch3x3", "branch3x3dbl_1 _2 _3")
        for name in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
            x = self._mixed(x, name, "branch1x1", "branch7x7_1 _2 _3", "branch7x7dbl_1 _2 _3 _4 _5")
        x = self._reduced(x, "Mixed_7a", "branch3x3_1 _2", "branch7x7x3_1 _2 _3 _4")
        x = self._wide(x, "Mixed_7b", _mean)
        x = self._wide(x, "Mixed_7c", _max)  # so it was trained: the last block pools by the maximum
        return x.mean(dim=(2, 3))

    def _mixed(self, x: Tensor, block: str, *branches: str) -> Tensor:
        outs = [self._chain(x, block, branch) for branch in branches]
        return torch.cat([*outs, self._conv(_mean(x), f"{block}.branch_pool")], dim=1)

    def _reduced(self, x: Tensor, block: str, *branches: str) -> Tensor:
        outs = [self._chain(x, block, branch, last_stride=2) for branch in branches]
        return torch.cat([*outs, _halve(x)], dim=1)

    def _wide(self, x: Tensor, block: str, pool: Callable[[Tensor], Tensor]) -> Tensor:
        outs = [self._conv(x, f"{block}.branch1x1")]
        for stem, fork in (("branch3x3_1", "branch3x3_2"), ("branch3x3dbl_1 _2", "branch3x3dbl_3")):
            y = self._chain(x, block, stem)
            outs += [self._conv(y, f"{block}.{fork}{side}") for side in "ab"]
        return torch.cat([*outs, self._conv(pool(x), f"{block}.branch_pool")], dim=1)

    def _chain(self, x: Tensor, block: str, names: str, last_stride: int = 1) -> Tensor:
        """Convolutions one after the other; "branch5x5_1 _2" stands for branch5x5_1 and branch5x5_2."""
        first, *rest = names.split()
        chain = [first, *(first.removesuffix("_1") + name for name in rest)]
        for name in chain:
            reduce = last_stride > 1 and name == chain[-1]
            x = self._conv(x, f"{block}.{name}", stride=last_stride if reduce else 1, pad=not reduce)
        return x

    def _conv(self, x: Tensor, name: str, stride: int = 1, pad: bool = True) -> Tensor:
        """Convolution, batch normalisation by the learned statistics, ReLU."""
        kernel = self.state[f"{name}.conv.weight"]
        padding = [side // 2 if pad else 0 for side in kernel.shape[2:]]
        mean, var, scale, shift = (
            self.state[f"{name}.bn.{key}"] for key in ("running_mean", "running_var", "weight", "bias")
        )
        return F.relu(F.batch_norm(F.conv2d(x, kernel, None, stride, padding), mean, var, scale, shift, eps=1e-3))
