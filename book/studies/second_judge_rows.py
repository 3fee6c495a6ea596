"""What a second judge says of every method (`book.shared.second_judge`): the rows that chapter 7 shows.

    python -m book.studies.second_judge_rows --models all --looks 3                    rendered clips
    python -m book.studies.second_judge_rows --films FILE... --models all               films of people

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
from lib.evaluation.methods import TARGET, Method, find_methods
from lib.signer.clips import CAMERA, Clip, clips
from lib.tools.commands import command

REAL = "real"  # the set of films of people in a camera's damage; in R1's, "real_software"
BOX_ALONE = "the box alone"
FRAMES_OF_A_FILM = 40


def box_alone(films: Sequence[Clip]) -> Callable[[np.ndarray, Box], tuple[np.ndarray, float]]:
    """A judge that looks at nothing: in every box the mean hand. What it has in place is no merit of any picture's."""
    mean = np.mean([box_of(hand).upright(hand) for film in films for _, hand, _ in true_hands(film.truth())], axis=0)
    return lambda frame, box: (box.in_picture(mean), 1.0)


def of_film(judge: SecondJudge, method: Method, clip: RealClip, looks: int = 1, path: str = FRAMES) -> dict:
    """One row of a film of people: the judge at the places of the hands that Holistic finds in the sharp film."""
    name = REAL if clip.damage == CAMERA else f"{REAL}_{clip.damage}"
    return opinion(judge, method, clip, looks, path, clip.keypoints(TARGET)) | {"set": name}


def rows_of(options: argparse.Namespace, methods: Sequence[Method], judge: SecondJudge) -> list[dict]:
    """The rows of films of people where films are named, else of rendered clips, and of these by their boxes alone."""
    if options.films:
        films = spoil_all(options.films, Spoiling(software=options.software, frames=FRAMES_OF_A_FILM))
    else:
        films = [clip for name in options.set for clip in clips(name, options.data)[: options.clips]]
    ask = partial(of_film if options.films else opinion, judge)
    jobs = list(product(methods, films, range(1, options.looks + 1), options.paths))
    rows = [ask(method, film, looks, path) for method, film, looks, path in tqdm(jobs, unit=" rows")]
    return numbered(rows) if options.films else rows + by_boxes_alone(films, options.paths)


def by_boxes_alone(films: Sequence[Clip], paths: Sequence[str]) -> list[dict]:
    """What of the joints is in place by the boxes alone; nothing is seen, and so nothing else is measured."""
    alone = box_alone(clips("d1_train"))
    rows = [opinion(alone, TARGET, film, path=path) for path in paths for film in films]
    return [row | {"method": BOX_ALONE} | {key: None for key in MEASURES if key != "second_pck"} for row in rows]


@command
def main(argv: list[str] | None = None) -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--films", nargs="+", default=[], type=Path, metavar="FILE", help="sharp films of people")
    arguments.add_argument("--software", action="store_true", help="the films in R1's damage, not a camera's")
    arguments.add_argument("--judge", type=Path, default=JUDGE, metavar="DIR", help="where the network is")
    arguments.add_argument("--out", type=Path, default=shipped_rows.SECOND_JUDGE, metavar="FILE")
    options = arguments.parse_args(argv)
    methods = find_methods(options.models, options.weights)
    rows = rows_of(options, methods, SecondJudge(options.judge))
    digests = {method.name: method.digest for method in methods}
    if options.out.exists():
        rows = joined(shipped_rows.read(options.out), rows)
        digests = shipped_rows.weights(options.out) | digests
    shipped_rows.write(rows, options.out, digests)
    for path in options.paths:
        print(f"path {path!r}\n{readable(opinions(of_path(rows, path))).to_string(line_width=120)}")


if __name__ == "__main__":
    raise SystemExit(main())
