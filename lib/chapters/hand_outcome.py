"""What became of a hand in a frame: lost, found where it is, found a little off, or drawn where no such hand is."""

from collections.abc import Sequence

import numpy as np

from lib.keypoints import Keypoints
from lib.metrics import hand_size

LOST, IN_PLACE, OFF, FALSE = "lost", "in place", "off", "false"
NEAR, FAR = 0.2, 0.5  # shares of the hand's size: below the first "in place", above the second "false"


def outcomes(found: Keypoints, truth: Keypoints, part: str = "right_hand") -> np.ndarray:
    """One word for each frame, (T,): "lost", "in place", "off" or "false", by the mean distance of the joints.

    Both clips in the same pixels. "false" is that of `lib.metrics.false_hands`: off by more than half the hand's size,
    or found though every true joint is out of the picture. "in place" is off by a fifth at most.
    """
    guess, real = found.part(part)[..., :2], truth.part(part)[..., :2]
    visible = (truth.confidence[:, truth.layout.parts[part]] > 0).any(axis=1)
    distance = np.ma.masked_invalid(np.linalg.norm(guess - real, axis=-1)).mean(axis=1).filled(np.inf)
    error = np.where(visible, distance / hand_size(real), np.inf)
    words = np.select([error <= NEAR, error <= FAR], [IN_PLACE, OFF], FALSE)
    return np.where(found.present(part), words, LOST)


def find_frame(before: Sequence[np.ndarray], after: Sequence[np.ndarray], was: str, now: str) -> tuple[int, int] | None:
    """(clip, frame) in which a hand that ``was`` so before is ``now`` so after; None where there is none.

    The middle one of all such frames, so that nobody picks a pretty one. ``was`` may be "" for anything.
    """
    places = [
        (clip, int(frame))
        for clip, (a, b) in enumerate(zip(before, after, strict=True))
        for frame in np.flatnonzero(((a == was) | (was == "")) & (b == now))
    ]
    return places[len(places) // 2] if places else None
