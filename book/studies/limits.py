"""Chapter 13's trainings on a limit of R2's (3.2): are signs read better if each pose is turned to the camera?

    python -m book.studies.limits              every training that is missing, then book/results/limits.json
    python -m book.studies.limits --only found --seeds 0     some of them

All on the synthetic target language, with the recipe, the seeds and the folds of `book.studies.signs`:

    found                            MediaPipe's points, as chapter 11 trains on them
    found, faced                     each frame turned to the camera by MediaPipe's depth, z dropped afterwards
    true                             the true joints, before the camera that filmed them
    true, turned                     the same, each clip before a camera moved round the signer by up to 45 degrees
    true, turned, faced              turned back by the true depth
    true, turned, faced as found     turned back by an angle that is as wrong as MediaPipe's is in the same frames
"""

import time
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from book.studies.rows.sign_rows import LIMITS
from book.studies.signs import RECIPE, classes, run_all, score, sets, study_parser
from data_scripts.shared.sign_films import TARGET, plan, truth
from lib.keypoints import HOLISTIC_67, Layout
from lib.ptn import PTN
from lib.ptn.corpora import Inputs, SignCorpus, load_corpus
from lib.ptn.training import train
from lib.tools.commands import command
from lib.tools.files import written_whole
from lib.tools.openers import read_npz


# Bodies turned to the camera by their depth, which R2 (3.2) did not find good enough in MediaPipe's points.
#
# The line of the shoulders says how far a body is turned about the vertical: 0 degrees when it lies in the plane of the
# picture. With true depth every pose can be turned back to 0; what it does with an estimator's depth is chapter 13's.
def yaw(xyz: np.ndarray, layout: Layout) -> np.ndarray:
    """How far the shoulders of (T, P, 3) are turned about the vertical, degrees (T,).

    0 faces the camera; it is positive where the left shoulder is the farther one.
    """
    left, right = layout.shoulders
    across = xyz[:, left] - xyz[:, right]
    return np.degrees(np.arctan2(across[:, 2], across[:, 0]))


def faced(xyz: np.ndarray, layout: Layout, degrees: np.ndarray | None = None) -> np.ndarray:
    """Points (T, P, 3) turned back by ``degrees`` (T,) about the vertical through the middle of the shoulders.

    None: by their own `yaw`, so that the shoulders lie in the picture's plane. z has the scale of x; what is missing
    stays so.
    """
    angle = np.radians(yaw(xyz, layout) if degrees is None else degrees)[:, None]
    middle = xyz[:, list(layout.shoulders)].mean(axis=1, keepdims=True)
    x, y, z = np.moveaxis(xyz - middle, -1, 0)
    back = np.stack([np.cos(angle) * x + np.sin(angle) * z, y, np.cos(angle) * z - np.sin(angle) * x], axis=-1)
    return (back + middle).astype(xyz.dtype)


RUNS = ("found", "found, faced", "true", "true, turned", "true, turned, faced", "true, turned, faced as found")
MOST = 45.0  # degrees by which a camera is moved, either way


def run(name: str, seed: int, corpus: SignCorpus) -> dict[str, dict]:
    """The training of one name and seed: which test clips were recognised."""
    started = time.perf_counter()
    data = sets(corpus, Inputs(), seed)
    torch.manual_seed(seed)
    model = PTN(data[0].clips[0].shape[1], classes(data))
    train(model, *data[:2], replace(RECIPE, seed=seed))
    return {name: score(model, data) | {"seed": seed, "seconds": round(time.perf_counter() - started, 1)}}


def corpora(found: SignCorpus, true: np.ndarray, turned: np.ndarray) -> dict[str, SignCorpus]:
    """What each run is trained on; ``true`` and ``turned`` are the joints of all frames of ``found`` (F, 67, 3)."""
    # by how many degrees MediaPipe's shoulders are turned too far, before the camera that filmed them
    off = yaw(found.xyz, HOLISTIC_67) - yaw(true, HOLISTIC_67)
    points = (
        found.xyz,
        faced(found.xyz, HOLISTIC_67),
        true,
        turned,
        faced(turned, HOLISTIC_67),
        faced(turned, HOLISTIC_67, yaw(turned, HOLISTIC_67) + off),
    )
    return {name: replace(found, xyz=xyz) for name, xyz in zip(RUNS, points, strict=True)}


@cache
def joints(place: Path) -> tuple[np.ndarray, np.ndarray]:
    """The true joints of the target language, as filmed and before moved cameras; kept in a file at ``place``."""
    if not place.exists():
        clips: tuple[list, list] = ([], [])
        for job in tqdm(plan(TARGET), unit="clip", desc="true joints"):
            turn = np.random.default_rng([job.seed, 13]).uniform(-MOST, MOST)
            for kept, degrees in zip(clips, (0.0, turn)):
                kept.append(truth(job, degrees).select(HOLISTIC_67).xyz)
        with written_whole(place) as partial_path:
            np.savez_compressed(partial_path, true=np.concatenate(clips[0]), turned=np.concatenate(clips[1]))
    kept = read_npz(place, ("true", "turned"), "delete it, and it is made again")
    return kept["true"], kept["turned"]


@command
def main(argv: list[str] | None = None) -> None:
    options = study_parser(__doc__, RUNS, "limits", LIMITS).parse_args(argv)
    torch.set_num_threads(1)
    made = corpora(load_corpus("target"), *joints(options.cache / "joints.npz"))
    run_all(options, lambda name, seed: run(name, seed, made[name]), {"recipe": asdict(RECIPE), "cameras": MOST})


if __name__ == "__main__":
    raise SystemExit(main())
