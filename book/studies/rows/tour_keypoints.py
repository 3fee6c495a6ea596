"""What MediaPipe finds in the tour's clip after each method: shipped, so that the tour shows at once what took minutes.

    python -m book.studies.rows.tour_keypoints        book/keypoints/tour.npz, and tour.json beside it

Nobody picked the clip by eye: of D1 test in a camera's damage it is the one whose input loses the median share of
dominant hands (of twelve clips the upper of the two in the middle).
"""

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np

from book.chapters.ch07_realness import cut_stamp, invent
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import FRAMES, of_path, watch
from lib.evaluation.methods import find_methods
from lib.holistic import extract
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import Clip, clips, in_target_pixels
from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import sha256, write_json, written_whole
from lib.tools.openers import read_npz, reading
from lib.tools.paths import ROOT, WEIGHTS

SET = "d1_test"
METHODS = ("target", "input", "bicubic", "bwa-unet", "bg-unet")
INVENTOR = "the inventor"  # of chapter 7: after bicubic, a strange hand wherever one is lost
FILE = ROOT / "book" / "keypoints" / "tour.npz"
COMMAND = "python -m book.studies.rows.tour_keypoints"
UNITS, GONE = 32, np.iinfo(np.int16).min  # whole 32nds of a pixel, and what a missing point is stored as


def median_clip() -> Clip:
    """The clip of `SET` whose input loses the median share of dominant hands, by the shipped rows."""
    rows = [row for row in of_path(shipped_rows.read(), FRAMES) if (row["set"], row["method"]) == (SET, "input")]
    middle = sorted(rows, key=lambda row: (row["uhp_dominant"], row["clip"]))[len(rows) // 2]
    return next(clip for clip in clips(SET) if clip.name == middle["clip"])


def packed(found: Keypoints) -> np.ndarray:
    """Places as int16 (T, 75, 2), in `UNITS` of a pixel, missing points `GONE`."""
    return np.where(np.isnan(found.xyz[..., :2]), GONE, np.round(found.xyz[..., :2] * UNITS)).astype(np.int16)


def unpacked(places: np.ndarray, clip: Clip) -> Keypoints:
    """The way back, in the target's pixels; depth is left out, and confidence is 1 for each point that was found."""
    there = (places != GONE).all(axis=-1)
    flat = np.where(there[..., None], places / np.float32(UNITS), np.nan)
    xyz = np.concatenate([flat, np.full_like(flat[..., :1], np.nan)], axis=-1).astype(np.float32)
    return Keypoints(xyz, there.astype(np.float32), HOLISTIC_75, clip.info["fps"], tuple(clip.info["size"]))


def make(path: str | Path = FILE) -> None:
    """Run every method and MediaPipe over the clip, and write what was found, in the target's pixels."""
    clip, methods = median_clip(), find_methods(METHODS)
    seen = {method.name: watch(method, clip) for method in methods}
    places = {name: packed(in_target_pixels(found, clip)) for name, (_, found) in seen.items()}
    faked = faked_frames(clip, seen["bicubic"][0], unpacked(places["bicubic"], clip))
    places[INVENTOR] = packed(extract(faked, fps=clip.info["fps"], progress=False))
    with written_whole(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(file, **places)
    facts = {
        "about": "Synthetic: one clip after each method, seen by MediaPipe Holistic; places in 32nds of a pixel",
        "command": COMMAND,
        "clip": clip.name,
        "weights": {method.name: method.digest for method in methods if method.digest},
        "mediapipe": version("mediapipe"),
        "licence": "MIT",
        "sha256": sha256(path),
    }
    write_json(Path(path).with_suffix(".json"), facts)


def faked_frames(clip: Clip, frames: np.ndarray, found: Keypoints) -> np.ndarray:
    """What the inventor makes of the enlarged ``frames`` (T, 336, 304, 3) in which MediaPipe ``found`` that much."""
    return np.stack(list(invent(frames, found, cut_stamp(clips("d1_train")[0]))))


def read(path: str | Path = FILE, weights: str | Path = WEIGHTS) -> tuple[Clip, Mapping[str, Keypoints]]:
    """The clip, and its keypoints after each method, in the target's pixels.

    Raises BadInput where the file is missing or broken, or where a network is not the one that it was made with.
    """
    path, again = Path(path), f"make it again: {COMMAND}"
    arrays = read_npz(path, [*METHODS, INVENTOR], again)
    with reading(path.with_suffix(".json"), f"does not tell of {path.name}", again):
        facts = json.loads(path.with_suffix(".json").read_bytes())
        if sha256(path) != facts["sha256"]:
            raise ValueError("another file lies there")
        clip = next(clip for clip in clips(SET) if clip.name == facts["clip"])
        networks = {Path(weights) / f"{name}.safetensors": digest for name, digest in facts["weights"].items()}
    for network, digest in networks.items():
        if not network.is_file() or sha256(network) != digest:
            raise BadInput(f"{path} was made with another {network.name} than that in {network.parent}; {again}.")
    return clip, {name: unpacked(arrays[name], clip) for name in (*METHODS, INVENTOR)}


@command
def main() -> None:
    """Make the file, and say what is in it."""
    make()
    clip, found = read()
    for name, keypoints in found.items():
        print(f"{clip.name}, {name}: dominant hand found in {keypoints.present(f'{clip.dominant}_hand').sum()} frames")


if __name__ == "__main__":
    raise SystemExit(main())
