"""Chapter 4: what MediaPipe's hand network sees, how it is cheated, and hands that look alike once they are blurred."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Generator, Tensor

from book.shared.draw import RIM, draw_keypoints
from book.shared.hands import halved, hand_box, hand_speed
from lib.degrade import crop
from lib.holistic.crops import Roi, cut, jittered, recrop_roi, search_roi
from lib.holistic.surety import BODY, SIDES
from lib.holistic.twins import RECROP_SIZE, HandTwin, RecropTwin
from lib.keypoints import HOLISTIC_75
from lib.signer.clips import Clip
from lib.tools.errors import BadInput
from lib.video.pixels import batch_of

SIDE = 64  # pixels of the target: just the hand
APART = 3  # frames between two of the same clip: neighbours show the same hand


# Hands that look alike once they are blurred, shrunk and compressed, though they were different hands.
#
# What can a network know of a hand from its smear? At best, which sharp hands go with smears like this one. So we look
# for them: the *inputs* nearest to a given input, and the sharp hands that they came from.
@dataclass(frozen=True)
class Hands:
    """M hands cut out of clips, left ones mirrored so that all are right hands."""

    inputs: np.ndarray  # (M, SIDE/2, SIDE/2, 3) uint8
    targets: np.ndarray  # (M, SIDE, SIDE, 3) uint8
    joints: np.ndarray  # (M, 21, 2) float32, in pixels of the target's square
    clip: np.ndarray  # (M,) which of the clips
    frame: np.ndarray  # (M,)
    speed: np.ndarray  # (M,) of the wrist, in shoulder widths a second

    def __len__(self) -> int:
        return len(self.frame)


def gather_hands(films: Sequence[Clip], stride: int = 1) -> Hands:
    """Both hands of every ``stride``-th frame of the clips."""
    if not films:
        raise BadInput("There are no clips to gather hands from; give at least one.")
    rows = [row for number, film in enumerate(films) for row in _of_clip(film, number, stride)]
    inputs, targets, joints, clip, frame, speed = zip(*rows)
    return Hands(*(np.stack(part) for part in (inputs, targets, joints)), *map(np.array, (clip, frame, speed)))


def lookalikes(hands: Hands, which: int, count: int = 5) -> list[int]:
    """The ``count`` hands whose inputs are nearest to that of hand ``which``, nearest first, itself left out.

    Near is the mean squared difference of the inputs' pixels. Of hands less than ``APART`` frames from one another in
    one clip only the nearest is taken. Raises BadInput where there are not so many.
    """
    near = np.square(hands.inputs.astype(np.float32) - hands.inputs[which]).mean(axis=(1, 2, 3))
    chosen = [which]
    for other in np.argsort(near, kind="stable"):
        close = np.abs(hands.frame[chosen] - hands.frame[other]) < APART
        if not (close & (hands.clip[chosen] == hands.clip[other])).any():
            chosen.append(int(other))
        if len(chosen) > count:
            return chosen[1:]
    raise BadInput(f"Among {len(hands)} hands there are not {count} others; gather them from more clips.")


def _of_clip(film: Clip, number: int, stride: int):
    truth, targets, inputs = film.truth(), film.target(), film.input()
    for hand in ("left", "right"):
        points, speed = truth.part(f"{hand}_hand")[..., :2], hand_speed(truth, hand)
        for frame in range(0, len(targets), stride):
            box = hand_box(points[frame], truth.size, SIDE)
            target, joints = next(crop([targets[frame]], box)), points[frame] - box[:2]
            source = next(crop([inputs[frame]], halved(box)))
            if hand == "left":
                source, target, joints = source[:, ::-1], target[:, ::-1], joints * (-1, 1) + (SIDE - 1, 0)
            yield source, target, joints.astype(np.float32), number, frame, speed[frame]


STEPS = 12
OVERSHOOT = 2.5  # all steps together could go so many times as far as they may: enough to come back from a wrong turn


# How a network could cheat the detector: change an empty place, a little, until MediaPipe's hand network sees a hand.
#
# The gradient of presence says how each pixel should change for the network to be surer of a hand, and a few small
# steps along it go a long way: an adversarial example (Szegedy et al., 2013). No fingers come of it, for nothing asks
# for any. That is why `lib.upsampler.guidance` does not ask for presence alone.
class Ascent(NamedTuple):
    """Where the climb has led, and how."""

    image: Tensor  # (1, 3, H, W) in [0, 1]
    presence: list[float]  # before each step, and at the end


def ascend(image: Tensor, roi: Roi, twin: HandTwin, reach: float, generator: Generator) -> Ascent:
    """Climb presence at ``roi``, with no pixel further than ``reach`` from where it was, and none outside [0, 1].

    image      (1, 3, H, W) in [0, 1]
    reach      1 / 255 is one grey level
    generator  of chance: each step climbs over two crops that jitter as the guidance's own do, so that the result does
               not hang on one exact crop

    Source: steps along the gradient's sign, kept within bounds: Madry et al., 2018.
    Raises BadInput for more than one picture or place.
    """
    if len(image) != 1 or len(roi.size) != 1:
        raise BadInput(f"One picture and one place at a time, not {len(image)} and {len(roi.size)}: call it for each.")
    low, high = (image - reach).clamp(0, 1), (image + reach).clamp(0, 1)
    at, seen = image, []
    for _ in range(STEPS):
        places = jittered(repeated(roi, 2), generator)
        sure, gradient = presence_gradient(at.expand(len(places.size), -1, -1, -1), places, twin)
        seen.append(float(sure.mean()))
        step = OVERSHOOT * reach / STEPS * gradient.sum(0, keepdim=True).sign()
        at = (at + step).clamp(low, high)
    return Ascent(at, [*seen, float(presence(at, roi, twin))])


def presence_gradient(images: Tensor, roi: Roi, twin: HandTwin) -> tuple[Tensor, Tensor]:
    """Presence (N,) at the places in the pictures (N, 3, H, W), and its logit's gradient, (N, 3, H, W)."""
    leaf = images.detach().clone().requires_grad_()
    seen = twin(cut(leaf, roi))
    return seen.presence.detach(), torch.autograd.grad(seen.presence_logit.sum(), leaf)[0]


@torch.no_grad()
def presence(image: Tensor, roi: Roi, twin: HandTwin) -> Tensor:
    """How sure the network is of a hand at each of N places in one picture (1, 3, H, W): (N,) in [0, 1]."""
    return twin(cut(image.expand(len(roi.size), -1, -1, -1), roi)).presence


def repeated(roi: Roi, times: int) -> Roi:
    """The same place several times, to be jittered."""
    return Roi(*(part.repeat_interleave(times, 0) for part in roi))


YELLOW = (240, 228, 66)  # Okabe and Ito's


def roi_corners(roi: Roi) -> np.ndarray:
    """The corners (N, 4, 2) of the squares, in pixels of the frame, clockwise from the crop's upper left one."""
    center, size, rotation = (part.numpy() for part in roi)
    unit = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    sin, cos = np.sin(rotation), np.cos(rotation)
    turn = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], 1)
    return center[:, None] + size[:, None, None] * np.einsum("nij,kj->nki", turn, unit)


def draw_roi(frame: np.ndarray, roi: Roi) -> np.ndarray:
    """The frame, twice as large, with each square on it and a bar along its upper side, where the fingers should be."""
    canvas = np.repeat(np.repeat(frame, 2, axis=0), 2, axis=1)
    for corners in roi_corners(roi):
        fixed = np.round((corners + 0.5) * 2 - 0.5).astype(np.int32)
        for colour, width in ((RIM, 2), (YELLOW, 0)):
            cv2.polylines(canvas, [fixed], True, colour, 2 + width, cv2.LINE_AA)
            cv2.line(canvas, fixed[0], fixed[1], colour, 6 + width, cv2.LINE_AA)
    return canvas


def draw_landmarks(crop: np.ndarray, landmarks: Tensor) -> np.ndarray:
    """The crop, uint8 (224, 224, 3), with the network's landmarks (21, 3) for it, which are in its pixels."""
    points = np.full((len(HOLISTIC_75), 3), np.nan, np.float32)
    points[HOLISTIC_75.parts["right_hand"]] = landmarks.detach().numpy()
    return draw_keypoints(crop, points, HOLISTIC_75, parts=["right_hand"])


def busiest(maps: Tensor, count: int) -> list[int]:
    """The channels of an inner map (C, h, w) that differ most from place to place, busiest first, the rim aside."""
    return middle_of(maps).flatten(1).std(1).argsort(descending=True)[:count].tolist()


def middle_of(maps: Tensor) -> Tensor:
    """An inner map (..., h, w) without its rim of an eighth, where the padding's zeros show more than the hand does."""
    rim = maps.shape[-1] // 8
    return maps[..., rim : maps.shape[-2] - rim, rim : maps.shape[-1] - rim]


# Holistic's search for a hand, step by step: where it looks first, and which crop the recrop network names there.
#
# For pictures and figures; the loss that is made of it is `lib.upsampler.guidance`.
class Search(NamedTuple):
    """The search for one hand in one picture."""

    image: Tensor  # (1, 3, H, W) in [0, 1]
    first: Roi  # the coarse crop, laid by the body
    named: Roi  # the better one that the recrop network names: what the hand network gets to see


def search(frame: np.ndarray, points: np.ndarray, recrop: RecropTwin, hand: str = "right") -> Search:
    """The search in a frame, uint8 (H, W, 3), by the points (75, 2+) of the body that is in it, in its pixels."""
    image = batch_of([frame])
    wrist, index, pinky = (torch.from_numpy(points[None, point, :2]).float() for point in BODY[SIDES.index(hand)])
    first = search_roi(wrist, index, pinky)
    with torch.no_grad():
        return Search(image, first, recrop_roi(recrop(cut(image, first, RECROP_SIZE)), first, RECROP_SIZE))


def astray(found: Roi, wanted: Roi) -> Tensor:
    """(N,) how far the crops' middles are from where they should be, as a share of the wanted crops' sides."""
    return (found.center - wanted.center).norm(dim=1) / wanted.size
