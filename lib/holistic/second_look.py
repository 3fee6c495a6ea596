"""A second look: where Holistic lost a hand, look for it again, closer. Ours, not the papers'.

Holistic finds the body in the whole picture, guesses a square for each hand from three points of the body, and asks
the hand network about that square. Where the guess is off, the hand is lost, however clear it is (mediapipe issue
5373). The second look cuts out the neighbourhood of the body's wrist, enlarges it, and runs MediaPipe Hands on it,
which begins by searching for palms and so does not depend on the guess. It looks at squares of several sizes in turn
(``LOOKS``) and takes the first hand that meets all of these:

1. It is the right kind. MediaPipe Hands tells left from right for mirrored pictures, as a selfie camera shows them; in
   ours a hand that it calls "Left" is a right one. Most hands at the wrong wrist fail here.
2. Its wrist lies within ``NEAR`` body widths of the body's wrist. Those beyond were nearly always the other hand.
3. This body can have it there (`unlikely`): its wrist is in the picture, and it does not lie back along the forearm. A
   bare forearm whose hand is below the picture passes for a hand; a hand that is there lies beyond the body's wrist.

The body's width is that of the shoulders, or 1.3 forearms where the signer stands sideways; both are about 35 cm. The
rules were set on clips to learn from (D1 train, varied films; the third on keypoints that people have shared), never on
a test set. A least score and "not over the other hand" rejected more right hands than wrong ones, or none: dropped.

A point of a hand found so gets as confidence what the network says of its left or right (0.5 to 1), the one number
that it gives: that is no probability that the point is in place (`lib.holistic.surety` has one), but it tells these
hands from Holistic's own, whose points have 1 after ``extract(..., sure=False)``. Nothing is remembered between frames,
so a hand may jitter more than Holistic's, which are smoothed; `lib.holistic.third_look` looks at the frames around.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import cv2
import numpy as np

from lib.holistic.graph import Retouch, graph_of, solutions
from lib.holistic.surety import HAND, SIDES
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput

LOOKS = (1.3, 1.0, 1.7, 0.8, 2.2)  # sides of the square, in body widths
NEAR = 0.3  # body widths
BACK, BESIDE, LONG = 0.9, 0.2, 0.5  # of the forearm from the elbow; body widths off its line; its least body widths
SIDE = 256  # pixels that the square is enlarged to: more than the 192 that the palm detector takes
PALM_CONFIDENCE = 0.3
SHOULDERS, ELBOWS, WRISTS = (HOLISTIC_75.pair(joint) for joint in ("shoulder", "elbow", "wrist"))
KNUCKLES = tuple(zip(HOLISTIC_75.pair("pinky"), HOLISTIC_75.pair("index")))  # the body's, of each side


def second_look(frames: Iterable[np.ndarray], keypoints: Keypoints) -> Keypoints:
    """The same keypoints with hands filled in where they were missing and a second look finds them; nothing else moves.

    ``frames`` (uint8 RGB, (H, W, 3), any iterable, one at a time) are those that ``keypoints`` (HOLISTIC_75, T frames,
    in their pixels) came from. Raises BadInput for another layout, another number of frames, or another size.
    """
    rows = np.concatenate([keypoints.xyz, keypoints.confidence[..., None]], axis=-1)
    with looking_again() as again:
        for time, frame in enumerate(of_one_clip(frames, keypoints)):
            rows[time] = again(frame, rows[time])
    return Keypoints(rows[..., :3], rows[..., 3], HOLISTIC_75, keypoints.fps, keypoints.size)


def of_one_clip(frames: Iterable[np.ndarray], keypoints: Keypoints) -> Iterator[np.ndarray]:
    """The frames, one at a time, as long as they are those of the keypoints; BadInput as soon as they are not."""
    if keypoints.layout != HOLISTIC_75:
        raise BadInput(f"Another look needs the body of HOLISTIC_75, not {keypoints.layout.name}; extract it again.")
    count = 0
    for frame in frames:
        if count == len(keypoints) or frame.shape[1::-1] != keypoints.size:
            raise BadInput(_mismatch(keypoints, f"frame {count} is {frame.shape[1]}x{frame.shape[0]}"))
        yield frame
        count += 1
    if count != len(keypoints):
        raise BadInput(_mismatch(keypoints, f"there are {count} frames"))


@contextmanager
def looking_again() -> Iterator[Retouch]:
    """The second look as a function of one frame and its points, to be taken while a film runs by.

    with looking_again() as again:
        keypoints = lib.holistic.extract(frames, retouch=again)
    """
    hands = partial(solutions().hands.Hands, static_image_mode=True, min_detection_confidence=PALM_CONFIDENCE)
    with graph_of(hands) as detect:

        def again(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
            points = points.copy()
            for side in (0, 1):
                found = look_again(frame, points[:, :3], side, detect)
                if found is not None:
                    points[HAND[side], :3], points[HAND[side], 3] = found
            return points

        yield again


def _mismatch(keypoints: Keypoints, found: str) -> str:
    width, height = keypoints.size
    wanted = f"{len(keypoints)} frames of {width}x{height}"
    return f"These keypoints are of {wanted}, but {found}; give the frames and keypoints of one clip."


def look_again(
    frame: np.ndarray, points: np.ndarray, side: int, detect: Callable[[np.ndarray], Any]
) -> tuple[np.ndarray, float] | None:
    """Joints (21, 3) in pixels and confidence of the hand on this side, if it was missing and is found now.

    ``points`` (75, 3) are those of the frame, ``side`` is 0 for left, 1 for right.
    """
    wrist, size = points[WRISTS[side], :2], frame.shape[1::-1]
    if not inside(wrist, size) or not np.isnan(points[HAND[side]]).all():
        return None
    body = body_width(points, side)
    centre = points[[WRISTS[side], *KNUCKLES[side]], :2].mean(axis=0)
    for look in LOOKS:
        for joints, label, score in hands_in(frame, centre, look * body, detect):
            near = np.linalg.norm(joints[0, :2] - wrist) <= NEAR * body
            if near and label == SIDES[side] and not unlikely(joints, points, side, size):
                return joints, score
    return None


def unlikely(joints: np.ndarray, points: np.ndarray, side: int, size: tuple[int, int]) -> bool:
    """Whether a hand, (21, 2 or more) pixels of a picture of ``size``, cannot be that of the body ``points`` (75, ...).

    Its wrist has left the picture; or its middle lies back from the body's wrist, on a forearm that is long enough to
    tell. What is not known, NaN, is no reason.
    """
    elbow, body = points[ELBOWS[side], :2], body_width(points, side)
    (x, y), (u, v) = points[WRISTS[side], :2] - elbow, joints[:, :2].mean(axis=0) - elbow
    length = max(np.hypot(x, y), 1.0)
    on_forearm = (x * u + y * v) / length**2 < BACK and abs(x * v - y * u) / length < BESIDE * body
    return not inside(joints[0, :2], size) or bool(on_forearm and length > LONG * body)


def inside(point: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether (x, y) lies in a picture of (width, height)."""
    return bool((point >= 0).all() and (point < size).all())  # False for NaN too


def body_width(points: np.ndarray, side: int) -> float:
    """The body's width in pixels, by its shoulders or this forearm."""
    shoulders, forearm = (points[a, :2] - points[b, :2] for a, b in (SHOULDERS, (WRISTS[side], ELBOWS[side])))
    return max(np.linalg.norm(shoulders), 1.3 * np.linalg.norm(forearm), 1.0)


def hands_in(
    frame: np.ndarray, centre: np.ndarray, side: float, detect: Callable[[np.ndarray], Any]
) -> Iterator[tuple[np.ndarray, str, float]]:
    """(joints (21, 3) in pixels of the frame, "left" or "right", score) of the hands in a square of the frame."""
    corner, scale = centre - side / 2, SIDE / side
    enlarge = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    square = cv2.warpAffine(frame, enlarge, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    found = detect(square)
    for landmarks, kinds in zip(found.multi_hand_landmarks or [], found.multi_handedness or []):
        joints = side * np.array([(p.x, p.y, p.z) for p in landmarks.landmark], np.float32)
        joints[:, :2] += corner
        kind = kinds.classification[0]
        yield joints, {"Left": "right", "Right": "left"}[kind.label], kind.score  # its labels are for mirrored pictures
