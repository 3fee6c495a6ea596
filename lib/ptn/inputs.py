"""What a sign classifier sees of a clip: keypoints, repaired and normalised or not (R2, section 3.2)."""

import zlib
from dataclasses import dataclass, replace

import numpy as np

from lib.imputation import impute, observed
from lib.keypoints import Keypoints, Layout
from lib.normalization import normalize


@dataclass(frozen=True)
class Inputs:
    """R2's choices, each of which can be left out; ``depth`` keeps z (R2's Table 2 has both).

    Ours: ``told`` adds which points were found; ``lost`` is the share of frames from which each hand is taken
    beforehand, to see when imputation begins to matter.
    """

    normalized: bool = True
    imputed: bool = True
    told: bool = False
    lost: float = 0.0
    depth: bool = False

    def __call__(self, keypoints: Keypoints, layout: Layout | None = None) -> np.ndarray:
        """A clip as float32 (T, 2 P), with depth (T, 3 P): x, y (and z) of each point; if told P more, 1 where found.

        Points that are not normalised are in widths of the picture, from its top left corner. ``layout`` drops points
        at the end, as in `lib.normalization.normalize`. Never NaN.
        """
        own = keypoints.layout
        if self.lost:
            keypoints = without_hands(keypoints, self.lost)
        if self.normalized:
            points = normalize(keypoints, imputed=self.imputed)
        else:
            points = impute(keypoints.xyz, own.parts) if self.imputed else np.nan_to_num(keypoints.xyz)
            points = points / keypoints.size[0]
        found = observed(keypoints.xyz, own.parts)
        places = own.places(layout or own)
        columns = [points[:, places, : 3 if self.depth else 2].reshape(len(points), -1)]
        if self.told:
            columns.append(found[:, places])
        return np.concatenate(columns, axis=1).astype(np.float32)


def without_hands(keypoints: Keypoints, share: float) -> Keypoints:
    """The clip with each hand missing in a ``share`` of its frames, drawn by chance: the same each time for a clip."""
    rng, xyz = np.random.default_rng(zlib.crc32(keypoints.xyz.tobytes())), keypoints.xyz.copy()
    for part, where in keypoints.layout.parts.items():
        if part.endswith("_hand"):
            xyz[rng.random(len(xyz)) < share, where] = np.nan
    return replace(keypoints, xyz=xyz)
