"""R1's evaluation (section IV) over whole videos, and what the synthetic signer's truth adds to it.

    clip -> method -> video file -> MediaPipe Holistic (0.3, 0.3), a graph of its own for every clip -> keypoints

The video is H.264 at CRF 18, which looks lossless; "input" and "target" are videos already and are read as they are.
Pictures are compared with the target as they come out of that file, frame by frame, then the mean over frames.

R1 repeats each run five times, since Holistic carries a state from clip to clip and gives something else each time.
With a graph for every clip nothing carries over, and equal frames give equal keypoints to the last bit (tested), so
one run stands for five. What remains is chance in the choice of clips: that is what the intervals show. They draw
whole clips, since frames of one clip are alike. Another machine may round a network's pictures differently.

Every row is kept in the cache under the sum of what it depends on: weights, clip, versions. So is the video.
"""

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from lib import metrics, paths
from lib.clips import Clip
from lib.files import sha256, written_whole
from lib.holistic import extract
from lib.intervals import Interval, clip_bootstrap, paired_bootstrap, ratio_bootstrap
from lib.keypoints import Keypoints
from lib.looks import called, look
from lib.methods import INPUT, TARGET, Method
from lib.signer.calibration import in_target_pixels
from lib.video import read_video, write_video

VERSION = 1  # raise it with any change that may change a row: here, or in what makes frames, keypoints and measures
CRF = 18
PCK_THRESHOLD = 0.2  # of the hand's size: the longer side of the box around its true joints

ROWS = ("row.json", "row-again.json", "row-third.json")  # in the cache, by the number of looks

# what a row holds, what the table calls it, and the factor between the two; both hands but for R1's own first column
MEASURES = {
    "uhp_right": ("UHP right, %", 100),
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


def evaluate(method: Method, clip: Clip, looks: int = 1) -> dict:
    """One row: how a method does on a clip, after so many ``looks`` (`lib.looks`).

    uhp_right, uhp_both   share of frames in which the hand was not found (R1 IV-A); "both" is the mean of the two
    psnr, ssim, phash     against the target; None for "target" itself, and for "input", which has another size
    pck_found, pck_all    share of the true joints hit within 0.2 of the hand's size, over the found hands or over all;
                          hands that are out of the picture do not count
    error                 mean distance of a found hand's joints from the true ones, as a share of the hand's size
    false, false_all      hands found where none is, or off by more than half a hand: of the hands found, of all

    All but the first are over both hands. A measure that has nothing to measure is None. Input keypoints are scaled
    to the target's pixels before they are compared with the truth.
    """
    path = _folder(method, clip) / ROWS[looks - 1]
    if path.is_file():
        return json.loads(path.read_text())
    video, keypoints = watch(method, clip, looks)
    if looks > 1:
        row = evaluate(method, clip) | {"method": called(method.name, looks)}  # the pictures are the same
    else:
        row = {"set": clip.info["set"], "clip": clip.name, "method": method.name, "frames": len(keypoints)}
        row |= likeness(video, clip.target_path) if method not in (INPUT, TARGET) else {}
    row |= hands(in_target_pixels(keypoints, clip), clip.truth())
    row = {key: None if value != value else value for key, value in row.items()}  # NaN is no JSON
    with written_whole(path) as partial:
        partial.write_text(json.dumps(row))
    return row


def watch(method: Method, clip: Clip, looks: int = 1) -> tuple[Path, Keypoints]:
    """The video that a method makes of a clip, and the keypoints found in it, in its own pixels; both are kept."""
    folder = _folder(method, clip)
    video = {INPUT: clip.input_path, TARGET: clip.target_path}.get(method, folder / "video.mp4")
    if not video.is_file():
        write_video(video, method.run(clip.input()), clip.info["fps"], CRF)
    paths = [folder / f"{name}.pose" for name in ("holistic", "second-look", "third-look")]
    name, fps = f"{clip.name}, {method.name}", clip.info["fps"]
    return video, look(video, looks, paths, lambda: extract(read_video(video), fps=fps, progress=False, name=name))


def _folder(method: Method, clip: Clip) -> Path:
    files = [sha256(path) for path in (clip.input_path, clip.target_path, clip.folder / "truth.npz")]
    parts = [VERSION, CRF, version("mediapipe"), version("av"), method.name, method.digest, *files]
    return paths.CACHE / "evaluation" / hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def hands(found: Keypoints, truth: Keypoints) -> dict[str, float]:
    """The measures of a row that need keypoints only, both clips in the same pixels; NaN where nothing is measured."""
    pairs = [_pairs(found, truth, f"{side}_hand") for side in ("left", "right")]
    guess, real, present, visible = (np.concatenate(column) for column in zip(*pairs))
    size = metrics.hand_size(real)[:, None, None]
    there = present & visible
    false = metrics.false_hands(found, truth, "both")
    return {
        "uhp_right": metrics.undetected_hand_presence(found, "right"),
        "uhp_both": metrics.undetected_hand_presence(found, "both"),
        "pck_found": metrics.pck(guess[there] / size[there], real[there] / size[there], 1.0, PCK_THRESHOLD),
        "pck_all": metrics.pck(guess[visible] / size[visible], real[visible] / size[visible], 1.0, PCK_THRESHOLD),
        "error": metrics.endpoint_error(guess[there] / size[there], real[there] / size[there]),
        "false": false,
        "false_all": false * present.mean() if present.any() else 0.0,
    }


def _pairs(found: Keypoints, truth: Keypoints, part: str) -> tuple[np.ndarray, ...]:
    """Joints found and true, (T, 21, 2), and in which frames the hand was found, and is in the picture (T,)."""
    visible = (truth.confidence[:, truth.layout.parts[part]] > 0).any(axis=1)
    return found.part(part)[..., :2], truth.part(part)[..., :2], found.present(part), visible


def likeness(video: Path, target: Path) -> dict[str, float]:
    """PSNR, SSIM and pHash distance of a film from another, mean over frames; one frame of each in memory."""
    compare = {
        "psnr": metrics.psnr,
        "ssim": lambda a, b: metrics.ssim(a[None], b[None]),
        "phash": metrics.phash_distance,
    }
    rows = [
        [measure(a, b) for measure in compare.values()]
        for a, b in zip(read_video(video), read_video(target), strict=True)
    ]
    return dict(zip(compare, np.mean(rows, axis=0).tolist()))


def evaluate_all(methods: Sequence[Method], clips: Sequence[Clip], looks: int = 1) -> list[dict]:
    """The rows of every method on every clip, method by method: after one look, after two, up to ``looks``."""
    jobs = [(method, clip, count) for method in methods for count in range(1, looks + 1) for clip in clips]
    bar = tqdm(jobs, unit=" clips", delay=2)
    rows = []
    for method, clip, count in bar:
        bar.set_description(called(method.name, count), refresh=False)  # a refresh would not wait for the delay
        rows.append(evaluate(method, clip, count))
    return rows


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """Means over clips with 95 % intervals, one line for each set and method; None where there is nothing to say.

    Beside `MEASURES`, for UHP of the right hand and where the rows include them:
    "minus input"           the difference to the input, in points, paired by clip
    "fewer than input, %"   1 - UHP / UHP of the input: R1's 19.7 % for BWFA-UNet on TD2 is this
    "gap closed, %"         (input - UHP) / (input - target): R1's 86.5 % for BWA-UNet on D1 is this
    """
    frame = pd.DataFrame(rows, columns=["set", "clip", "method", *MEASURES])
    lines = {}
    for name, of_set in frame.groupby("set", sort=False):
        uhp = of_set.pivot(index="clip", columns="method", values="uhp_right")
        for method, of_method in of_set.groupby("method", sort=False):
            line = {
                label: _interval(of_method[key].astype(float) * factor) for key, (label, factor) in MEASURES.items()
            }
            lines[name, method] = line | _against_input(uhp, method)
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis(["set", "method"])


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


def _interval(values: pd.Series) -> Interval | None:
    """None where fewer than two clips have a value; but one clip alone is refused, as everywhere."""
    return None if values.notna().sum() < min(2, len(values)) else clip_bootstrap(values.to_numpy())
