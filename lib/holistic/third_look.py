"""A third look: where a hand is lost, or leaps, ask the frames before and after. Ours, not the papers'.

Holistic and the second look (`lib.holistic.second_look`) guess from the body where a hand is. A hand that is seen
shortly before and shortly after cannot be far from the line between the two, and that helps where the body is no guide.
So the third look lays a square there, as Holistic does around a hand that it follows, and asks MediaPipe's hand network
(`lib.holistic.twins`) about it, in two kinds of frames:

1. A hand is missing, for at most ``GAP`` frames.
2. A hand leaps: it is found off the line by more than ``LEAP``. Such hands are often false, or right ones beside a
   false one.

If the network sees a hand there (``SEEN``) whose joints are near the line (``NEAR_LINE``), and that this body can have
there (`lib.holistic.second_look.unlikely`), that one is put in, or takes the other's place. Else all stays as it was: a
rule that took out hands that leap and are not seen on the line struck out more true ones than false ones. This look
needs the frames that come after, and so a film that is there already.

The rules were set on films to learn from; `book/lab-notes.md` has the figures, and what else was known by then. A point
of a hand that was found so gets as confidence how sure the network is that there is a hand (0.5 to just below 1).
"""

from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import torch

from lib.holistic.crops import hand_roi, look_into
from lib.holistic.second_look import HAND, of_one_clip, unlikely
from lib.holistic.twins import HandTwin
from lib.keypoints import Keypoints
from lib.metrics import hand_distance

GAP = 5  # frames, a fifth of a second at 25 a second: for longer a line says too little of where a hand has been
LEAP = 0.5  # of the hand's size, the mean over its joints; about one true hand in a hundred is so far off
NEAR_LINE = 0.5  # likewise
SEEN = 0.5  # the network's word from which on Holistic, too, reports a hand
MOST = 3  # looks: Holistic, a second, and a third


def third_look(frames: Iterable[np.ndarray], keypoints: Keypoints) -> Keypoints:
    """The same keypoints with hands in short gaps, and in place of hands that leap, where the network sees them.

    ``frames`` (uint8 RGB, (H, W, 3), any iterable, one at a time) are those that ``keypoints`` (HOLISTIC_75, T frames,
    in their pixels) came from. The body is left alone. Raises BadInput for another layout, another number of frames, or
    another size.
    """
    xyz, confidence = keypoints.xyz.copy(), keypoints.confidence.copy()
    places, twin = places_to_look(keypoints), HandTwin()
    for time, frame in enumerate(of_one_clip(frames, keypoints)):
        for part, line in places.get(time, ()):
            joints, presence = ask(twin, frame, line)
            near = hand_distance(joints[None, :, :2], line[None]) <= NEAR_LINE
            body = keypoints.xyz[time], HAND.index(part), keypoints.size
            if presence > SEEN and near and not unlikely(joints, *body):
                xyz[time, part] = joints
                confidence[time, part] = min(presence, 1 - 1e-4)  # 1 is Holistic's own
    return Keypoints(xyz, confidence, keypoints.layout, keypoints.fps, keypoints.size)


def places_to_look(keypoints: Keypoints) -> dict[int, list[tuple[slice, np.ndarray]]]:
    """For each frame that is looked into: the hands, and where the frames around say that their joints are (21, 2)."""
    places = defaultdict(list)
    for part in HAND:
        hand = keypoints.xyz[:, part, :2]
        found = np.isfinite(hand).all(axis=(1, 2))
        leaps = found & (hand_distance(hand, lines_between(hand, found)) > LEAP)  # beside NaN nothing leaps
        lines = lines_between(hand, found & ~leaps)
        middle = lines.mean(axis=1)
        inside = ((middle >= 0) & (middle < keypoints.size)).all(axis=1)
        for time in np.flatnonzero(inside & (leaps | ~found)):
            places[time].append((part, lines[time]))
    return places


def lines_between(hand: np.ndarray, trusted: np.ndarray) -> np.ndarray:
    """Where each frame's joints would be on a line from the last trusted hand before it to the first one after it.

    ``hand`` (T, 21, 2), ``trusted`` (T,) bool -> (T, 21, 2), NaN where one is missing or they are too far apart.
    """
    times = np.arange(len(hand))
    last = np.maximum.accumulate(np.where(trusted, times, -1))
    following = np.minimum.accumulate(np.where(trusted, times, len(hand))[::-1])[::-1]
    before, after = np.append(-1, last[:-1]), np.append(following[1:], len(hand))
    known = np.flatnonzero((before >= 0) & (after < len(hand)) & (after - before <= GAP + 1))
    before, after = before[known], after[known]
    share = ((known - before) / (after - before)).astype(np.float32)[:, None, None]
    lines = np.full_like(hand, np.nan)
    lines[known] = (1 - share) * hand[before] + share * hand[after]
    return lines


def ask(twin: HandTwin, frame: np.ndarray, line: np.ndarray) -> tuple[np.ndarray, float]:
    """The joints (21, 3), in pixels of the frame, that the network sees around a line's hand, and how sure it is."""
    joints, seen = look_into(twin, frame, hand_roi(torch.from_numpy(line)[None].float()))
    return joints, float(seen.presence)


def looks_option(parser: ArgumentParser, default: int = 1) -> None:
    """``--looks``, for a command line."""
    about = (
        "how often to look for hands; 1: Holistic alone, 2: and a second look, 3: and a third (default: %(default)s)"
    )
    parser.add_argument("--looks", type=int, default=default, choices=range(1, MOST + 1), help=about)
