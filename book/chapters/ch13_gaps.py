"""Chapter 13: gaps filled with the help of what is known beside them, and what a straight line does to a hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from book.chapters.ch09_gaps import Fill, frames_found, linear
from book.shared.gaps import HANDS, inside, runs, windows
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.keypoints.layouts import FINGERS

ARM = ("ELBOW", "WRIST", "PINKY", "INDEX", "THUMB")  # MediaPipe's points of the body; the last three are of the hand
NEIGHBOURS = 5  # whose mean is taken
HIDDEN = (1, 2, 3, 5, 8)  # lengths of the gaps that "learned" practises on
MIRROR = {"left_hand": -1.0, "right_hand": 1.0}  # what makes a right hand of it
Tracks = list[np.ndarray]


# Gaps of a hand filled with the help of what is known beside it: the body's arm, and other hands.
#
# R2 draws a straight line for each point (`lib.imputation`). Here are four rules that know more. All of them look at
# how far something *leaves* the straight line in the gap, and let the hand leave it likewise:
#
#     body's wrist      the whole hand leaves it as the wrist of the body does, which is hardly ever lost
#     nearest, ...      the fingers leave it as those of the most similar hands did in a stretch of as many frames, from
#                       the same film or from training films; the wrist goes with the body's
#     learned           every point leaves it by a linear function (ridge regression) of how elbow, wrist and the three
#                       knuckles of the body's arm do; learned from found hands that were hidden in training films
#
# `context_fills` gives them for one clip and hand in the form that `book.chapters.ch09_gaps` takes.
def context_fills(library: Tracks, weights: np.ndarray) -> Callable[[Keypoints, str], Mapping[str, Fill]]:
    """All rules, the straight line first, for any clip and hand; ``library`` (`collect`) and ``weights`` (`learn`) are
    from training clips."""

    def of_hand(clip: Keypoints, part: str) -> Mapping[str, Fill]:
        arm, mirror = arm_of(clip, part), MIRROR[part]
        return {
            "linear": linear,
            "body's wrist": partial(by_body, arm=arm),
            "nearest, same film": partial(by_nearest, arm=arm, library=None, mirror=mirror),
            "nearest, training": partial(by_nearest, arm=arm, library=library, mirror=mirror),
            "learned": partial(by_regression, arm=arm, weights=weights, mirror=mirror),
        }

    return of_hand


def arm_of(clip: Keypoints, part: str) -> np.ndarray:
    """Elbow, wrist and knuckles of the body's arm on the hand's side, (T, 5, 2) pixels, its own gaps on lines."""
    side = part.removesuffix("_hand").upper()
    points = clip.xyz[:, [clip.layout.index(f"{side}_{name}") for name in ARM]]
    return linear(points)[..., :2]


def by_body(points: np.ndarray, arm: np.ndarray) -> np.ndarray:
    """The straight line for the place beside the body's wrist: (T, 21, 3) with gaps in, without gaps out."""
    wrist = np.zeros((len(points), 1, 3), points.dtype)
    wrist[:, 0, :2] = arm[:, ARM.index("WRIST")]
    return linear(points - wrist) + wrist if frames_found(points).any() else linear(points)


def by_nearest(points: np.ndarray, arm: np.ndarray, library: Tracks | None, mirror: float) -> np.ndarray:
    """`by_body`, with the fingers as in the `NEIGHBOURS` stretches whose first and last hand are most similar.

    ``library`` holds shapes as `shapes` gives them; None: those of the film itself. Gaps at an end stay as they are.
    """
    filled, shape, length = by_body(points, arm), *shapes(points, mirror)
    for start, stop in inside(frames_found(points)):
        found = _nearest(shape[[start - 1, stop]], stop - start, _stretches(shape) if library is None else library)
        if found is not None:
            filled[start:stop, :, :2] += length * found * [mirror, 1]
    return filled


def by_regression(points: np.ndarray, arm: np.ndarray, weights: np.ndarray, mirror: float) -> np.ndarray:
    """The straight line, and on it what ``weights`` make of how the arm leaves its own. Gaps at an end stay."""
    filled, (_, length) = linear(points), shapes(points, mirror)
    for start, stop in inside(frames_found(points)):
        leaves = _bend(arm[start - 1 : stop + 1]) * [mirror, 1] / length
        hand = (leaves.reshape(stop - start, -1) @ weights).reshape(stop - start, -1, 2)
        filled[start:stop, :, :2] += length * hand * [mirror, 1]
    return filled


def learn(clips: Sequence[Keypoints]) -> np.ndarray:
    """Weights (10, 42) for `by_regression`, from hands that are found in ``clips`` and hidden for `HIDDEN` frames."""
    from sklearn.linear_model import Ridge

    pairs = [pair for clip in clips for part in HANDS for pair in _practice(clip, part)]
    arms, hands = (np.concatenate(rows) for rows in zip(*pairs))
    return Ridge(alpha=1.0, fit_intercept=False).fit(arms, hands).coef_.T


def _practice(clip: Keypoints, part: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each hidden stretch: how the arm (n, 10) and the hand (n, 42) leave the line, in hand lengths."""
    points, arm, mirror = clip.part(part)[..., :2], arm_of(clip, part), MIRROR[part]
    _, length = shapes(clip.part(part), mirror)
    for frames in HIDDEN:
        for start, stop in windows(clip.present(part), frames):
            both = (_bend(track[start - 1 : stop + 1]) * [mirror, 1] / length for track in (arm, points))
            yield tuple(track.reshape(frames, -1) for track in both)


def collect(clips: Sequence[Keypoints]) -> Tracks:
    """Every unbroken stretch of hand shapes in ``clips``, left hands mirrored: a library for `by_nearest`."""
    hands = [shapes(clip.part(part), MIRROR[part])[0] for clip in clips for part in HANDS]
    return [stretch for hand in hands for stretch in _stretches(hand)]


def shapes(points: np.ndarray, mirror: float) -> tuple[np.ndarray, float]:
    """A hand (T, 21, 3) from its wrist, in the plane, as a right one, in hand lengths, (T, 21, 2); and that length,
    the median from wrist to middle knuckle in pixels."""
    moved = (points - points[:, :1])[..., :2].astype(float)
    sizes = np.linalg.norm(moved[frames_found(points), HOLISTIC_75.middle_mcp], axis=-1)
    length = float(np.median(sizes)) if sizes.size and np.median(sizes) > 0 else 1.0
    return moved * [mirror, 1] / length, length


def _nearest(ends: np.ndarray, frames: int, library: Tracks) -> np.ndarray | None:
    """How the fingers leave the straight line, (frames, 21, 2): the mean of the stretches whose ends are nearest to
    ``ends`` (2, 21, 2). None where no stretch is long enough."""
    stretches = [track[at : at + frames + 2] for track in library for at in range(len(track) - frames - 1)]
    if not stretches:
        return None
    stretches = np.stack(stretches)
    distance = ((stretches[:, [0, -1]] - ends) ** 2).sum(axis=(1, 2, 3))
    best = np.argsort(distance, kind="stable")[:NEIGHBOURS]
    return np.mean([_bend(stretches[row]) for row in best], axis=0)


def _bend(track: np.ndarray) -> np.ndarray:
    """How far a track (n + 2, p, 2) is from the straight line between its ends, at the n moments between them."""
    share = np.linspace(0, 1, len(track))[1:-1, None, None]
    return track[1:-1] - (track[0] + share * (track[-1] - track[0]))


def _stretches(shape: np.ndarray) -> Tracks:
    return [shape[start:stop] for start, stop in runs(frames_found(shape))]


SHORT, LONG = (1, 3), (8, 10_000)  # frames, from and to
JOINTS = len(FINGERS["THUMB"])  # of each finger; the wrist is point 0 of a hand
BONES = [(root + joint - 1 if joint else 0, root + joint) for root in range(1, 21, JOINTS) for joint in range(JOINTS)]


# What a straight line does to a true hand: its bones, and its shape in short gaps against long ones (R2, 3.2 and 5.1).
#
# True hands alone are hidden and filled, so nothing here is an estimator's fault.
def bone_lengths(hand: np.ndarray) -> np.ndarray:
    """The 20 bones of a hand (T, 21, 3): their lengths (T, 20) in its unit."""
    start, end = np.array(BONES).T
    return np.linalg.norm(hand[:, end] - hand[:, start], axis=-1)


def off_on_the_line(places: Sequence[np.ndarray], lengths: Sequence[int]) -> pd.DataFrame:
    """How wrong bones are in hands that were hidden and filled on straight lines, one row for each gap.

    places   the true joints of each clip in space, (T, 75, 3) in HOLISTIC_75
    lengths  of the gaps, in frames; a true frame stays on either side

    Columns: clip, part, start, frames, method, and ``bones``, the mean of |length / true length - 1| in per cent.
    """
    rows = []
    for number, points in enumerate(places):
        for part in HANDS:
            hand = points[:, HOLISTIC_75.parts[part]].astype(float)
            true = bone_lengths(hand)
            for length in lengths:
                holes = windows(np.ones(len(hand), bool), length, context=1)
                given = hand.copy()
                for start, stop in holes:
                    given[start:stop] = np.nan
                wrong = 100 * np.abs(bone_lengths(linear(given)) / true - 1)
                rows += [(number, part, a, b - a, "linear", float(wrong[a:b].mean())) for a, b in holes]
    return pd.DataFrame(rows, columns=["clip", "part", "start", "frames", "method", "bones"])


def off_as_found(clips: Sequence[Keypoints]) -> Interval:
    """How much bones of found hands differ from their own median in the clip, per cent: the mean over clips.

    Each hand is measured in its own length from wrist to middle knuckle, so that coming nearer changes nothing.
    """
    return clip_bootstrap([np.mean([_unsteady(clip, part) for part in HANDS]) for clip in clips])


def _unsteady(clip: Keypoints, part: str) -> float:
    hand = clip.part(part)[clip.present(part)]
    if len(hand) < 2:
        return np.nan
    size = np.linalg.norm(hand[:, clip.layout.middle_mcp] - hand[:, clip.layout.wrist], axis=-1)
    bones = bone_lengths(hand) / size[:, None]
    return float(100 * np.abs(bones / np.median(bones, axis=0) - 1).mean())


def of_length(scores: pd.DataFrame, frames: tuple[int, int]) -> pd.DataFrame:
    """The gaps of so many frames, from and to."""
    return scores[scores["frames"].between(*frames)]


def short_minus_long(scores: pd.DataFrame, measure: str) -> Interval:
    """``measure`` in `SHORT` gaps minus the same in `LONG` ones, clip by clip; the mean over clips that have both."""
    return clip_bootstrap(
        [_mean(of_length(of_clip, SHORT), measure) - _mean(of_length(of_clip, LONG), measure)
         for _, of_clip in scores.groupby("clip")]
    )  # fmt: skip


def _mean(scores: pd.DataFrame, measure: str) -> float:
    """Over frames; NaN without any."""
    return float(np.average(scores[measure], weights=scores["frames"])) if len(scores) else np.nan
