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
from functools import lru_cache
from importlib.metadata import version
from itertools import islice, product
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.studies import shipped_rows
from book.studies.real_counts import count, table
from lib.degrade import crop, downsample, flow_blur, signer_box, software_blur
from lib.enhance import MODEL, enhance
from lib.evaluation.evaluation import FILM, FRAMES, PATHS, of_path, through_film
from lib.evaluation.methods import INPUT, TARGET, Method, find_methods
from lib.holistic import extract
from lib.holistic.third_look import MOST, called, look, looks_option
from lib.keypoints import Keypoints
from lib.tools import paths
from lib.tools.commands import arguments, command, positive
from lib.tools.errors import BadInput
from lib.tools.files import sha256, written_whole
from lib.video import probe, read_all, read_video, write_video
from lib.video.film import write_lossless

ENHANCE = "enhance"
VERSION = 2  # raise it with any change that may change what is kept


@dataclass(frozen=True)
class Recipe:
    """How a sharp film is spoilt: (width, height) above which the signer is cut out, and the height is reduced to
    ``height``; how many frames at most; and a camera's shutter, in frames, and codec's CRF, or R1's `software_blur`."""

    width: int = 304
    height: int = 336
    frames: int = 60
    shutter: float = 0.8
    crf: int = 29
    software: bool = False


@dataclass(frozen=True)
class RealClip:
    """A film's folder in the cache: sharp.mp4 and the input of half its size, with as many frames."""

    folder: Path
    source: Path
    fps: float
    input: str = "input.mp4"  # input.mkv, to the last bit, where no codec belongs to the damage

    def film(self, method: Method) -> Path:
        """The sharp film or the spoilt one."""
        return self.folder / (self.input if method == INPUT else "sharp.mp4")

    @lru_cache(maxsize=2)  # noqa: B019  (a film in work serves all its rows; two pictures of it are kept)
    def frames(self, method: Method, path: str) -> np.ndarray:
        """What Holistic gets after a method on one of `lib.evaluation.evaluation.PATHS`, (T, H, W, 3) uint8."""
        if path == FILM:
            return through_film(self.frames(method, FRAMES), self.fps)
        if method in (INPUT, TARGET):
            return read_all(self.film(method))
        return np.stack(list(method.run(read_video(self.film(INPUT)))))

    def keypoints(self, method: Method, looks: int = 1, path: str = FRAMES) -> Keypoints:
        """What is found in them, in their own pixels, after so many looks (`lib.holistic.third_look`); it is kept."""
        if method.name == ENHANCE:
            return self._enhanced(method)
        kept = [self.folder / f"{_key(method.name, method.digest, path, count)}.pose" for count in range(1, looks + 1)]
        settings = dict(fps=self.fps, progress=False, name=f"{self.source}, {method.name}")
        return look(lambda: self.frames(method, path), kept, lambda: extract(self.frames(method, path), **settings))

    def _enhanced(self, method: Method) -> Keypoints:
        """What `lib.enhance` says of the spoilt film."""
        pose = self.folder / f"{_key(method.name, method.digest, MOST)}.pose"  # it looks as often as it can
        if not pose.is_file():
            enhance(self.film(INPUT), pose.with_suffix(".mp4"), pose, progress=False)
        return Keypoints.load(pose)


def spoil(path: Path, recipe: Recipe) -> RealClip:
    """Cut out, shrink and spoil a film. Raises BadInput for what is no film, and where nobody is in view."""
    info, parts = probe(path), [VERSION, version("mediapipe"), version("av"), sha256(path), asdict(recipe)]
    ending = ".mkv" if recipe.software else ".mp4"
    clip = RealClip(paths.CACHE / "real-clips" / _key(*parts), path, info.fps, f"input{ending}")
    if not clip.film(INPUT).is_file():
        box = (0, 0, info.width, info.height)
        if info.height > recipe.height or info.width > recipe.width:
            found = extract(_first(path, recipe), fps=info.fps, progress=False, name=str(path))
            box = signer_box(found, (info.width, info.height))
        sharp = list(downsample(crop(_first(path, recipe), box), size=_size(box, recipe.height)))
        write_video(clip.film(TARGET), sharp, info.fps, crf=8)
        _write_input(clip, sharp, recipe)
    if not clip.keypoints(TARGET).present("pose").any():  # a small film was not searched for its signer
        raise BadInput(f"{path}: no person is in view in any frame; give a film that shows a signer.")
    return clip


def _write_input(clip: RealClip, sharp: Sequence[np.ndarray], recipe: Recipe) -> None:
    """A camera's damage: blur, half the size, a codec. R1's (III-C): half the size, blur, no codec."""
    if recipe.software:
        write_lossless(clip.film(INPUT), software_blur(read_video(clip.film(TARGET))), clip.fps)
        return
    blurred = flow_blur(sharp, recipe.shutter, samples=max(8, round(8 * recipe.shutter)))
    write_video(clip.film(INPUT), downsample(blurred, 2), clip.fps, recipe.crf)


def _first(path: Path, recipe: Recipe) -> Iterator[np.ndarray]:
    return islice(read_video(path), recipe.frames)


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
    row = {
        "kind": clip.source.parent.name,
        "clip": str(clip.source),
        "method": called(method.name, looks),
        "path": path,
    }
    counts = [count(sharp, lost_in, found_in, part) for part in ("left_hand", "right_hand")]
    return row | {key: counts[0][key] + counts[1][key] for key in counts[0]}


def judge_all(clips: Sequence[RealClip], methods: Sequence[Method], looks: int) -> list[dict]:
    """The rows of every method on every film: after one look, two, up to ``looks``; and after one through a film.

    Later looks are what `lib.enhance` does, which hands on frames, so nothing asks about them through a film.
    """
    jobs = [
        (clip, method, count, path)
        for path, method, count, clip in product(PATHS, methods, range(1, looks + 1), clips)
        if count == 1 or (path == FRAMES and method.name != ENHANCE)  # which looks again itself
        if path == FRAMES or method.name != ENHANCE
    ]
    together = sorted(jobs, key=lambda job: (methods.index(job[1]), clips.index(job[0])))  # a film's frames serve twice
    rows = {job: judge(*job) for job in tqdm(together, desc="judging", unit=" films", delay=2)}
    return [rows[job] for job in jobs]


def ship(rows: Sequence[dict], path: Path, methods: Sequence[Method], recipe: Recipe) -> Path:
    """Write the counts for the chapters; films are numbered, since their names belong to whoever filmed them."""
    names = {clip: f"film {number}" for number, clip in enumerate(dict.fromkeys(row["clip"] for row in rows), 1)}
    return shipped_rows.write(
        [row | {"clip": names[row["clip"]]} for row in rows],
        path,
        {MODEL if method.name == ENHANCE else method.name: method.digest for method in methods},
        about=asdict(recipe),
    )


def _spoiled(files: Sequence[Path], recipe: Recipe) -> list[RealClip]:
    """The films that can be used; of the others the reader hears why. Raises BadInput if none is left."""
    clips = []
    for path in tqdm(list(dict.fromkeys(files)), desc="spoiling", unit=" films", delay=2):
        try:
            clips.append(spoil(path, recipe))
        except BadInput as error:
            tqdm.write(f"Left out: {error}", file=sys.stderr)
    if not clips:
        raise BadInput("None of the films can be used; give films in which a signer is in view.")
    return clips


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    parser = arguments(__doc__)
    parser.add_argument("films", nargs="+", type=Path, metavar="FILE", help="sharp films of one signer each")
    parser.add_argument("--models", nargs="*", default=["all"], metavar="NAME", help="methods by name, or all")
    parser.add_argument("--weights", nargs="*", type=Path, default=[], metavar="FILE", help="networks of your own")
    looks_option(parser)
    parser.add_argument("--enhance", action="store_true", help="also lib.enhance itself, as it comes")
    parser.add_argument("--shutter", type=float, default=Recipe.shutter, help="how long it is open, in frames")
    parser.add_argument("--crf", type=int, default=Recipe.crf, help="H.264 quality: 0 (best) to 51")
    parser.add_argument("--software", action="store_true", help="R1's damage, by software, in a camera's place")
    parser.add_argument("--frames", type=positive, default=Recipe.frames, metavar="N", help="of each film at most")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the counts, one line for each film and method")
    parser.add_argument("--ship", type=Path, metavar="OUT", help="write the counts without the films' names")
    options = parser.parse_args(argv)
    recipe = Recipe(frames=options.frames, shutter=options.shutter, crf=options.crf, software=options.software)
    methods = [method for method in find_methods(options.models, options.weights) if method != TARGET]
    if options.enhance:
        methods.append(replace(find_methods([MODEL])[0], name=ENHANCE))
    clips = _spoiled(options.films, recipe)
    rows = judge_all(clips, methods, options.looks)
    if options.csv:
        with written_whole(options.csv) as partial:
            pd.DataFrame(rows).to_csv(partial, index=False)
    if options.ship:
        ship(rows, options.ship, methods, recipe)
    for path in PATHS:
        shown = table(of_path(rows, path)).map(
            lambda cell: cell if isinstance(cell, int) else str(cell).replace("None", "–")
        )
        print(f"path {path!r}\n{shown.to_string(line_width=120)}")


if __name__ == "__main__":
    raise SystemExit(main())
