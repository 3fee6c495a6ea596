"""The synthetic corpora of isolated signs: filmed, seen by MediaPipe, packed as `lib.ptn.corpora` reads them.

    python -m data_scripts.sign_corpora make source    film and extract what is missing; --processes, --scheduler
    python -m data_scripts.sign_corpora pack source    all clips into one small file beside the book, with its facts

A picture goes straight from the renderer into MediaPipe; no video is written. Each clip becomes a file in the cache:
keypoints, and thumbnails for VTN. The packed file holds the keypoints alone, to an eighth of a pixel.
"""

import argparse
import hashlib
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from data_scripts.corpus_films import write_corpus
from data_scripts.shared.sign_films import FPS, LANGUAGES, SIZE, SignJob, frames, plan, recipe
from lib.holistic import extract
from lib.keypoints import HOLISTIC_67, HOLISTIC_75
from lib.ptn.corpora import SHIPPED
from lib.tools import paths
from lib.tools.commands import arguments, command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import read_npz
from lib.tools.parallel import spread, spread_options

THUMBNAIL = 64  # pixels


def clip_folder(name: str) -> Path:
    """Where the clips of a language lie: another folder as soon as anything in its recipe changes."""
    digest = hashlib.sha256(recipe(LANGUAGES[name]).encode()).hexdigest()
    return paths.CACHE / "signs" / f"{name}-{digest[:8]}"


def make_clip(job: SignJob, out: Path) -> Path:
    """Film one sign and extract its keypoints, unless that is done."""
    path = Path(out) / f"{job.name}.npz"
    if path.exists():
        return path
    pictures = list(frames(job))
    keypoints = extract(pictures, fps=FPS, progress=False, name=job.name)
    side = min(pictures[0].shape[:2])  # a square from the top: the head is in it, the belt may not be
    small = [cv2.resize(p[:side, :side], (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA) for p in pictures]
    with written_whole(path) as partial_path:
        np.savez_compressed(partial_path, xyz=keypoints.xyz, pictures=np.stack(small))
    return path


def film_missing(make_one: Callable[..., Path], name: str, out: Path, ending: str, options: argparse.Namespace) -> None:
    """``make_one(job, out=out)`` for every clip of a language that has no file NAME + ``ending`` in ``out`` yet.

    ``options`` are those of `spread_options`.
    """
    jobs = [job for job in plan(LANGUAGES[name]) if not (out / f"{job.name}{ending}").exists()]
    work = spread(partial(make_one, out=out), jobs, options.processes, options.scheduler)
    for _ in tqdm(work, total=len(jobs), unit="clip", desc=name):
        pass


def pack(name: str, cache: Path, out: Path) -> Path:
    """The keypoints of all clips in one file, and its facts. Raises BadInput where clips are missing."""
    jobs, places = plan(LANGUAGES[name]), HOLISTIC_75.places(HOLISTIC_67)
    if lacking := [job.name for job in jobs if not (cache / f"{job.name}.npz").exists()]:
        raise BadInput(
            f"{cache} lacks {len(lacking)} clips ({lacking[0]}): python -m data_scripts.sign_corpora make {name}"
        )
    files, again = [cache / f"{job.name}.npz" for job in jobs], "delete it and make it again"
    clips = [read_npz(file, ["xyz"], again)["xyz"][:, places] for file in files]
    numbers = {"labels": [job.sign for job in jobs], "signers": [job.signer for job in jobs]}
    facts = {
        "about": "Synthetic: isolated signs of a made-up language, seen by MediaPipe Holistic; HOLISTIC_67",
        "command": f"python -m data_scripts.sign_corpora make {name}; python -m data_scripts.sign_corpora pack {name}",
        "seed": LANGUAGES[name].seed,
        "date": date.today().isoformat(),
        "clips": len(jobs),
        "frames": int(sum(map(len, clips))),
        "fps": FPS,
        "size": SIZE,
        "versions": {package: version(package) for package in ("mediapipe", "anny", "warp-lang")},
        "licence": "MIT",
    }
    return write_corpus(out / f"signs_{name}.npz", clips, numbers, facts)


@command
def main(argv: list[str] | None = None) -> None:
    """Film and extract a language, or pack it."""
    parser = arguments(__doc__)
    parser.add_argument("do", choices=("make", "pack"))
    parser.add_argument("language", choices=list(LANGUAGES))
    parser.add_argument("--cache", type=Path, help="folder for the clips (default: in the ignored cache)")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder for the packed file")
    spread_options(parser)
    options = parser.parse_args(argv)
    cache = options.cache or clip_folder(options.language)
    if options.do == "make":
        film_missing(make_clip, options.language, cache, ".npz", options)
    else:
        print(pack(options.language, cache, options.out))


if __name__ == "__main__":
    raise SystemExit(main())
