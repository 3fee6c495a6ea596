"""From a sentence to two hands' paths in time: strokes, and the transitions that make coarticulation."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation, Slerp

from data_scripts.signer.geometry import frame, turned
from data_scripts.signer.phonology import HANDSHAPES, ORIENTATIONS, PLACES, Sign


@dataclass(frozen=True)
class Manner:
    """How a signer moves. ``tempo`` scales speed, ``size`` scales movements."""

    tempo: float = 1.0
    size: float = 1.0
    left_handed: bool = False


@dataclass
class HandPath:
    """One hand over time: where its contact point goes, and its form."""

    point: np.ndarray  # (T, 3) metres in (own side, out, up) from the anchor's origin
    fingers: np.ndarray  # (T, 3) direction in the same axes
    normal: np.ndarray  # (T, 3) likewise
    shape: np.ndarray  # (T, 13) degrees
    anchor: np.ndarray  # (T, 2) weights of eyes and chest
    focus: np.ndarray  # (T, 2) how far along the hand's axis and out of the palm the contact point lies

    COLUMNS = (3, 3, 3, 13, 2, 2)

    @classmethod
    def unpack(cls, rows: np.ndarray) -> "HandPath":
        """From rows (T, 26), the columns in the order of the fields."""
        return cls(*np.split(rows, np.cumsum(cls.COLUMNS)[:-1], axis=1))


FOCUS = {"tips": (0.165, 0.015), "palm": (0.085, 0.02)}
REST_STATE = np.concatenate([
    (0.06, 0.17, -0.235), (-0.75, 0.55, 0.05), (-0.25, -1.0, 0.15), HANDSHAPES["rest"], (0.0, 1.0), FOCUS["palm"],
])  # fmt: skip
BASE_STATE = np.concatenate([
    (0.015, 0.235, -0.10), (-0.75, 0.75, 0.15), (0.0, -0.25, 1.0), HANDSHAPES["flat"], (0.0, 1.0), FOCUS["palm"],
])  # fmt: skip


def ease(u: np.ndarray) -> np.ndarray:
    """Minimum-jerk progress (Flash and Hogan 1985): from 0 to 1, starting and ending at rest."""
    return u**3 * (10 - 15 * u + 6 * u**2)


def sign_state(sign: Sign) -> np.ndarray:
    """The strong hand at the start of a sign, (26,) in `HandPath` order."""
    anchor, offset, part, _ = PLACES[sign.place]
    fingers, normal = ORIENTATIONS[sign.orientation]
    weights = (1.0, 0.0) if anchor == "eyes" else (0.0, 1.0)
    return np.concatenate([offset, fingers, normal, HANDSHAPES[sign.handshape], weights, FOCUS[part]])


def stroke(sign: Sign, u: np.ndarray, size: float, phase: float = 0.0) -> np.ndarray:
    """The sign's stroke at progress ``u`` (T,) in [0, 1] as states (T, 26); ``phase`` shifts an alternating hand."""
    rows = np.tile(sign_state(sign), (len(u), 1))
    v = ease(u)
    rows[:, :3] += size * path_offset(sign.path, v, phase)
    end = np.array(HANDSHAPES[sign.handshape_end])
    rows[:, 9:22] += np.clip(1.6 * v - 0.3, 0, 1)[:, None] * (end - rows[:, 9:22])
    turn = np.sin(2 * np.pi * (2 * v + phase)) * np.sin(np.pi * u) ** 0.5
    if sign.path == "twist":
        rows[:, 6:9] = turned(rows[:, 6:9], rows[:, 3:6], 0.5 * size * turn)
    if sign.path == "nod":
        side = np.cross(rows[:, 3:6], rows[:, 6:9])
        rows[:, 3:6] = turned(rows[:, 3:6], side, 0.4 * size * turn)
    if sign.path == "wiggle":
        for finger, column in enumerate((13, 15, 17, 19)):
            rows[:, column] += 22 * size * np.sin(2 * np.pi * (3 * v + finger / 4)) * np.sin(np.pi * u)
    return rows


def path_offset(path: str, v: np.ndarray, phase: float) -> np.ndarray:
    """Displacement (T, 3) in (own side, out, up) metres along a path at progress ``v``."""
    zero, swing = np.zeros_like(v), np.sin(np.pi * v)
    angle = 2 * np.pi * (1.5 * v + phase)
    circle = [np.sin(angle) * 0.06, np.cos(angle) * 0.06 - 0.06 * np.cos(2 * np.pi * phase)]
    beat = np.abs(np.sin(2 * np.pi * (v + phase / 2)))
    offsets = {
        "down": (zero, 0.02 * swing, 0.08 - 0.17 * v),
        "up": (zero, 0.02 * swing, 0.16 * v - 0.07),
        "out": (zero, 0.15 * v - 0.01, 0.02 * swing),
        "aside": (0.17 * v, 0.02 * swing, zero),
        "across": (0.06 - 0.15 * v, 0.03 * swing, zero),
        "arc": (0.14 * v - 0.03, 0.05 * swing, 0.07 * swing),
        "circle": (circle[0], zero, circle[1]),
        "flat circle": (circle[0], circle[1] + 0.03, zero),
        "zigzag": (0.06 * np.sin(2 * np.pi * 1.5 * v), zero, 0.08 - 0.18 * v),
        "tap": (zero, 0.045 * beat, 0.015 * beat),
    }
    return np.stack(offsets.get(path, (zero, zero, zero)), -1)


def transition(start: np.ndarray, end: np.ndarray, u: np.ndarray) -> np.ndarray:
    """States (T, 26) from one to another: the hand leads, its form follows a little ahead of arrival, and the
    way bows out from the body, more so the longer it is."""
    rows = start + ease(u)[:, None] * (end - start)
    early = ease(np.clip(1.25 * u, 0, 1))[:, None]
    rows[:, 9:22] = start[9:22] + early * (end[9:22] - start[9:22])
    rows[:, 3:9] = _swing(start[3:9], end[3:9], ease(np.clip(1.1 * u, 0, 1)))
    length = np.linalg.norm(end[:3] - start[:3]) + 0.3 * abs(end[22] - start[22])
    rows[:, 1] += min(0.25 * length, 0.09) * np.sin(np.pi * u) ** 2
    return rows


def _swing(start: np.ndarray, end: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Turn the hand's frame along the shortest way (slerp): directions (T, 6) of fingers and normal."""
    keys = np.stack([frame(start[:3], start[3:]), frame(end[:3], end[3:])])
    frames = Slerp([0, 1], Rotation.from_matrix(keys))(v).as_matrix()
    return np.concatenate([frames[..., 0], frames[..., 1]], -1)


def weak_hand(sign: Sign, u: np.ndarray, size: float) -> np.ndarray:
    """What the other hand does during a stroke, states (T, 26)."""
    if sign.hands == "mirror":
        return stroke(sign, u, size)
    if sign.hands == "alternate":
        return stroke(sign, u, size, phase=0.5)
    return np.tile(BASE_STATE if sign.hands == "base" else REST_STATE, (len(u), 1))


def perform(signs: list[Sign], manner: Manner, rate: float, rng: np.random.Generator):
    """Two hands' paths for a sentence.

    Returns (strong, weak, spans): `HandPath`s sampled at ``rate`` a second, and (start, end) seconds of every stroke.
    Durations vary by sign: transitions 0.24-0.38 s, strokes 0.34-0.62 s, holds 0.04-0.12 s at tempo 1.
    """
    parts, spans, states = [_resting(0.15 * rate)], [], [REST_STATE, REST_STATE]
    for sign in signs:
        lengths = np.array([rng.uniform(0.24, 0.38), rng.uniform(0.34, 0.62), rng.uniform(0.04, 0.12)]) / manner.tempo
        move, beat, hold = (np.arange(1, max(2, int(rate * s)) + 1) for s in lengths)
        u = beat / len(beat)
        size = manner.size * rng.uniform(0.9, 1.1)
        strokes = np.stack([stroke(sign, u, size), weak_hand(sign, u, size)])
        parts.append(np.stack([transition(state, s[0], move / len(move)) for state, s in zip(states, strokes)]))
        begin = sum(part.shape[1] for part in parts)
        spans.append((begin / rate, (begin + len(beat)) / rate))
        states = strokes[:, -1]
        parts += [strokes, np.repeat(states[:, None], len(hold), 1)]
    back = np.arange(1, int(rate * 0.45 / manner.tempo) + 1)
    parts += [np.stack([transition(state, REST_STATE, back / len(back)) for state in states]), _resting(0.1 * rate)]
    return *(HandPath.unpack(_alive(rows, rate, rng)) for rows in np.concatenate(parts, axis=1)), spans


def _resting(moments: float) -> np.ndarray:
    """Both hands at rest, (2, T, 26)."""
    return np.tile(REST_STATE, (2, int(moments), 1))


def _alive(rows: np.ndarray, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Blend the segments into each other (35 ms) and add the small unsteadiness of a living hand."""
    rows = gaussian_filter1d(rows, 0.035 * rate, axis=0, mode="nearest")
    amount = np.concatenate([np.full(3, 0.005), np.full(6, 0.05), np.full(13, 2.5), np.zeros(4)])
    return rows + amount * smooth_noise(rows.shape, rate, 0.25, rng)


def smooth_noise(shape: tuple[int, ...], rate: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of unit strength, of ``shape`` (T, ...), that changes over about ``seconds``."""
    width = seconds * rate
    # a Gaussian window of that width leaves white noise with this standard deviation
    return gaussian_filter1d(rng.normal(size=shape), width, axis=0, mode="wrap") * np.sqrt(2 * np.sqrt(np.pi) * width)
