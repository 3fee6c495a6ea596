"""Are lost hands brought back in real footage, where nobody knows the truth? The sharp film stands in for it.

    sharp film -> signer's box, at most 336 pixels high -> blur by optical flow, half the size, H.264 -> input
    input -> method -> Holistic, a fresh graph for every film;    sharp film -> Holistic

Both ways of `lib.evaluation` are gone: frames straight to Holistic, and through a film, which the sharp film, the
input and every method's frames pass alike.

    python -m book.studies.real_films FILE... [--models all] [--weights FILE...] [--looks 3] [--shutter 0.8] [--crf 29]
    python -m book.studies.real_films FILE... --looks 3 --enhance --ship book/results/real.json    what chapter 7 shows
    python -m book.studies.real_films FILE... --software --ship book/results/real_software.json  R1's damage, chapter 6

The method "enhance" is `lib.enhance` as it comes: default network, three looks, all at once, on frames.

What is counted is said in `book.studies.real_counts`. The spoilt film and the sharp film's keypoints are kept in the
cache, so that another method takes less time.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import islice, product
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.shared.gaps import HANDS
from book.studies.real_counts import count, table
from book.studies.rows import shipped_rows
from lib.degrade import crop, downsample, flow_blur, signer_box
from lib.enhance import MODEL, enhance
from lib.evaluation.evaluation import FRAMES, PATHS, looked_at, of_path
from lib.evaluation.methods import INPUT, TARGET, Method, called, find_methods
from lib.holistic import extract
from lib.holistic.third_look import looks_option
from lib.keypoints import Keypoints
from lib.signer.clips import CAMERA, SOFTWARE, Clip
from lib.tools import paths
from lib.tools.commands import arguments, command, positive
from lib.tools.errors import BadInput
from lib.tools.files import sha256, write_json, written_whole
from lib.video import probe, read_video, write_video

ENHANCE = "enhance"
VERSION = 5  # raise it with any change that may change what is kept


@dataclass(frozen=True)
class Spoiling:
    """How a sharp film is spoilt: (width, height) above which the signer is cut out, and the height is reduced to
    ``height``; how many frames at most; and a camera's shutter, in frames, and codec's CRF, or R1's damage (III-C)."""

    width: int = 304
    height: int = 336
    frames: int = 60
    shutter: float = 0.8
    crf: int = 29
    software: bool = False


@dataclass(frozen=True)
class RealClip(Clip):
    """A film's clip in the cache, without truth."""

    source: Path = Path()

    @property
    def name(self) -> str:
        """The film."""
        return str(self.source)

    def keypoints(self, method: Method, looks: int = 1, path: str = FRAMES) -> Keypoints:
        """What is found after a method (`lib.evaluation.evaluation.looked_at`), or by `lib.enhance` itself."""
        if method.name != ENHANCE:
            return looked_at(method, self, looks, path)
        pose = self.folder / f"{_key(method.digest)}.pose"
        if not pose.is_file():
            enhance(self.input_path, pose.with_suffix(".mp4"), pose, progress=False)
        return Keypoints.load(pose)


def spoil(path: Path, spoiling: Spoiling) -> RealClip:
    """Cut out, shrink and spoil a film. Raises BadInput for what is no film, and where nobody is in view."""
    info, parts = probe(path), [VERSION, version("mediapipe"), version("av"), sha256(path), asdict(spoiling)]
    folder = paths.CACHE / "real-clips" / _key(*parts)
    clip = RealClip(folder, SOFTWARE if spoiling.software else CAMERA, path)
    if not (folder / "clip.json").is_file():
        box = (0, 0, info.width, info.height)
        if info.height > spoiling.height or info.width > spoiling.width:
            found = extract(_first(path, spoiling), fps=info.fps, progress=False, name=str(path))
            box = signer_box(found, (info.width, info.height))
        size = _size(box, spoiling.height)
        sharp = list(downsample(crop(_first(path, spoiling), box), size=size))
        write_video(folder / "sharp.mp4", sharp, info.fps, crf=8)
        if not spoiling.software:
            blurred = flow_blur(sharp, spoiling.shutter, samples=max(8, round(8 * spoiling.shutter)))
            write_video(folder / "input.mp4", downsample(blurred, 2), info.fps, spoiling.crf)
        facts = {"fps": info.fps, "size": size, "target": "sharp.mp4", "input": "input.mp4"}
        write_json(folder / "clip.json", facts)
    if not clip.keypoints(TARGET).present("pose").any():  # a small film was not searched for its signer
        raise BadInput(f"{path}: no person is in view in any frame; give a film that shows a signer.")
    return clip


def _first(path: Path, spoiling: Spoiling) -> Iterator[np.ndarray]:
    return islice(read_video(path), spoiling.frames)


def _size(box: tuple[int, int, int, int], height: int) -> tuple[int, int]:
    """(width, height) of the sharp film: the box, no higher than ``height``, in fours, so that half of it is even."""
    width, tall = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, height / tall)
    return int(width * scale) // 4 * 4, int(tall * scale) // 4 * 4


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def judge(clip: RealClip, method: Method, looks: int = 1, path: str = FRAMES) -> dict:
    """One row of counts (`book.studies.real_counts`): how a method does on a film, on one of
    `lib.evaluation.evaluation.PATHS`.
    """
    sharp = clip.keypoints(TARGET, path=path)
    lost_in, found_in = clip.keypoints(INPUT, path=path), clip.keypoints(method, looks, path)
    row = {"kind": clip.source.parent.name, "clip": clip.name, "method": called(method.name, looks), "path": path}
    counts = [count(sharp, lost_in, found_in, part) for part in HANDS]
    return row | {key: counts[0][key] + counts[1][key] for key in counts[0]}


def judge_all(
    clips: Sequence[RealClip], methods: Sequence[Method], looks: int, ways: Sequence[str] = PATHS
) -> list[dict]:
    """The rows of every method on every film: after one look, two, up to ``looks``; and after one through a film.

    Later looks are what `lib.enhance` does, which hands on frames, so nothing asks about them through a film.
    """
    jobs = [
        (clip, method, count, path)
        for path, method, count, clip in product(ways, methods, range(1, looks + 1), clips)
        if count == 1 or (path == FRAMES and method.name != ENHANCE)  # which looks again itself
        if path == FRAMES or method.name != ENHANCE
    ]
    together = sorted(jobs, key=lambda job: (methods.index(job[1]), clips.index(job[0])))  # a film's frames serve twice
    rows = {job: judge(*job) for job in tqdm(together, desc="judging", unit=" films", delay=2)}
    return [rows[job] for job in jobs]


def numbered(rows: Sequence[dict]) -> list[dict]:
    """Films by number: their names belong to whoever filmed them."""
    names = {name: f"film {number}" for number, name in enumerate(dict.fromkeys(row["clip"] for row in rows), 1)}
    return [row | {"clip": names[row["clip"]]} for row in rows]


def ship(rows: Sequence[dict], path: Path, methods: Sequence[Method], spoiling: Spoiling, *, add: bool = False) -> Path:
    """Write the counts for the chapters, without the films' names; ``add``: in place of those that are there, and the
    others stay. Raises BadInput where these are of films that were spoilt in another way."""
    digests = {MODEL if method.name == ENHANCE else method.name: method.digest for method in methods}
    rows = numbered(rows)
    if add:
        if Spoiling(**shipped_rows.about(path)) != spoiling:
            raise BadInput(f"{path.name} is of films that were spoilt in another way; give its options, or leave --add")
        known = [*shipped_rows.read(path), *rows]
        rows = list({tuple(row[key] for key in ("kind", "clip", "method", "path")): row for row in known}.values())
        digests = shipped_rows.weights(path) | digests
    return shipped_rows.write(rows, path, digests, asdict(spoiling))


def spoil_all(files: Sequence[Path], spoiling: Spoiling) -> list[RealClip]:
    """The films that can be used; of the others the reader hears why. Raises BadInput if none is left."""
    clips = []
    for path in tqdm(list(dict.fromkeys(files)), desc="spoiling", unit=" films", delay=2):
        try:
            clips.append(spoil(path, spoiling))
        except BadInput as error:
            tqdm.write(f"Left out: {error}", file=sys.stderr)
    if not clips:
        raise BadInput("None of the films can be used; give films in which a signer is in view.")
    return clips


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("films", nargs="+", type=Path, metavar="FILE", help="sharp films of one signer each")
    parser.add_argument("--models", nargs="*", default=["all"], metavar="NAME", help="methods by name, or all")
    parser.add_argument("--weights", nargs="*", type=Path, default=[], metavar="FILE", help="networks of your own")
    looks_option(parser)
    parser.add_argument("--enhance", action="store_true", help="also lib.enhance itself, as it comes")
    parser.add_argument("--shutter", type=float, default=Spoiling.shutter, help="how long it is open, in frames")
    parser.add_argument("--crf", type=int, default=Spoiling.crf, help="H.264 quality: 0 (best) to 51")
    parser.add_argument("--software", action="store_true", help="R1's damage, by software, in a camera's place")
    parser.add_argument("--frames", type=positive, default=Spoiling.frames, metavar="N", help="of each film at most")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the counts, one line for each film and method")
    parser.add_argument("--ship", type=Path, metavar="OUT", help="write the counts without the films' names")
    parser.add_argument("--add", action="store_true", help="keep that file's other rows of the same films, same order")
    parser.add_argument("--paths", nargs="+", default=list(PATHS), choices=PATHS, help="to MediaPipe (default: both)")
    options = parser.parse_args(argv)
    spoiling = Spoiling(frames=options.frames, shutter=options.shutter, crf=options.crf, software=options.software)
    methods = [method for method in find_methods(options.models, options.weights) if method != TARGET]
    if options.enhance:
        methods.append(replace(find_methods([MODEL])[0], name=ENHANCE))
    clips = spoil_all(options.films, spoiling)
    rows = judge_all(clips, methods, options.looks, options.paths)
    if options.csv:
        with written_whole(options.csv) as partial:
            pd.DataFrame(rows).to_csv(partial, index=False)
    if options.ship:
        ship(rows, options.ship, methods, spoiling, add=options.add)
    for path in options.paths:
        shown = table(of_path(rows, path)).map(
            lambda cell: cell if isinstance(cell, int) else str(cell).replace("None", "–")
        )
        print(f"path {path!r}\n{shown.to_string(line_width=120)}")


if __name__ == "__main__":
    raise SystemExit(main())
