"""The ``.pose`` file (pose-format, https://github.com/sign-language-processing/pose): our keypoints in and out.

The file keeps coordinates, confidences and frames a second as float32. A missing point is written as pose-format's own
tools expect, zeros with confidence 0, which they mask; on reading, a point is missing where all of these are 0. The
one thing lost is a point with confidence 0 at exactly (0, 0, 0). Points in the plane (no z) are written as "XYC".
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lib.keypoints.layouts import LAYOUTS, PART_COLOURS, Layout
from lib.tools.errors import BadInput
from lib.tools.files import written_whole

if TYPE_CHECKING:
    from pose_format import Pose
    from pose_format.pose_header import PoseHeader, PoseHeaderComponent

Parts = tuple[np.ndarray, np.ndarray, Layout, float, tuple[int, int]]  # the fields of Keypoints, in their order
_MEDIAPIPE = {part: f"{part.upper()}_LANDMARKS" for part in ("pose", "face", "left_hand", "right_hand")}
_COMPONENTS = {
    "HOLISTIC": _MEDIAPIPE,
    "ASL": _MEDIAPIPE,
    "OPENPOSE": {
        "pose": "pose_keypoints_2d",
        "left_hand": "hand_left_keypoints_2d",
        "right_hand": "hand_right_keypoints_2d",
    },
    "COCO": {"pose": "BODY", "face": "FACE", "left_hand": "LEFT_HAND", "right_hand": "RIGHT_HAND"},
}


def write(parts: Parts, path: str | Path) -> None:
    """Write the parts of Keypoints, with the component names, limbs and colours that pose-format's viewer needs."""
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions

    xyz, confidence, layout, fps, (width, height) = parts
    flat = not np.isnan(xyz[..., 0]).all() and np.isnan(xyz[..., 2]).all()
    places = np.nan_to_num(xyz[..., : 2 if flat else 3], nan=0.0)
    header = PoseHeader(
        version=0.2,
        dimensions=PoseHeaderDimensions(width, height, 0 if flat else width),
        components=_header_components(layout, "XYC" if flat else "XYZC"),
    )
    pose = Pose(header, NumPyPoseBody(fps, places[:, None], confidence[:, None]))
    with written_whole(path) as partial, open(partial, "wb") as file:
        pose.write(file)


def read(path: str | Path) -> Parts:
    """The parts of Keypoints from a ``.pose`` file in one of our layouts.

    A file of pose-format's own Holistic extraction, with face and world points besides, is read as HOLISTIC_75; its z,
    which is a share of the picture's width, becomes pixels. Raises BadInput, naming the file, where it is absent, cut
    short, not a ``.pose`` file, of another layout, without frames or with several people.
    """
    pose = _parsed(Path(path))
    layout = _recognised(pose.header, path)
    frames, people = pose.body.confidence.shape[:2]
    if frames == 0 or people != 1:
        raise BadInput(f"{path} holds {frames} frames of {people} people; give a file with one person and some frames.")
    places = _places(layout, pose.header)
    confidence = np.asarray(pose.body.confidence, np.float32)[:, 0, places]
    found = np.asarray(pose.body.data.data, np.float32)[:, 0, places, :3]
    xyz = np.full((*confidence.shape, 3), np.nan, np.float32)
    xyz[..., : found.shape[-1]] = found
    xyz[(confidence == 0) & (found == 0).all(axis=-1)] = np.nan
    size = (pose.header.dimensions.width, pose.header.dimensions.height)
    if layout.name.startswith("HOLISTIC") and len(pose.header.components) > len(layout.parts):
        xyz[..., 2] *= size[0]
    return xyz, confidence, layout, pose.body.fps, size


def _parsed(path: Path) -> "Pose":
    from pose_format import Pose

    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of a .pose file.")
    try:
        return Pose.read(path.read_bytes())
    except Exception as error:  # the reader checks nothing: broken bytes fail in any of a dozen ways
        raise BadInput(f"{path} is not a whole .pose file ({error}); copy it again, or extract it again.") from None


def _recognised(header: "PoseHeader", path: str | Path) -> Layout:
    """The layout whose components are the file's; failing that, the first whose components are among the file's."""
    found = {component.name: tuple(component.points) for component in header.components}
    fitting = [layout for layout in LAYOUTS if _component_points(layout).items() <= found.items()]
    exact = [layout for layout in fitting if list(_component_points(layout)) == list(found)]
    if not fitting:
        content = ", ".join(f"{name} ({len(points)} points)" for name, points in found.items()) or "no components"
        known = ", ".join(layout.name for layout in LAYOUTS)
        raise BadInput(f"{path} has another layout: {content}; extract the clip again into one of {known}.")
    return (exact or fitting)[0]


def _places(layout: Layout, header: "PoseHeader") -> np.ndarray:
    """Where in the file the layout's points lie, int (P,)."""
    starts, start = {}, 0
    for component in header.components:
        starts[component.name] = start
        start += len(component.points)
    return np.concatenate([starts[name] + np.arange(len(points)) for name, points in _component_points(layout).items()])


def _component_points(layout: Layout) -> dict[str, tuple[str, ...]]:
    """pose-format's names of the components, in the layout's order, and of their points: its tools go by these."""
    names = _COMPONENTS[layout.name.split("_")[0]]
    return {names[part]: _point_names(layout, part) for part in layout.parts}


def _point_names(layout: Layout, part: str) -> tuple[str, ...]:
    from pose_format.utils.openpose import HAND_POINTS

    if part.endswith("hand") and layout.name.startswith("OPENPOSE"):
        return tuple(HAND_POINTS)
    if part.endswith("hand") and layout.name.startswith("COCO"):
        return tuple(f"hand_{i}" for i in range(21))
    return tuple(name.removeprefix(f"{part.upper()}_") for name in layout.points[layout.parts[part]])


def _header_components(layout: Layout, point_format: str) -> list["PoseHeaderComponent"]:
    from pose_format.pose_header import PoseHeaderComponent

    components = []
    for (part, where), (name, points) in zip(layout.parts.items(), _component_points(layout).items(), strict=True):
        limbs = [(a - where.start, b - where.start) for a, b in layout.edges[part]]
        components.append(PoseHeaderComponent(name, list(points), limbs, [PART_COLOURS[part]], point_format))
    return components
