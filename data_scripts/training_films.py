"""The synthetic films that the shipped models learned from: D1's signers, TD1's, and *varied* ones.

    python data_scripts/training_films.py --out data/training --clips 200    about 40 minutes on two cores

Everything is rendered here: no network, nobody's footage. A run that was interrupted goes on where it stopped, and
an unfinished set is a smaller set of the same mixture. In varied films everything that may differ does.

The clips have the corpora's form (`lib.signer.clips`), but their input is cast at half size, a quarter of the rays
(`blurred_small`): rendering is what training on two cores waits for. No signer of TD2 is among them.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from data_scripts import synthetic_signers as corpora
from data_scripts.signer.film import FPS, Film
from data_scripts.signer.phonology import draw_lexicon, draw_sentence
from data_scripts.synthetic_signers import D1, LEXICON_SEED, LEXICON_SIZE, TD1, Job
from lib.degrade import compress, downsample, flow_blur
from lib.tools.commands import arguments, command, positive
from lib.video import write_video

TURNS = ("varied", "d1", "varied", "d1", "td1", "varied", "d1", "varied", "d1", "varied")  # an unfinished run is mixed
STRANGERS = 100  # numbers of signers that no other corpus has begin here
SIGNS = 3
CRF = {"h264": (22, 34), "vp9": (28, 42), "mpeg4": (4, 14)}  # from hardly visible to bad


@dataclass(frozen=True)
class TrainingJob(Job):
    """One clip to make: who signs what of which lexicon, where, and how the camera spoils it."""

    lexicon: int
    stage: str
    blur: str  # "true": the mean of the moments; "flow": guessed from the sharp frames, as for real footage
    shutter: float
    codec: str
    crf: int


def plan(clips: int, seed: int = 0) -> list[TrainingJob]:
    """``clips`` clips in turns of D1, TD1 and varied. No sentence of D1's test clips is among D1's (any scale's)."""
    held_out = {job.sentence for scale in corpora.SCALES for job in corpora.plan(scale, 0) if job.set == "d1_test"}
    rng, counts = np.random.default_rng([seed, 31]), dict.fromkeys(TURNS, 0)
    jobs = []
    for turn in range(clips):
        kind = TURNS[turn % len(TURNS)]
        number = counts[kind]
        jobs.append(_varied(number, rng) if kind == "varied" else _as_in_corpus(kind, number, held_out, rng))
        counts[kind] += 1
    return jobs


def _as_in_corpus(kind: str, number: int, held_out: set, rng: np.random.Generator) -> TrainingJob:
    domain = {"d1": D1, "td1": TD1}[kind]
    sentence = corpora.new_sentence(draw_lexicon(LEXICON_SIZE, LEXICON_SEED), SIGNS, rng, held_out)
    signer = domain.signers[number % len(domain.signers)]
    spoiled = (domain.stage, "true", domain.shutter, domain.codec, domain.crf)
    return TrainingJob(kind, number, signer, sentence, int(rng.integers(2**31)), LEXICON_SEED, *spoiled)


def _varied(number: int, rng: np.random.Generator) -> TrainingJob:
    seed = int(rng.integers(1000, 2**31))
    sentence = tuple(draw_sentence(draw_lexicon(LEXICON_SIZE, seed), SIGNS, rng))
    codec = str(rng.choice(list(CRF), p=[0.5, 0.3, 0.2]))
    crf, shutter = int(rng.integers(*CRF[codec], endpoint=True)), round(float(rng.uniform(0.5, 1.7)), 2)
    spoiled = ("anywhere", str(rng.choice(["true", "flow"], p=[0.6, 0.4])), shutter, codec, crf)
    signer = STRANGERS + number
    return TrainingJob("varied", number, signer, sentence, int(rng.integers(2**31)), seed, *spoiled)


def make(job: TrainingJob, out: Path, device: str = "cpu") -> Path:
    """Render one clip into ``out / set / name``; one that is whole already, and of the same job, is left as it is."""
    signs = corpora.signs_of(job.sentence, job.lexicon)
    made = {"recipe": asdict(job) | {"sentence": list(job.sentence)}} | corpora.of_clip(job.codec, "{}", signs)
    shoot = partial(corpora.film_of, job, signs, job.stage, device)
    return corpora.write_clip(Path(out) / job.set / job.name, made, shoot, 12, partial(_write_input, job=job))


def _write_input(path: Path, shot: Film, job: TrainingJob) -> None:
    """The spoiled film at half size. MPEG-4 blocks are stored as pictures, since browsers play no MPEG-4 part 2."""
    if job.blur == "flow":
        frames = downsample(flow_blur(shot.sharp(), job.shutter, samples=max(8, round(8 * job.shutter))), 2)
    else:
        frames = blurred_small(shot, job.shutter)
    if job.codec == "mpeg4":
        write_video(path, compress(frames, job.crf, job.codec, FPS), FPS, crf=8)
    else:
        write_video(path, frames, FPS, crf=job.crf)


def blurred_small(film: Film, shutter: float) -> Iterator[np.ndarray]:
    """As ``film.blurred`` and then shrunk: (H // 2, W // 2, 3), at a quarter of the rays."""
    camera = film.stage.camera
    camera = replace(camera, width=camera.width // 2, height=camera.height // 2)
    backdrop = cv2.resize(film.stage.backdrop, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    stage = replace(film.stage, backdrop=backdrop, camera=camera)
    return type(film)(film.figure, film.performance, stage, film.renderer.device).blurred(shutter, samples=8)


@command
def main(argv: list[str] | None = None) -> None:
    """Render what is missing of the films to learn from."""
    parser = arguments(__doc__)
    corpora.rendering_options(parser)
    parser.add_argument("--clips", type=positive, default=200, help="how many, of about three seconds (default: 200)")
    options = parser.parse_args(argv)
    one = partial(make, out=options.out, device=options.device)
    corpora.in_parallel_with_bar(one, plan(options.clips, options.seed), options.workers)


if __name__ == "__main__":
    raise SystemExit(main())
