"""The synthetic signing clips: D1 (training and test), TD1 and TD2, with their ground truth.

    python data_scripts/synthetic_signers.py --scale embedded --out book/clips   the clips that ship with the course
    python data_scripts/synthetic_signers.py --out data/synthetic                what `make data` renders
    python data_scripts/synthetic_signers.py --scale paper --out data/paper      R1's sizes: 120 + 30 minutes and more
    python data_scripts/synthetic_signers.py --check --out book/clips            MediaPipe's verdict on what is there

Everything is rendered here: no network, nobody's footage. A run that was interrupted goes on where it stopped.

D1 plays R1's training domain (test: the same signers, unseen sentences), TD2 the target domain: other signers, light,
backdrop and codec. TD1 is of the target domain, too, with signers of its own, and has sharp targets to fine-tune on.
R1's TD1 is made from 720p and 1080p footage of the same episodes (III-D); that anything is compressed is our choice.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from data_scripts.shared.manifest import is_of_recipe, write_manifest
from data_scripts.signer.figure import SIGNERS, drawn_figure
from data_scripts.signer.film import FPS, PER_FRAME, Film
from data_scripts.signer.phonology import Sign, draw_lexicon, draw_sentence, in_words
from data_scripts.signer.stage import HEIGHT, SCENES, WIDTH
from lib.degrade import downsample
from lib.signer.clips import UNITS
from lib.tools.commands import arguments, command, from_zero, positive
from lib.tools.errors import BadInput
from lib.tools.files import write_json, written_whole
from lib.tools.parallel import in_parallel
from lib.video import write_video

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
SUFFIX = {"h264": ".mp4", "vp9": ".webm", "mpeg4": ".mp4"}


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
            sentence = new_sentence(lexicon, length, rng, taken)
            taken.add(sentence)
            signer = domain.signers[number % len(domain.signers)]
            jobs.append(Job(name, number, signer, sentence, int(rng.integers(2**31))))
    return jobs


def new_sentence(lexicon: list[Sign], length: int, rng: np.random.Generator, taken: set) -> tuple[int, ...]:
    """The numbers of ``length`` signs that are not among the sentences ``taken``."""
    return next(s for s in iter(lambda: tuple(draw_sentence(lexicon, length, rng)), None) if s not in taken)


def film(job: Job, device: str = "cpu") -> Film:
    """The film of a job, ready to be photographed."""
    return film_of(job, signs_of(job.sentence), SETS[job.set].stage, device)


def film_of(job: Job, signs: list[Sign], stage: str, device: str = "cpu") -> Film:
    """The film of a job's signer (numbered from 0; 0-17 are the corpora's), who makes these signs on a stage."""
    figure, rng = drawn_figure(job.signer + 1), np.random.default_rng(job.seed)
    performance = figure.performer.perform(signs, FPS * PER_FRAME, rng)
    return Film(figure, performance, SCENES[stage](figure.body, rng), device)


def make_clip(job: Job, out: Path, device: str = "cpu") -> Path:
    """Render one clip into ``out / set / name``."""
    domain = SETS[job.set]

    def spoil(path: Path, shot: Film) -> None:
        write_video(path, downsample(shot.blurred(domain.shutter), factor=2), FPS, crf=domain.crf)

    return write_clip(Path(out) / job.set / job.name, describe(job, domain), partial(film, job, device), 16, spoil)


def write_clip(
    folder: Path, made: dict, shoot: Callable[[], Film], crf: int, spoil: Callable[[Path, Film], None]
) -> Path:
    """Render target (of quality ``crf``), input, truth.npz, and clip.json last, which says that the clip is whole.

    ``made`` is what is known beforehand; ``spoil`` writes the input. A clip that is whole already, and of the same
    recipe, is left as it is. The truth has pixels in 32nds as whole numbers, metres in half precision (under a
    millimetre): small, and enough.
    """
    record = folder / "clip.json"
    if is_of_recipe(record, made["recipe"]):
        return folder
    record.unlink(missing_ok=True)
    shot = shoot()
    write_video(folder / made["target"], shot.sharp(), FPS, crf=crf)
    spoil(folder / made["input"], shot)
    keypoints, metres = shot.truth()
    pixels = np.round(keypoints.xyz * UNITS).clip(-(2**15), 2**15 - 1).astype(np.int16)
    with written_whole(folder / "truth.npz") as partial_path:
        np.savez_compressed(partial_path, pixels=pixels, metres=metres.astype(np.float16))
    write_json(record, made | {"frames": len(shot), "spans": shot.performance.spans})
    return folder


def describe(job: Job, domain: Domain) -> dict:
    """What is known of a clip before it is rendered; ``recipe`` is all that decides how it looks."""
    return {
        "recipe": asdict(job) | {"sentence": list(job.sentence)} | asdict(domain) | {"signers": list(domain.signers)},
        "set": job.set,
        "signer": SIGNERS[job.signer].name,
        "dominant": "left" if SIGNERS[job.signer].manner.left_handed else "right",
    } | of_clip(domain.codec, "Synthetic. {}.", signs_of(job.sentence))


def of_clip(codec: str, description: str, signs: list[Sign]) -> dict:
    """What `lib.signer.clips` reads of any clip; the signs in words take the braces' place in the description."""
    files = {"target": "target.mp4", "input": "input" + SUFFIX[codec]}
    told = description.format("; then ".join(map(in_words, signs)))
    return files | {"fps": FPS, "size": [WIDTH, HEIGHT], "description": told}


def signs_of(sentence: tuple[int, ...], seed: int = LEXICON_SEED) -> list[Sign]:
    """The signs of a sentence out of the lexicon that is drawn with that seed."""
    lexicon = draw_lexicon(LEXICON_SIZE, seed)
    return [lexicon[sign] for sign in sentence]


def render(out: Path, scale: str, seed: int, workers: int, device: str) -> None:
    """Make every clip of a scale and the manifest that vouches for them."""
    in_parallel_with_bar(partial(make_clip, out=out, device=device), plan(scale, seed), workers, f"{scale} clips")
    made_by = {
        "source": f"python data_scripts/synthetic_signers.py --scale {scale} --seed {seed}",
        "licence": "MIT",
        "versions": {p: version(p) for p in ("anny", "warp-lang", "av")},
    }
    folders = [record.parent for record in sorted(out.glob("*/*/clip.json"))]
    files = sorted(file for folder in folders for file in folder.iterdir() if not file.name.startswith("."))
    write_manifest(out, [{"file": file.relative_to(out).as_posix()} | made_by for file in files])


def in_parallel_with_bar(make: Callable, jobs: list, workers: int, description: str | None = None) -> list:
    """What ``make`` gives of every job, in any order."""
    return list(tqdm(in_parallel(make, jobs, workers), total=len(jobs), unit="clip", desc=description))


def check(out: Path) -> None:
    """Print how many hands real MediaPipe loses at each stage, with intervals over clips, as `lib.evaluation` does."""
    from lib.evaluation.__main__ import evaluated, parser

    sets = [name for name in SETS if (out / name).is_dir()]
    if not sets:
        raise BadInput(f"{out} holds no clips; render some first: leave out --check")
    asked = ["--data", str(out), "--set", *sets, "--models", "target", "input", "bilinear", "--paths", "frames"]
    evaluated(parser("").parse_args(asked))


def rendering_options(parser: argparse.ArgumentParser) -> None:
    """The options of both commands that render clips."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the clips")
    parser.add_argument("--seed", type=from_zero, default=0)
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1, help="processes (default: every core)")
    parser.add_argument("--device", default="cpu", help='Warp device: "cpu" or "cuda"')


@command
def main(argv: list[str] | None = None) -> None:
    """Render the sets that are asked for, and their manifest."""
    parser = arguments(__doc__)
    rendering_options(parser)
    parser.add_argument("--scale", choices=list(SCALES), default="laptop")
    parser.add_argument("--check", action="store_true", help="measure the clips that are there instead of rendering")
    options = parser.parse_args(argv)
    if options.check:
        check(options.out)
    else:
        render(options.out, options.scale, options.seed, options.workers, options.device)


if __name__ == "__main__":
    raise SystemExit(main())
