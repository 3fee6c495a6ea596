"""Damaged films with truth, and no sharp ones: all that crops to learn from need. Every third frame of a sentence.

The plan is that of `data_scripts/training_films.py` (D1's signers, TD1's, and strangers with signs and rooms of their
own; nobody of TD2) with another seed. A sharp target would cost a third of the work, and a frame's neighbours show the
same hand, so neither is rendered. The codec sees only the frames that are, and so larger steps than in a film.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data_scripts import synthetic_signers as corpora, training_films
from data_scripts.signer.film import FPS, Film
from lib.degrade import compress
from lib.tools.files import written_whole

SEED, FRAMES, STEP, RESTING = 7, 20, 3, 14  # a sentence begins with hands at rest


class Every(Film):
    """A film of which every third frame is photographed, once the hands are up."""

    @property
    def middles(self) -> np.ndarray:
        return super().middles[RESTING:][: FRAMES * STEP : STEP]


def made(count: int, out: Path) -> Iterator[Path]:
    """Films of ``frames`` (T, 168, 152, 3), ``xyz`` (T, 75, 3) in pixels of twice that, ``inside`` (T, 75)."""
    for number, job in enumerate(training_films.plan(count, SEED)):
        path = out / f"{number:03d}-{job.name}.npz"
        if not path.is_file():
            shot = corpora.film_of(job, corpora.signs_of(job.sentence, job.lexicon), job.stage)
            film = Every(shot.figure, shot.performance, shot.stage)
            damaged = compress(training_films.blurred_small(film, job.shutter), job.crf, job.codec, FPS)
            truth, _ = film.truth()
            write(path, frames=np.stack(list(damaged)), xyz=truth.xyz, inside=truth.confidence > 0)
        yield path


def write(path: Path, **arrays: np.ndarray) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, **arrays)
