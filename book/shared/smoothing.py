"""Keypoints made steadier over time: three filters, and how they meet the gaps of a clip.

A filter is a function of a track (T, D) without gaps and its frames a second; it gives the track smoothed. `smooth`
runs one over every unbroken stretch of every point: what was not found stays missing, and a gap splits the track, so
that no place before it leaks into the places after it.

    steady = smooth(keypoints, partial(one_euro, min_cutoff=1.0, beta=5.0))

`one_euro` knows the past alone and can run live, but comes late. `butterworth` and `kalman` need the whole clip; they
look both ways, and so do not.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.signal import butter, filtfilt

from book.shared.gaps import runs
from lib.keypoints import Keypoints
from lib.tools.errors import BadInput

RATIOS = tuple(10.0**power for power in range(-3, 4))
STEP = np.array([[1.0, 1.0], [0.0, 1.0]])
PUSH = np.array([[1 / 3, 1 / 2], [1 / 2, 1.0]])  # white-noise acceleration over one frame
VAGUE = 1e6  # variance of the first state, in units of the noise: next to nothing is known


def kalman_smooth(values: np.ndarray, found: np.ndarray, ratio: float | None = None) -> np.ndarray:
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


Filter = Callable[[np.ndarray, float], np.ndarray]


# A Kalman smoother for points that keep their velocity but for small random pushes.
#
# Each coordinate moves as x' = x + v, v' = v + push, and is seen with some noise. The filter runs forward (Kalman,
# 1960), the smoother back (Rauch, Tung and Striebel, 1965), so that a gap is filled from both of its sides, velocities
# included. All coordinates of a part are seen in the same frames and have the same noise, so they share one covariance,
# and NumPy does them at once. How strong the pushes are against the noise is the one unknown: of `RATIOS`, the one
# under which the *seen* points are most likely is taken; the truth is never asked.
def smooth(keypoints: Keypoints, method: Filter) -> Keypoints:
    """The clip with every found point filtered over time; missing points stay missing.

    Tracks are given to ``method`` in widths of the picture, so that the parameters of a filter which looks at speeds
    mean the same in a small picture as in a large one.
    """
    width, xyz = keypoints.size[0], keypoints.xyz.copy()
    patterns, of_point = np.unique(~np.isnan(xyz[..., 0]), axis=1, return_inverse=True)
    for number, found in enumerate(patterns.T):  # points that come and go together are filtered together
        points = np.flatnonzero(of_point.ravel() == number)
        for start, stop in runs(found):
            track = xyz[start:stop, points].reshape(stop - start, -1).astype(float) / width
            xyz[start:stop, points] = width * method(track, keypoints.fps).reshape(stop - start, -1, 3)
    return replace(keypoints, xyz=xyz)


def one_euro(track: np.ndarray, fps: float, min_cutoff: float, beta: float) -> np.ndarray:
    """The One-Euro filter: a running mean that holds still what rests, and lets go of what moves.

    Casiez, Roussel and Vogel, "1 Euro Filter" (CHI 2012), Algorithm 1. Each coordinate by itself goes through a first
    order low pass with cutoff = ``min_cutoff`` + ``beta`` |speed|; the speed is itself smoothed, at
    1 hertz. Cutoffs are in hertz; ``beta`` in hertz for each unit of the track a second. Raises BadInput
    for a cutoff that is not above 0 or a negative ``beta``.
    """
    if min_cutoff <= 0 or beta < 0:
        raise BadInput(f"One-Euro needs cutoffs above 0 and no negative beta, not {min_cutoff}, {beta}; see its docs.")
    smoothed, speed = track.astype(float), np.zeros(track.shape[1])
    for t in range(1, len(track)):
        raw_speed = (track[t] - smoothed[t - 1]) * fps
        speed = speed + smoothing_factor(1.0, fps) * (raw_speed - speed)
        factor = smoothing_factor(min_cutoff + beta * np.abs(speed), fps)
        smoothed[t] = smoothed[t - 1] + factor * (track[t] - smoothed[t - 1])
    return smoothed


def smoothing_factor(cutoff: float | np.ndarray, fps: float) -> float | np.ndarray:
    """How far, of the way to the new value, a first-order low pass goes in one frame, in (0, 1).

    1 / (1 + tau fps) with tau = 1 / (2 pi cutoff): Casiez et al. (2012), Equations 4 and 5.
    """
    return 1 / (1 + fps / (2 * np.pi * cutoff))


def butterworth(track: np.ndarray, fps: float, cutoff: float) -> np.ndarray:
    """A second-order Butterworth low pass run forward and back (``scipy.signal.filtfilt``), so that nothing comes late.

    cutoff  in hertz; at half the frames a second or above there is nothing left to take away, and the track stays

    The straight line that fits the track best is set aside before and put back after: the filter's ends are at home
    at zero, and a hand that just moves on must not be bent there. Raises BadInput for a cutoff that is not above 0.
    """
    if cutoff <= 0:
        raise BadInput(f"A low pass needs a cutoff above 0 hertz, not {cutoff}.")
    if cutoff >= fps / 2 or len(track) < 3:
        return track.astype(float)
    time = np.arange(len(track)) - (len(track) - 1) / 2
    line = track.mean(axis=0) + np.outer(time, time @ track / (time @ time))
    numerator, denominator = butter(2, cutoff, fs=fps)
    padding = min(3 * len(denominator), len(track) - 1)
    return line + filtfilt(numerator, denominator, track - line, axis=0, padlen=padding)


def kalman(track: np.ndarray, fps: float, push: float) -> np.ndarray:
    """The Kalman smoother of `book.shared.smoothing`: points that keep their velocity but for small pushes, seen with
    noise.

    ``push`` is the strength of the pushes (the density of white-noise acceleration) over the variance of the noise, a
    second to the third; large values follow the track, small ones draw a straight line. Raises BadInput for one that
    is not above 0.
    """
    if push <= 0:
        raise BadInput(f"The Kalman smoother needs pushes above 0, not {push}.")
    return kalman_smooth(track.astype(float), np.ones(len(track), bool), push / fps**3)
