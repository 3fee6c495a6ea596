"""How much detail of which size is in a picture: its power by spatial frequency."""

import numpy as np

from lib.tools.errors import BadInput

LUMA = np.array([0.299, 0.587, 0.114])  # BT.601: how bright red, green and blue look


def radial_spectrum(frames: np.ndarray, bins: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Mean power of the frames' brightness at each spatial frequency, whatever the direction.

    ``frames`` is uint8 (T, H, W, 3). Returns the frequencies, (bins,), in cycles a pixel from 0 to 0.5, the finest
    pattern that pixels can hold (Nyquist), and the power at each, (bins,). The mean brightness is taken out, and the
    borders are faded (Hann), for else the jump from one border to the opposite one looks like fine detail.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or 0 in frames.shape:
        raise BadInput(f"A spectrum needs frames of shape (T, height, width, 3), not {frames.shape}.")
    height, width = frames.shape[1:3]
    fade = np.outer(np.hanning(height), np.hanning(width))
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    which = np.floor(radius / 0.5 * bins).astype(int)  # the corners, beyond 0.5, belong to no bin
    inside = which < bins
    power = np.zeros((height, width))
    for frame in frames:
        grey = frame @ LUMA
        power += np.abs(np.fft.fft2((grey - grey.mean()) * fade)) ** 2
    total = np.bincount(which[inside], power[inside], minlength=bins)
    count = np.bincount(which[inside], minlength=bins)
    return (np.arange(bins) + 0.5) * 0.5 / bins, total / np.maximum(count, 1) / len(frames)
