"""Where Holistic looks for a hand, and the crops it cuts there: MediaPipe's own geometry, differentiable in the pixels.

    body points -> `search_roi` -> recrop network -> `recrop_roi` -> hand network      a hand that is new, or moved far
    the last frame's hand                         -> `hand_roi`   -> hand network      a hand that is being followed

Source: MediaPipe, hand_landmarks_from_pose_cpu.pbtxt and the graphs and calculators it is made of (version 0.10.21).
"""

import math
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from lib.holistic.twins import RECROP_SIZE, SIZE, HandOutputs, HandTwin, RecropTwin
from lib.keypoints.layouts import HAND, in_hand

# fingertips, and what is next to them, move too much to place a crop by
PALM = [number for number, joint in enumerate(HAND) if not joint.endswith(("DIP", "TIP"))]
# of the fingers, the knuckles; MediaPipe's source says PIP, and errs
WRIST, INDEX, MIDDLE, RING = in_hand("WRIST", "INDEX_FINGER_MCP", "MIDDLE_FINGER_MCP", "RING_FINGER_MCP")
NORMALIZE_Z = 0.4  # what MediaPipe divides the depths of the hand network by (hand_landmark_cpu.pbtxt, version 0.10.21)
SCALE, SEARCH, UP = 2.0, 2.7, 0.1  # a crop is twice the palm's box, moved towards the fingers by a tenth of its height
LEAST = 4.0  # pixels of a side, below which a crop shows nothing


class Roi(NamedTuple):
    """Square crops, turned: where Holistic lets the hand network look."""

    center: Tensor  # (N, 2) pixels
    size: Tensor  # (N,) pixels, the side
    rotation: Tensor  # (N,) radians, clockwise: 0 where the fingers point up


class Jitter(NamedTuple):
    """How far, at most, a crop strays: Holistic's own comes from the frame before, or from a guess by the body."""

    shift: float = 0.1  # of the crop's side, in x and in y
    scale: float = 0.15  # e^-0.15 to e^0.15 of its size
    turn: float = math.radians(15)


JITTER = Jitter()


def hand_roi(hand_xy: Tensor) -> Roi:
    """The crops Holistic would track these hands with: joints (N, 21, 2) in pixels -> `Roi`.

    Up is from the wrist to the knuckles of three fingers; the box is that of wrist, thumb and the two lower joints
    of each finger along that direction, made square by its longer side. Left and right are treated alike.
    Source: MediaPipe, hand_landmarks_to_rect_calculator.cc, rect_transformation_calculator.cc and
    hand_landmarks_to_roi.pbtxt.
    """
    # between the knuckles of three fingers, the middle finger's counting as much as the other two's
    knuckles = (hand_xy[:, INDEX] + hand_xy[:, RING]) / 4 + hand_xy[:, MIDDLE] / 2
    x, y = (knuckles - hand_xy[:, WRIST]).unbind(1)
    rotation = _wrapped(math.pi / 2 - torch.atan2(-y, x))
    upright = _turned(hand_xy[:, PALM], -rotation)
    low, high = upright.amin(1), upright.amax(1)
    width, height = (high - low).unbind(1)
    middle = (low + high) / 2 - torch.stack([torch.zeros_like(height), UP * height], 1)
    return Roi(_turned(middle[:, None], rotation)[:, 0], SCALE * torch.maximum(width, height), rotation)


def search_roi(wrist: Tensor, index: Tensor, pinky: Tensor) -> Roi:
    """Where Holistic first looks, by three points (N, 2) of the body in pixels: wrist and two knuckles.

    The knuckle of the middle finger is guessed between the other two; it is the crop's middle, and its distance from
    the wrist, 5.4 times, the side. Source: hand_detections_from_pose_to_rects_calculator.cc.
    """
    middle = (2 * index + pinky) / 3
    x, y = (middle - wrist).unbind(1)
    return _moved_up(Roi(middle, 2 * torch.hypot(x, y), _wrapped(math.pi / 2 - torch.atan2(-y, x))), SEARCH)


def recrop_roi(points: Tensor, roi: Roi, size: int) -> Roi:
    """The better crop the recrop network has named: ``points`` (N, 2, 2), pixels of the crop ``roi`` of that size.

    The first is the new crop's middle, the second the middle of its lower side.
    Source: hand_recrop_by_roi_cpu.pbtxt, alignment_points_to_rects_calculator.cc.
    """
    places = uncut(points, roi, size)
    x, y = (places[:, 1] - places[:, 0]).unbind(1)
    found = Roi(places[:, 0], 2 * torch.hypot(x, y), _wrapped(-math.pi / 2 - torch.atan2(-y, x)))
    return _moved_up(found, 1.0)


def jittered(roi: Roi, generator: Generator, jitter: Jitter = JITTER) -> Roi:
    """The crops moved, scaled and turned at random, evenly within the bounds of ``jitter``."""
    drawn = 2 * torch.rand(len(roi.size), 4, generator=generator, device=generator.device) - 1
    x, y, scale, turn = drawn.to(roi.size).unbind(1)
    center = roi.center + jitter.shift * roi.size[:, None] * torch.stack([x, y], 1)
    return Roi(center, roi.size * torch.exp(jitter.scale * scale), roi.rotation + jitter.turn * turn)


def cut(images: Tensor, roi: Roi, size: int = SIZE) -> Tensor:
    """Crops (N, 3, size, size) of the images (N, 3, H, W): bilinear, edge pixels repeated outside. Differentiable.

    As in MediaPipe, the crop's pixel i lies at (i / size - 1/2) of its side from the crop's middle.
    """
    center, side, rotation = (part.float() for part in roi)
    # affine_grid counts from the middle of the first pixel, MediaPipe from its corner: half a pixel of the crop
    corner = -side[:, None] / (2 * size)
    offset = center + _turned(corner.expand(-1, 2)[:, None], rotation)[:, 0]
    across = torch.stack([rotation.cos(), rotation.sin()], 1) * side[:, None]
    down = torch.stack([-rotation.sin(), rotation.cos()], 1) * side[:, None]
    extent = center.new_tensor([images.shape[3], images.shape[2]])[:, None]
    # grid_sample's -1 and 1 are the picture's edges, half a pixel beyond its outermost pixels' middles
    to_pixels = torch.stack([across, down, 2 * offset + 1 - extent[:, 0]], 2) / extent
    with torch.autocast(images.device.type, enabled=False):
        grid = F.affine_grid(to_pixels, [len(images), 3, size, size], align_corners=False)
        return F.grid_sample(images.float(), grid, padding_mode="border", align_corners=False)


def uncut(points: Tensor, roi: Roi, size: int = SIZE) -> Tensor:
    """Points (N, P, 2) or (N, P, 3), in pixels of crops of that size, in pixels of the pictures they were cut from.

    A depth is in the crop's pixels too, and grows with them. Source: MediaPipe, landmark_projection_calculator.cc.
    """
    scale = roi.size[:, None, None] / size
    places = _turned((points[..., :2] - size / 2) * scale, roi.rotation) + roi.center[:, None]
    return torch.cat([places, points[..., 2:] * scale], dim=-1)


@torch.inference_mode()
def look_into(twin: HandTwin, frame: np.ndarray, roi: Roi) -> tuple[np.ndarray, HandOutputs]:
    """The joints (21, 3), in pixels of the frame (H, W, 3), that the network sees in one crop, and all that it says."""
    corner, picture = around(frame, roi)
    here = roi._replace(center=roi.center - corner)
    seen = twin(cut(picture, here))
    joints = uncut(seen.landmarks / torch.tensor([1, 1, NORMALIZE_Z]), here)
    joints[..., :2] += corner
    return joints[0].numpy(), seen


@torch.inference_mode()
def better_roi(recrop: RecropTwin, frame: np.ndarray, body: np.ndarray) -> Roi | None:
    """Where Holistic, were it to follow no hand, would look by the points (3, 2) of the body that `search_roi` takes.

    All is in pixels of the frame. None where that is no place in it, or smaller than a few pixels.
    """
    roi = search_roi(*torch.from_numpy(body)[:, None].float())
    if not _inside(roi, frame):
        return None
    corner, picture = around(frame, roi)
    here = roi._replace(center=roi.center - corner)
    better = recrop_roi(recrop(cut(picture, here, RECROP_SIZE)), here, RECROP_SIZE)
    better = better._replace(center=better.center + corner)
    return better if _inside(better, frame) else None


def _inside(roi: Roi, frame: np.ndarray) -> bool:
    middle = roi.center[0].numpy()
    return bool((middle >= 0).all() and (middle < frame.shape[1::-1]).all() and roi.size > LEAST)  # False for NaN too


def around(frame: np.ndarray, roi: Roi) -> tuple[Tensor, Tensor]:
    """The upright part (1, 3, h, w) of a frame that holds a turned square, and its corner: all of it is not needed."""
    middle, half = roi.center[0].numpy(), 0.75 * float(roi.size)  # of a square on its tip: 0.71
    limit = np.array(frame.shape[1::-1])
    low = np.clip(np.floor(middle - half), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(middle + half), low + 1, limit).astype(int)
    part = torch.from_numpy(np.ascontiguousarray(frame[low[1] : high[1], low[0] : high[0]]))
    return torch.from_numpy(low), part[None].permute(0, 3, 1, 2) / 255


def _turned(points: Tensor, angle: Tensor) -> Tensor:
    """Points (N, P, 2) turned clockwise (y is down) around the origin by angles (N,) in radians."""
    sin, cos = angle.sin()[:, None], angle.cos()[:, None]
    x, y = points.unbind(-1)
    return torch.stack([x * cos - y * sin, x * sin + y * cos], -1)


def _moved_up(roi: Roi, scale: float) -> Roi:
    """Shifted by a tenth of its side towards the fingers, then scaled."""
    up = torch.stack([torch.zeros_like(roi.size), -UP * roi.size], 1)
    return Roi(roi.center + _turned(up[:, None], roi.rotation)[:, 0], scale * roi.size, roi.rotation)


def _wrapped(angle: Tensor) -> Tensor:
    """Into [-pi, pi)."""
    return angle - 2 * math.pi * torch.floor((angle + math.pi) / (2 * math.pi))
