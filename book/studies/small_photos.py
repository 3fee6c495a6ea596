"""What helps MediaPipe to find a hand in a photo of 64 x 64 pixels? Each way on the same photos, beside a check.

    python -m book.studies.small_photos --data data/lis --photos 330 --ship book/results/r3.json

A lower threshold always finds more, so each way is shown the same photos with the hand wiped out, too. Whatever it
finds there is a hand that is not there. Rows that are in the file already are not made again.
"""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from book.studies.rows.letter_rows import R3, add
from data_scripts.shared.annotation import Way, find_hands
from data_scripts.shared.lis_photos import read_photos
from lib.evaluation.intervals import clip_bootstrap
from lib.joins2sign.network import FRAME
from lib.joins2sign.photos import Photos
from lib.tools.commands import arguments, command, positive
from lib.tools.errors import BadInput
from lib.tools.paths import DATA, WEIGHTS

PADDED = 16
WAYS = (
    Way(),
    *(Way(padding=room) for room in (8, PADDED, 32)),
    *(Way(method=method) for method in ("bilinear", "bicubic", "lanczos", "unsharp")),
    *(Way(method=method, times=2) for method in ("bilinear", "bicubic", "lanczos")),
    *(Way(method=method) for method in ("bg-unet", "bv-unet")),
    Way(method="bg-unet", times=2),
    *(Way(padding=PADDED, method=method) for method in ("bilinear", "bicubic", "bg-unet")),
    *(Way(padding=room, confidence=least) for room in (Way.padding, PADDED) for least in (0.3, 0.1)),
    Way(padding=PADDED, method="bg-unet", confidence=0.1),
)


def sample(photos: Photos, count: int) -> Photos:
    """``count`` photos of the signers who are not kept apart, as many of each letter."""
    rng = np.random.default_rng(0)
    letters = np.unique(photos.labels)
    rows = [rng.permutation(np.flatnonzero(~photos.unseen & (photos.labels == letter))) for letter in letters]
    return photos[np.concatenate([some[: count // len(letters)] for some in rows])]


def wiped(image: np.ndarray) -> np.ndarray:
    """The photo (H, W, 3) without its hand: what is brighter than the cloth is painted over with the cloth's colour.

    Otsu's threshold parts the hand from the black cloth; the hand's shadowed side lies below it, so the bound is
    moved three quarters of the way to the cloth, and what is bright is widened by two pixels.
    """
    bright = cv2.GaussianBlur(image.max(axis=2), (3, 3), 0)
    threshold, _ = cv2.threshold(bright, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    cloth = np.median(bright[bright <= threshold])
    mask = cv2.dilate((bright > (3 * cloth + threshold) / 4).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    plain = image.copy()
    plain[mask] = np.median(image[~mask], axis=0) if (~mask).any() else 0
    return plain


def row(way: Way, photos: Photos, usual: np.ndarray, weights: Path) -> dict:
    """One way's line: hands found (share, interval over signers), hands found where none is, and how far its joints
    lie from the ``usual`` way's (N, 21, 2), in pixels of the 256 frame."""
    started = time.perf_counter()
    joints = find_hands(list(photos.images), way, weights)[..., :2]
    seconds = (time.perf_counter() - started) / len(photos)
    found = np.isfinite(joints).all(axis=(1, 2))
    over = clip_bootstrap([found[photos.signers == s].astype(float) for s in np.unique(photos.signers)])
    false = np.isfinite(find_hands([wiped(image) for image in photos.images], way, weights)).all(axis=(1, 2))
    apart = np.linalg.norm(joints - usual, axis=-1) * FRAME / photos.images.shape[2]
    facts = {"way": str(way), "n": len(photos), "found": float(found.mean()), "signers": over.n}
    facts |= {"mean": over.mean, "low": over.low, "high": over.high, "false": float(false.mean())}
    return facts | {"apart": float(np.nanmedian(apart)), "milliseconds": round(1000 * seconds, 1)}


@command
def main(argv: Sequence[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, default=DATA / "lis")
    parser.add_argument("--photos", type=positive, default=1100, help="how many (default: %(default)s)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the networks")
    parser.add_argument("--ship", type=Path, default=R3, help="file for the rows")
    options = parser.parse_args(argv)
    photos = sample(read_photos(options.data), options.photos)
    usual = find_hands(list(photos.images))[..., :2]
    for way in WAYS:
        make = partial(_rows, way, photos, usual, options.weights)
        for line in add(options.ship, "ways", {"way": str(way), "n": len(photos)}, make, same=("way",)):
            print(f"{way}: {100 * line['found']:.1f} %, where none is {100 * line['false']:.1f} %", flush=True)


def _rows(way: Way, photos: Photos, usual: np.ndarray, weights: Path) -> list[dict]:
    try:
        return [row(way, photos, usual, weights)]
    except BadInput as error:  # a network that is not there must not cost the other rows
        print(f"{way} is left out: {error}", file=sys.stderr)
        return []


if __name__ == "__main__":
    raise SystemExit(main())
