"""Isolated signs of two synthetic sign languages that share a phonology but no words: a large one and a small one.

They play R2's source and target languages. Signers differ, also between the languages; each has a place of its own
before the camera (near or far, left or right, high or low), as the informants of a corpus have. Every signer makes
every sign at least once; the other clips follow a long tail (Zipf), like R2's Figure 1. All sign right-handed.

Two things make signs hard to tell apart, as in real languages: they come in families that differ in one part (minimal
pairs), and each is cut out of signing, so that the hands come from another sign.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from data_scripts.signer import phonology
from data_scripts.signer.body import Body
from data_scripts.signer.figure import drawn_figure
from data_scripts.signer.film import Film
from data_scripts.signer.phonology import PLACES, SPACE, Sign, draw_sign
from data_scripts.signer.stage import SCENES, Camera, Scene, camera_for
from lib.keypoints import Keypoints
from lib.video.pixels import linear_to_srgb

SIZE = (152, 168)  # width and height of the pictures in pixels
FPS = 10.0
RATE = 100.0  # moments of movement computed a second
MOMENTS = (0, 1)  # a picture is the mean of two moments: the blur of a shutter of 1/50 s
BEFORE, AFTER = 0.24, 0.12  # seconds of film around a sign's stroke
FAMILY = 3  # signs: a first, and others that differ from it in one part
TAIL = 1.0  # a sign's share of the clips beyond one a signer falls with its rank to this power


@dataclass(frozen=True)
class Language:
    """One corpus to make: how many signs and clips, whose, and where they are filmed."""

    name: str
    signs: int
    clips: int
    signers: range
    stage: str
    seed: int


SOURCE = Language("source", signs=60, clips=800, signers=range(400, 410), stage="studio", seed=41)
TARGET = Language("target", signs=40, clips=480, signers=range(420, 430), stage="room", seed=42)
LANGUAGES = {language.name: language for language in (SOURCE, TARGET)}


@dataclass(frozen=True)
class SignJob:
    """One clip to make: who makes which sign of a language."""

    language: str
    number: int
    sign: int
    signer: int
    seed: int

    @property
    def name(self) -> str:
        """The clip's name, such as "source-0012"."""
        return f"{self.language}-{self.number:04d}"


def lexicon(language: Language) -> list[Sign]:
    """The signs of a language, in families; the most frequent first."""
    rng = np.random.default_rng(language.seed)
    signs: dict[Sign, None] = {}
    while len(signs) < language.signs:
        family = {draw_sign(rng): None}
        while len(family) < min(FAMILY, language.signs - len(signs)):
            family[_other(next(iter(family)), rng)] = None
        signs |= family
    order = rng.permutation(language.signs)
    return [list(signs)[i] for i in order]


def _other(sign: Sign, rng: np.random.Generator) -> Sign:
    """A sign that differs in its handshape, its orientation, its movement or its place."""
    parts = ["handshape", "path"] + ["orientation", "place"] * (sign.hands != "base")  # a base hand stays where it is
    part = str(rng.choice(parts))
    if part == "handshape":
        shape = str(rng.choice([name for name in phonology.HANDSHAPES if name != "rest"]))
        return replace(sign, handshape=shape, handshape_end=shape)
    if part == "path":
        return replace(sign, path=str(rng.choice(phonology.PATHS if sign.place in SPACE else phonology.NEAR_BODY)))
    if part == "orientation":
        return replace(sign, orientation=str(rng.choice(PLACES[sign.place][3])))
    alike = [
        place
        for place, (*_, fits) in PLACES.items()
        if sign.orientation in fits and (place in SPACE) == (sign.place in SPACE)
        if sign.hands == "one" or place not in phonology.FOR_ONE_HAND
    ]
    return replace(sign, place=str(rng.choice(alike)))


def plan(language: Language) -> list[SignJob]:
    """The clips of a language, signer by signer (a body takes a second to build)."""
    rng = np.random.default_rng([language.seed, 1])
    pairs = [(signer, sign) for signer in language.signers for sign in range(language.signs)]
    weights = 1 / np.arange(1, language.signs + 1) ** TAIL
    more = rng.choice(language.signs, language.clips - len(pairs), p=weights / weights.sum())
    pairs += [(int(rng.choice(language.signers)), int(sign)) for sign in more]
    seeds = rng.integers(2**31, size=len(pairs))
    return [SignJob(language.name, i, sign, signer, int(seeds[i])) for i, (signer, sign) in enumerate(sorted(pairs))]


def recipe(language: Language) -> str:
    """All that decides how a language's clips look, in words."""
    return repr((plan(language), lexicon(language), SIZE, FPS, RATE, MOMENTS, BEFORE, AFTER))


def frames(job: SignJob, device: str = "cpu", step: int = 1) -> Iterator[np.ndarray]:
    """The pictures of a clip, (H, W, 3) uint8, about nine of them: the way from another sign, the stroke, the hold.

    With ``step`` only every so manieth is filmed; each looks as it does among all of them.
    """
    figure, performance, stage, moments = _shot(job)
    moments = moments[::step]
    film = Film(figure, performance, stage, device)
    for bodies in figure.vertices(performance, moments.ravel()).reshape(*moments.shape, -1, 3):
        light = [film.renderer.render(body, smooth=False, offset=(x, 0.5)) for x, body in zip((0.25, 0.75), bodies)]
        yield linear_to_srgb(np.mean(light, axis=0))


def truth(job: SignJob, turn: float = 0.0) -> Keypoints:
    """Where the joints of a clip really are, one frame for each of `frames`: HOLISTIC_75 in pixels, z in their scale.

    The camera goes round the signer by ``turn`` degrees first.
    """
    figure, performance, stage, moments = _shot(job)
    rotation, position = (values[moments[:, 0]] for values in (performance.rotation, performance.position))
    return figure.truth.keypoints(rotation, position, _round_the_signer(stage.camera, turn), FPS)


def _shot(job: SignJob):
    """Who moves how before which camera, and the moments (T, 2) that each picture is the mean of."""
    language, rng = LANGUAGES[job.language], np.random.default_rng([job.seed])
    figure, signs = drawn_figure(job.signer), lexicon(language)
    before = signs[(job.sign + rng.integers(1, language.signs)) % language.signs]  # any sign but this one
    performance = figure.performer.perform([before, signs[job.sign]], RATE, rng)
    stage = _stage(job.signer, language.stage, figure.body, rng)
    start, end = performance.spans[1]
    seconds = np.arange(start - BEFORE, end + AFTER, 1 / FPS)
    moments = (np.rint(seconds * RATE).astype(int)[:, None] + MOMENTS).clip(0, len(performance.rotation) - 1)
    return figure, performance, stage, moments


def _round_the_signer(camera: Camera, degrees: float) -> Camera:
    """The camera at another place of the circle round what it looks at."""
    angle, (x, y, z), (to_x, to_y, _) = np.radians(degrees), camera.eye, camera.target
    x, y = x - to_x, y - to_y
    eye = (to_x + np.cos(angle) * x - np.sin(angle) * y, to_y + np.sin(angle) * x + np.cos(angle) * y, z)
    return replace(camera, eye=tuple(map(float, eye)))


def _stage(signer: int, name: str, body: Body, rng: np.random.Generator) -> Scene:
    """A stage as in the other corpora, but with the camera where this signer's camera stands."""
    place = np.random.default_rng([signer, 7])
    stage = SCENES[name](body, rng, size=SIZE)
    camera = camera_for(body, rng, zoom=place.uniform(0.7, 1.05), size=SIZE)
    aside, up = place.uniform(-0.15, 0.15), place.uniform(-0.08, 0.08)
    x, y, z = camera.target
    return replace(stage, camera=replace(camera, target=(x + aside, y, z + up)))
