"""How sure a hand is: the probability that it is where it was found, and hands that MediaPipe refused. Ours.

Holistic's word on a hand is yes or no: its network has to be surer of one than 0.5, and nobody is told how sure it was,
nor what it refused (mediapipe issues 1320, 3871, 5212). Here each hand gets a probability, as the confidence of its
points: that it is in the picture and its joints, in the mean, within half a hand's size of the true ones (what
`lib.metrics.false_hands` asks). It comes from what can be seen in keypoints: the hand's size beside the body's, its way
to the body's wrist, to the frames before and after, to the other hand, its form (`features`), and who found it.

Where no hand was found and somebody asks for unsure ones, too (``least``), the networks are asked where Holistic would
have asked them (`lib.holistic.crops.better_roi`); whatever they answer is a candidate, and the network's own word is
part of its probability. A candidate **has no depth**: z is 0 in all its points, and that is how it can be told from a
hand that was found (`lib.keypoints.Keypoints.found`), also in a file, so it never counts as one in UHP.

Two logistic regressions, of hands that were found and of candidates, learned from rendered truth
(`book/shared/sure_hands.py`, which says from which films and writes surety.json). No film of people was among them.
"""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from lib.keypoints import HOLISTIC_75, Keypoints
from lib.metrics import hand_size
from lib.tools.errors import BadInput

SIDES = ("left", "right")
HAND = tuple(HOLISTIC_75.parts[f"{side}_hand"] for side in SIDES)
BODY = tuple(zip(*(HOLISTIC_75.pair(joint) for joint in ("wrist", "index", "pinky"))))  # of each side
LEARNED = Path(__file__).with_suffix(".json")
FAR = 2.0  # hands or body widths, beyond which a distance says no more
Candidates = Mapping[tuple[int, int], tuple[np.ndarray, float]]  # (frame, side): joints (21, 3) pixels, presence logit


def with_probabilities(found: Keypoints, candidates: Candidates | None = None, least: float | None = None) -> Keypoints:
    """The same keypoints (HOLISTIC_75) with each hand's probability as the confidence of its points.

    ``found`` is as MediaPipe and the looks say it, Holistic's own hands with confidence 1. ``candidates`` come in where
    a hand is missing. Hands less probable than ``least`` are left out; None: all of those that were found stay.
    """
    told = with_candidates(found, candidates or {})
    sure = probabilities("found", features(found))
    if candidates:
        places, words = tuple(zip(*candidates)), [word for _, word in candidates.values()]
        sure[places] = probabilities("candidates", np.column_stack([features(told)[places], words]))
    for side, part in enumerate(HAND):
        told.confidence[:, part] = np.where(np.isnan(told.xyz[:, part, 0]), 0, sure[:, side, None])
        told.xyz[sure[:, side] < (least or 0), part] = np.nan
    return replace(told)  # checked once more: what was left out has no confidence


def with_candidates(found: Keypoints, candidates: Candidates) -> Keypoints:
    """The hands that were found, and flat beside them those that were refused, of no probability yet."""
    xyz, confidence = found.xyz.copy(), found.confidence.copy()
    for (time, side), (joints, _) in candidates.items():
        xyz[time, HAND[side]], confidence[time, HAND[side]] = joints * [1, 1, 0], 0.5
    return replace(found, xyz=xyz, confidence=confidence)


def features(keypoints: Keypoints) -> np.ndarray:
    """What is seen of each hand, float (T, 2, F), left and right, as `_seen` names it; NaN where it cannot be said."""
    return np.stack([np.stack(list(_seen(keypoints, *pair).values()), axis=1) for pair in ((0, 1), (1, 0))], axis=1)


def _seen(keypoints: Keypoints, side: int, other: int) -> dict[str, np.ndarray]:
    """Lengths are in hands, or in body widths where they are named so; a width is that of the second look."""
    xy, layout = keypoints.xyz[..., :2], keypoints.layout
    hand, beside = xy[:, HAND[side]], xy[:, HAND[other]]
    shoulders = xy[:, [*layout.pair("shoulder")]]
    elbow, wrist = (xy[:, layout.pair(joint)[side]] for joint in ("elbow", "wrist"))
    body = np.fmax(_length(shoulders[:, 0] - shoulders[:, 1]), 1.3 * _length(wrist - elbow)).clip(1)
    size = np.where(np.isfinite(hand).all(axis=(1, 2)), hand_size(hand), np.nan).clip(1)
    before, after = _shifted(hand, 1), _shifted(hand, -1)
    line = np.where(np.isnan(before), after, np.where(np.isnan(after), before, (before + after) / 2))
    off = (hand - line) / size[:, None, None]
    seen = {
        "size in body widths, log": np.log(size / body),
        "its square": np.log(size / body) ** 2,
        "from the body's wrist, body widths": _length(hand[:, 0] - wrist) / body,
        "off the line between its neighbours": _length(off).mean(axis=1),
        "of another form than there": _length(off - off.mean(axis=1, keepdims=True)).mean(axis=1),
        "no neighbour": np.isnan(line[:, 0, 0]),
        "two neighbours": np.isfinite(before + after)[:, 0, 0],
        "on the other hand": np.fmax(0, 1 - _length(hand - beside).mean(axis=1) / size),
        "Holistic's own": keypoints.confidence[:, HAND[side].start] == 1,
    }
    return {name: np.where(np.isnan(size), np.nan, np.clip(value, -FAR, FAR)) for name, value in seen.items()}


def _shifted(hand: np.ndarray, step: int) -> np.ndarray:
    """The hand (T, 21, 2) of the frame before (1) or after (-1), NaN where there is none."""
    moved = np.roll(hand, step, axis=0)
    moved[0 if step == 1 else -1] = np.nan
    return moved


def _length(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors, axis=-1)


def probabilities(kind: str, seen: np.ndarray) -> np.ndarray:
    """Of features (..., F), or of candidates (..., F + 1) with the network's word: (...) in [0, 1]."""
    bias, mean, weight = _learned()[kind]
    return 1 / (1 + np.exp(-(bias + np.where(np.isnan(seen), 0, seen - mean) @ weight)))


@cache
def _learned() -> dict[str, tuple[float, np.ndarray, np.ndarray]]:
    told = json.loads(LEARNED.read_text(encoding="utf-8"))
    return {
        kind: (told[kind]["bias"], *np.array(list(told[kind]["mean and weight"].values())).T)
        for kind in ("found", "candidates")
    }


class Refused:
    """The networks' answers where a hand is missing, gathered frame by frame: ``candidates``."""

    def __init__(self) -> None:
        from lib.holistic.twins import HandTwin, RecropTwin  # here and below: torch, for those alone who want them

        self._recrop, self._hand = RecropTwin(), HandTwin()
        self.candidates: dict[tuple[int, int], tuple[np.ndarray, float]] = {}

    def __call__(self, time: int, frame: np.ndarray, points: np.ndarray) -> None:
        """``points`` (75, 2 or more) are those of the frame, uint8 (H, W, 3), in its pixels."""
        from lib.holistic.crops import better_roi, look_into

        for side, part in enumerate(HAND):
            missing = np.isnan(points[part, 0]).all()
            if missing and (roi := better_roi(self._recrop, frame, points[[*BODY[side]], :2])):
                joints, seen = look_into(self._hand, frame, roi)
                self.candidates[time, side] = joints, float(seen.presence_logit)


def surely(frames: Iterable[np.ndarray], found: Keypoints, least: float) -> Keypoints:
    """`with_probabilities` after the looks, with candidates where a hand is still missing in the ``frames``, all of
    those that ``found`` came from.
    """
    refused = Refused()
    for time, frame in enumerate(frames):
        refused(time, frame, found.xyz[time])
    return with_probabilities(found, refused.candidates, least)


def least_options(parser: ArgumentParser) -> None:
    """``--least`` and ``--all-hands``, for a command line."""
    about = "keep hands, refused ones too, that are at least so probable, 0 to 1 (default: those that were found)"
    parser.add_argument("--least", type=_share, metavar="P", help=about)
    about = "keep every hand, refused ones too, with its probability"
    parser.add_argument("--all-hands", dest="least", action="store_const", const=0.0, help=about)


def _share(text: str) -> float:
    try:
        return checked_least(float(text))
    except (ValueError, BadInput):
        raise ArgumentTypeError(f"give a number from 0 to 1, not {text!r}") from None


def checked_least(least: float | None) -> float | None:
    """``least`` itself; BadInput for no probability."""
    if least is not None and not 0 <= least <= 1:
        raise BadInput(f"least must be a probability between 0 and 1, or None, not {least}.")
    return least
