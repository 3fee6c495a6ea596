"""What VTN's pretrained eye sees of the synthetic corpora: filmed once more, and kept as the front of it left them.

    python -m book.studies.sign_maps source  film and look at what is missing; --processes or --scheduler spread it

A sign corpus ships its keypoints alone. For VTN every second picture of each clip is filmed again, whole in its width
(152 x 152 pixels), and passes the layers of `book.studies.eye` that no training changes. What comes out lies in the
cache: a quarter of a megabyte a clip, half a second on one core. R2 trains on pictures, with all of the eye.
"""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from book.studies.eye import eye
from data_scripts.shared.sign_films import LANGUAGES, frames
from data_scripts.sign_corpora import clip_folder, film_missing
from lib.ptn.corpora import load_corpus
from lib.ptn.splits import signer_independent_split
from lib.ptn.training import SignSet
from lib.tools.commands import arguments, command
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import read_npy
from lib.tools.parallel import spread_options

STEP = 2  # every second picture


def sets_of_maps(name: str, fold: int) -> tuple[SignSet, SignSet, SignSet]:
    """Train, val and test of a language: clips float16 (T, 512, 8, 8), split as the keypoints are.

    Raises BadInput where clips are missing.
    """
    make = f"python -m book.studies.sign_maps {name}"
    read = partial(read_npy, remedy=f"delete it, then {make}")
    return sets_of_files(name, map_folder(name), ".npy", read, make, fold)


def sets_of_files(
    name: str, folder: Path, ending: str, read: Callable[[Path], np.ndarray], make: str, fold: int
) -> tuple[SignSet, SignSet, SignSet]:
    """Train, val and test of clips that ``read`` gives, a file each in ``folder``. Raises BadInput where some lack."""
    corpus, files = load_corpus(name), sorted(folder.glob(f"{name}-*{ending}"))
    if len(files) != len(corpus):
        raise BadInput(f"{folder} has {len(files)} of {len(corpus)} clips: {make}")
    everything = SignSet([read(file) for file in files], corpus.labels)
    return tuple(everything.take(rows) for rows in signer_independent_split(corpus.labels, corpus.signers, fold))


def map_folder(name: str) -> Path:
    """Where a language's maps lie: beside the clips that MediaPipe saw."""
    folder = clip_folder(name)
    return folder.with_name(f"{folder.name}-maps")


def make_map(job, out: Path) -> Path:
    """Film one clip and look at it, unless that is done."""
    path = Path(out) / f"{job.name}.npy"
    if not path.exists():
        pictures = np.stack(list(frames(job, step=STEP)))
        with written_whole(path) as partial_path:
            np.save(partial_path, look(pictures))
    return path


@torch.inference_mode()
def look(pictures: np.ndarray) -> np.ndarray:
    """Pictures uint8 (T, H, W, 3) to maps float16 (T, 512, h, w); of each the square at its top."""
    side = min(pictures.shape[1:3])  # the head is in it, the belt may not be
    x = torch.from_numpy(pictures[:, :side, :side]).permute(0, 3, 1, 2) / 255
    return _front()(x).numpy().astype(np.float16)


@cache
def _front() -> torch.nn.Module:
    return eye()[0]


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("language", choices=list(LANGUAGES))
    spread_options(parser)
    options = parser.parse_args(argv)
    _front()  # says so first where the eye is missing
    film_missing(make_map, options.language, map_folder(options.language), ".npy", options)


if __name__ == "__main__":
    raise SystemExit(main())
