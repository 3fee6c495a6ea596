"""The hands of three looks, as they are found and read once more by the network with its new tail, judged by truth.

    python -m book.studies.exact.judging

Needs no second judge; where one is there (``--judge``), it says in how many of the hands' places it sees a hand.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from book.shared.second_judge import SURE, SecondJudge, box_of
from book.studies.exact.crops import AT_ONCE, maps_of
from book.studies.exact.tail import Tail, loaded
from lib.evaluation.evaluation import hands, watch
from lib.evaluation.intervals import clip_bootstrap, paired_bootstrap
from lib.evaluation.methods import find_methods
from lib.holistic.crops import Roi, cut, hand_roi, uncut
from lib.holistic.surety import HAND
from lib.holistic.twins import HandTwin
from lib.keypoints import Keypoints
from lib.signer.clips import clips, in_target_pixels
from lib.tools.commands import command
from lib.tools.paths import WEIGHTS

SHIPPED = WEIGHTS / "exact" / "hand-tail.safetensors"
FOUND, EXACT = "as found", "read once more"


@torch.inference_mode()
def read_again(twin: HandTwin, tail: Tail, frames: np.ndarray, found: Keypoints) -> Keypoints:
    """The same keypoints, x and y of every found hand's joints as the new tail sees them on the hand's own square."""
    xyz = found.xyz.copy()
    places = [(t, part) for part in HAND for t in np.flatnonzero(np.isfinite(found.xyz[:, part, 0]).all(1))]
    for some in (places[i : i + AT_ONCE] for i in range(0, len(places), AT_ONCE)):
        roi = hand_roi(torch.from_numpy(np.stack([found.xyz[t, part, :2] for t, part in some])).float())
        pictures = torch.from_numpy(np.stack([frames[t] for t, _ in some])).permute(0, 3, 1, 2) / 255
        joints, _ = tail(maps_of(twin, cut(pictures, roi)).float())
        for (t, part), hand in zip(some, uncut(joints.float(), Roi(*roi)).numpy()):
            xyz[t, part, :2] = hand
    return replace(found, xyz=xyz)


def seen(judge: SecondJudge | None, frames: np.ndarray, found: Keypoints) -> float | None:
    """In what share of the hands' places the second judge sees a hand."""
    hands = ((t, found.xyz[t, part, :2]) for part in HAND for t in range(len(found)))
    told = [judge(frames[t], box_of(hand))[1] > SURE for t, hand in hands if judge and np.isfinite(hand).all()]
    return float(np.mean(told)) if told else None


def rows_of(name: str, tail: Tail, judge: SecondJudge | None) -> Iterable[dict]:
    """A row a clip and way of reading."""
    twin, method = HandTwin(), find_methods(["bg-unet"])[0]
    for clip in clips(name):
        frames, found = watch(method, clip, 3)
        begun = time.process_time()
        again = read_again(twin, tail, frames, found)
        cost = 1000 * (time.process_time() - begun) / len(frames)
        for way, keypoints in ((FOUND, found), (EXACT, again)):
            row = {"clip": clip.name, "way": way, "ms a frame": cost, "seen": seen(judge, frames, keypoints)}
            yield row | hands(in_target_pixels(keypoints, clip), clip.truth())


@command
def main(argv: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    parser.add_argument("--set", nargs="+", default=["d1_test", "td2"])
    parser.add_argument("--judge", type=Path, help="where the second judge is")
    options = parser.parse_args(argv)
    tail, judge = loaded(options.weights), options.judge and SecondJudge(options.judge)
    for name in options.set:
        table = pd.DataFrame(list(rows_of(name, tail, judge))).pivot(index="clip", columns="way")
        print(f"{name}: {table['ms a frame', EXACT].mean():.1f} ms of one core a frame")
        for measure in ("pck_found", "pck_all", "error", "false", "seen"):
            before, after = (100 * table[measure, way].astype(float).to_numpy() for way in (FOUND, EXACT))
            if not np.isnan(before).any():
                told = clip_bootstrap(before), clip_bootstrap(after), paired_bootstrap(after, before)
                print(f"{measure}: {told[0]} -> {told[1]}; {told[2]}")


if __name__ == "__main__":
    raise SystemExit(main())
