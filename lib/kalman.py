"""A Kalman smoother for points that keep their velocity but for small random pushes.

Each coordinate moves as x' = x + v, v' = v + push, and is seen with some noise. The filter runs forward (Kalman, 1960),
the smoother back (Rauch, Tung and Striebel, 1965), so that a gap is filled from both of its sides, velocities
included. All coordinates of a part are seen in the same frames and have the same noise, so they share one covariance,
and NumPy does them at once. How strong the pushes are against the noise is the one unknown: of `RATIOS`, the one under
which the *seen* points are most likely is taken; the truth is never asked.
"""

import numpy as np

RATIOS = tuple(10.0**power for power in range(-3, 4))
STEP = np.array([[1.0, 1.0], [0.0, 1.0]])
PUSH = np.array([[1 / 3, 1 / 2], [1 / 2, 1.0]])  # white-noise acceleration over one frame
VAGUE = 1e6  # variance of the first state, in units of the noise: next to nothing is known


def smooth(values: np.ndarray, found: np.ndarray, ratio: float | None = None) -> np.ndarray:
    """The most likely places in every frame, float64 (T, D).

    values  (T, D), any numbers where not found
    found   bool (T,), in at least one frame
    ratio   variance of a push over that of the noise; None: the most likely of `RATIOS`
    """
    start = values[np.argmax(found)]
    seen = np.where(found[:, None], values - start, 0.0)
    if ratio is None:
        ratio = max(RATIOS, key=lambda each: _filter(seen, found, each)[0])
    _, means, covariances, forecasts, spreads = _filter(seen, found, ratio)
    smoothed = means.copy()
    for t in range(len(seen) - 2, -1, -1):
        gain = covariances[t] @ STEP.T @ np.linalg.inv(spreads[t + 1])
        smoothed[t] += gain @ (smoothed[t + 1] - forecasts[t + 1])
    return smoothed[:, 0] + start


def _filter(seen: np.ndarray, found: np.ndarray, ratio: float) -> tuple[float, np.ndarray, ...]:
    """Log-likelihood (up to a constant, the noise's own size estimated), and for each frame the mean (2, D) and the
    covariance (2, 2) of place and velocity, after the frame and as foretold before it."""
    frames, width = seen.shape
    means, forecasts = np.zeros((2, frames, 2, width))
    covariances, spreads = np.zeros((2, frames, 2, 2))
    mean, covariance = np.zeros((2, width)), VAGUE * np.eye(2)
    squares, logs = 0.0, 0.0
    for t in range(frames):
        if t:
            mean, covariance = STEP @ mean, STEP @ covariance @ STEP.T + ratio * PUSH
        forecasts[t], spreads[t] = mean, covariance
        if found[t]:
            variance, surprise = covariance[0, 0] + 1.0, seen[t] - mean[0]
            gain = covariance[:, :1] / variance
            mean, covariance = mean + gain * surprise, covariance - gain @ covariance[:1]
            squares, logs = squares + np.square(surprise).sum() / variance, logs + width * np.log(variance)
        means[t], covariances[t] = mean, covariance
    number = width * found.sum()
    likelihood = -0.5 * (number * np.log(max(squares, 1e-12) / number) + logs)
    return likelihood, means, covariances, forecasts, spreads
