"""Chapter 1: the reader's own video, counted, and how much detail of which size is in a picture."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.shared.draw import draw_keypoints, strip
from lib.holistic import extract
from lib.keypoints import Keypoints
from lib.metrics import undetected_hand_presence
from lib.tools.errors import BadInput
from lib.video import probe, read_video

SHOWN_HEIGHT = 336  # pixels of a frame in the strip


def examine(path: str | Path, seconds: float = 20.0, shown: int = 6) -> tuple[pd.DataFrame, Figure]:
    """What MediaPipe finds in the first ``seconds`` of a video: a table in per cent, and a strip of ``shown`` frames.

    The table has a row for the right hand, the left hand and both, and the columns "not found" (UHP) and "not found,
    wrist in view". Frames are read twice and never held all at once. Raises BadInput for what is no readable video.
    """
    info = probe(path)
    limit = max(1, round(seconds * info.fps))
    total = min(limit, info.frames)
    keypoints = extract(islice(read_video(path), limit), fps=info.fps, total=total, name=str(path))
    return missing_hands(keypoints), _strip(islice(read_video(path), limit), keypoints, shown)


def missing_hands(keypoints: Keypoints) -> pd.DataFrame:
    """Frames without each hand, in per cent: of all frames, and of those where the body's wrist is in the picture."""
    rows = {
        hand: (100 * undetected_hand_presence(keypoints, hand), 100 * undetected_in_view(keypoints, hand))
        for hand in ("right", "left", "both")
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["not found, %", "not found, wrist in view, %"])


def undetected_in_view(keypoints: Keypoints, hand: str = "right") -> float:
    """UHP over those frames only in which the body's wrist lies inside the picture. NaN where it never does.

    For a signer who rests one hand out of the picture plain UHP says 100 %, though no detector could do better. Where
    the wrist is, is again the detector's word. "both" pools the two hands. Ours, not the papers'.
    """
    lost = []
    for side in ("left", "right") if hand == "both" else (hand,):
        wrist = keypoints.xyz[:, keypoints.layout.body_wrists[side == "right"], :2]
        inside = ((wrist >= 0) & (wrist < keypoints.size)).all(axis=1)
        lost.append(~keypoints.present(f"{side}_hand")[inside])
    lost = np.concatenate(lost)
    return float(lost.mean()) if lost.size else float("nan")


def _strip(frames: Iterator[np.ndarray], keypoints: Keypoints, shown: int) -> Figure:
    wanted = np.unique(np.linspace(0, len(keypoints) - 1, shown).round().astype(int))
    pictures = []
    for number, frame in enumerate(frames):
        if number in wanted:
            scale = min(1.0, SHOWN_HEIGHT / frame.shape[0])
            small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            points = keypoints.xyz[number, :, :2] * scale
            pictures.append(draw_keypoints(small, points, keypoints.layout, confidence=keypoints.confidence[number]))
    titles = [f"{number / keypoints.fps:.1f} s" for number in wanted]
    return strip(pictures, titles, columns=min(3, len(pictures)))


LUMA = np.array([0.299, 0.587, 0.114])  # BT.601: how bright red, green and blue look


def radial_spectrum(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean power of the frames' brightness at each spatial frequency, whatever the direction.

    ``frames`` is uint8 (T, H, W, 3). Returns the frequencies, (40,), in cycles a pixel from 0 to 0.5, the finest
    pattern that pixels can hold (Nyquist), and the power at each, (40,). The mean brightness is taken out, and the
    borders are faded (Hann), for else the jump from one border to the opposite one looks like fine detail.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or 0 in frames.shape:
        raise BadInput(f"A spectrum needs frames of shape (T, height, width, 3), not {frames.shape}.")
    bins, (height, width) = 40, frames.shape[1:3]
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
