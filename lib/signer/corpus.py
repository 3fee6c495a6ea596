"""The corpora: which signers sign which sentences on which stage, and how the camera spoils them.

D1 plays R1's training domain (test: the same signers, unseen sentences), TD2 the target domain: other signers, light,
backdrop and codec. TD1 is of the target domain, too, with signers of its own, and has sharp targets to fine-tune on.
R1's TD1 is made from 720p and 1080p footage of the same episodes (III-D); that anything is compressed is our choice.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from lib.degrade import downsample
from lib.signer.clips import UNITS
from lib.signer.phonology import Sign, draw_lexicon, draw_sentence
from lib.signer.signers import SIGNERS
from lib.tools.files import written_whole

LEXICON_SIZE, LEXICON_SEED = 60, 1


@dataclass(frozen=True)
class Domain:
    """Who signs where, and the degradation: open shutter in frame intervals, codec and its quality (CRF)."""

    signers: range
    stage: str
    shutter: float
    codec: str
    crf: int


D1 = Domain(range(0, 8), "studio", shutter=1.5, codec="h264", crf=29)
TD2 = Domain(range(12, 18), "room", shutter=1.0, codec="vp9", crf=38)
TD1 = replace(TD2, signers=range(8, 12))  # the target domain with sharp targets: what R1 fine-tunes on (III-D)
SETS: dict[str, Domain] = {"d1_train": D1, "d1_test": D1, "td1": TD1, "td2": TD2}
# clips in each set, and signs in each clip's sentence: about 0.8 s a sign, and 0.8 s of rest around them
SCALES: dict[str, tuple[dict[str, int], int]] = {
    "tiny": ({"d1_train": 2, "d1_test": 2, "td1": 1, "td2": 2}, 1),
    "embedded": ({"d1_train": 8, "d1_test": 12, "td1": 0, "td2": 12}, 3),
    "laptop": ({"d1_train": 24, "d1_test": 8, "td1": 8, "td2": 8}, 6),
    "paper": ({"d1_train": 120, "d1_test": 30, "td1": 42, "td2": 30}, 74),
}
SUFFIX = {"h264": ".mp4", "vp9": ".webm"}


@dataclass(frozen=True)
class Job:
    """One clip to make."""

    set: str
    number: int
    signer: int
    sentence: tuple[int, ...]
    seed: int

    @property
    def name(self) -> str:
        """The clip's name and folder, such as "d1_test-003"."""
        return f"{self.set}-{self.number:03d}"


def plan(scale: str, seed: int) -> list[Job]:
    """The clips of a scale. Within D1 no sentence occurs twice, so the test's sentences are unseen in training."""
    counts, length = SCALES[scale]
    lexicon, taken, jobs = draw_lexicon(LEXICON_SIZE, LEXICON_SEED), set(), []
    for index, (name, domain) in enumerate(SETS.items()):
        rng = np.random.default_rng([seed, index])
        for number in range(counts[name]):
            sentence = tuple(draw_sentence(lexicon, length, rng))
            while sentence in taken:
                sentence = tuple(draw_sentence(lexicon, length, rng))
            taken.add(sentence)
            signer = domain.signers[number % len(domain.signers)]
            jobs.append(Job(name, number, signer, sentence, int(rng.integers(2**31))))
    return jobs


def film(job: Job, device: str = "cpu"):
    """The `lib.signer.film.Film` of a job, ready to be photographed."""
    lexicon = draw_lexicon(LEXICON_SIZE, LEXICON_SEED)
    signs = [lexicon[sign] for sign in job.sentence]
    return film_of(job.signer, signs, SETS[job.set].stage, np.random.default_rng(job.seed), device)


def film_of(signer: int, signs: list[Sign], stage: str, rng: np.random.Generator, device: str = "cpu"):
    """The `lib.signer.film.Film` of signer number ``signer`` (from 0; 0-17 are the corpora's) on a stage."""
    from lib.signer.figure import drawn_figure
    from lib.signer.film import FPS, PER_FRAME, Film
    from lib.signer.stage import STAGES

    figure = drawn_figure(signer + 1)
    performance = figure.performer.perform(signs, FPS * PER_FRAME, rng)
    return Film(figure, performance, STAGES[stage](figure.body, rng), device)


def make_clip(job: Job, out: Path, device: str = "cpu") -> Path:
    """Render one clip into ``out / set / name``: target, input, truth.npz, and clip.json last, which says it is whole.

    A clip that is whole already, and of the same job and domain, is left as it is.
    """
    from lib.video import write_video

    folder, domain = Path(out) / job.set / job.name, SETS[job.set]
    made = describe(job, domain)
    record = folder / "clip.json"
    if record.exists() and json.loads(record.read_text())["recipe"] == made["recipe"]:
        return folder
    record.unlink(missing_ok=True)
    shot = film(job, device)
    write_video(folder / made["target"], shot.sharp(), made["fps"], crf=16)
    blurred = downsample(shot.blurred(domain.shutter), factor=2)
    write_video(folder / made["input"], blurred, made["fps"], crf=domain.crf)
    write_truth(folder / "truth.npz", shot)
    with written_whole(record) as partial:
        partial.write_text(json.dumps(made | {"frames": len(shot), "spans": shot.performance.spans}, indent=1) + "\n")
    return folder


def write_truth(path: Path, shot) -> None:
    """Pixels in 32nds as whole numbers, metres in half precision (under a millimetre): small, and enough."""
    keypoints, metres = shot.truth()
    pixels = np.round(keypoints.xyz * UNITS).clip(-(2**15), 2**15 - 1).astype(np.int16)
    with written_whole(path) as partial:
        np.savez_compressed(partial, pixels=pixels, metres=metres.astype(np.float16))


def describe(job: Job, domain: Domain) -> dict:
    """What is known of a clip before it is rendered; ``recipe`` is all that decides how it looks."""
    from lib.signer.film import FPS
    from lib.signer.stage import HEIGHT, WIDTH

    lexicon = draw_lexicon(LEXICON_SIZE, LEXICON_SEED)
    return {
        "recipe": asdict(job) | {"sentence": list(job.sentence)} | asdict(domain) | {"signers": list(domain.signers)},
        "set": job.set,
        "signer": SIGNERS[job.signer].name,
        "dominant": "left" if SIGNERS[job.signer].manner.left_handed else "right",
        "target": "target.mp4",
        "input": "input" + SUFFIX[domain.codec],
        "fps": FPS,
        "size": [WIDTH, HEIGHT],
        "description": "Synthetic. " + "; then ".join(in_words(lexicon[sign]) for sign in job.sentence) + ".",
    }


def in_words(sign: Sign) -> str:
    """A sign's description for people who do not see the picture."""
    change = "" if sign.handshape == sign.handshape_end else f" changing to {sign.handshape_end}"
    hands = {
        "one": "one hand",
        "mirror": "both hands alike",
        "alternate": "both hands in turn",
        "base": "on the other palm",
    }
    straight = ("up", "down", "out", "aside", "across")
    move = "held" if sign.path == "hold" else f"moving {sign.path}" if sign.path in straight else sign.path
    return f"{sign.handshape}{change} hand at the {sign.place}, {sign.orientation}, {move}, {hands[sign.hands]}"


def finished(out: Path) -> Iterator[Path]:
    """The folders of whole clips below ``out``."""
    yield from sorted(path.parent for path in Path(out).glob("*/*/clip.json"))
