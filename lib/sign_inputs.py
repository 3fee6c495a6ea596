"""What a sign classifier sees of a clip: keypoints in the plane, repaired and normalised or not (R2, section 3.2)."""

from dataclasses import dataclass

import numpy as np

from lib.imputation import impute, observed
from lib.keypoints import Keypoints
from lib.layouts import Layout
from lib.normalization import normalize


@dataclass(frozen=True)
class Inputs:
    """R2's choices, each of which can be left out; ``told`` adds which points were found (ours, not R2's)."""

    normalized: bool = True
    imputed: bool = True
    told: bool = False

    def __call__(self, keypoints: Keypoints, layout: Layout | None = None) -> np.ndarray:
        """A clip as float32 (T, 2 P), or (T, 3 P) if told: x and y of each point, then 1 where it was found.

        Points that are not normalised are in widths of the picture, from its top left corner. ``layout`` drops points
        at the end, as in `lib.normalization.normalize`. Never NaN.
        """
        own = keypoints.layout
        if self.normalized:
            points = normalize(keypoints, imputed=self.imputed)
        else:
            points = impute(keypoints.xyz, own.parts) if self.imputed else np.nan_to_num(keypoints.xyz)
            points = points / keypoints.size[0]
        found = observed(keypoints.xyz, own.parts)
        places = [own.points.index(name) for name in (layout or own).points]
        columns = [points[:, places, :2].reshape(len(points), -1)]
        if self.told:
            columns.append(found[:, places])
        return np.concatenate(columns, axis=1).astype(np.float32)
