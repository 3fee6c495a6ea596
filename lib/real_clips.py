"""Are lost hands brought back in real footage, where nobody knows the truth? The sharp film stands in for it.

    sharp film -> signer's box, at most 336 pixels high -> blur by optical flow, half the size, H.264 -> input
    input -> method -> video -> Holistic, a fresh graph for every film;    sharp film -> Holistic

    python -m lib.real_clips FILE... [--models all] [--weights FILE...] [--second-look] [--shutter 0.8] [--crf 29]
    python -m lib.real_clips FILE... --second-look --ship book/results/real.json      the counts that chapter 7 shows

What is counted are hands, two a frame, over all films together:

lost           found in the sharp film and not in the input
back in place  of the lost ones, those found again, joints in the mean within half a hand of the sharp film's
back elsewhere of the lost ones, those found again but not there
newly lost     found in the sharp film and in the input, but not after the method
missing        not found, of those that the sharp film has
missing in all not found, of all: in some frames a hand rests below the picture, and nothing can find it

Holistic's word on the sharp film is no truth: a hand that it misses there and a method finds counts for nothing. The
spoilt film and the sharp film's keypoints are kept in the cache, so that another method takes less time.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from lib import paths, shipped_rows
from lib.degrade import crop, downsample, flow_blur, signer_box
from lib.errors import BadInput
from lib.evaluation import CRF, SECOND_LOOK, kept
from lib.files import sha256, written_whole
from lib.holistic import extract
from lib.intervals import ratio_bootstrap
from lib.keypoints import Keypoints
from lib.methods import INPUT, TARGET, Method, find_methods
from lib.metrics import hand_size
from lib.second_look import second_look
from lib.video import probe, read_video, write_video

VERSION = 1  # raise it with any change that may change what is kept


@dataclass(frozen=True)
class Recipe:
    """How a sharp film is spoilt: (width, height) above which the signer is cut out, and the height is reduced to
    ``height``; the shutter, in frames; the codec's CRF; how many frames at most."""

    width: int = 304
    height: int = 336
    shutter: float = 0.8
    crf: int = 29
    frames: int = 60


@dataclass(frozen=True)
class RealClip:
    """A film's folder in the cache: sharp.mp4 and input.mp4 of half its size, with as many frames."""

    folder: Path
    source: Path
    fps: float

    def video(self, method: Method) -> Path:
        """The film after a method; it is made if need be."""
        if method in (INPUT, TARGET):
            return self.folder / ("input.mp4" if method == INPUT else "sharp.mp4")
        path = self.folder / f"{_key(method.name, method.digest)}.mp4"
        if not path.is_file():
            write_video(path, method.run(read_video(self.video(INPUT))), self.fps, CRF)
        return path

    def keypoints(self, method: Method, again: bool = False) -> Keypoints:
        """What Holistic finds in it, in its own pixels; ``again``: and a second look."""
        video = self.video(method)
        first = kept(
            video.with_suffix(".pose"),
            lambda: extract(read_video(video), fps=self.fps, progress=False, name=f"{self.source}, {method.name}"),
        )
        if not again:
            return first
        return kept(video.with_suffix(".again.pose"), lambda: second_look(read_video(video), first))


def spoil(path: Path, recipe: Recipe) -> RealClip:
    """Cut out, shrink and spoil a film. Raises BadInput for what is no film, and where nobody is in view."""
    info, parts = probe(path), [VERSION, version("mediapipe"), version("av"), sha256(path), asdict(recipe)]
    clip = RealClip(paths.CACHE / "real-clips" / _key(*parts), path, info.fps)
    if not clip.video(INPUT).is_file():
        box = (0, 0, info.width, info.height)
        if info.height > recipe.height or info.width > recipe.width:
            found = extract(_first(path, recipe), fps=info.fps, progress=False, name=str(path))
            box = signer_box(found, (info.width, info.height))
        sharp = list(downsample(crop(_first(path, recipe), box), size=_size(box, recipe.height)))
        write_video(clip.video(TARGET), sharp, info.fps, crf=8)
        blurred = flow_blur(sharp, recipe.shutter, samples=max(8, round(8 * recipe.shutter)))
        write_video(clip.video(INPUT), downsample(blurred, 2), info.fps, recipe.crf)
    return clip


def _first(path: Path, recipe: Recipe) -> Iterator[np.ndarray]:
    return islice(read_video(path), recipe.frames)


def _size(box: tuple[int, int, int, int], height: int) -> tuple[int, int]:
    """(width, height) of the sharp film: the box, no higher than ``height``, in fours, so that half of it is even."""
    width, tall = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, height / tall)
    return int(width * scale) // 4 * 4, int(tall * scale) // 4 * 4


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def judge(clip: RealClip, method: Method, again: bool = False) -> dict:
    """One row of counts, as the head of this file defines them: how a method does on a film."""
    sharp = clip.keypoints(TARGET)
    lost_in, found_in = clip.keypoints(INPUT), clip.keypoints(method, again)
    row = {"kind": clip.source.parent.name, "clip": str(clip.source), "method": method.name + SECOND_LOOK * again}
    counts = [count(sharp, lost_in, found_in, part) for part in ("left_hand", "right_hand")]
    return row | {key: counts[0][key] + counts[1][key] for key in counts[0]}


def count(sharp: Keypoints, spoilt: Keypoints, found: Keypoints, part: str) -> dict[str, int]:
    """The counts of one hand; keypoints may be in pixels of different sizes, and are compared in the sharp film's."""
    there, before, now = (keypoints.present(part) for keypoints in (sharp, spoilt, found))
    real = sharp.part(part)[..., :2]
    guess = found.part(part)[..., :2] * np.divide(sharp.size, found.size)
    in_place = np.linalg.norm(guess - real, axis=-1).mean(axis=1) <= hand_size(real) / 2  # False where either is NaN
    lost = there & ~before
    masks = {
        "hands": np.ones_like(there),
        "in the sharp film": there,
        "lost": lost,
        "back in place": lost & in_place,
        "back elsewhere": lost & now & ~in_place,
        "newly lost": there & before & ~now,
        "missing": there & ~now,
        "missing in all": ~now,
    }
    return {name: int(mask.sum()) for name, mask in masks.items()}


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """Counts over all films, by kind (the films' folder) and method; and for several films shares with intervals.

    "back, %" is back in place of lost; "missing, % of input's" and "missing in all, % of input's" compare with the
    input, where the rows include it. The intervals draw whole films.
    """
    frame = pd.DataFrame(rows)
    kinds = {kind: part for kind, part in frame.groupby("kind", sort=False)}
    if len(kinds) > 1:
        kinds["all"] = frame
    lines = {}
    for kind, part in kinds.items():
        groups = {method: group.set_index(["kind", "clip"]) for method, group in part.groupby("method", sort=False)}
        for method, group in groups.items():
            line = group.drop(columns="method").sum().to_dict()
            if len(group) > 1:
                line["back, %"] = ratio_bootstrap(100 * group["back in place"], group["lost"])
                for key in ("missing", "missing in all") if "input" in groups else ():
                    line[f"{key}, % of input's"] = ratio_bootstrap(
                        100 * group[key], groups["input"][key].loc[group.index]
                    )
            lines[kind, method] = line
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis(["kind", "method"])


def ship(rows: Sequence[dict], path: Path, methods: Sequence[Method], recipe: Recipe) -> Path:
    """Write the counts for the chapters; films are numbered, since their names belong to whoever filmed them."""
    names = {clip: f"film {number}" for number, clip in enumerate(dict.fromkeys(row["clip"] for row in rows), 1)}
    return shipped_rows.write(
        [row | {"clip": names[row["clip"]]} for row in rows],
        path,
        {method.name: method.digest for method in methods},
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


def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="+", type=Path, metavar="FILE", help="sharp films of one signer each")
    parser.add_argument("--models", nargs="*", default=["all"], metavar="NAME", help="methods by name, or all")
    parser.add_argument("--weights", nargs="*", type=Path, default=[], metavar="FILE", help="networks of your own")
    parser.add_argument("--second-look", action="store_true", help="each method also with a second look at lost hands")
    parser.add_argument("--shutter", type=float, default=Recipe.shutter, help="how long it is open, in frames")
    parser.add_argument("--crf", type=int, default=Recipe.crf, help="H.264 quality: 0 (best) to 51")
    parser.add_argument("--frames", type=int, default=Recipe.frames, metavar="N", help="of each film at most")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the counts, one line for each film and method")
    parser.add_argument("--ship", type=Path, metavar="OUT", help="write the counts without the films' names")
    options = parser.parse_args(argv)
    try:
        recipe = Recipe(shutter=options.shutter, crf=options.crf, frames=options.frames)
        methods = [method for method in find_methods(options.models, options.weights) if method != TARGET]
        clips = _spoiled(options.films, recipe)
        looks = (False, True) if options.second_look else (False,)
        jobs = [(clip, method, again) for method in methods for again in looks for clip in clips]
        rows = [judge(*job) for job in tqdm(jobs, desc="judging", unit=" films", delay=2)]
    except BadInput as error:
        print(error, file=sys.stderr)
        return 1
    if options.csv:
        with written_whole(options.csv) as partial:
            pd.DataFrame(rows).to_csv(partial, index=False)
    if options.ship:
        ship(rows, options.ship, methods, recipe)
    shown = table(rows).map(lambda cell: cell if isinstance(cell, int) else str(cell).replace("None", "–"))
    print(shown.to_string(line_width=120))
    return 0


if __name__ == "__main__":
    sys.exit(main())
