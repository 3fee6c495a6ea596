"""The hands of three looks, as they are found and read once more by the network with its new tail, judged by truth.

    python -m book.studies.exact.judging

Needs no second judge; where one is there (``--judge``), it says in how many of the hands' places it sees a hand.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from book.shared.second_judge import SURE, SecondJudge, box_of
from lib.enhance.exact import SHIPPED, Tail, loaded, read_again
from lib.evaluation.evaluation import hands, watch
from lib.evaluation.intervals import clip_bootstrap, paired_bootstrap
from lib.evaluation.methods import find_methods
from lib.holistic.surety import HAND
from lib.keypoints import Keypoints
from lib.signer.clips import clips, in_target_pixels
from lib.tools.commands import command

FOUND, EXACT = "as found", "read once more"


def seen(judge: SecondJudge | None, frames: np.ndarray, found: Keypoints) -> float | None:
    """In what share of the hands' places the second judge sees a hand."""
    hands = ((t, found.xyz[t, part, :2]) for part in HAND for t in range(len(found)))
    told = [judge(frames[t], box_of(hand))[1] > SURE for t, hand in hands if judge and np.isfinite(hand).all()]
    return float(np.mean(told)) if told else None


def rows_of(name: str, tail: Tail, judge: SecondJudge | None) -> Iterable[dict]:
    """A row a clip and way of reading."""
    method = find_methods(["bg-unet"])[0]
    for clip in clips(name):
        frames, found = watch(method, clip, 3)
        begun = time.process_time()
        again = read_again(frames, found, tail)
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
