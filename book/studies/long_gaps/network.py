"""A small transformer that says how a lost hand leaves the straight line, and the rule that fills a clip's gaps by it.

It sees `WINDOW` frames of a hand, its fellow and both arms (`tracks.Scene`), with the gaps on the line, and starts at
the line: its last layer is zero before training. So do the diffusion networks of Sign-D2C (arXiv 2411.16810); this one
takes one step or a few, each from where the last one ended, and draws nothing by chance.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from book.chapters.ch09_gaps import Fill, linear
from book.shared.gaps import runs
from book.studies.long_gaps.tracks import FLAGS, HAND, POINTS, Scene, scene
from lib.keypoints import Keypoints
from lib.tools.checkpoints import check_alike
from lib.tools.files import written_whole
from lib.tools.openers import reading
from lib.tools.paths import WEIGHTS

SHIPPED = WEIGHTS / "signs" / "long-gaps.safetensors"
COMMAND = "python -m book.studies.long_gaps"
ENDS = ((0, 0), (1, 0), (0, 1), (1, 1))  # found frames before and after a gap that count as lost, one fill for each
WINDOW = 40  # frames
WIDTH, LAYERS, HEADS = 64, 2, 4


class Filler(nn.Module):
    """``points`` (N, WINDOW, POINTS, 2) and ``flags`` (N, WINDOW, FLAGS) to hands (N, WINDOW, HAND, 2).

    ``there`` (N, WINDOW) bool are frames of the clip; the others pad it. Found hands come out as they went in.
    """

    def __init__(self, width: int = WIDTH, layers: int = LAYERS, rounds: int = 1):
        super().__init__()
        self.rounds = rounds
        self.into = nn.Linear(2 * POINTS + FLAGS, width)
        self.near = nn.Conv1d(width, width, 3, padding=1)
        self.register_buffer("times", _waves(WINDOW, width), persistent=False)
        layer = nn.TransformerEncoderLayer(
            width, HEADS, 2 * width, dropout=0.05, batch_first=True, norm_first=True, activation="gelu"
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, 2 * HAND)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, points: Tensor, flags: Tensor, there: Tensor) -> Tensor:
        """Shapes as above."""
        hand, rest, lost = points[:, :, :HAND], points[:, :, HAND:], 1 - flags[..., :1, None]
        for _ in range(self.rounds):
            seen = torch.cat([hand.flatten(2), rest.flatten(2), flags], dim=-1) * there[..., None]
            tokens = self.into(seen)
            tokens = tokens + torch.relu(self.near(tokens.transpose(1, 2))).transpose(1, 2) + self.times
            tokens = self.norm(self.layers(tokens, src_key_padding_mask=~there))
            hand = hand + lost * self.out(tokens).unflatten(-1, (HAND, 2))
        return hand


def read(path: Path = SHIPPED) -> Filler:
    """The network that ships. Raises BadInput for a file that is missing, damaged or another."""
    model = Filler()
    with reading(path, "holds no filler's weights", f"get it back with git, or make it again with {COMMAND}"):
        state = {name: value.float() for name, value in load(path.read_bytes()).items()}
        check_alike(state, model.state_dict())
        model.load_state_dict(state)
    return model.eval()


def write(model: Filler, path: Path = SHIPPED) -> None:
    """The weights in half precision."""
    with written_whole(path) as partial_path:
        partial_path.write_bytes(save({name: value.half() for name, value in model.state_dict().items()}))


def _waves(length: int, width: int) -> Tensor:
    """Sinusoidal positions (length, width)."""
    rates = torch.exp(torch.arange(0, width, 2) * (-np.log(1000.0) / width))
    angles = torch.arange(length)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def window(frames: int, start: int, stop: int, shift: int = 0) -> tuple[int, int]:
    """The frames that are shown for a gap in a clip of so many: `WINDOW` of them or all, the gap in the middle."""
    first = (start + stop) // 2 - WINDOW // 2 + shift
    first = max(0, min(first, frames - WINDOW))
    return first, min(frames, first + WINDOW)


def batch(scenes: Sequence[Scene], ends: Sequence[tuple[int, int]]) -> tuple[Tensor, Tensor, Tensor]:
    """What `Filler` takes, of one window in each scene."""
    count = len(scenes)
    points, flags = np.zeros((count, WINDOW, POINTS, 2), np.float32), np.zeros((count, WINDOW, FLAGS), np.float32)
    there = np.zeros((count, WINDOW), bool)
    for row, (one, (first, last)) in enumerate(zip(scenes, ends, strict=True)):
        points[row, : last - first], flags[row, : last - first] = one.points[first:last], one.flags[first:last]
        there[row, : last - first] = True
    return torch.from_numpy(points), torch.from_numpy(flags), torch.from_numpy(there)


def filled(model: Filler, clip: Keypoints, part: str) -> np.ndarray:
    """A hand of a clip with its gaps filled, (T, 21, 3) in pixels; z, and what no window holds, lie on the line.

    A hand that is never found becomes zero, as with the line.
    """
    hand, one = linear(clip.part(part)), scene(clip, part)
    gaps = one.gaps()
    if not gaps or not one.found.any():
        return hand
    ends = [window(len(clip), *gap) for gap in gaps]
    with torch.no_grad():
        model.eval()
        found = model(*batch([one] * len(gaps), ends)).numpy()
    for (start, stop), (first, last), values in zip(gaps, ends, found):
        start, stop = max(start, first), min(stop, last)
        whole = one.line.astype(float)
        whole[start:stop] = values[start - first : stop - first]
        hand[start:stop, :, :2] = one.pixels(whole)[start:stop]
    return hand


def four_times(model: Filler, clip: Keypoints, part: str) -> np.ndarray:
    """As `filled`, but the mean of four: with all found frames, without the one before each gap, without the one after,
    and without both. A hand right beside a gap is found worst, and what it does to the filling is not the same in each.
    """
    hand, lost = linear(clip.part(part)), ~clip.present(part)
    each = [filled(model, _without_ends(clip, part, *ends), part) for ends in ENDS]
    hand[lost] = np.mean(each, axis=0)[lost]
    return hand


def _without_ends(clip: Keypoints, part: str, before: int, after: int) -> Keypoints:
    """The clip with so many frames beside every gap lost as well; as it is where that would leave no hand."""
    xyz, found = clip.xyz.copy(), clip.present(part)
    for start, stop in runs(~found):
        xyz[max(0, start - before) : stop + after, clip.layout.parts[part]] = np.nan
    less = replace(clip, xyz=xyz)
    return less if less.present(part).any() else clip


def fill_of(model: Filler, clip: Keypoints, part: str, way: Callable[..., np.ndarray] = filled) -> Fill:
    """A way to fill in the form that `book.chapters.ch09_gaps` scores: of points with further gaps."""
    return fill_by(partial(way, model, part=part), clip, part)


def fill_by(fill: Callable[[Keypoints], np.ndarray], clip: Keypoints, part: str) -> Fill:
    """A way to fill a hand of a whole clip, as a way to fill its points (T, 21, 3)."""

    def of_points(points: np.ndarray) -> np.ndarray:
        xyz = clip.xyz.copy()
        xyz[:, clip.layout.parts[part]] = points
        return fill(replace(clip, xyz=xyz))

    return of_points
