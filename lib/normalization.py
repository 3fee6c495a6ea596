"""Keypoints made independent of where the signer stands and how large: De Coster et al. (arXiv 2306.17558, "R2"), 3.2.

Frame by frame, after `lib.imputation`:

1. The chest becomes the origin, and the distance of the shoulders 1. By the authors' code the chest is the middle of
   neck and pelvis: neck = middle of the shoulders, pelvis = middle of the hips.
2. In each hand the wrist becomes the origin, and the distance from the wrist to the middle finger's knuckle (MCP) 1.
   Where a hand is, the wrists of the body still say.

R2's text does not say what happens when these points fail, so these are our choices:

- Shoulders or knuckle (all but) in one place, as in a signer seen from the side: the distance of that frame is
  replaced by the clip's median, else the points would fly off to infinity.
- Hips never found (below the picture's edge): the neck serves as chest; one hip of two: it serves as pelvis.
- A shoulder never found, or the two never apart: the body has no size, so all points but the hands' become 0.
- A hand never found: the zeros of its imputation stay 0. A hand whose wrist or knuckle is never found: likewise.
"""

import numpy as np

from lib.imputation import impute, observed
from lib.keypoints import Keypoints, Layout
from lib.tools.errors import BadInput

TOO_NEAR = 0.05  # of the clip's median distance


def normalize(keypoints: Keypoints, *, layout: Layout | None = None, imputed: bool = True) -> np.ndarray:
    """Normalised points, float32 (T, P, 3), without NaN; for a model in the plane take ``[..., :2]`` of them.

    keypoints  points in pixels, z in the same scale: x and y share their unit, as in the authors' code. The layout
               needs hips: normalise OPENPOSE_67, COCO_133 or HOLISTIC_75, and let ``layout`` drop points afterwards
    layout     the points to give back, chosen by name as in ``Keypoints.select``; None: all
    imputed    False: missing points become 0 in the result, so that a model meets the gaps (R2's ablation)

    Which points were found: ``lib.imputation.observed(keypoints.xyz, keypoints.layout.parts)``. Raises BadInput for a
    layout without hips and for points that are not in it.
    """
    own = keypoints.layout
    if own.hips is None:
        raise BadInput(f"{own.name} has no hips, which normalisation needs; normalise first, then select {own.name}.")
    found = observed(keypoints.xyz, own.parts)
    # float64, or a face of 468 points far from 0 would lose digits
    xyz = impute(keypoints.xyz.astype(np.float64), own.parts)
    known = found.any(axis=0)
    result = about_the_chest(xyz, own, known)
    for name, where in own.parts.items():
        if name.endswith("_hand"):
            result[:, where] = about_the_wrist(xyz[:, where], own, known[where])
    if not imputed:
        result[~found] = 0
    return result[:, own.places(layout or own)].astype(np.float32)


def about_the_chest(xyz: np.ndarray, layout: Layout, known: np.ndarray) -> np.ndarray:
    """All points (T, P, 3) minus the chest, over the distance of the shoulders; never-found points stay 0."""
    left, right = layout.shoulders
    if not (known[left] and known[right]):
        return np.zeros_like(xyz)
    neck = (xyz[:, left] + xyz[:, right]) / 2
    hips = [hip for hip in layout.hips if known[hip]]
    pelvis = xyz[:, hips].mean(axis=1) if hips else neck
    chest = (neck + pelvis) / 2
    width = np.linalg.norm(xyz[:, left] - xyz[:, right], axis=-1)
    return over_distance(xyz - chest[:, None], width) * known[:, None]


def about_the_wrist(hand: np.ndarray, layout: Layout, known: np.ndarray) -> np.ndarray:
    """A hand (T, 21, 3) minus its wrist, over the distance from there to the middle finger's knuckle."""
    if not (known[layout.wrist] and known[layout.middle_mcp]):
        return np.zeros_like(hand)
    hand = hand - hand[:, layout.wrist, None]
    length = np.linalg.norm(hand[:, layout.middle_mcp], axis=-1)
    return over_distance(hand, length) * known[:, None]


def over_distance(points: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Points (T, p, 3) over a distance for each frame (T,), the median where it is next to nothing; 0 without any."""
    usual = np.median(distance[distance > 0]) if (distance > 0).any() else 0
    if usual == 0:
        return np.zeros_like(points)
    distance = np.where(distance < TOO_NEAR * usual, usual, distance)
    return points / distance[:, None, None]
