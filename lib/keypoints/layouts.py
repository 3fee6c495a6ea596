"""The point layouts of the course: which point is which, in the order of each pose estimator.

Left and right are always the person's own. All four estimators number a hand alike, from the wrist (0) along the
thumb to the tip of the little finger (20), so the hands carry MediaPipe's names everywhere.

Sources: MediaPipe ``PoseLandmark`` and ``HandLandmark``; OpenPose BODY_25; COCO-WholeBody (Jin et al., 2020); the
asl-signs competition. The reduced layouts keep what De Coster et al. keep (arXiv 2306.17558, section 3.1).
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import ClassVar

from lib.tools.errors import BadInput

Names = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]

# Okabe and Ito's palette: the two hands differ for every kind of colour vision.
PART_COLOURS = {
    "pose": (0, 158, 115),
    "left_hand": (86, 180, 233),
    "right_hand": (230, 159, 0),
    "face": (204, 121, 167),
}


@dataclass(frozen=True)
class Layout:
    """A named order of points. Two layouts are equal when their names are.

    ``parts`` gives each part's slice of the points, ``edges`` the pairs of points that a drawing joins. Normalisation
    needs the hips, so normalise *before* selecting a layout that drops them. ``wrist`` and ``middle_mcp`` (the knuckle
    of the middle finger) count from the beginning of a hand.
    """

    name: str
    points: Names = field(compare=False, repr=False)
    parts: dict[str, slice] = field(compare=False, repr=False)
    edges: dict[str, tuple[tuple[int, int], ...]] = field(compare=False, repr=False)
    wrist: ClassVar[int] = 0
    middle_mcp: ClassVar[int] = 9

    def __len__(self) -> int:
        return len(self.points)

    def index(self, point: str) -> int:
        """The number of a point, by its name in any estimator's spelling: "left_wrist", "LEFT_WRIST" or "LWrist".

        Raises BadInput where the layout lacks it.
        """
        if (number := self._numbers.get(plain(point))) is None:
            raise BadInput(f"{self.name} has no point {point!r}; its points are {', '.join(self.points[:4])} ...")
        return number

    def pair(self, joint: str) -> tuple[int, int]:
        """The numbers of a joint's (left, right) points: of the body's "wrist", or of "hand_index_finger_tip"."""
        return self.index(f"left_{joint}"), self.index(f"right_{joint}")

    def places(self, other: "Layout") -> list[int]:
        """Where in this layout the points of another lie, by name; BadInput where it lacks some."""
        lacking = sorted(set(other.points) - set(self.points))
        if lacking:
            raise BadInput(
                f"{self.name} lacks {len(lacking)} of the points of {other.name} (first: {lacking[0]}); "
                "choose a layout of the same pose estimator."
            )
        return [self.points.index(point) for point in other.points]

    @property
    def shoulders(self) -> tuple[int, int]:
        """(left, right)"""
        return self.pair("shoulder")

    @property
    def hips(self) -> tuple[int, int] | None:
        """(left, right); None where the layout drops them."""
        return self.pair("hip") if "lefthip" in self._numbers else None

    @property
    def body_wrists(self) -> tuple[int, int]:
        """(left, right), of the body: each hand has a wrist of its own."""
        return self.pair("wrist")

    @property
    def neck(self) -> int | None:
        """Which only OpenPose has."""
        return self._numbers.get("neck")

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {plain(point): number for number, point in enumerate(self.points)}


def plain(point: str) -> str:
    """MediaPipe's LEFT_WRIST, OpenPose's LWrist and COCO's left_wrist are "leftwrist"."""
    side = {"L": "left", "R": "right"}
    return re.sub(r"[\W_]", "", re.sub(r"^[LR](?=[A-Z][a-z])", lambda letter: side[letter[0]], point)).lower()


def _layout(name: str, parts: dict[str, Names], body_edges: Pairs, dropped: frozenset[int] = frozenset()) -> Layout:
    """Number the points part by part, leaving out those ``dropped`` (numbers in the full layout)."""
    numbers = iter(range(sum(map(len, parts.values()))))
    kept = {part: tuple(p for p in names if next(numbers) not in dropped) for part, names in parts.items()}
    points = sum(kept.values(), ())
    place = {point: i for i, point in enumerate(points)}
    ends = accumulate(map(len, kept.values()))
    slices = {part: slice(end - len(names), end) for (part, names), end in zip(kept.items(), ends) if names}
    pairs = {"pose": body_edges, "face": FACE_EDGES} | {f"{side}_hand": _hand_edges(side) for side in ("left", "right")}
    edges = {part: tuple((place[a], place[b]) for a, b in pairs[part] if {a, b} <= place.keys()) for part in slices}
    return Layout(name, points, slices, edges)


def _pairs(text: str) -> Pairs:
    """The links of chains such as ``"a b c, d e"``."""
    chains = [chain.split() for chain in text.split(",")]
    return tuple(pair for chain in chains for pair in pairwise(chain))


FINGERS = {"THUMB": ("CMC", "MCP", "IP", "TIP")} | {
    name: ("MCP", "PIP", "DIP", "TIP") for name in ("INDEX_FINGER", "MIDDLE_FINGER", "RING_FINGER", "PINKY")
}
HAND = ("WRIST", *(f"{finger}_{joint}" for finger, joints in FINGERS.items() for joint in joints))


def in_hand(*joints: str) -> list[int]:
    """Their numbers within a hand, by MediaPipe's names: ``in_hand("WRIST", "INDEX_FINGER_MCP")`` is [0, 5]."""
    return [HAND.index(joint) for joint in joints]


def _hand(side: str) -> Names:
    return tuple(f"{side.upper()}_HAND_{name}" for name in HAND)


def _hand_edges(side: str) -> Pairs:
    """Five fingers from the wrist, and the palm across the knuckles."""
    names = _hand(side)
    chains = [(0, *range(first, first + 4)) for first in (1, 5, 9, 13, 17)] + [(5, 9, 13, 17)]
    return tuple((names[a], names[b]) for chain in chains for a, b in pairwise(chain))


BODIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MEDIAPIPE_EDGES, OPENPOSE_EDGES, COCO_EDGES = (_pairs(body["edges"]) for body in BODIES.values())
COCO_FACE: Names = tuple(f"face-{i}" for i in range(68))
# Jaw, brows, bridge of the nose, nostrils; then eyes and lips, which close on their first point: (first, last, first).
_CURVES = ((0, 16), (17, 21), (22, 26), (27, 30), (31, 35), (36, 41, 36), (42, 47, 42), (48, 59, 48), (60, 67, 60))
FACE_EDGES = tuple(
    (COCO_FACE[a], COCO_FACE[b])
    for first, last, *back in _CURVES
    for a, b in pairwise([*range(first, last + 1), *back])
)
MEDIAPIPE_FACE: Names = tuple(f"FACE_{i}" for i in range(468))

_HANDS = {"left_hand": _hand("left"), "right_hand": _hand("right")}
_MEDIAPIPE_POSE, _OPENPOSE_POSE, _COCO_POSE = (tuple(body["points"].split()) for body in BODIES.values())
_HOLISTIC = {"pose": _MEDIAPIPE_POSE, **_HANDS}
_OPENPOSE = {"pose": _OPENPOSE_POSE, **_HANDS}
_COCO = {"pose": _COCO_POSE, "face": COCO_FACE, **_HANDS}
_ASL_SIGNS = {
    "face": MEDIAPIPE_FACE,
    "left_hand": _HANDS["left_hand"],
    "pose": _MEDIAPIPE_POSE,
    "right_hand": _HANDS["right_hand"],
}

HOLISTIC_75 = _layout("HOLISTIC_75", _HOLISTIC, MEDIAPIPE_EDGES)
HOLISTIC_67 = _layout("HOLISTIC_67", _HOLISTIC, MEDIAPIPE_EDGES, frozenset(range(25, 33)))
OPENPOSE_67 = _layout("OPENPOSE_67", _OPENPOSE, OPENPOSE_EDGES)
OPENPOSE_54 = _layout("OPENPOSE_54", _OPENPOSE, OPENPOSE_EDGES, frozenset({*range(8, 15), *range(19, 25)}))
COCO_133 = _layout("COCO_133", _COCO, COCO_EDGES)
COCO_53 = _layout("COCO_53", _COCO, COCO_EDGES, frozenset(range(11, 91)))
ASL_SIGNS_543 = _layout("ASL_SIGNS_543", _ASL_SIGNS, MEDIAPIPE_EDGES)
LAYOUTS = (HOLISTIC_75, HOLISTIC_67, OPENPOSE_67, OPENPOSE_54, COCO_133, COCO_53, ASL_SIGNS_543)
