"""How fast a film plays, by its frames' own time stamps: what a header says is often wrong, or not there at all."""

import argparse
from collections.abc import Iterable

import numpy as np

UNEVEN = 0.1  # seconds by which a frame may be moved before the reader hears of it
SLOWEST, FASTEST = 0.01, 1000.0  # frames a second that a film can have, the last by its stamps only: a header that
# says 1000 means milliseconds
_ROUGH = 0.05  # seconds by which a film's length may differ from what its header's rate makes of it
_BREAK = 0.5  # seconds of a film that are announced and not there: it was cut short


def rate_of(shown: np.ndarray, says: Iterable[object]) -> float | None:
    """Frames a second; None where nobody can know.

    shown  seconds at which the frames are shown, (T,), in this order
    says   the rates that the header gives, the likeliest first, as numbers or None

    It is (frames - 1) / (last - first), or a rate of the header that agrees with it to `_ROUGH` over the whole film:
    stamps are rounded, 30000/1001 is 29.97 in milliseconds, and one may lack. Without stamps the header is believed.
    """
    steps, length = len(shown) - 1, float(np.ptp(shown)) if len(shown) else 0.0
    rates = [float(rate) for rate in says if rate and rate < FASTEST]
    if length:
        rates = [rate for rate in rates if abs(length - steps / rate) <= _ROUGH] + [steps / length]
    return next((rate for rate in rates if SLOWEST <= round(rate, 3) <= FASTEST), None)


def moments(clock: list[tuple[float, float]], end: float) -> np.ndarray:
    """When frames are shown, in this order, by the seconds at which packets are shown and decoded, as stored.

    ``end`` is the second at which the film announces to end. What may mislead about the rate is left out; nothing comes
    back where the clock starts anew in the middle, as in recordings that were joined.
    """
    if not clock:
        return np.empty(0)
    shown, decoded = np.array(clock).T
    if (np.diff(decoded) < -1).any():
        return np.empty(0)
    last, shown = decoded[-1], np.sort(shown)
    own_time = np.ptp(shown) / max(1, len(shown) - 1)  # of the last frame, which lasts after it has begun
    if end - shown[-1] > _BREAK + own_time:
        # a frame is stored after those it is drawn from: where the film breaks off, frames between its last ones lack
        shown = shown[shown <= max(last, shown[0])]
    return shown


def without_second_fields(shown: np.ndarray, average: object) -> np.ndarray:
    """One moment a frame of an interlaced film, each of whose packets may hold a field: twice the header's rate."""
    if not average or not len(shown) or abs(2 * float(average) * np.ptp(shown) - (len(shown) - 1)) >= 1:
        return shown
    return shown[::2]


def moved(shown: np.ndarray, fps: float) -> float:
    """Seconds by which the frame that moves most moves when all are shown at an even rate."""
    return float(np.abs(shown - shown[0] - np.arange(len(shown)) / fps).max()) if len(shown) else 0.0


def rate_option(parser: argparse.ArgumentParser) -> None:
    """The option --fps of the commands that read films."""
    about = "frames a second, where a film or a folder of images does not say it or says it wrongly"
    parser.add_argument("--fps", type=_rate, metavar="N", help=about)


def _rate(text: str) -> float:
    try:
        if SLOWEST <= (rate := float(text)) <= FASTEST:
            return rate
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"give frames a second, such as 25, not {text!r}")
