"""What a network learns to fill gaps from: made-up signing without pictures, and real words.

`signing` computes the true joints of synthetic signers, whom no film of the course shows, in sentences of signs that
are drawn anew. `Eye` makes of true joints what MediaPipe would find: wrong by as much as on the shipped films to learn
from, and lost as there, the likelier the faster the hand moves and if it was lost in the frame before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from book.chapters.ch13_gaps import ARM, MIRROR, arm_of
from book.shared.gaps import HANDS, runs
from book.shared.hands import shoulder_width
from data_scripts.signer.body import Body
from data_scripts.signer.figure import Truth, draw_signer
from data_scripts.signer.performer import Performer
from data_scripts.signer.phonology import draw_sign
from data_scripts.signer.stage import camera_for
from lib.keypoints import HOLISTIC_75, Keypoints

RATE = 50  # moments a second; every so manieth is a frame
STEPS = (2, 2, 2, 3, 5)  # 25 frames a second, mostly; 17 and 10
LONGEST, NEAR = 24, 6  # frames from which runs count as alike; runs of a film to choose from
BINS = 5  # of speed


class Free(Performer):
    """A signer whose hands may touch the body: to keep them off it takes nine tenths of the time."""

    def _clear(self, *_: object) -> None:
        pass


def signing(signers: Sequence[int], sentences: int, seed: int) -> Iterator[Keypoints]:
    """True joints of ``sentences`` sentences of each signer, HOLISTIC_75 in pixels, before a camera of its own each."""
    for signer in signers:
        rng, drawn = np.random.default_rng([seed, signer]), draw_signer(signer)
        body = Body(drawn.phenotype)
        performer, truth = Free(body, replace(drawn.manner, left_handed=bool(rng.random() < 0.15))), Truth(body)
        for _ in range(sentences):
            signs = [draw_sign(rng) for _ in range(rng.integers(2, 5))]
            performance, step = performer.perform(signs, RATE, rng), int(rng.choice(STEPS))
            rotation, position = performance.rotation[::step], performance.position[::step]
            yield truth.keypoints(rotation, position, camera_for(body, rng), RATE / step)


def wrist_speed(clip: Keypoints, part: str) -> np.ndarray:
    """Speed of the body's wrist on a hand's side in shoulder widths a second, (T,)."""
    wrist = arm_of(clip, part)[:, ARM.index("WRIST")]
    return np.linalg.norm(np.gradient(wrist, axis=0), axis=1) * clip.fps / shoulder_width(clip)


@dataclass(frozen=True)
class Losses:
    """How a film loses a hand: the chance that it is lost in a frame, (2, BINS), by whether it was lost in the one
    before and by its speed, whose bins end at ``edges``."""

    edges: np.ndarray
    chance: np.ndarray

    @classmethod
    def of(cls, clips: Sequence[Keypoints]) -> "Losses":
        """As counted in clips, one count more on either side."""
        pairs = [(wrist_speed(clip, part), ~clip.present(part)) for clip in clips for part in HANDS]
        edges = np.quantile(np.concatenate([speed for speed, _ in pairs]), np.arange(1, BINS) / BINS)
        counts = np.ones((2, BINS, 2))
        for speed, lost in pairs:
            np.add.at(counts, (lost[:-1].astype(int), np.digitize(speed, edges)[1:], lost[1:].astype(int)), 1)
        return cls(edges, counts[..., 1] / counts.sum(axis=-1))

    def draw(self, speed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """In which frames a hand of this ``speed`` (T,) is lost, bool (T,)."""
        bins, lost, state = np.digitize(speed, self.edges), np.zeros(len(speed), bool), 0
        for t, dice in enumerate(rng.random(len(speed))):
            state = int(dice < self.chance[state, bins[t]])
            lost[t] = bool(state)
        return lost


class Eye:
    """What MediaPipe makes of true joints, learned from films of which both are known.

    Hands: a ridge regression on the true shape says how wrong they are as a rule; what is left over is taken in pieces
    from the films. The body's arm: pieces likewise, from frames in which the hand was found or lost as it is here.
    """

    def __init__(self, found: Sequence[Keypoints], truth: Sequence[Keypoints]):
        from sklearn.linear_model import Ridge

        sides = [_errors(one, real, part) for one, real in zip(found, truth, strict=True) for part in HANDS]
        true, off, lost = ([side[i] for side in sides] for i in range(3))
        known = ~np.concatenate(lost)
        rule = Ridge(alpha=10.0)
        rule.fit(np.concatenate(true)[known], np.concatenate(off)[known][:, : 2 * 21])
        self.rule, self.losses = rule, Losses.of(found)
        self.pieces: dict[bool, list[np.ndarray]] = {False: [], True: []}
        for one, wrong, gone in zip(true, off, lost):
            rest = np.concatenate([wrong[:, :42] - rule.predict(one), wrong[:, 42:]], axis=1)
            for state in (False, True):
                self.pieces[state] += [rest[start:stop] for start, stop in runs(gone == state)]

    def __call__(self, truth: Keypoints, rng: np.random.Generator) -> Keypoints:
        """The clip as it might be found."""
        xyz = truth.xyz.copy()
        for part in HANDS:
            lost = self.losses.draw(wrist_speed(truth, part), rng)
            true, unit = _shape(truth, part)
            off = self._drawn(lost, rng)
            off[:, :42] = np.where(lost[:, None], 0.0, off[:, :42] + self.rule.predict(true))
            off = off.reshape(len(off), -1, 2) * unit
            xyz[:, truth.layout.parts[part], :2] += off[:, :21]
            xyz[lost, truth.layout.parts[part]] = np.nan
            xyz[:, _arm(truth, part), :2] += off[:, 21:]
        return replace(truth, xyz=xyz)

    def _drawn(self, lost: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What is left over, for frames with or without the hand as ``lost`` (T,) says: of each run its beginning and
        its end are those of a film's run of about its length, since hands beside a gap are found badly."""
        off = np.zeros((len(lost), self.pieces[False][0].shape[1]))
        for state in (False, True):
            lengths = np.array([min(len(piece), LONGEST) for piece in self.pieces[state]])
            for start, stop in runs(lost == state):
                near = np.argsort(np.abs(lengths - min(stop - start, LONGEST)), kind="stable")[:NEAR]
                off[start:stop] = _stretched(self.pieces[state][rng.choice(near)], stop - start)
        return off


def _stretched(piece: np.ndarray, frames: int) -> np.ndarray:
    """A piece's beginning and end, as many frames as are wanted; between them its middle, to and fro."""
    half, length = min(frames, len(piece)) // 2, len(piece)
    rest = min(frames, length) - half
    between = np.arange(frames - half - rest) % max(1, length // 2)
    middle = length // 4 + np.minimum(between, length // 2 - between)
    return piece[np.concatenate([np.arange(half), middle, np.arange(length - rest, length)]).astype(int)]


def _arm(clip: Keypoints, part: str) -> list[int]:
    return [clip.layout.index(f"{part.removesuffix('_hand').upper()}_{name}") for name in ARM]


def _shape(truth: Keypoints, part: str) -> tuple[np.ndarray, np.ndarray]:
    """A true hand from its wrist with its depth, mirrored, in hand lengths, (T, 63); and that length (2,) in pixels."""
    hand = truth.part(part).astype(float)
    hand = hand - hand[:, :1]
    length = float(np.median(np.linalg.norm(hand[:, HOLISTIC_75.middle_mcp, :2], axis=-1)))
    return (hand * [MIRROR[part], 1, 1] / length).reshape(len(hand), -1), np.array([MIRROR[part], 1.0]) * length


def _errors(found: Keypoints, truth: Keypoints, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The true shape (T, 63), how far hand and arm are off, (T, 52), in hand lengths, and where the hand is lost."""
    true, unit = _shape(truth, part)
    places = [*range(*truth.layout.parts[part].indices(len(truth.layout))), *_arm(truth, part)]
    off = (found.xyz[:, places, :2] - truth.xyz[:, places, :2]) / unit
    return true, np.nan_to_num(off).reshape(len(off), -1), ~found.present(part)
