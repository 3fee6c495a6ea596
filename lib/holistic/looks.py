"""One look at a film, two, or three: what Holistic finds, and what the looks after it add, each kept in a file.

1. Holistic (`lib.holistic`)
2. the second look (`lib.holistic.second_look`): where a hand is missing, closer
3. the third look (`lib.holistic.third_look`): where a hand is missing or leaps, by the frames before and after
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from lib.holistic.second_look import second_look
from lib.holistic.third_look import third_look
from lib.keypoints import Keypoints

SECOND_LOOK, THIRD_LOOK = " + second look", " + third look"  # how tables call a method; a third look follows a second
AGAIN = (SECOND_LOOK, THIRD_LOOK)
MOST = 1 + len(AGAIN)


def look(
    frames: Callable[[], Iterable[np.ndarray]], paths: Sequence[Path], first: Callable[[], Keypoints]
) -> Keypoints:
    """The keypoints of a film after as many looks as there are ``paths``, which say where those of each look are kept.

    ``frames`` gives the film's frames, and is called once for each look after the first; ``first`` makes the keypoints
    of one look. What is kept already is taken as it is.
    """
    found = kept(paths[0], first)
    for path, again in zip(paths[1:], (second_look, third_look)):
        before = found
        found = kept(path, lambda again=again, before=before: again(frames(), before))
    return found


def kept(path: Path, make: Callable[[], Keypoints]) -> Keypoints:
    """The keypoints of a file, which are made and written first where it is not there."""
    if not path.is_file():
        make().save(path)
    return Keypoints.load(path)


def looks_option(parser: ArgumentParser, default: int = 1) -> None:
    """``--looks``, for a command line."""
    about = (
        "how often to look for hands; 1: Holistic alone, 2: and a second look, 3: and a third (default: %(default)s)"
    )
    parser.add_argument("--looks", type=int, default=default, choices=range(1, MOST + 1), help=about)


def called(method: str, looks: int) -> str:
    """A method's name in tables, after so many looks."""
    return method + ("", *AGAIN)[looks - 1]
