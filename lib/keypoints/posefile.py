"""The ``.pose`` file (pose-format, https://github.com/sign-language-processing/pose): our keypoints in and out.

The file keeps coordinates, confidences and frames a second as float32. A missing point is written as pose-format's own
tools expect, zeros with confidence 0, which they mask; on reading, a point with confidence 0 is missing, wherever it
is: so do others hide a hand. A point of ours that is there with confidence 0 is written with the least confidence that
is more. Points in the plane (no z) are written as "XYC".
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lib.keypoints import conventions
from lib.keypoints.layouts import HAND, LAYOUTS, PART_COLOURS, Layout, plain
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import check_unpacked, reading

if TYPE_CHECKING:
    from pose_format.pose_body import PoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderComponent
    from pose_format.utils.reader import BufferReader

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
_UNSEEN = np.finfo(np.float32).tiny  # the confidence of a point that is there with confidence 0


def write(parts: Parts, path: str | Path) -> None:
    """Write the parts of Keypoints, with the component names, limbs and colours that pose-format's viewer needs."""
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions

    xyz, confidence, layout, fps, (width, height) = parts
    flat = not np.isnan(xyz[..., 0]).all() and np.isnan(xyz[..., 2]).all()
    places = np.nan_to_num(xyz[..., : 2 if flat else 3], nan=0.0)
    confidence = np.where((confidence == 0) & ~np.isnan(xyz[..., 0]), _UNSEEN, confidence)
    header = PoseHeader(
        version=0.2,
        dimensions=PoseHeaderDimensions(width, height, 0 if flat else width),
        components=_header_components(layout, "XYC" if flat else "XYZC"),
    )
    pose = Pose(header, NumPyPoseBody(fps, places[:, None], confidence[:, None]))
    with written_whole(path) as partial, open(partial, "wb") as file:
        pose.write(file)


def read(path: str | Path, person: int | None = None) -> Parts:
    """The parts of Keypoints from a ``.pose`` file in one of our layouts, however its writer spells their names.

    A file of pose-format's own Holistic extraction, with face and world points besides, is read as HOLISTIC_75; z
    becomes pixels where it is a share of the picture's width. Of several people one is read, see
    `lib.keypoints.conventions.one_person`. Raises BadInput, naming the file, where it is absent, cut short, not a
    ``.pose`` file, of another layout, without frames, without that ``person``, or not in pixels.
    """
    header, body = _parsed(Path(path))
    layout, places = _recognised(header, path)
    frames, people = body.confidence.shape[:2]
    if frames == 0 or people == 0:
        raise BadInput(f"{path} holds {frames} frames of {people} people; give a file with one person and some frames.")
    found = np.asarray(body.data.data, np.float32)[:, :, places, :3]
    points = np.full((*found.shape[:3], 4), np.nan, np.float32)
    points[..., : found.shape[-1]] = found
    points[..., 3] = body.confidence[:, :, places]
    conventions.check_reach(path, points)
    points[points[..., 3] == 0] = np.nan
    points = conventions.one_person(path, list(points), person).astype(np.float32)
    xyz, confidence = points[..., :3], np.where(np.isnan(points[..., 0]), 0, points[..., 3])
    if conventions.unit(path, xyz, layout, "pixels") != "pixels":
        raise BadInput(f"{path} holds shares of the picture, not pixels; multiply them by its width and height.")
    size = (header.dimensions.width, header.dimensions.height)
    conventions.doubt_size(path, xyz, size)
    if not _is_ours(header):
        confidence = conventions.as_share(path, confidence)
        conventions.doubt_percent(path, xyz[..., :2], size)
        conventions.doubt_places(path, xyz, layout)
        xyz[..., 2] *= size[0] if conventions.depth_is_share(xyz[..., 2]) else 1
    return xyz, np.where(confidence == _UNSEEN, 0, confidence), layout, body.fps, size


def _parsed(path: Path) -> tuple["PoseHeader", "PoseBody"]:
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader
    from pose_format.utils.reader import BufferReader

    if not path.is_file():
        raise BadInput(f"{path} does not exist; give the path of a .pose file.")
    with reading(path, "is not a whole .pose file", "copy it again, or extract it again"):
        reader = BufferReader(path.read_bytes())
        header = PoseHeader.read(reader)
        if not header.total_points() or not all(part.format.startswith("XY") for part in header.components):
            raise ValueError("it has no points with x and y")
        body = NumPyPoseBody.read(header, reader) if header.version else _of_version_0(header, reader)
        if reader.bytes_left():
            raise ValueError(f"{reader.bytes_left():,} bytes are left over")
        return header, body


def _of_version_0(header: "PoseHeader", reader: "BufferReader") -> "PoseBody":
    """All people of each frame of version 0.0, of whom pose-format keeps the first alone."""
    from pose_format.numpy import NumPyPoseBody
    from pose_format.utils.reader import ConstStructs

    fps, frames = reader.unpack(ConstStructs.double_ushort)
    (numbers,) = {len(part.format) for part in header.components}
    clip = []
    for _ in range(frames):
        clip.append([])
        for _ in range(reader.unpack(ConstStructs.ushort)):
            reader.advance(ConstStructs.short)  # a number of the person, the same in all frames of no known writer
            clip[-1].append(reader.unpack_numpy(ConstStructs.float, (header.total_points(), numbers)))
    most = max([1, *map(len, clip)])
    check_unpacked(4 * numbers * header.total_points() * most * frames, len(reader.buffer))
    values = np.zeros((frames, most, header.total_points(), numbers), np.float32)
    for row, people in zip(values, clip):
        row[: len(people)] = people or 0
    return NumPyPoseBody(fps, values[..., :-1], values[..., -1])


def _is_ours(header: "PoseHeader") -> bool:
    """Whether `write` has written it, by the colours: then z is in pixels."""
    colours = {tuple(map(tuple, np.asarray(part.colors).tolist())) for part in header.components}
    return colours <= {(colour,) for colour in PART_COLOURS.values()}


def _recognised(header: "PoseHeader", path: str | Path) -> tuple[Layout, np.ndarray]:
    """The layout whose parts are the file's; failing that, the first whose parts are among them; and its places there.

    A part is known by what of the body its name says, by how many points it has, and by any known spelling of theirs.
    """
    found, content, start = {}, [], 0
    for component in header.components:
        if part := _part(component.name):
            found.setdefault(part, (component, start))
        content.append(f"{_shown(component.name)} ({len(component.points)} points)")
        start += len(component.points)
    odd = {layout: [_odd_points(layout, part, *found.get(part, ())) for part in layout.parts] for layout in LAYOUTS}
    fitting = [layout for layout in LAYOUTS if not any(number for number, _ in odd[layout])]
    if not fitting:
        listed = ", ".join(content[:8]) + (", ..." if len(content) > 8 else "")
        nearest = min(LAYOUTS, key=lambda layout: sum(number for number, _ in odd[layout]))
        differs = next((f", but {text}" for number, text in odd[nearest] if number and text), "")
        known = ", ".join(layout.name for layout in LAYOUTS)
        raise BadInput(f"{path} has another layout: {listed}{differs}; extract the clip again into one of {known}.")
    exact = [layout for layout in fitting if list(layout.parts) == list(found) and len(found) == len(content)]
    layout = (exact or fitting)[0]
    return layout, np.concatenate([found[part][1] + np.arange(w.stop - w.start) for part, w in layout.parts.items()])


def _shown(name: str) -> str:
    """The beginning of a name out of a file, with escapes for what cannot be printed."""
    return repr(name[:40])[1:-1]


def _part(component: str) -> str | None:
    """ "hand_left_keypoints_2d", "LEFT_HAND_LANDMARKS" and "LEFT_HAND_133" are the left hand; None for others."""
    name = component.lower()
    if "hand" in name:
        return next((f"{side}_hand" for side in ("left", "right") if side in name), None)
    if "world" in name:  # metres about the hips
        return None
    return next((part for part, word in (("face", "face"), ("pose", "pose"), ("pose", "body")) if word in name), None)


def _odd_points(
    layout: Layout, part: str, component: "PoseHeaderComponent | None" = None, _: int = 0
) -> tuple[int, str]:
    """How many points of a part are not the layout's, another number of them weighing more, and what differs first."""
    number = layout.parts[part].stop - layout.parts[part].start
    if component is None:
        return 100 + number, ""
    name, names = _shown(component.name), [_plain(point) for point in component.points]
    if len(names) != number:
        own = {_plain(point) for point in _point_names(layout, part)}
        return 100 + len(own ^ set(names)), f"{name} has {len(names)} points where {layout.name} has {number}"
    ways = [[(i, own) for i, own in enumerate(way) if _plain(own) != names[i]] for way in _spellings(layout, part)]
    differ = min(ways, key=len)
    if not differ:
        return 0, ""
    place, own = differ[0]
    return len(differ), f"{name} has {component.points[place][:40]!r} where {layout.name} has {own!r}"


def _spellings(layout: Layout, part: str) -> list[Sequence[str]]:
    """All that pose-format's writers call the points of a part; those of the face are numbers everywhere."""
    from pose_format.utils.openpose import HAND_POINTS

    own = _point_names(layout, part)
    return [own, HAND, HAND_POINTS, [str(i) for i in range(21)]] if part.endswith("hand") else [own]


def _plain(point: str) -> str:
    """Without the part's name, as `lib.keypoints.layouts.plain` has it: "left_hand_0", "hand_0" and "0" are "0"."""
    return plain(re.sub(r"^((left|right)[\W_]?)?(hand|face|body|pose)[\W_]?", "", point, flags=re.IGNORECASE))


def _point_names(layout: Layout, part: str) -> tuple[str, ...]:
    from pose_format.utils.openpose import HAND_POINTS

    if part.endswith("hand") and layout.name.startswith("OPENPOSE"):
        return tuple(HAND_POINTS)
    if part.endswith("hand") and layout.name.startswith("COCO"):
        return tuple(f"hand_{i}" for i in range(21))
    return tuple(name.removeprefix(f"{part.upper()}_") for name in layout.points[layout.parts[part]])


def _header_components(layout: Layout, point_format: str) -> list["PoseHeaderComponent"]:
    """In the layout's order, under pose-format's names of them and of their points: its tools go by these."""
    from pose_format.pose_header import PoseHeaderComponent

    components, names = [], _COMPONENTS[layout.name.split("_")[0]]
    for part, where in layout.parts.items():
        points = list(_point_names(layout, part))
        limbs = [(a - where.start, b - where.start) for a, b in layout.edges[part]]
        components.append(PoseHeaderComponent(names[part], points, limbs, [PART_COLOURS[part]], point_format))
    return components
