"""Films to learn from: D1's and TD1's own signers, and *varied* ones, where everything that may differ does.

The clips have the corpora's form (`lib.signer.clips`), but their input is cast at half size, a quarter of the rays
(`Film.blurred_small`): rendering is what training on two cores waits for. No signer of TD2 is among them.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from lib.signer import corpus
from lib.signer.corpus import D1, LEXICON_SEED, LEXICON_SIZE, SUFFIX, TD1, in_words
from lib.signer.phonology import draw_lexicon, draw_sentence
from lib.tools.files import written_whole

TURNS = ("varied", "d1", "varied", "d1", "td1", "varied", "d1", "varied", "d1", "varied")  # an unfinished run is mixed
STRANGERS = 100  # numbers of signers that no other corpus has begin here
SIGNS = 3
CRF = {"h264": (22, 34), "vp9": (28, 42), "mpeg4": (4, 14)}  # from hardly visible to bad


@dataclass(frozen=True)
class TrainingJob:
    """One clip to make: who signs what, where, and how the camera spoils it."""

    set: str
    number: int
    signer: int
    lexicon: int
    sentence: tuple[int, ...]
    stage: str
    blur: str  # "true": the mean of the moments; "flow": guessed from the sharp frames, as for real footage
    shutter: float
    codec: str
    crf: int
    seed: int

    @property
    def name(self) -> str:
        """The clip's name and folder, such as "varied-012"."""
        return f"{self.set}-{self.number:03d}"


def plan(clips: int, seed: int = 0) -> list[TrainingJob]:
    """``clips`` clips in turns of D1, TD1 and varied. No sentence of D1's test clips is among D1's (any scale's)."""
    held_out = {job.sentence for scale in corpus.SCALES for job in corpus.plan(scale, 0) if job.set == "d1_test"}
    rng, counts = np.random.default_rng([seed, 31]), dict.fromkeys(TURNS, 0)
    jobs = []
    for turn in range(clips):
        kind = TURNS[turn % len(TURNS)]
        draw = _varied if kind == "varied" else _as_in_corpus
        jobs.append(draw(kind, counts[kind], held_out, rng))
        counts[kind] += 1
    return jobs


def _as_in_corpus(kind: str, number: int, held_out: set, rng: np.random.Generator) -> TrainingJob:
    domain = {"d1": D1, "td1": TD1}[kind]
    lexicon = draw_lexicon(LEXICON_SIZE, LEXICON_SEED)
    sentence = next(s for s in iter(lambda: tuple(draw_sentence(lexicon, SIGNS, rng)), None) if s not in held_out)
    signer = domain.signers[number % len(domain.signers)]
    spoiled = (domain.stage, "true", domain.shutter, domain.codec, domain.crf)
    return TrainingJob(kind, number, signer, LEXICON_SEED, sentence, *spoiled, int(rng.integers(2**31)))


def _varied(kind: str, number: int, held_out: set, rng: np.random.Generator) -> TrainingJob:
    seed = int(rng.integers(1000, 2**31))
    sentence = tuple(draw_sentence(draw_lexicon(LEXICON_SIZE, seed), SIGNS, rng))
    codec = str(rng.choice(list(CRF), p=[0.5, 0.3, 0.2]))
    crf, shutter = int(rng.integers(*CRF[codec], endpoint=True)), round(float(rng.uniform(0.5, 1.7)), 2)
    spoiled = ("anywhere", str(rng.choice(["true", "flow"], p=[0.6, 0.4])), shutter, codec, crf)
    return TrainingJob(kind, number, STRANGERS + number, seed, sentence, *spoiled, int(rng.integers(2**31)))


def make(job: TrainingJob, out: Path, device: str = "cpu") -> Path:
    """Render one clip into ``out / set / name``; one that is whole already, and of the same job, is left as it is."""
    from lib.signer.film import FPS
    from lib.signer.stage import HEIGHT, WIDTH
    from lib.video import write_video

    folder, recipe = Path(out) / job.set / job.name, json.loads(json.dumps(asdict(job)))
    record = folder / "clip.json"
    if record.exists() and json.loads(record.read_text())["recipe"] == recipe:
        return folder
    record.unlink(missing_ok=True)
    lexicon = draw_lexicon(LEXICON_SIZE, job.lexicon)
    signs = [lexicon[sign] for sign in job.sentence]
    shot = corpus.film_of(job.signer, signs, job.stage, np.random.default_rng(job.seed), device)
    names = {"target": "target.mp4", "input": "input" + SUFFIX.get(job.codec, ".mp4")}
    write_video(folder / names["target"], shot.sharp(), FPS, crf=12)
    _write_input(folder / names["input"], shot, job)
    corpus.write_truth(folder / "truth.npz", shot)
    known = {
        "fps": FPS,
        "size": [WIDTH, HEIGHT],
        "description": "; then ".join(map(in_words, signs)),
        "frames": len(shot),
    }
    with written_whole(record) as partial:
        partial.write_text(json.dumps({"recipe": recipe} | names | known, indent=1) + "\n")
    return folder


def _write_input(path: Path, shot, job: TrainingJob) -> None:
    """The spoiled film at half size. MPEG-4 blocks are stored as pictures, since browsers play no MPEG-4 part 2."""
    from lib.degrade import compress, downsample, flow_blur
    from lib.signer.film import FPS
    from lib.video import write_video

    if job.blur == "flow":
        frames = downsample(flow_blur(shot.sharp(), job.shutter, samples=max(8, round(8 * job.shutter))), 2)
    else:
        frames = shot.blurred_small(job.shutter)
    if job.codec == "mpeg4":
        write_video(path, compress(frames, job.crf, job.codec, FPS), FPS, crf=8)
    else:
        write_video(path, frames, FPS, crf=job.crf)
