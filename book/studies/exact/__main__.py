"""The hands that were found in a film, read once more.

    python -m book.studies.exact FILM FOUND.pose --out EXACT.pose

FILM is what the keypoints were found in, sharpened or not. x and y of each found hand's joints become what MediaPipe's
hand network with its new tail (`book.studies.exact.tail`) sees on the hand's own square; all else stays as it was.
"""

from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from book.studies.exact.judging import SHIPPED, read_again
from book.studies.exact.tail import Tail, loaded
from lib.holistic.second_look import of_one_clip
from lib.holistic.twins import HandTwin
from lib.keypoints import Keypoints
from lib.tools.commands import command
from lib.video import read_video

AT_ONCE = 32  # frames


def read_film(tail: Tail, frames: Iterable[np.ndarray], found: Keypoints) -> Keypoints:
    """`read_again` over a film of any length, a few frames (uint8 RGB, (H, W, 3)) at a time.

    Raises BadInput for keypoints of another layout, or of another film.
    """
    twin, stream, xyz, start = HandTwin(), of_one_clip(frames, found), found.xyz.copy(), 0
    while some := list(islice(stream, AT_ONCE)):
        part = slice(start, start + len(some))
        shown = replace(found, xyz=found.xyz[part], confidence=found.confidence[part])
        xyz[part], start = read_again(twin, tail, np.stack(some), shown).xyz, part.stop
    return replace(found, xyz=xyz)


@command
def main(argv: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("found", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    found = Keypoints.load(options.found)
    read_film(loaded(SHIPPED), read_video(options.film), found).save(options.out)


if __name__ == "__main__":
    raise SystemExit(main())
