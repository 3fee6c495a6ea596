"""R2's isolated signs from your copy of the Corpus VGT, or of the Corpus NGT: cut, seen by MediaPipe, ready for PTN.

Deaf signers tell and discuss in Flemish Sign Language (VGT) and in Sign Language of the Netherlands (NGT); R2 (3.1,
5.2) learns from both. The films are not here and are not fetched. Access and terms, as far as we know:

    Corpus VGT   can be watched at www.corpusvgt.be; for a log-in and the files, ask Ghent University. R2 names
                 CC BY-NC-SA for the pictures that it shows.
    Corpus NGT   The Language Archive, Max Planck Institute for Psycholinguistics, Nijmegen (Radboud University):
                 most sessions under CC BY-NC-SA 3.0, some only with a permission.

Ask what holds for what you were given. Nobody's recording may be passed on.

    python data_scripts/signon_splits.py --out data/signon                             the tables, which are public
    python data_scripts/corpus_vgt.py --language vgt --source FILMS --out data/vgt     960 x 540, one signer a film
    python data_scripts/corpus_vgt.py --language ngt --source FILMS --out data/ngt     704 x 288, two side by side

writes signs_vgt.npz, the keypoints, with its facts in signs_vgt.json, left_out.csv and manifest.json. Films may lie in
any folder and have any ending; one that is missing is named, and the others are done. Each film that is done leaves a
file below OUT/films, so that an interrupted run goes on. VTN wants pictures as well: with --pictures 224 there is
pictures_vgt.npy beside them, 28 GB of it for VGT, and twice as much while it is made. Then

    python -m book.studies.paper_signs ptn --profile paper --device cuda       R2's own split, and R2's sizes
    python -m book.studies.paper_signs vtn --profile paper --device cuda

or, in Python:

    corpus = load_corpus("vgt", Path("data/vgt"))             # lib.ptn.corpora
    learn, judge, test = sets(corpus, Inputs(), fold=0)       # book.studies.signs
    train(PTN(134, classes((learn, judge, test))), learn, judge, Recipe())
"""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path

from data_scripts.corpus_films import CORPORA, Corpus, FilmJob, find_jobs, pack, read_cuts, see_film
from data_scripts.own_films import LEFT_OUT, begin, films_parser, finish, make_all, say_yours
from data_scripts.shared.corpus_pictures import pack_pictures, see_pictures
from lib.holistic.corpus import Outcome
from lib.tools.commands import command, positive
from lib.tools.errors import BadInput
from lib.tools.paths import DATA


def make_pictures(jobs: Sequence[FilmJob], corpus: Corpus, options: argparse.Namespace) -> None:
    """Those of every film whose keypoints are made. Raises BadInput if a film has none: the two would not fit."""
    see = partial(see_pictures, corpus=corpus, out=options.out / "films", side=options.pictures)
    for outcome in make_all(see, jobs, options.processes, attrgetter("film"), "film"):
        if outcome.error:
            raise BadInput(f"The keypoints are made, but not all pictures: {outcome.error}")


@command
def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit status: 1 where something had to be left out."""
    parser = films_parser(__doc__)
    parser.add_argument("--language", choices=list(CORPORA), default="vgt")
    told = "folder that data_scripts/signon_splits.py made (default: %(default)s)"
    parser.add_argument("--tables", type=Path, default=DATA / "signon", metavar="DIR", help=told)
    parser.add_argument("--pictures", type=positive, metavar="SIDE", help="also pictures for VTN, of so many pixels")
    options = parser.parse_args(argv)
    corpus = CORPORA[options.language]
    about = say_yours(corpus.credit, corpus.access, corpus.terms)
    examples = read_cuts(options.tables, corpus)
    jobs, missing = find_jobs(examples, options.source)
    if not jobs:
        raise BadInput(f"{options.source} holds none of the {len(missing)} films, such as {next(iter(missing))}.")
    begin(options.out)
    work = partial(see_film, corpus=corpus, out=options.out / "films")
    outcomes = make_all(work, jobs, options.processes, attrgetter("film"), "film")
    left_out = [outcome for outcome in outcomes if outcome.error]
    left_out += [Outcome(Path(film), f"{film} is missing: {count} examples") for film, count in missing.items()]
    files = sorted(outcome.path for outcome in outcomes if not outcome.error)
    if not files:
        raise BadInput(f"None of the films can be used: {left_out[0].error}")
    made_by = f"python data_scripts/corpus_vgt.py --language {options.language}"
    path, empty = pack(files, examples, corpus, options.out, made_by)
    entries = [{"file": path.name}, {"file": path.with_suffix(".json").name}]
    if options.pictures:
        failed = {outcome.path for outcome in left_out}
        make_pictures([job for job in jobs if job.film not in failed], corpus, options)
        entries.append({"file": pack_pictures(files, examples, corpus, options.out, options.pictures).name})
    finish(options.out, entries, left_out, about)
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    print(f"{path} holds {facts['clips']:,} of {len(examples):,} clips, {facts['signers']} signers.")
    if missing:
        named = ", ".join(list(missing)[:3])
        print(f"{len(missing)} films are missing ({named} ...), with {sum(missing.values()):,} clips: {LEFT_OUT}.")
    if empty:
        print(f"{empty} clips lie behind the end of their film.")
    return 1 if left_out else 0


if __name__ == "__main__":
    raise SystemExit(main())
