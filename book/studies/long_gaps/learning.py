"""How the network learns: windows round gaps whose truth is known, and steps that bring it nearer to the truth."""

import copy
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from book.shared.gaps import HANDS
from book.studies.long_gaps.network import WINDOW, Filler, batch, window
from book.studies.long_gaps.signing import Eye, Losses, wrist_speed
from book.studies.long_gaps.tracks import HAND, Scene, scene
from lib.keypoints import Keypoints

LONG = 5  # frames from which a gap is long
SHORT_SHARE = 0.3  # of the shorter gaps that are learned from
BATCH, RATE, WARM = 32, 2e-3, 100
TURN, SIZE = 0.2, 0.1  # radians and share by which a window is turned and made larger or smaller
PLACE = 0.3  # weight of the wrist's place beside the shape of the hand


@dataclass
class Windows:
    """Windows round gaps: what `Filler` takes, the true hand (N, WINDOW, HAND, 2), and what counts (N, WINDOW)."""

    points: Tensor
    flags: Tensor
    there: Tensor
    truth: Tensor
    counted: Tensor

    def __len__(self) -> int:
        return len(self.points)

    def take(self, rows: Tensor) -> "Windows":
        return Windows(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @classmethod
    def of(cls, pairs: Iterable[tuple[Keypoints, Keypoints]], rng: np.random.Generator) -> "Windows":
        """From clips as found and what is true of them; NaN in the truth is not known and does not count."""
        scenes, ends, hands = [], [], []
        for found, truth in pairs:
            for part in HANDS:
                one = scene(found, part)
                if one.found.any():
                    true = one.seen(truth.part(part)[..., :2].astype(float))
                    for gap in _chosen(one, rng):
                        scenes.append(one)
                        ends.append(window(len(found), *gap, int(rng.integers(-8, 9))))
                        hands.append(true)
        points, flags, there = batch(scenes, ends)
        true = np.zeros((len(scenes), WINDOW, HAND, 2), np.float32)
        for row, (hand, (first, last)) in enumerate(zip(hands, ends)):
            true[row, : last - first] = hand[first:last]
        known = ~np.isnan(true).any(axis=(2, 3))
        counted = torch.from_numpy(known) & there & (flags[..., 0] == 0)
        return cls(points.half(), flags.half(), there, torch.from_numpy(np.nan_to_num(true)).half(), counted)

    @classmethod
    def together(cls, parts: Sequence["Windows"]) -> "Windows":
        return cls(*(torch.cat([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


def _chosen(one: Scene, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    for start, stop in one.gaps():
        if stop - start >= LONG or rng.random() < SHORT_SHARE:
            yield start, stop


def seen(clips: Iterable[Keypoints], eye: Eye, times: int, seed: int) -> Iterator[tuple[Keypoints, Keypoints]]:
    """Each clip as it might be found, ``times`` over, beside its truth."""
    rng = np.random.default_rng([seed, 5])
    for truth in clips:
        for _ in range(times):
            yield eye(truth, rng), truth


def hidden(clips: Iterable[Keypoints], losses: Losses, times: int, seed: int) -> Iterator[tuple[Keypoints, Keypoints]]:
    """Clips of real people with found hands hidden as a film would lose them, beside what had been found."""
    rng = np.random.default_rng([seed, 6])
    for clip in clips:
        for _ in range(times):
            xyz = clip.xyz.copy()
            for part in HANDS:
                xyz[losses.draw(wrist_speed(clip, part), rng), clip.layout.parts[part]] = np.nan
            yield replace(clip, xyz=xyz), clip


def distance(hand: Tensor, truth: Tensor, counted: Tensor) -> tuple[Tensor, Tensor]:
    """Mean distance of the shape's points, and of the wrist, over the frames that count, in hand lengths."""
    off = ((hand - truth)[counted] ** 2).sum(dim=-1).add(1e-6).sqrt()
    return off[:, :-1].mean(), off[:, -1].mean()


def turned(some: Windows, rng: torch.Generator) -> Windows:
    """Every window turned and resized by chance."""
    angle = TURN * (2 * torch.rand(len(some), generator=rng) - 1)
    size = 1 + SIZE * (2 * torch.rand(len(some), generator=rng) - 1)
    cos, sin = size * angle.cos(), size * angle.sin()
    matrix = torch.stack([torch.stack([cos, sin], -1), torch.stack([-sin, cos], -1)], -2)
    turn = lambda points: torch.einsum("ntpi,nij->ntpj", points, matrix)  # noqa: E731
    return replace(some, points=turn(some.points.float()), truth=turn(some.truth.float()), flags=some.flags.float())


def learn(model: Filler, data: Windows, judge: Windows, steps: int, seed: int, rate: float = RATE) -> Filler:
    """``model`` after so many steps, in place, with the weights that did best on ``judge`` in ten looks."""
    order, chance = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(seed + 1)
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=1e-3)
    warm = lambda step: min(1, (step + 1) / WARM) * 0.5 * (1 + np.cos(np.pi * step / steps))  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm)
    best, kept, started = float("inf"), None, time.process_time()
    for step in range(steps):
        some = turned(data.take(torch.randint(len(data), (BATCH,), generator=order)), chance)
        model.train()
        shape, place = distance(model(some.points, some.flags, some.there), some.truth, some.counted)
        optimizer.zero_grad()
        (shape + PLACE * place).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % max(1, steps // 10) == 0:
            if (now := judged(model, judge)[0]) < best:
                best, kept = now, copy.deepcopy(model.state_dict())
            print(
                f"step {step + 1}: {shape:.4f} learned, {now:.4f} judged, {time.process_time() - started:.0f} s",
                flush=True,
            )
    model.load_state_dict(kept)
    return model


@torch.no_grad()
def judged(model: Filler | None, data: Windows) -> tuple[float, float]:
    """Error of shape and of place over all counted frames of ``data``; None: of the straight line."""
    if model is not None:
        model.eval()
    sums, frames = np.zeros(2), 0
    for rows in torch.arange(len(data)).split(256):
        some = data.take(rows)
        points, count = some.points.float(), int(some.counted.sum())
        hand = points[:, :, :HAND] if model is None else model(points, some.flags.float(), some.there)
        if count:
            sums += count * np.array([float(value) for value in distance(hand, some.truth.float(), some.counted)])
            frames += count
    return tuple(sums / frames)
