"""The synthetic corpora of isolated signs: filmed, seen by MediaPipe, kept as keypoints.

    python -m lib.ptn.corpora make source      film and extract what is missing; --processes or --scheduler spread it
    python -m lib.ptn.corpora pack source      all clips into one small file beside the book, with its facts

A picture goes straight from the renderer into MediaPipe; no video is written. Each clip becomes a file in the cache:
keypoints, and thumbnails for VTN. The packed file holds the keypoints alone, to an eighth of a pixel.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lib.keypoints import Keypoints
from lib.keypoints.keypoints import HOLISTIC_67, HOLISTIC_75
from lib.tools import paths
from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import sha256, written_whole
from lib.tools.parallel import spread, spread_options

SHIPPED = paths.ROOT / "book" / "keypoints"
THUMBNAIL = 64  # pixels
UNITS = 8  # keypoints are packed in whole eighths of a pixel


@dataclass(frozen=True)
class SignCorpus:
    """Clips of isolated signs in HOLISTIC_67. ``labels``, ``signers`` (N,) int; clip i is ``keypoints(i)``."""

    xyz: np.ndarray  # (sum of frames, 67, 3)
    starts: np.ndarray  # (N + 1,)
    labels: np.ndarray
    signers: np.ndarray
    facts: dict
    subsets: np.ndarray | None = None  # (N,) places in `lib.ptn.splits.SUBSETS`, where the corpus has a published split

    def __len__(self) -> int:
        return len(self.labels)

    def keypoints(self, clip: int) -> Keypoints:
        """One clip. MediaPipe's visibility is not kept: confidence is 1 where a point was found."""
        xyz = self.xyz[self.starts[clip] : self.starts[clip + 1]]
        found = (~np.isnan(xyz[..., 0])).astype(np.float32)
        return Keypoints(xyz, found, HOLISTIC_67, self.facts["fps"], tuple(self.facts["size"]))

    @cached_property
    def split(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Clips of train, val and test: the corpus's own split, or by R2's rule; no signer is in two of them."""
        from lib.ptn.splits import SUBSETS, signer_independent_split

        if self.subsets is None:
            return signer_independent_split(self.labels, self.signers)
        return tuple(np.flatnonzero(self.subsets == place) for place in range(len(SUBSETS)))

    def each(self, change: Callable[[Keypoints], np.ndarray]) -> list[np.ndarray]:
        """``change`` of every clip."""
        return [change(self.keypoints(clip)) for clip in range(len(self))]


def load_corpus(name: str, folder: Path | None = None) -> SignCorpus:
    """A packed corpus: "source" or "target", or in its ``folder`` what `data_scripts/corpus_vgt.py` made.

    Raises BadInput where it is missing or not what its facts say.
    """
    path = Path(folder or SHIPPED) / f"signs_{name}.npz"
    if not path.is_file() or not path.with_suffix(".json").is_file():
        own = f"python -m lib.ptn.corpora make {name}, then pack {name}"
        how = f"python data_scripts/corpus_vgt.py --language {name}" if name in ("vgt", "ngt") else own
        raise BadInput(f"{path} or its .json is missing: {how}")
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if sha256(path) != facts["sha256"]:
        raise BadInput(f"{path} is not the file that its .json describes: pack it again")
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    starts = np.concatenate([[0], np.cumsum(arrays["lengths"])])
    return SignCorpus(
        _unpacked(arrays), starts, arrays["labels"], arrays["signers"], facts, subsets=arrays.get("subsets")
    )


def clip_folder(name: str) -> Path:
    """Where the clips of a language lie: another folder as soon as anything in its recipe changes."""
    from lib.signer.sign_films import LANGUAGES, recipe

    digest = hashlib.sha256(recipe(LANGUAGES[name]).encode()).hexdigest()
    return paths.CACHE / "signs" / f"{name}-{digest[:8]}"


def make_clip(job, out: Path) -> Path:
    """Film one sign and extract its keypoints, unless that is done."""
    import cv2

    from lib.holistic import extract
    from lib.signer.sign_films import FPS, frames

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


def make(name: str, cache: Path, processes: int, scheduler: str | None) -> None:
    """Film and extract every clip of a language that is not in the cache yet."""
    from tqdm import tqdm

    from lib.signer.sign_films import LANGUAGES, plan

    jobs = [job for job in plan(LANGUAGES[name]) if not (cache / f"{job.name}.npz").exists()]
    work = spread(partial(make_clip, out=cache), jobs, processes, scheduler)
    for _ in tqdm(work, total=len(jobs), unit="clip", desc=name):
        pass


def pack(name: str, cache: Path, out: Path) -> Path:
    """The keypoints of all clips in one file, and its facts. Raises BadInput where clips are missing."""
    from lib.signer.sign_films import FPS, LANGUAGES, SIZE, plan

    jobs, places = plan(LANGUAGES[name]), HOLISTIC_75.places(HOLISTIC_67)
    if lacking := [job.name for job in jobs if not (cache / f"{job.name}.npz").exists()]:
        raise BadInput(f"{cache} lacks {len(lacking)} clips ({lacking[0]}): python -m lib.ptn.corpora make {name}")
    clips = [np.load(cache / f"{job.name}.npz", allow_pickle=False)["xyz"][:, places] for job in jobs]
    numbers = {"labels": [job.sign for job in jobs], "signers": [job.signer for job in jobs]}
    facts = {
        "about": "Synthetic: isolated signs of a made-up language, seen by MediaPipe Holistic; HOLISTIC_67",
        "command": f"python -m lib.ptn.corpora make {name}; python -m lib.ptn.corpora pack {name}",
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


def write_corpus(
    path: Path, clips: Sequence[np.ndarray], numbers: Mapping[str, Sequence[int]], facts: Mapping[str, object]
) -> Path:
    """Pack clips (T, 67, 3) into ``path``, and ``facts`` into the .json beside it, last; `load_corpus` reads them.

    ``numbers`` has ``labels`` and ``signers``, and ``subsets`` if there is a published split: one of each a clip.
    """
    numbers = dict(numbers) | {"lengths": [len(clip) for clip in clips]}
    with written_whole(path) as partial_path:
        arrays = {key: np.array(value, np.int16) for key, value in numbers.items()}
        np.savez_compressed(partial_path, **arrays, **_packed(np.concatenate(clips)))
    facts = dict(facts) | {"sha256": sha256(path)}
    with written_whole(path.with_suffix(".json")) as partial_path:
        partial_path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return path


def _packed(xyz: np.ndarray) -> dict[str, np.ndarray]:
    """Steps from frame to frame in eighths of a pixel compress to half of what the places themselves would take."""
    found = ~np.isnan(xyz[..., 0])
    whole = np.round(np.nan_to_num(xyz) * UNITS).clip(-(2**15) + 1, 2**15 - 1).astype(np.int16)
    return {"steps": np.diff(whole, axis=0, prepend=np.int16(0)), "found": np.packbits(found, axis=1)}


def _unpacked(arrays: dict[str, np.ndarray]) -> np.ndarray:
    xyz = np.cumsum(arrays["steps"], axis=0, dtype=np.int16).astype(np.float32) / UNITS
    found = np.unpackbits(arrays["found"], axis=1, count=xyz.shape[1]).astype(bool)
    xyz[~found] = np.nan
    return xyz


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    from lib.signer.sign_films import LANGUAGES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=("make", "pack"))
    parser.add_argument("language", choices=list(LANGUAGES))
    parser.add_argument("--cache", type=Path, help="folder for the clips (default: in the ignored cache)")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder for the packed file")
    spread_options(parser)
    options = parser.parse_args(argv)
    cache = options.cache or clip_folder(options.language)
    if options.do == "make":
        make(options.language, cache, options.processes, options.scheduler)
    else:
        print(pack(options.language, cache, options.out))


if __name__ == "__main__":
    sys.exit(main())
