"""HDR films (HLG, as phones film, and PQ) -> sRGB: what is as bright as paper stays, what shines is held back.

Both curves are of ITU-R BT.2100-2 (tables 4 and 5), the matrix from BT.2020's primaries to BT.709's is that of
BT.2087-0, and the tone curve is the EETF of BT.2390-8 (5.4.1) on the largest of red, green and blue, so that hues stay.
White is 203 cd/m2, where BT.2408 has it: 75 % of HLG, 58 % of PQ. HLG is taken as a display as bright as standard
range's shows it, whose system gamma is about 1 (BT.2100-2, note 5f). What a film says of its own display is not asked.
"""

from functools import cache

import numpy as np

from lib.video.pixels import linear_to_srgb

PQ, HLG, BT2020 = 16, 18, 9  # ITU-T H.273 code points: transfer curves, primaries
CURVES = {PQ: "PQ", HLG: "HLG"}
_WHITE, _PEAK = 203.0, 1000.0  # cd/m2; what is brighter than the peak is as white
_TO_BT709 = np.float32([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
_STEPS = 4096  # of the tone curve, along the root of light
_AT_ONCE = 2**18  # pixels: their light takes thirty times their bytes


def to_standard(values: np.ndarray, transfer: int, primaries: int) -> np.ndarray:
    """(H, W, 3) uint8 sRGB from uint16 R'G'B' of full range, on a curve of ``CURVES`` and with those primaries."""
    shown, rows = np.empty(values.shape, np.uint8), max(1, _AT_ONCE // values.shape[1])
    for top in range(0, len(values), rows):
        shown[top : top + rows] = _shown(values[top : top + rows], transfer, primaries)
    return shown


def _shown(values: np.ndarray, transfer: int, primaries: int) -> np.ndarray:
    light = _light(transfer)[values]
    if primaries == BT2020:
        light = light @ _TO_BT709.T
    # six times as fast as light.max(axis=2):
    red, green, blue = light[..., 0], light[..., 1], light[..., 2]
    brightest = np.clip(np.maximum(np.maximum(red, green), blue) / _PEAK, 0, 1)
    gain = _gain()[(np.sqrt(brightest) * (_STEPS - 1)).astype(np.int32)]
    return linear_to_srgb(light * gain[..., None])


@cache
def _light(transfer: int) -> np.ndarray:
    """cd/m2, float32, of every uint16."""
    value = np.arange(65536) / 65535
    if transfer == PQ:
        return np.float32(_from_pq(value))
    return np.float32(_from_hlg(value) / _from_hlg(0.75) * _WHITE)


@cache
def _gain() -> np.ndarray:
    """What light is multiplied by, (`_STEPS`,), by the root of its share of the brightest; white becomes 1 at most."""
    light = np.maximum(np.linspace(0, 1, _STEPS) ** 2, 1e-9) * _PEAK
    whole = _to_pq(_PEAK)
    value, white = _to_pq(light) / whole, _to_pq(_WHITE) / whole
    knee = 1.5 * white - 0.5
    t = np.clip((value - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * white
    return np.float32(_from_pq(np.where(value < knee, value, bent) * whole) / light / _WHITE)


_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128  # BT.2100-2, table 4


def _to_pq(light: np.ndarray | float) -> np.ndarray:
    """cd/m2 -> [0, 1]."""
    power = (np.asarray(light) / 10000) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


def _from_pq(value: np.ndarray) -> np.ndarray:
    """[0, 1] -> cd/m2."""
    root = value ** (1 / _M2)
    return 10000 * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)


def _from_hlg(value: np.ndarray | float) -> np.ndarray:
    """[0, 1] -> light of the scene, [0, 1] (BT.2100-2, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(np.asarray(value) <= 0.5, np.square(value) / 3, (np.exp((np.asarray(value) - c) / a) + b) / 12)
