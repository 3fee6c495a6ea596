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

from lib import kalman as kalman_smoother
from lib.gaps import runs
from lib.keypoints import Keypoints
from lib.tools.errors import BadInput

Filter = Callable[[np.ndarray, float], np.ndarray]


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


def one_euro(
    track: np.ndarray, fps: float, min_cutoff: float, beta: float, derivative_cutoff: float = 1.0
) -> np.ndarray:
    """The One-Euro filter: a running mean that holds still what rests, and lets go of what moves.

    Casiez, Roussel and Vogel, "1 Euro Filter" (CHI 2012), Algorithm 1. Each coordinate by itself goes through a first
    order low pass with cutoff = ``min_cutoff`` + ``beta`` |speed|; the speed is itself smoothed, at
    ``derivative_cutoff``. Cutoffs are in hertz; ``beta`` in hertz for each unit of the track a second. Raises BadInput
    for a cutoff that is not above 0 or a negative ``beta``.
    """
    if min(min_cutoff, derivative_cutoff) <= 0 or beta < 0:
        raise BadInput(f"One-Euro needs cutoffs above 0 and no negative beta, not {min_cutoff}, {beta}; see its docs.")
    smoothed, speed = track.astype(float), np.zeros(track.shape[1])
    for t in range(1, len(track)):
        raw_speed = (track[t] - smoothed[t - 1]) * fps
        speed = speed + smoothing_factor(derivative_cutoff, fps) * (raw_speed - speed)
        factor = smoothing_factor(min_cutoff + beta * np.abs(speed), fps)
        smoothed[t] = smoothed[t - 1] + factor * (track[t] - smoothed[t - 1])
    return smoothed


def smoothing_factor(cutoff: float | np.ndarray, fps: float) -> float | np.ndarray:
    """How far, of the way to the new value, a first-order low pass goes in one frame, in (0, 1).

    1 / (1 + tau fps) with tau = 1 / (2 pi cutoff): Casiez et al. (2012), Equations 4 and 5.
    """
    return 1 / (1 + fps / (2 * np.pi * cutoff))


def butterworth(track: np.ndarray, fps: float, cutoff: float, order: int = 2) -> np.ndarray:
    """A Butterworth low pass run forward and back (``scipy.signal.filtfilt``), so that nothing comes late.

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
    numerator, denominator = butter(order, cutoff, fs=fps)
    padding = min(3 * len(denominator), len(track) - 1)
    return line + filtfilt(numerator, denominator, track - line, axis=0, padlen=padding)


def kalman(track: np.ndarray, fps: float, push: float) -> np.ndarray:
    """The Kalman smoother of `lib.kalman`: points that keep their velocity but for small pushes, seen with noise.

    ``push`` is the strength of the pushes (the density of white-noise acceleration) over the variance of the noise, a
    second to the third; large values follow the track, small ones draw a straight line. Raises BadInput for one that
    is not above 0.
    """
    if push <= 0:
        raise BadInput(f"The Kalman smoother needs pushes above 0, not {push}.")
    return kalman_smoother.smooth(track.astype(float), np.ones(len(track), bool), push / fps**3)
