"""A judge of hands that is not MediaPipe's: is there a hand where one is known to be, and are its joints in place?

BG-UNet learned from MediaPipe's hand network and is judged by MediaPipe. So another network is asked, that of yoha
(handtracking.io, MIT licence), which was trained on data of its own: ``python data_scripts/second_judge.py`` fetches
it, and ``pip install ai-edge-litert`` runs it. It is told where to look, by the true joints, so it cannot lose a hand
for want of a body; what it answers depends on the pixels there. It judges only: nothing is trained or chosen by it.

Its crop is yoha's own (preproc_comp.js and post_model.js of the package): turned until the hand points up, the box
around all 21 joints, on every side three quarters of the palm's length more, stretched to a square.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from lib import metrics
from lib.evaluation.evaluation import FRAMES, PCK_THRESHOLD, looked_at, means, watch, without_nan
from lib.evaluation.intervals import Interval, ratio_bootstrap
from lib.evaluation.methods import Method, called
from lib.keypoints import Keypoints, Layout
from lib.signer.clips import Clip
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.paths import DATA

FILE, SHA256 = "model.tflite", "3588e3b9858dd44ccb3db06b2af905e93714d998e75c78fb489e0d2eca86d73f"
JUDGE = DATA / "second_judge"
SIDE = 224  # pixels of the square
SLACK, SURE = 0.75, 0.5  # yoha's: of the palm's length; the least presence of a hand
PALM = ((0, 17), (0, 2), (0, 9), (0, 5), (0, 13), (17, 5))  # the longest of these is the palm's length
# where MediaPipe's 21 joints are in its own order: the wrist, then each finger from the palm to its tip
ORDER = [20, 17, 16, 18, 19, 1, 0, 2, 3, 5, 4, 6, 7, 9, 8, 10, 11, 13, 12, 14, 15]  # fmt: skip

# what `judged` measures, in the form of lib.evaluation.evaluation.MEASURES
MEASURES = {
    "second_present": ("second judge: there, %", 100),
    "second_pck": ("second judge: PCK of all, %", 100),
    "second_false": ("second judge: beside the hand, %", 100),
    "second_agrees": ("second judge: agrees, % of found", 100),
}


class Box(NamedTuple):
    """Where the judge looks: ``turn`` (2, 2) takes picture to upright axes; ``low`` and ``high`` are corners there."""

    turn: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def upright(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the picture, as shares of the box, (0, 0) its upper left corner."""
        return (points @ self.turn.T - self.low) / (self.high - self.low)

    def in_picture(self, shares: np.ndarray) -> np.ndarray:
        """The way back."""
        return (shares * (self.high - self.low) + self.low) @ self.turn


def box_of(hand: np.ndarray) -> Box:
    """yoha's box for the joints (21, 2), MediaPipe's order, pixels: from the wrist to the middle knuckle is up."""
    x, y = hand[Layout.middle_mcp] - hand[Layout.wrist]
    length = np.hypot(x, y) or 1.0
    turn = np.array([[-y, x], [-x, -y]]) / length
    upright = hand @ turn.T
    slack = SLACK * max(np.linalg.norm(hand[a] - hand[b]) for a, b in PALM)
    return Box(turn, upright.min(axis=0) - slack, upright.max(axis=0) + slack)


def crop(frame: np.ndarray, box: Box) -> np.ndarray:
    """The box of a frame (H, W, 3) as a square (224, 224, 3) uint8; black where it leaves the frame."""
    corners = box.in_picture(np.array([[0, 0], [1, 0], [0, 1]])) - 0.5  # of pixels' middles
    step = (corners[1:] - corners[0]) / SIDE
    start = corners[0] + step.sum(axis=0) / 2
    return cv2.warpAffine(frame, np.c_[step.T, start], (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


class SecondJudge:
    """The network: a frame and a hand's place in, joints and presence out. Raises BadInput where it is not there."""

    def __init__(self, folder: str | Path = JUDGE):
        path = Path(folder) / FILE
        if not path.is_file():
            raise BadInput(f"{path} is not there; fetch it: python data_scripts/second_judge.py --out {folder}")
        if sha256(path) != SHA256:
            raise BadInput(f"{path} is another network than yoha 1.2.0's; delete it and fetch it again.")
        if not find_spec("ai_edge_litert"):
            raise BadInput("The second judge runs in ai-edge-litert, which is missing: pip install ai-edge-litert")
        from ai_edge_litert.interpreter import Interpreter

        self.network = Interpreter(str(path), num_threads=1)
        self.network.allocate_tensors()
        self.source = self.network.get_input_details()[0]["index"]
        outputs = sorted(self.network.get_output_details(), key=lambda one: -one["shape"][1])  # 21 joints, 4 answers
        self.joints, self.kinds = (one["index"] for one in outputs)

    def __call__(self, frame: np.ndarray, box: Box) -> tuple[np.ndarray, float]:
        """Joints (21, 2) in pixels of the frame, MediaPipe's order, and how sure it is of a hand, in [0, 1]."""
        self.network.set_tensor(self.source, crop(frame, box)[None].astype(np.float32))
        self.network.invoke()
        joints = self.network.get_tensor(self.joints)[0][ORDER]
        absent = self.network.get_tensor(self.kinds)[0][2, 1]  # of its four answers the third is "no hand"
        return box.in_picture((joints + 1) / 2), float(1 - absent)


def judged(judge: SecondJudge, frames: np.ndarray, found: Keypoints, truth: Keypoints) -> dict[str, float]:
    """The measures of a clip: frames (T, H, W, 3), what MediaPipe ``found`` in them, and the truth, in their pixels.

    A hand that the judge takes for none has no joint in place, as in PCK of all. NaN where nothing is measured.
    """
    said = [_see(judge, frames[t], hand, other) for t, hand, other in true_hands(truth)]
    there, place, beside = zip(*said) if said else ((), (), ())
    columns = [there, place, [one for one in beside if one is not None]]
    return dict(zip(MEASURES, map(_mean, columns))) | {"second_agrees": agreed(judge, frames, found)}


def agreed(judge: SecondJudge, frames: np.ndarray, found: Keypoints) -> float:
    """The last measure alone: of the hands that MediaPipe found, the share in whose box the judge sees one."""
    parts = [(found.present(side), found.part(side)[..., :2]) for side in ("left_hand", "right_hand")]
    return _mean([judge(frames[t], box_of(hand[t]))[1] > SURE for seen, hand in parts for t in np.flatnonzero(seen)])


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _see(judge: SecondJudge, frame: np.ndarray, hand: np.ndarray, other: np.ndarray) -> tuple[bool, float, bool | None]:
    """Is a true hand there for the judge, what share of its joints is in place, is one beside it (None: no room)."""
    box = box_of(hand)
    joints, presence = judge(frame, box)
    near = metrics.pck(joints[None], hand[None], metrics.hand_size(hand[None]), PCK_THRESHOLD)
    free = _beside(box, frame.shape, other)
    return presence > SURE, near * (presence > SURE), None if free is None else judge(frame, free)[1] > SURE


def _beside(box: Box, shape: tuple[int, ...], other: np.ndarray) -> Box | None:
    """The box moved by its own width: where no joint of the other hand is, and its middle in the picture."""
    for way in (1, -1):
        step = np.array([way * (box.high - box.low)[0], 0])
        moved = box._replace(low=box.low + step, high=box.high + step)
        middle, shares = moved.in_picture(np.array([0.5, 0.5])), moved.upright(other)
        inside = ((shares > 0) & (shares < 1)).all(axis=1).any()
        if ((middle > 0) & (middle < shape[1::-1])).all() and not inside:
            return moved
    return None


def true_hands(truth: Keypoints) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Frame, joints (21, 2) of a hand of which something is in the picture, and those of the other hand."""
    sides = [f"{side}_hand" for side in ("left", "right")]
    for side, other in (sides, sides[::-1]):
        visible = (truth.confidence[:, truth.layout.parts[side]] > 0).any(axis=1)
        for t in np.flatnonzero(visible):
            yield int(t), truth.part(side)[t, :, :2], truth.part(other)[t, :, :2]


def opinion(
    judge: SecondJudge, method: Method, clip: Clip, looks: int = 1, path: str = FRAMES, truth: Keypoints | None = None
) -> list[dict]:
    """A row for each number of looks up to ``looks``: the judge on a method's frames of a clip, and on what MediaPipe
    found in them. Another look changes what was found, and nothing else that is measured.

    ``truth`` stands in for a clip's own. All else, and the row's place, is as in `lib.evaluation.evaluation.evaluate`,
    which raises what this raises.
    """
    frames, found = watch(method, clip, 1, path)
    place = {"set": clip.set, "clip": clip.name, "method": method.name, "path": path}
    truth = clip.truth() if truth is None else truth
    rows = [place | judged(judge, frames, found, in_pixels_of(frames, truth))]
    for again in range(2, looks + 1):
        agrees = agreed(judge, frames, looked_at(method, clip, again, path))
        rows.append(rows[0] | {"method": called(method.name, again), "second_agrees": agrees})
    return list(map(without_nan, rows))


def in_pixels_of(frames: np.ndarray, truth: Keypoints) -> Keypoints:
    """The truth in pixels of frames (T, H, W, 3) that show the same in another size."""
    height, width = frames.shape[1:3]
    return replace(truth, xyz=truth.xyz * (width / truth.size[0]), size=(width, height))


def opinions(rows: Sequence[dict]) -> pd.DataFrame:
    """Means over clips with 95 % intervals, a line for each set and method, of rows of one path.

    "gap closed, %" is of the hands that are there: (method - input) / (target - input), where the rows have both.
    """
    return means(rows, MEASURES, "second_present", lambda there, method: {"gap closed, %": _closed(there, method)})


def _closed(there: pd.DataFrame, method: str) -> Interval | None:
    """Of hands that are there, by clip and method; None where there are no two ends, or the method is one."""
    ends = {"input", "target"}
    if method in ends or not ends <= set(there) or there[method].isna().any():
        return None
    return ratio_bootstrap(100 * (there[method] - there["input"]), there["target"] - there["input"])
