"""R1's evaluation (section IV-B) over whole videos, and what the synthetic signer's truth adds to it.

    clip -> method -> frames                       -> MediaPipe Holistic (0.3, 0.3), a graph of its own for each clip
    clip -> method -> frames -> film -> its frames -> the same

Every method, the input and the target among them, is scored on both paths. On "frames", the course's default and what
`lib.enhance` does, the frames go straight to MediaPipe. On "film" they pass through H.264 at CRF 18 first, as R1
composes a video of them: that is no neutral step, it costs hands of its own (chapter 6), so a difference is taken
within one path and never across the two. Pictures are compared with the target as MediaPipe gets them, frame by frame,
then the mean over frames.

With a graph for every clip nothing carries over from clip to clip, and equal frames give equal keypoints to the last
bit (tested): a second run would add nothing. What remains is chance in the choice of clips: that is what the intervals
show. They draw whole clips, since frames of one clip are alike. Another machine may round pictures differently.

Every row is kept in the cache under the sum of what it depends on: weights, clip, versions.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from lib import metrics
from lib.degrade import compress
from lib.evaluation.intervals import Interval, clip_bootstrap, paired_bootstrap, ratio_bootstrap
from lib.evaluation.methods import INPUT, TARGET, Method, called, look
from lib.holistic import extract
from lib.keypoints import Keypoints
from lib.signer.clips import Clip, in_target_pixels
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import sha256, write_json
from lib.tools.openers import read_json

VERSION = 4  # raise it with any change that may change a row: here, or in what makes frames, keypoints and measures
FRAMES, FILM = "frames", "film"
PATHS = (FRAMES, FILM)
CRF = 18  # of the film
PCK_THRESHOLD = 0.2  # of the hand's size: the longer side of the box around its true joints

# what a row holds, what the table calls it, and the factor between the two; both hands but for R1's own first column
MEASURES = {
    "uhp_dominant": ("UHP dominant, %", 100),
    "uhp_both": ("UHP both, %", 100),
    "psnr": ("PSNR, dB", 1),
    "ssim": ("SSIM", 1),
    "phash": ("pHash, bits", 1),
    "pck_found": ("PCK of found, %", 100),
    "pck_all": ("PCK of all, %", 100),
    "error": ("error, % of hand", 100),
    "false": ("false of found, %", 100),
    "false_all": ("false of all, %", 100),
}


def evaluate(method: Method, clip: Clip, looks: int = 1, path: str = FRAMES) -> dict:
    """One row: how a method does on a clip, after so many ``looks`` (`lib.holistic.third_look`), on one of the `PATHS`.

    uhp_dominant, _both   share of frames without the signer's dominant hand (R1 IV-B); the same, mean of both hands
    psnr, ssim, phash     against the target; left out for "input", of another size, and for "target"'s own frames
    pck_found, pck_all    share of the true joints hit within 0.2 of the hand's size, over the found hands or over all;
                          hands that are out of the picture do not count
    error                 mean distance of a found hand's joints from the true ones, as a share of the hand's size
    false, false_all      hands found where none is, or off by more than half a hand: of the hands found, of all

    All but the first are over both hands; what has nothing to measure is None. Input keypoints are scaled
    to the target's pixels before they are compared with the truth. Of a clip without truth, which is to say of every
    recording, the last five are left out, and of one without target the pictures' too. Raises BadInput for another
    path, and for the method "target" of a clip that has none.
    """
    kept = _folder(method, clip) / f"{path}-{looks}.json"
    if kept.is_file():
        return read_json(kept, "delete it, and it is made again")
    keypoints = looked_at(method, clip, looks, path)
    if looks > 1:
        row = evaluate(method, clip, path=path) | {"method": called(method.name, looks)}  # the pictures are the same
    else:
        row = {"set": clip.set, "clip": clip.name, "method": method.name, "path": path, "frames": len(keypoints)}
        if clip.has_target and method != INPUT and (method, path) != (TARGET, FRAMES):
            row |= likeness(_pictures(_folder(method, clip), method, clip, path), clip.target())
    found = in_target_pixels(keypoints, clip)
    if clip.has_truth and len(clip.truth()) != len(found):
        raise BadInput(f"{clip.folder} has a film of {len(found)} frames and other truth; make the clip again.")
    row |= undetected(found, clip.dominant) | (hands(found, clip.truth()) if clip.has_truth else {})
    row = without_nan(row)
    write_json(kept, row, indent=None)
    return row


def without_nan(row: dict) -> dict:
    """A row for JSON, which knows no NaN."""
    return {key: None if value != value else value for key, value in row.items()}


def watch(method: Method, clip: Clip, looks: int = 1, path: str = FRAMES) -> tuple[np.ndarray, Keypoints]:
    """What MediaPipe gets of a clip after a method, (T, H, W, 3) uint8, and what it finds, in those frames' pixels."""
    return _pictures(_folder(method, clip), method, clip, path), looked_at(method, clip, looks, path)


def looked_at(method: Method, clip: Clip, looks: int = 1, path: str = FRAMES) -> Keypoints:
    """What MediaPipe finds after a method, in the pixels of what it gets; that is made only where nothing is kept."""
    folder, settings = _folder(method, clip), dict(fps=clip.info["fps"], name=f"{clip.name}, {method.name}", sure=False)
    frames = partial(_pictures, folder, method, clip, path)
    kept = [folder / f"{path}-{count}.pose" for count in range(1, looks + 1)]
    return look(frames, kept, lambda: extract(frames(), progress=False, **settings))


@lru_cache(maxsize=2)
def _pictures(folder: Path, method: Method, clip: Clip, path: str) -> np.ndarray:
    """Kept for the clip in work; ``folder`` is here so that a changed clip is read anew."""
    if path not in PATHS:
        raise BadInput(f"There is no path {path!r} from a method to MediaPipe; choose {' or '.join(PATHS)}.")
    if path == FILM:
        return through_film(_pictures(folder, method, clip, FRAMES), clip.info["fps"])
    if method in (INPUT, TARGET):
        return clip.input() if method == INPUT else clip.target()
    return np.stack(list(method.run(clip.input())))


def through_film(frames: Iterable[np.ndarray], fps: float) -> np.ndarray:
    """The frames (T, H, W, 3) as they come out of a film made of them: H.264 at `CRF`."""
    return np.stack(list(compress(frames, CRF, fps=fps)))


def _folder(method: Method, clip: Clip) -> Path:
    files = [clip.damage, *(sha256(path) for path in clip.files)]
    parts = [VERSION, CRF, version("mediapipe"), version("av"), method.name, method.digest, *files]
    return paths.CACHE / "evaluation" / hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def hands(found: Keypoints, truth: Keypoints) -> dict[str, float]:
    """The measures of a row that need the truth, both clips in the same pixels; NaN where nothing is measured."""
    pairs = [_pairs(found, truth, f"{side}_hand") for side in ("left", "right")]
    guess, real, present, visible = (np.concatenate(column) for column in zip(*pairs))
    size = metrics.hand_size(real)[:, None, None]
    there = present & visible
    false = metrics.false_hands(found, truth, "both")
    return {
        "pck_found": metrics.pck(guess[there] / size[there], real[there] / size[there], 1.0, PCK_THRESHOLD),
        "pck_all": metrics.pck(guess[visible] / size[visible], real[visible] / size[visible], 1.0, PCK_THRESHOLD),
        "error": metrics.endpoint_error(guess[there] / size[there], real[there] / size[there]),
        "false": false,
        "false_all": false * present.mean() if present.any() else 0.0,
    }


def undetected(found: Keypoints, dominant: str) -> dict[str, float]:
    """The measures of a row that need no truth; ``dominant`` is "right" or "left"."""
    sides = {"uhp_dominant": dominant, "uhp_both": "both"}
    return {name: metrics.undetected_hand_presence(found, side) for name, side in sides.items()}


def _pairs(found: Keypoints, truth: Keypoints, part: str) -> tuple[np.ndarray, ...]:
    """Joints found and true, (T, 21, 2), and in which frames the hand was found, and is in the picture (T,)."""
    visible = (truth.confidence[:, truth.layout.parts[part]] > 0).any(axis=1)
    return found.part(part)[..., :2], truth.part(part)[..., :2], found.found(part), visible


def likeness(frames: Iterable[np.ndarray], targets: Iterable[np.ndarray]) -> dict[str, float]:
    """PSNR, SSIM and pHash distance of frames from others of their size and number, mean over frames."""
    compare: dict[str, Callable] = {
        "psnr": metrics.psnr,
        "ssim": lambda a, b: metrics.ssim(a[None], b[None]),
        "phash": metrics.phash_distance,
    }
    rows = [[measure(a, b) for measure in compare.values()] for a, b in zip(frames, targets, strict=True)]
    return dict(zip(compare, np.mean(rows, axis=0).tolist()))


def evaluate_all(
    methods: Sequence[Method], clips: Sequence[Clip], looks: int = 1, paths: Sequence[str] = PATHS
) -> list[dict]:
    """The rows of every method on every clip: path by path, and in each after one look, after two, up to ``looks``.

    A clip that has no target has no rows of "target".
    """
    counts, found = range(1, looks + 1), {}
    pairs = [(method, clip) for method, clip in product(methods, clips) if method != TARGET or clip.has_target]
    bar = tqdm(pairs, unit=" clips", delay=2)
    for method, clip in bar:  # a clip's frames serve all its rows
        bar.set_description(method.name, refresh=False)  # a refresh would not wait for the delay
        for path, count in product(paths, counts):
            found[method, path, count, clip] = evaluate(method, clip, count, path)
    order = product(paths, methods, counts, clips)
    return [found[key] for path, method, count, clip in order if (key := (method, path, count, clip)) in found]


def of_path(rows: Sequence[dict], path: str = FRAMES) -> list[dict]:
    """The rows of one path."""
    return [row for row in rows if row["path"] == path]


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """Means over clips with 95 % intervals, one line for each set and method; None where there is nothing to say.

    Beside `MEASURES`, for UHP of the dominant hand and where the rows include them:
    "minus input"           the difference to the input, in points, paired by clip
    "fewer than input, %"   1 - UHP / UHP of the input
    "gap closed, %"         (input - UHP) / (input - target)
    The rows are of one path, see `of_path`; BadInput otherwise.
    """
    if len(found := {row.get("path") for row in rows}) > 1:
        raise BadInput(f"A table is of one path, not of {' and '.join(map(str, found))}: choose with of_path().")
    return means(rows, MEASURES, "uhp_dominant", _against_input)


def means(
    rows: Sequence[dict], measures: Mapping[str, tuple[str, float]], key: str, more: Callable[[pd.DataFrame, str], dict]
) -> pd.DataFrame:
    """A line for each set and method: the means of ``measures`` over clips, and what ``more`` says of the method.

    ``more`` gets the measure ``key`` of a whole set, a row a clip and a column a method, and the method's name.
    """
    frame, lines = pd.DataFrame(rows, columns=["set", "clip", "method", *measures]), {}
    for name, of_set in frame.groupby("set", sort=False):
        by_clip = of_set.pivot(index="clip", columns="method", values=key).astype(float)
        for method, of_method in of_set.groupby("method", sort=False):
            line = {label: mean_of(factor * of_method[key].astype(float)) for key, (label, factor) in measures.items()}
            lines[name, method] = line | more(by_clip, method)
    index = pd.MultiIndex.from_tuples(lines, names=["set", "method"])
    return pd.DataFrame(list(lines.values()), index, dtype=object)


def _against_input(uhp: pd.DataFrame, method: str) -> dict[str, Interval | None]:
    if "input" not in uhp or method == "input":
        return {}
    gained = 100 * (uhp["input"] - uhp[method])
    line = {
        "minus input": paired_bootstrap(100 * uhp[method], 100 * uhp["input"]),
        "fewer than input, %": ratio_bootstrap(gained, uhp["input"]),
    }
    if "target" in uhp and method != "target":
        line["gap closed, %"] = ratio_bootstrap(gained, uhp["input"] - uhp["target"])
    return line


def mean_of(values: pd.Series) -> Interval | None:
    """Mean over clips; None where fewer than two have a value; but one clip alone is refused, as everywhere."""
    return None if values.notna().sum() < min(2, len(values)) else clip_bootstrap(values.to_numpy())
