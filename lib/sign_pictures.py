"""What a VTN from chance sees: thumbnails of the source language's clips, which stay in the cache (too large to ship).

One with an eye that has seen ImageNet looks at larger pictures: `lib.sign_maps`.
"""

import numpy as np

from lib.ptn.corpora import clip_folder, load_corpus
from lib.ptn.splits import signer_independent_split
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput

SIDE = 32  # pixels: with 64 the ResNet-34 would need hours on one core
STEP = 2  # every second picture
VIDEO = {"epochs": 30, "patience": 8}


def sets_of_pictures(fold: int) -> tuple[SignSet, SignSet, SignSet]:
    """Train, val and test: clips float32 (T, 3, SIDE, SIDE) in [0, 1], split as the keypoints are."""
    corpus, folder = load_corpus("source"), clip_folder("source")
    files = sorted(folder.glob("source-*.npz"))
    if len(files) != len(corpus):
        raise BadInput(f"{folder} has {len(files)} of {len(corpus)} clips: python -m lib.ptn.corpora make source")
    everything = SignSet([_pictures(file) for file in files], corpus.labels)
    return tuple(everything.take(rows) for rows in signer_independent_split(corpus.labels, corpus.signers, fold))


def _pictures(file) -> np.ndarray:
    with np.load(file, allow_pickle=False) as clip:
        pictures = clip["pictures"][::STEP].astype(np.float32) / 255
    side = pictures.shape[1] // SIDE
    shrunk = pictures.reshape(len(pictures), SIDE, side, SIDE, side, 3).mean(axis=(2, 4))
    return shrunk.transpose(0, 3, 1, 2)
