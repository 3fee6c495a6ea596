"""R1's target sets TD1 and TD2 from your own copies of ShowTV Main News: pairs to fine-tune on, and a benchmark.

Turkish television news with an interpreter. There is no data set and no licence: R1 (III-D) names programmes on the
broadcaster's site, and the broadcaster keeps its rights. Whether you may copy them for private research is a matter of
your own law; ask, if you are not sure. Nothing is fetched here, and nothing made here may be passed on.

    python data_scripts/showtv.py --source FILMS --out data/showtv

FILMS holds what you have, in folders whose names say what it is (R1 does not say how it kept its own):

    FILMS/td1/720p/EPISODE.mp4     episodes before a black backdrop, 1280 x 720 ...
    FILMS/td1/1080p/EPISODE.mp4    ... and the same ones, under the same names, 1920 x 1080
    FILMS/td2/EPISODE.mp4          episodes that you have in 1280 x 720 only

TD1: inputs of 152 x 168 from the 720p films, targets of 304 x 336 from the 1080p ones. Each pair is checked for showing
the same moments. TD2: inputs alone; there is no target, so only UHP can be counted. Either set may be absent. The crop
is as large as the signer needs, and never so small that anything would have to be enlarged. (R1 names no crop here. Its
small frames are 152 x 168 as it collected them, III-C; how its targets came to twice that, from films with one and a
half times the lines, it does not say.)
Result: td1 and td2 in the form of lib/signer/clips.py, without truth; left_out.csv and manifest.json. An interrupted
run goes on. Then: python -m lib.evaluation --set td2 --data data/showtv. To fine-tune, let D1 and TD1 lie in one
folder: ln -s ../showtv/td1 data/srf/td1; python -m lib.train_upsampler bwfa-unet --data data/srf.

R1's TD1 has 62,000 frames; 42 minutes are the least that has them. How large its TD2 is, R1 does not say: 30 minutes,
as many as D1's test has. Which minutes is not said either: they are spread evenly over all episodes.
"""

import argparse
from functools import partial
from pathlib import Path

from data_scripts.broadcasts import FILM, SHARP_FILM, Cut, cut_all
from data_scripts.own_films import check_film, film_name, films_in, films_parser, plan_pieces, say_yours
from lib.holistic.corpus import Outcome
from lib.tools.commands import command, positive
from lib.tools.errors import BadInput

CREDIT = "Show TV, Show Ana Haber, and its interpreters"
ACCESS = "your own copies; R1 names programmes of 2022 on https://www.showtv.com.tr"
TERMS = "none given: all rights are the broadcaster's; private research as far as your law allows, no passing on"


def pairs(folder: Path) -> tuple[dict[Path, Path], list[Outcome]]:
    """TD1's films, 720p -> 1080p, by their common name; and those that lack the other half."""
    small, sharp = (
        {film_name(film, folder / kind): film for film in films_in(folder / kind)} for kind in ("720p", "1080p")
    )
    alone = [film for name, film in [*small.items(), *sharp.items()] if name not in small or name not in sharp]
    why = "has no partner of its name: give the same episode in both td1/720p and td1/1080p."
    return {small[name]: sharp[name] for name in small if name in sharp}, [
        Outcome(film, f"{film} {why}") for film in alone
    ]


def length(film: Path, partner: dict[Path, Path]) -> float:
    """Seconds of a film, and of its partner in 1080p, if it has one. Raises BadInput where one has another size."""
    seconds = check_film(film, FILM, None, "R1's smaller ones")
    if film in partner:
        seconds = min(seconds, check_film(partner[film], SHARP_FILM, None, "R1's larger ones"))
    return seconds


def plan(options: argparse.Namespace) -> tuple[list[Cut], list[Outcome]]:
    """The clips of both sets, and the films that cannot be used. Raises BadInput where neither set is there."""
    td1, td2 = options.source / "td1", options.source / "td2"
    if not td1.is_dir() and not td2.is_dir():
        raise BadInput(f"{options.source} holds neither td1 nor td2: lay your films out as --help says.")
    partner, odd = pairs(td1) if td1.is_dir() else ({}, [])
    cuts = []
    for folder, films, count in (
        (td1 / "720p", sorted(partner), options.td1_minutes),
        (td2, films_in(td2) if td2.is_dir() else [], options.td2_minutes),
    ):
        pieces, refused = plan_pieces(films, partial(length, partner=partner), count, len(films), options.seconds)
        odd += refused
        for film, number in pieces:
            name, start = f"{film_name(film, folder)}-{number:03d}", number * options.seconds
            cuts.append(Cut("td1" if film in partner else "td2", name, film, start, options.seconds, partner.get(film)))
    return cuts, odd


@command
def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit status: 1 where something had to be left out."""
    parser = films_parser(__doc__)
    parser.add_argument("--td1-minutes", type=positive, default=42, help="how many pairs (default: %(default)s)")
    parser.add_argument("--td2-minutes", type=positive, default=30, help="how many inputs (default: %(default)s)")
    parser.add_argument("--seconds", type=positive, default=60, help="of a clip (default: a minute)")
    options = parser.parse_args(argv)
    about = say_yours(CREDIT, ACCESS, TERMS)
    made, left_out = cut_all(*plan(options), options.out, options.processes, about)
    counts = {name: sum(path.parent.name == name for path in made) for name in ("td1", "td2")}
    print(f"{options.out} holds {counts['td1']} pairs (td1) and {counts['td2']} inputs without targets (td2).")
    return 1 if left_out else 0


if __name__ == "__main__":
    raise SystemExit(main())
