"""Clips of isolated signs as they are kept, and what a classifier sees of them (R2, section 3.2).

`SignCorpus` are the synthetic corpora that ship, which `data_scripts/sign_corpora.py` films, and R2's own in the same
form, which `data_scripts/corpus_vgt.py` cuts out of films.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from lib.imputation import impute, observed
from lib.keypoints import HOLISTIC_67, Keypoints, Layout
from lib.normalization import normalize
from lib.ptn.splits import SUBSETS, signer_independent_split
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.openers import read_npz, reading

SHIPPED = paths.ROOT / "book" / "keypoints"
UNITS = 8  # keypoints are packed in whole eighths of a pixel


@dataclass(frozen=True)
class SignCorpus:
    """Clips of isolated signs in HOLISTIC_67. ``labels``, ``signers`` (N,) int; clip i is ``keypoints(i)``."""

    xyz: np.ndarray  # (sum of frames, 67, 3)
    starts: np.ndarray  # (N + 1,)
    labels: np.ndarray
    signers: np.ndarray
    facts: dict
    subsets: np.ndarray | None = None  # (N,) places in `lib.ptn.splits.SUBSETS`, where the corpus has a published split

    def __len__(self) -> int:
        return len(self.labels)

    def keypoints(self, clip: int) -> Keypoints:
        """One clip. MediaPipe's visibility is not kept: confidence is 1 where a point was found."""
        xyz = self.xyz[self.starts[clip] : self.starts[clip + 1]]
        found = (~np.isnan(xyz[..., 0])).astype(np.float32)
        return Keypoints(xyz, found, HOLISTIC_67, self.facts["fps"], tuple(self.facts["size"]))

    @cached_property
    def split(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Clips of train, val and test: the corpus's own split, or by R2's rule; no signer is in two of them."""
        if self.subsets is None:
            return signer_independent_split(self.labels, self.signers)
        return tuple(np.flatnonzero(self.subsets == place) for place in range(len(SUBSETS)))

    def each(self, change: Callable[[Keypoints], np.ndarray]) -> list[np.ndarray]:
        """``change`` of every clip."""
        return [change(self.keypoints(clip)) for clip in range(len(self))]


def load_corpus(name: str, folder: Path | None = None) -> SignCorpus:
    """A packed corpus: "source" or "target", or in its ``folder`` what `data_scripts/corpus_vgt.py` made.

    Raises BadInput where it is missing or not what its facts say.
    """
    path = Path(folder or SHIPPED) / f"signs_{name}.npz"
    if not path.is_file() or not path.with_suffix(".json").is_file():
        own = f"python -m data_scripts.sign_corpora make {name}, then pack {name}"
        how = f"python data_scripts/corpus_vgt.py --language {name}" if name in ("vgt", "ngt") else own
        raise BadInput(f"{path} or its .json is missing: {how}")
    with reading(path.with_suffix(".json"), "does not describe a corpus", "pack it again"):
        facts = json.loads(path.with_suffix(".json").read_bytes())
        if not 0 < facts["fps"] < 1000 or list(map(type, facts["size"])) != [int, int]:
            raise ValueError("its rate or its size is none")
        if sha256(path) != facts["sha256"]:
            raise BadInput(f"{path} is not the file that its .json describes: pack it again")
    arrays = read_npz(path, ("lengths", "labels", "signers", "steps", "found"), "pack it again")
    starts = np.concatenate([[0], np.cumsum(arrays["lengths"])])
    return SignCorpus(
        _unpacked(arrays), starts, arrays["labels"], arrays["signers"], facts, subsets=arrays.get("subsets")
    )


def _unpacked(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """As `data_scripts.corpus_films.write_corpus` packs it."""
    xyz = np.cumsum(arrays["steps"], axis=0, dtype=np.int16).astype(np.float32) / UNITS
    found = np.unpackbits(arrays["found"], axis=1, count=xyz.shape[1]).astype(bool)
    xyz[~found] = np.nan
    return xyz


@dataclass(frozen=True)
class Inputs:
    """R2's choices, each of which can be left out; ``depth`` keeps z (R2's Table 2 has both).

    Ours: ``told`` adds which points were found.
    """

    normalized: bool = True
    imputed: bool = True
    told: bool = False
    depth: bool = False

    def __call__(self, keypoints: Keypoints, layout: Layout | None = None) -> np.ndarray:
        """A clip as float32 (T, 2 P), with depth (T, 3 P): x, y (and z) of each point; if told P more, 1 where found.

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
        places = own.places(layout or own)
        columns = [points[:, places, : 3 if self.depth else 2].reshape(len(points), -1)]
        if self.told:
            columns.append(found[:, places])
        return np.concatenate(columns, axis=1).astype(np.float32)
