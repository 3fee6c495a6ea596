"""Chapter 7: a method that only invents hands, and whether a measure of pictures could stand in for counting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import pandas as pd

from book.shared.hands import shoulder_width
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.keypoints import Keypoints
from lib.metrics import hand_size
from lib.signer.clips import Clip
from lib.tools.errors import BadInput

MARGIN = 0.7  # half the side of the cut-out square, in sizes of the hand
EDGE = 0.25  # of that half: over so much the square fades into what is below


# A method that brings no hand back and draws some all the same: what a count of found hands must not be fooled by.
#
#     frames, keypoints -> where a hand was lost: a sharp hand from another film, pasted over the body's wrist
#
# UHP cannot tell such a hand from a true one. It is here to be caught (chapter 7): by the truth, or by looking. A
# network that learned only to please the estimator would do the same with more skill.
@dataclass(frozen=True)
class Stamp:
    """A picture of a hand, (S, S, 3) uint8, its wrist's place in it (x, y), and its side in shoulder widths."""

    picture: np.ndarray
    wrist: np.ndarray
    side: float


def cut_stamp(clip: Clip) -> Stamp:
    """The right hand out of a clip's sharp film, where it moves least: a frame in which it is all in the picture.

    Raises BadInput where there is no such frame.
    """
    truth = clip.truth()
    hand = truth.part("right_hand")[..., :2]
    inside = (truth.confidence[:, truth.layout.parts["right_hand"]] > 0).all(axis=1)
    if not inside.any():
        raise BadInput(f"{clip.name} has no frame with the whole right hand in it; give another clip.")
    speed = np.linalg.norm(np.gradient(hand[:, truth.layout.wrist], axis=0), axis=1)
    frame = int(np.where(inside, speed, np.inf).argmin())
    half = MARGIN * hand_size(hand)[frame]
    corner = (hand[frame].min(0) + hand[frame].max(0)) / 2 - half
    whole = round(2 * half)
    picture = cv2.getRectSubPix(clip.target()[frame], (whole, whole), tuple(map(float, corner + half)))
    return Stamp(picture, hand[frame, truth.layout.wrist] - corner, 2 * half / shoulder_width(truth))


def invent(frames: Iterable[np.ndarray], keypoints: Keypoints, stamp: Stamp) -> Iterator[np.ndarray]:
    """The frames (uint8 RGB, (H, W, 3)), each without a right hand with the stamp pasted over the body's wrist.

    ``keypoints`` are those of the frames, in their pixels. Where the body's wrist is unknown, frames stay.
    """
    wrists = keypoints.xyz[:, keypoints.layout.body_wrists[1], :2]
    lost = ~keypoints.present("right_hand") & ~np.isnan(wrists).any(axis=1)
    scale = stamp.side * shoulder_width(keypoints) / len(stamp.picture)
    for frame, gone, wrist in zip(frames, lost, wrists, strict=True):
        yield _paste(frame, stamp, wrist, scale) if gone else frame


def _paste(frame: np.ndarray, stamp: Stamp, wrist: np.ndarray, scale: float) -> np.ndarray:
    corner = wrist - scale * stamp.wrist
    move = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
    size = frame.shape[1::-1]
    above = cv2.warpAffine(stamp.picture, move, size, flags=cv2.INTER_AREA).astype(np.float32)
    share = cv2.warpAffine(_fading(len(stamp.picture)), move, size)[..., None]
    return (share * above + (1 - share) * frame).round().astype(np.uint8)


def _fading(side: int) -> np.ndarray:
    """1 in the middle, falling to 0 towards a circle's rim, (side, side) float32."""
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    distance = np.hypot(*np.meshgrid(axis, axis))
    return np.clip((1 - distance) / EDGE, 0, 1)


LESS_IS_BETTER = ("phash",)


def agreement(
    rows: Sequence[dict], name: str, methods: Sequence[str], measure: str, hands: str = "uhp_dominant"
) -> Interval | None:
    """Per cent of pairs of ``methods`` that ``measure`` and lost ``hands`` order alike, mean over the clips of a set.

    100: who loses fewer hands always has the nearer picture; 50: chance. A pair that loses equally many hands in a clip
    does not count there, and one that the measure finds equal counts half. ``rows`` are those of one path
    (`lib.evaluation`). None where a method has no rows, or where fewer than two clips are left.
    """
    frame = pd.DataFrame([row for row in rows if row["set"] == name and row["method"] in methods])
    if frame.empty or set(frame["method"]) != set(methods):
        return None
    lost, near = (frame.pivot(index="clip", columns="method", values=key).astype(float) for key in (hands, measure))
    sign = 1 if measure in LESS_IS_BETTER else -1
    shares = [_alike(lost.loc[clip], sign * near.loc[clip]) for clip in lost.index]
    counted = [100 * share for share in shares if share is not None]
    return clip_bootstrap(counted) if len(counted) > 1 else None


def _alike(lost: pd.Series, far: pd.Series) -> float | None:
    """Share of pairs in one order; both are better the smaller they are."""
    signs = [(lost[a] - lost[b]) * (far[a] - far[b]) for a, b in combinations(lost.index, 2) if lost[a] != lost[b]]
    return sum(0.5 if one == 0 else one > 0 for one in signs) / len(signs) if signs else None
