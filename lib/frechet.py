"""The Frechet distance between two sets of pictures: does one look like the other, taken as a whole?

FID (Heusel et al., 2017, *GANs Trained by a Two Time-Scale Update Rule*, eq. 6): the features that Inception finds in
each set are taken for a Gaussian, and the distance is that between the two Gaussians. Where Inception's weights are
absent, `lib.evaluate.fids` gives none and `WHY_NOT` says why. No other network's number goes by the name FID here.
"""

import numpy as np

from lib.errors import BadInput

WHY_NOT = "FID is not measured here: Inception's weights are absent; lib/inception.py says where to get them."


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)) for features (n, d) with covariances A and B. 0: no difference.

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
