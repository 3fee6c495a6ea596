"""R1's base data set D1 from your copy of the SRF DSGS Daily News Broadcast: 120 minutes to learn from, 30 to test.

Swiss news, interpreted into Swiss German Sign Language (DSGS). They are not here and are not fetched. Access: the
catalogue of LaRS, the Language Repository of Switzerland, on SWISSUbase ("SRF DSGS Daily News Broadcast: video and
original subtitle data"), after registration and a request, which is reviewed. Terms, as far as we know: research that
is not commercial, and no passing on, neither of the films nor of anything edited from them; an earlier release named
CC BY-NC-SA 4.0. Read what you agreed to.

    python data_scripts/srf_dsgs.py --source FILMS --out data/srf

cuts minutes of the episodes of 2020 (1280 x 720 at 25), crops 517 x 571 about the signer, reduces them to 304 x 336,
the targets, and makes the inputs of 152 x 168 as R1 says (III-C): halved, then blurred by optical flow at a scale of 3,
which we read as three frames. R1 names no compression, so inputs are stored without loss. Result: d1_train and d1_test
in the form of lib/signer/clips.py, but without the truth, which nobody knows; left_out.csv and manifest.json. A run
that was interrupted goes on. Then: python -m lib.train_upsampler b-unet --data data/srf, and python -m lib.evaluation
--set d1_test --data data/srf.

R1 does not say which minutes it took. Its 2.5 hours are as long as five of its half-hour episodes: we take five that
are evenly apart, all their minutes, and every fifth minute for the test, so that test and training are of the same
broadcasts. --episodes spreads the minutes over more.
"""

import argparse
from functools import partial
from pathlib import Path

from data_scripts.broadcasts import FILM, FPS, Cut, cut_all
from data_scripts.own_films import check_film, film_name, films_in, films_parser, plan_pieces, say_yours
from lib.holistic.corpus import Outcome
from lib.tools.commands import command, positive
from lib.tools.errors import BadInput

CREDIT = "Swiss Radio and Television (SRF); data set by Jiang, Müller, Ebling, Moryossef and Ribback, 2023"
ACCESS = "LaRS on SWISSUbase, https://www.swissubase.ch: register, request the data set, wait for the answer"
TERMS = "research that is not commercial; no passing on, edited or not; check the release that you have"
TEST_EVERY = 5  # 30 of 150


def episodes(source: Path, year: str) -> list[Path]:
    """The films whose path below ``source`` names the year. Raises BadInput where none does."""
    films = films_in(source)
    found = [film for film in films if year in film.relative_to(source).as_posix()]
    if not found:
        raise BadInput(
            f"None of the {len(films)} films in {source} has {year} in its name, as R1's of 2020 should: "
            "give another --year, or --year '' for all of them."
        )
    return found


def plan(options: argparse.Namespace) -> tuple[list[Cut], list[Outcome]]:
    """The clips to cut, and the films that cannot be used."""
    films = episodes(options.source, options.year)
    length = partial(check_film, size=FILM, fps=FPS, whose="R1's broadcasts")
    pieces, refused = plan_pieces(films, length, options.minutes, options.episodes, options.seconds)
    cuts = []
    for index, (film, number) in enumerate(pieces):
        kind = "d1_test" if index % TEST_EVERY == TEST_EVERY - 1 else "d1_train"
        name = f"{film_name(film, options.source)}-{number:03d}"
        cuts.append(Cut(kind, name, film, number * options.seconds, options.seconds))
    return cuts, refused


@command
def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit status: 1 where something had to be left out."""
    parser = films_parser(__doc__)
    parser.add_argument("--year", default="2020", help="in the films' names (default: %(default)s, as in R1)")
    parser.add_argument("--minutes", type=positive, default=150, help="how many clips (default: %(default)s, as in R1)")
    parser.add_argument("--episodes", type=positive, default=5, help="from how many films (default: %(default)s)")
    parser.add_argument("--seconds", type=positive, default=60, help="of a clip (default: a minute, as in R1)")
    options = parser.parse_args(argv)
    about = say_yours(CREDIT, ACCESS, TERMS)
    made, left_out = cut_all(*plan(options), options.out, options.processes, about)
    test = sum(path.parent.name == "d1_test" for path in made)
    counts = f"{len(made) - test} to learn from, {test} for the test"
    print(f"{options.out} holds {len(made)} of {options.minutes} clips: {counts}.")
    return 1 if left_out else 0


if __name__ == "__main__":
    raise SystemExit(main())
