"""What a second judge says of every method (`book.shared.second_judge`): the rows that chapter 7 shows.

    python -m book.studies.second_judge_rows --models all --looks 3                    rendered clips
    python -m book.studies.second_judge_rows --films FILE... --models all               films of people
    python -m book.studies.second_judge_rows --models all --missing                     what has no rows yet

Rows are added to book/results/second_judge.json; those of the same place are replaced. In films of people the hands
that Holistic finds in the sharp film stand in for the truth, as in `book.studies.real_films`.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from book.shared.second_judge import JUDGE, MEASURES, Box, SecondJudge, box_of, opinion, opinions, true_hands
from book.studies.r1_rows import joined
from book.studies.real_films import RealClip, Spoiling, numbered, spoil_all
from book.studies.rows import shipped_rows
from lib.evaluation.__main__ import parser, readable
from lib.evaluation.evaluation import FRAMES, of_path
from lib.evaluation.methods import TARGET, Method, called, find_methods
from lib.signer.clips import CAMERA, Clip, clips
from lib.tools.commands import command

REAL = "real"  # the set of films of people in a camera's damage; in R1's, "real_software"
BOX_ALONE = "the box alone"
FRAMES_OF_A_FILM = 40


def box_alone(films: Sequence[Clip]) -> Callable[[np.ndarray, Box], tuple[np.ndarray, float]]:
    """A judge that looks at nothing: in every box the mean hand. What it has in place is no merit of any picture's."""
    mean = np.mean([box_of(hand).upright(hand) for film in films for _, hand, _ in true_hands(film.truth())], axis=0)
    return lambda frame, box: (box.in_picture(mean), 1.0)


def of_film(judge: SecondJudge, method: Method, clip: RealClip, looks: int = 1, path: str = FRAMES) -> list[dict]:
    """The rows of a film of people: the judge at the places of the hands that Holistic finds in the sharp film."""
    rows = opinion(judge, method, clip, looks, path, clip.keypoints(TARGET))
    return [row | {"set": set_of(clip)} for row in rows]


def set_of(clip: Clip) -> str:
    """What the rows call a clip's set."""
    if not isinstance(clip, RealClip):
        return clip.set
    return REAL if clip.damage == CAMERA else f"{REAL}_{clip.damage}"


def of_method(ask: Callable[..., list[dict]], films: Sequence[Clip], method: Method, looks: int, path: str) -> list:
    """The rows of a method on all films, after each number of looks; films of people by number."""
    rows = [row for film in tqdm(films, desc=f"{method.name}, {path}", unit=" films") for row in
            ask(method, film, looks, path)]  # fmt: skip
    return numbered(rows) if isinstance(films[0], RealClip) else rows


def measured_sets(rows: Sequence[dict], method: Method, looks: int, path: str) -> set[str]:
    """The sets of which there are rows of a method after so many looks."""
    last = called(method.name, looks)
    return {row["set"] for row in rows if (row["method"], row["path"]) == (last, path)}


def by_boxes_alone(films: Sequence[Clip], paths: Sequence[str]) -> list[dict]:
    """What of the joints is in place by the boxes alone; nothing is seen, and so nothing else is measured."""
    alone = box_alone(clips("d1_train"))
    rows = [row for path in paths for film in films for row in opinion(alone, TARGET, film, path=path)]
    return [row | {"method": BOX_ALONE} | {key: None for key in MEASURES if key != "second_pck"} for row in rows]


def options_of(argv: list[str] | None) -> argparse.Namespace:
    """The command line's."""
    arguments = parser(__doc__)
    arguments.add_argument("--films", nargs="+", default=[], type=Path, metavar="FILE", help="sharp films of people")
    arguments.add_argument("--software", action="store_true", help="the films in R1's damage, not a camera's")
    arguments.add_argument("--missing", action="store_true", help="only sets, methods and paths without rows")
    arguments.add_argument("--judge", type=Path, default=JUDGE, metavar="DIR", help="where the network is")
    arguments.add_argument("--out", type=Path, default=shipped_rows.SECOND_JUDGE, metavar="FILE")
    return arguments.parse_args(argv)


@command
def main(argv: list[str] | None = None) -> None:
    options = options_of(argv)
    judge, methods = SecondJudge(options.judge), find_methods(options.models, options.weights)
    if options.films:
        films, ask = spoil_all(options.films, Spoiling(software=options.software, frames=FRAMES_OF_A_FILM)), of_film
    else:
        films, ask = [clip for name in options.set for clip in clips(name, options.data)[: options.clips]], opinion
    rows, digests = [], {}
    if options.out.exists():
        rows, digests = shipped_rows.read(options.out), shipped_rows.weights(options.out)
    if not options.films and not (options.missing and any(row["method"] == BOX_ALONE for row in rows)):
        rows = joined(rows, by_boxes_alone(films, options.paths))
    for path, method in product(options.paths, methods):  # written after each, so that a run may be broken off
        there = measured_sets(rows, method, options.looks, path) if options.missing else ()
        if left := [film for film in films if set_of(film) not in there]:
            rows = joined(rows, of_method(partial(ask, judge), left, method, options.looks, path))
            digests[method.name] = method.digest
            shipped_rows.write(rows, options.out, digests)
    for path in options.paths:
        print(f"path {path!r}\n{readable(opinions(of_path(rows, path))).to_string(line_width=120)}")


if __name__ == "__main__":
    raise SystemExit(main())
