"""What is measured: missing and false hands, the error of keypoints, and how near two pictures are.

Arrays of points end in the coordinates: (..., 2) in the plane, or (..., 3). An estimator's z is guessed, so leave it
out (``xyz[..., :2]``) where it would be compared with truth. A missing point is NaN.
"""

import numpy as np
from numpy.typing import ArrayLike

from lib.keypoints import Keypoints
from lib.tools.errors import BadInput


def undetected_hand_presence(keypoints: Keypoints, hand: str = "right") -> float:
    """UHP: the share of frames, in [0, 1], in which the hand was not found. Lower is better.

    ``hand`` is "right", as in the paper, "left", or "both" for the mean of the two; BadInput for another. Source: R1
    (Taşyürek et al., *Towards Better Communication*), IV-B. UHP believes the detector: a hand "found" in the wrong
    place counts as found (see `false_hands`), one that rests below the picture as undetected, and so does one that was
    refused, whatever its probability (`Keypoints.found`).
    """
    found = [keypoints.found(f"{side}_hand") for side in sides_of(hand)]
    return float(np.mean([1 - each.mean() for each in found]))


def false_hands(keypoints: Keypoints, truth: Keypoints, hand: str = "right") -> float:
    """Share of the found hands, in [0, 1], that are not where the hand is. NaN where no hand was found at all.

    A found hand is false if its joints are off by more than half the hand's size in the mean, or if the hand is truly
    out of the picture (every joint of ``truth`` missing or of confidence 0). The hand's size is the longer side of the
    box around its true joints. Both clips need the same layout, frames and size. Ours, not the papers'.
    """
    check_alike(keypoints, truth)
    false = np.concatenate([is_false(keypoints, truth, f"{side}_hand") for side in sides_of(hand)])
    return float(false.mean()) if false.size else float("nan")


def check_alike(keypoints: Keypoints, truth: Keypoints) -> None:
    """Raises BadInput for keypoints that are not of the same clip as the truth."""
    if (keypoints.layout, len(keypoints), keypoints.size) != (truth.layout, len(truth), truth.size):
        raise BadInput(
            f"False hands need keypoints and truth alike in layout, frames and size, not {keypoints.layout.name}, "
            f"{len(keypoints)}, {keypoints.size} and {truth.layout.name}, {len(truth)}, {truth.size}."
        )


def sides_of(hand: str) -> list[str]:
    """The sides that "left", "right" or "both" mean; BadInput for another word."""
    if hand not in ("left", "right", "both"):
        raise BadInput(f'A hand is "left", "right" or "both", not {hand!r}.')
    return [side for side in ("left", "right") if hand in (side, "both")]


def is_false(keypoints: Keypoints, truth: Keypoints, part: str) -> np.ndarray:
    """Which of the found hands are false, bool (found,)."""
    found = keypoints.found(part)
    guess, real = keypoints.part(part)[found, :, :2], truth.part(part)[found, :, :2]
    visible = (truth.confidence[found, truth.layout.parts[part]] > 0).any(axis=1)
    error = np.ma.masked_invalid(distances(guess, real)).mean(axis=1).filled(np.inf)
    return ~visible | (error > hand_size(real) / 2)


def hand_size(points: np.ndarray) -> np.ndarray:
    """Longer side of the box around the points (N, P, 2) of each frame, in pixels, (N,)."""
    low = np.where(np.isnan(points), np.inf, points).min(axis=1, initial=np.inf)
    high = np.where(np.isnan(points), -np.inf, points).max(axis=1, initial=-np.inf)
    return (high - low).max(axis=-1)


def hand_distance(guess: np.ndarray, real: np.ndarray) -> np.ndarray:
    """Mean distance of two hands' joints (N, P, 2), as a share of the second one's size, (N,); NaN beside a NaN."""
    return np.linalg.norm(guess - real, axis=-1).mean(axis=-1) / hand_size(real)


def endpoint_error(pred: np.ndarray, truth: np.ndarray) -> float:
    """EPE: mean Euclidean distance, in the unit of the points, over the points that both have. NaN where there is none.

    Points that ``pred`` misses do not count, so an estimator that gives up on hard hands looks good: read it beside
    UHP, or use `pck`. ``pred`` and ``truth`` are (..., D); BadInput if they differ in shape. Source: Zimmermann
    and Brox, 2017, *Learning to estimate 3D hand pose from single RGB images*.
    """
    distance = distances(pred, truth)
    return float(np.nanmean(distance)) if np.isfinite(distance).any() else float("nan")


def pck(pred: np.ndarray, truth: np.ndarray, scale: float | np.ndarray, threshold: float = 0.2) -> float:
    """PCK: share of the true points, in [0, 1], that ``pred`` hits within ``threshold * scale``.

    ``scale`` is in the unit of the points, such as the size of the hand: one number, or one for each leading index
    (frame) of ``pred`` (T, P, D). A point that ``pred`` misses is not hit; one that ``truth`` lacks does not count. NaN
    where ``truth`` has no point at all. Raises BadInput for points of two shapes, and for a scale that does not fit to
    them or is not above 0 where there are points. Source: Yang and Ramanan, 2013; for hands Simon et al., 2017.
    """
    return float(_hits(pred, truth, scale, np.array([threshold]))[0])


def pck_auc(pred: np.ndarray, truth: np.ndarray, scale: float | np.ndarray, max_threshold: float = 0.5) -> float:
    """Area under `pck` for 101 thresholds from 0 to ``max_threshold``, divided by ``max_threshold``: 1 is perfect.

    Arguments and errors as in `pck`. ``max_threshold``, above 0, is a share of ``scale``.
    """
    from sklearn.metrics import auc

    thresholds = np.linspace(0, max_threshold, 101)
    return float(auc(thresholds, _hits(pred, truth, scale, thresholds)) / max_threshold)


def distances(pred: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Euclidean distances (...) of points (..., D); NaN where either is missing."""
    pred, truth = np.asarray(pred, float), np.asarray(truth, float)
    if pred.shape != truth.shape or pred.ndim < 2 or pred.shape[-1] not in (2, 3):
        raise BadInput(f"Points to compare need one shape (..., 2) or (..., 3), not {pred.shape} and {truth.shape}.")
    return np.linalg.norm(pred - truth, axis=-1)


def _hits(pred: np.ndarray, truth: np.ndarray, scale: float | np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """PCK at each threshold; NaN where ``truth`` has no points."""
    distance = distances(pred, truth)
    counted = ~np.isnan(np.asarray(truth)).any(axis=-1)
    if not counted.any():
        return np.full(len(thresholds), np.nan)
    scale = np.asarray(scale, float)
    try:
        scale = scale.reshape(scale.shape + (1,) * (distance.ndim - scale.ndim))
        scale = np.broadcast_to(scale, distance.shape)[counted]
    except ValueError:
        shapes = f"{scale.shape} and {np.shape(pred)}"
        raise BadInput(f"Scale and points do not fit, {shapes}: give one number, or one for each frame.") from None
    if not (scale > 0).all():
        raise BadInput("A scale must be above 0 wherever there are points; give the size of the hand, in their unit.")
    return (distance[counted] / scale <= thresholds[:, None]).mean(axis=1)  # NaN <= x is False: missing is no hit


def psnr(a: ArrayLike, b: ArrayLike) -> float:
    """Peak signal-to-noise ratio in dB over all pixels together; infinite for equal pictures. Higher is nearer.

    Pictures, arrays or tensors, are uint8 (peak 255) or float in [0, 1] (peak 1), both of one shape and type; BadInput
    otherwise.
    """
    a, b = _alike(a, b)
    peak = 255.0 if a.dtype == np.uint8 else 1.0
    error = np.mean(np.square(a.astype(float) - b.astype(float)))
    return float("inf") if error == 0 else float(10 * np.log10(peak**2 / error))


def ssim(a: ArrayLike, b: ArrayLike) -> float:
    """Structural similarity, mean over pictures, at most 1 (Wang et al., 2004: Gaussian window 11, sigma 1.5).

    Pictures are uint8 frames (H, W, 3) or (T, H, W, 3), or float batches (N, 3, H, W) in [0, 1], of 11 pixels a side at
    least. Raises BadInput for others.
    """
    import torch
    from torchmetrics.functional.image import structural_similarity_index_measure

    batches = []
    for images in _alike(a, b):
        if images.dtype == np.uint8:
            images = np.moveaxis(images.reshape(-1, *images.shape[-3:]), -1, 1) / 255
        if images.ndim != 4 or min(images.shape[2:]) < 11:
            raise BadInput(f"SSIM needs colour pictures of at least 11 x 11 pixels, not {images.shape}.")
        batches.append(torch.as_tensor(images, dtype=torch.float32))
    return float(structural_similarity_index_measure(*batches, sigma=1.5, kernel_size=11, data_range=1.0))


def phash_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Bits, 0 to 64, in which the perceptual hashes differ; the mean over frames. 0 means that they look alike.

    Pictures are uint8 frames (H, W, 3) or (T, H, W, 3); BadInput otherwise. Source: Zauner, 2010; the imagehash
    library's ``phash``.
    """
    import imagehash
    from PIL import Image

    if np.asarray(a).dtype != np.uint8 or np.ndim(a) < 3:
        raise BadInput(f"A perceptual hash needs uint8 frames (H, W, 3), not {np.asarray(a).dtype} {np.shape(a)}.")
    a, b = (frames.reshape(-1, *frames.shape[-3:]) for frames in _alike(a, b))
    hashes = [[imagehash.phash(Image.fromarray(frame)) for frame in frames] for frames in (a, b)]
    return float(np.mean([one - other for one, other in zip(*hashes, strict=True)]))


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)) for features (n, d) with covariances A and B. 0: no difference.

    FID, where the features are those that Inception finds in two sets of pictures (Heusel et al., 2017, *GANs Trained
    by a Two Time-Scale Update Rule*, eq. 6). No other network's number goes by that name here.

    The trace of the root is a sum of singular values: with X and Y the centred features over sqrt(n - 1), A = X'X and
    B = Y'Y, tr (A B)^(1/2) is the nuclear norm of X Y'. So no matrix root is taken, and few pictures do no harm to
    the arithmetic. They do to the meaning: fewer pictures give larger distances, so compare only distances between
    sets of the same sizes. Raises BadInput for features of different widths, fewer than two rows, or not finite.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise BadInput(
            f"A Frechet distance needs features (n, d) and (m, d), n and m from 2, not {a.shape}, {b.shape}."
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise BadInput("A Frechet distance needs finite features; these hold a NaN or an infinity.")
    gap = a.mean(axis=0) - b.mean(axis=0)
    x, y = _factor(a), _factor(b)
    root = np.linalg.norm(x @ y.T, ord="nuc")
    return float(max(0.0, gap @ gap + np.square(x).sum() + np.square(y).sum() - 2 * root))


def _factor(features: np.ndarray) -> np.ndarray:
    """R with R'R = the covariance, in as few rows as it takes: (min(n, d), d)."""
    return np.linalg.qr((features - features.mean(axis=0)) / np.sqrt(len(features) - 1), mode="r")


def _alike(a: ArrayLike, b: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays, once they can be compared."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype or a.size == 0:
        raise BadInput(f"Pictures to compare need one shape and type, not {a.dtype} {a.shape} and {b.dtype} {b.shape}.")
    if a.dtype != np.uint8 and a.dtype.kind != "f":
        raise BadInput(f"Pictures to compare must be uint8, or float in [0, 1], not {a.dtype}.")
    return a, b
