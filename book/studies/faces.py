"""In the film that `lib.enhance` writes, are faces as near to the sharp film as bicubic's, and hands still there?

    python -m book.studies.faces [FILE...] [--frames 16]      without films: the clips of D1 to learn from

Films of people are spoilt as in `book.studies.real_films`; of every clip the middle frames are taken. Each input
becomes three films, H.264 at CRF 18: bicubic, the network's picture whole (``enhance --whole``), and with hands alone
from it (``enhance``). All are read again, and so is the sharp film; MediaPipe's Face Mesh and Holistic (one look) say
where face and hands are.

PSNR        in the box of the sharp film's face, dB
landmarks   mean distance of the 468 from the sharp film's, in per cent of the face's width, of faces found in all films
faces       found, of the sharp film's, %
hands       of the sharp film's, found within half a hand of it, %
elsewhere   hands found where the sharp film has none, or further off, % of the sharp film's
"""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.studies.real_films import Spoiling, spoil_all
from lib import metrics
from lib.degrade import upscale
from lib.enhance import enhance
from lib.evaluation.intervals import clip_bootstrap, paired_bootstrap
from lib.holistic import extract
from lib.holistic.graph import graph_of, solutions
from lib.holistic.second_look import HAND
from lib.keypoints import Keypoints
from lib.signer.clips import Clip, clips
from lib.tools.commands import arguments, command, positive
from lib.video import read_all, write_video
from lib.video.film import write_lossless

BICUBIC, WHOLE, HANDS = "bicubic", "whole", "hands only"
MEASURES = ("PSNR", "landmarks", "faces", "hands", "elsewhere")


def meshes(frames: Iterable[np.ndarray]) -> np.ndarray:
    """Face Mesh of every frame for itself, (T, 468, 2) pixels, NaN where no face is found."""
    found = []
    with graph_of(partial(solutions().face_mesh.FaceMesh, static_image_mode=True)) as process:
        for frame in frames:
            faces = process(frame).multi_face_landmarks
            points = np.array([(p.x, p.y) for p in faces[0].landmark]) if faces else np.full((468, 2), np.nan)
            found.append(points * frame.shape[1::-1])
    return np.stack(found)


def films(clip: Clip, count: int, folder: Path) -> dict[str, np.ndarray]:
    """The three films' frames (T, H, W, 3) of the middle ``count`` of a clip."""
    fps, spoilt = clip.info["fps"], middle(clip.input(), count)
    source = write_lossless(folder / "input.mkv", spoilt, fps)
    paths = {method: folder / f"{method}.mp4" for method in (BICUBIC, WHOLE, HANDS)}
    write_video(paths[BICUBIC], upscale(spoilt, 2, "bicubic"), fps)
    enhance(source, paths[WHOLE], whole=True, progress=False)
    enhance(source, paths[HANDS], folder / "hands.pose", always=True, progress=False)
    return {method: read_all(path) for method, path in paths.items()}


def middle(frames: np.ndarray, count: int) -> np.ndarray:
    """At most ``count`` frames: hands rest at the beginning and at the end."""
    start = max(0, len(frames) - count) // 2
    return frames[start : start + count]


def judge(clip: Clip, count: int) -> list[dict]:
    """A row of measures for each film of a clip."""
    with TemporaryDirectory() as folder:
        made = films(clip, count, Path(folder))
    sharp = middle(clip.target(), count)
    faces, hands = meshes(sharp), extract(sharp, progress=False)
    found = {method: meshes(frames) for method, frames in made.items()}
    all_found = np.isfinite(np.stack([faces, *found.values()])).all(axis=(0, 2, 3))
    rows = []
    for method, frames in made.items():
        row = {"clip": clip.name, "method": method} | _face(sharp, frames, faces, found[method], all_found)
        rows.append(row | _hands(hands, extract(frames, progress=False)))
    return rows


def _face(sharp: np.ndarray, frames: np.ndarray, true: np.ndarray, found: np.ndarray, compared: np.ndarray) -> dict:
    there = np.isfinite(true).all(axis=(1, 2))
    limit = np.array(sharp.shape[2:0:-1])
    likeness = []
    for time in np.flatnonzero(there):
        (x0, y0), (x1, y1) = (end.clip(0, limit).astype(int) for end in (true[time].min(0), true[time].max(0) + 1))
        likeness.append(metrics.psnr(frames[time, y0:y1, x0:x1], sharp[time, y0:y1, x0:x1]))
    width = np.ptp(true[compared, :, 0], axis=1)
    away = np.linalg.norm(found[compared] - true[compared], axis=-1).mean(axis=1) / width
    share = np.isfinite(found[there]).all(axis=(1, 2))
    values = (likeness, 100 * away, 100 * share)
    return {key: float(np.mean(value)) if len(value) else np.nan for key, value in zip(MEASURES, values)}


def _hands(sharp: Keypoints, found: Keypoints) -> dict:
    there = right = other = 0
    for part in HAND:
        true, guess = sharp.xyz[:, part, :2], found.xyz[:, part, :2]
        near = metrics.hand_distance(guess, true) <= 0.5  # False beside NaN
        there += np.isfinite(true).all(axis=(1, 2)).sum()
        right += near.sum()
        other += (np.isfinite(guess).all(axis=(1, 2)) & ~near).sum()
    return {"hands": 100 * right / there, "elsewhere": 100 * other / there} if there else {}


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """Means over clips with 95 % intervals, then differences, paired by clip."""
    frame, lines = pd.DataFrame(rows), {}
    for method, of_method in frame.groupby("method", sort=False):
        lines[method] = {key: clip_bootstrap(of_method[key].dropna().to_numpy()) for key in MEASURES}
    for other in (BICUBIC, WHOLE):
        pairs = {key: frame.pivot(index="clip", columns="method", values=key).dropna() for key in MEASURES}
        lines[f"{HANDS} minus {other}"] = {
            key: paired_bootstrap(pair[HANDS], pair[other]) for key, pair in pairs.items()
        }
    return pd.DataFrame.from_dict(lines, orient="index")


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("films", nargs="*", type=Path, metavar="FILE", help="sharp films of one signer each")
    parser.add_argument("--frames", type=positive, default=16, metavar="N", help="of each at most")
    options = parser.parse_args(argv)
    chosen = spoil_all(options.films, Spoiling(frames=40)) if options.films else clips("d1_train")
    rows: list[dict] = []
    for clip in tqdm(chosen, unit=" films", delay=2):
        rows += judge(clip, options.frames)
    print(table(rows).to_string())


if __name__ == "__main__":
    raise SystemExit(main())
