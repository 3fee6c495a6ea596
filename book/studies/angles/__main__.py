"""Letters of strangers' hands by twenty joint angles, beside R3's polar form and coordinates.

    python data_scripts/lis_fingerspelling.py --out data/lis
    python -m book.studies.angles              every run that is missing, then book/results/letters.json

The splits are those of `book.studies.letters`: at random, whole signers left out (``--folds`` groups), and the signer
who was kept apart. A photo in which no hand is found counts as read wrongly. Numbers alone leave this program.

**The rules, written before the runs.** By signer and seed a difference is taken in points of the same photos. Its
interval is that of `book.studies.real_words.language_rows.over_languages`, with signers for languages: the wider of
Student's t over the signers' means and a bootstrap of signers and, in each, seeds. Five seeds, signers left out:

- *Angles*: R3's classifier sees the twenty angles in space beside its polar form, or the polar form alone.
  The first reads more where the whole interval is above zero.
- *Five examples*: the nearest mean of five photos a letter, all of other signers, by angles in space or by x and y from
  the wrist in palms: the same rule.
- *Rendered hands*: angles and polar form, with the joints of synthetic hands among what is learned, or without: the
  same rule.
- *The goal*: 95 % of the photos of signers left out, by angles and polar form. Met where the whole interval is at 95 or
  above.
"""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch

from book.studies import runner
from book.studies.angles import readers, views
from book.studies.angles.readers import Examples
from book.studies.angles.rendered import FIRST, SIGNERS, rendered
from book.studies.angles.rows import COMMAND, FEW, LOGISTIC, NETWORK, ONLY, OWN, SHIPPED, WITH
from book.studies.angles.views import BOTH, PLACED, PLAIN, POLAR, SPACE, VIEWS, seen
from book.studies.letters import SPLITS, splits_of
from lib.joins2sign.photos import Photos, Split
from lib.tools.commands import command, positive
from lib.tools.openers import read_npz
from lib.tools.paths import CACHE, DATA

SEEDS = 5
SEEN_BY_NETWORKS = (POLAR, PLAIN, SPACE, BOTH)
RULED = (POLAR, BOTH, SPACE, PLACED)  # what the rules ask for is read first
HANDS = "rendered.npz"


def by_network(
    hands: np.ndarray, photos: Photos, view: str, splits: Sequence[Split], seed: int, more: Examples | None = None
) -> dict:
    """R3's classifier on a view, with ``more`` examples or without: photos and rights by signer."""
    found, counted = Examples(seen(view, hands), photos.labels), {}
    for learn, judge, test in splits:
        rows = np.concatenate([learn, judge])
        model = readers.network(found[rows[photos.found[rows]]], seed, more)
        counted |= counts(photos, test, readers.named(model, found.vectors[test]))
    return counted


def by_regression(hands: np.ndarray, photos: Photos, view: str, splits: Sequence[Split]) -> dict:
    """The same by logistic regression."""
    found, counted = Examples(seen(view, hands), photos.labels), {}
    for learn, judge, test in splits:
        rows, there = np.concatenate([learn, judge]), photos.found[test]
        read = np.full(len(test), -1)
        read[there] = readers.logistic(found[rows[photos.found[rows]]], found.vectors[test[there]])
        counted |= counts(photos, test, read)
    return counted


def by_five(hands: np.ndarray, photos: Photos, view: str, seed: int, own: bool) -> dict:
    """Each signer by five examples a letter, of others or, ``own``, of the signer; these are not tested."""
    found, counted = Examples(seen(view, hands), photos.labels), {}
    for signer in np.unique(photos.signers[~photos.unseen]):
        theirs = photos.signers == signer
        others = np.flatnonzero(photos.found & ~theirs & ~photos.unseen)
        of = np.flatnonzero(photos.found & theirs) if own else others
        shown = readers.five_of_each(photos.labels, of, seed)
        test = np.setdiff1d(np.flatnonzero(theirs), shown)
        counted |= counts(photos, test, readers.nearest(found[shown], found.vectors[test], found.vectors[others]))
    return counted


def counts(photos: Photos, test: np.ndarray, read: np.ndarray) -> dict[str, list[int]]:
    """By signer how many photos of the ``test`` are read rightly, show a hand, and are there."""
    right, there = (read == photos.labels[test]) & photos.found[test], photos.found[test]
    of = {signer: photos.signers[test] == signer for signer in np.unique(photos.signers[test])}
    return {str(signer): [int(part[rows].sum()) for part in (right, there, rows)] for signer, rows in of.items()}


def jobs(hands: np.ndarray, photos: Photos, folds: int, seeds: int, more: Examples | None) -> dict:
    """By reader, view, split and seed the runs that there are; those that the rules ask for come first."""
    splits = {(split, seed): splits_of(split, photos, seed, folds) for split in SPLITS for seed in range(seeds)}
    work = {}
    for split, view, seed in product(("signers", "unseen", "random"), SEEN_BY_NETWORKS[::-1], range(seeds)):
        work[NETWORK, view, split, seed] = partial(by_network, hands, photos, view, splits[split, seed], seed)
    for reader, view, seed in product((FEW, OWN), VIEWS, range(seeds)):
        work[reader, view, "signers", seed] = partial(by_five, hands, photos, view, seed, reader == OWN)
    for view, split in product(VIEWS, ("signers", "unseen")):
        work[LOGISTIC, view, split, 0] = partial(by_regression, hands, photos, view, splits[split, 0])
    for seed in range(seeds) if more else ():
        work[WITH, BOTH, "signers", seed] = partial(
            by_network, hands, photos, BOTH, splits["signers", seed], seed, more
        )
        work[ONLY, BOTH, "signers", seed] = partial(by_rendered_alone, hands, photos, seed, more)
    first = [WITH, ONLY, FEW, OWN, NETWORK, LOGISTIC]
    return dict(
        sorted(work.items(), key=lambda job: (job[0][2] != "signers", job[0][1] not in RULED, first.index(job[0][0])))
    )


def by_rendered_alone(hands: np.ndarray, photos: Photos, seed: int, more: Examples) -> dict:
    """R3's classifier that has learned from rendered hands alone, as many as there are photos, on every photo but the
    kept signer's."""
    test = np.flatnonzero(~photos.unseen)
    drawn = np.random.default_rng(seed).permutation(len(more.labels))[: len(test)]
    return counts(photos, test, readers.named(readers.network(more[drawn], seed), seen(BOTH, hands[test])))


def spelled(cache: Path, signers: int) -> Examples:
    """The rendered hands, made once."""
    path = cache / f"{signers}-{HANDS}"
    if not path.is_file():
        joints, letters = rendered(range(FIRST, FIRST + signers))
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, joints=joints.astype(np.float32), letters=letters)
    kept = read_npz(path, ("joints", "letters"), "delete it and run again")
    return Examples(seen(BOTH, kept["joints"]), kept["letters"])


def run(options: argparse.Namespace) -> None:
    """What is missing; then everything that is finished in one small file."""
    torch.set_num_threads(1)
    photos, hands = views.read(options.data, options.every)
    more = spelled(options.cache, options.signers) if options.signers else None
    cache = options.cache / f"{options.every}-{options.folds}"
    work = jobs(hands, photos, options.folds, options.seeds, more)
    places = {name: cache / f"{'-'.join(map(str, name)).replace(' ', '_')}.json" for name in work}
    found = runner.finished({places[name]: job for name, job in work.items()}, options)
    ship(photos, {name: found[place] for name, place in places.items() if place in found}, options)


def ship(photos: Photos, found: Mapping[tuple, dict], options: argparse.Namespace) -> None:
    """All finished runs: of each, by signer, photos read rightly, with a hand, and in all."""
    rows = [
        {"reader": reader, "sees": view, "split": split, "seed": seed, "by_signer": counted}
        for (reader, view, split, seed), counted in found.items()
    ]
    facts = runner.made_by(COMMAND) | {
        "every": options.every,
        "folds": options.folds,
        "photos": len(photos),
        "hands found": int(photos.found.sum()),
        "signers of rendered hands": options.signers,
        "rendered hands": "joints of synthetic hands, 110 a signer, no pictures",
    }
    runner.write(options.ship, facts, rows=rows)
    print(f"{options.ship.name} holds {len(rows)} rows.")


@command
def main(argv: Sequence[str] | None = None) -> None:
    parser = runner.command_line(__doc__, CACHE / "angles", SHIPPED)
    add = parser.add_argument
    add("--data", type=Path, default=DATA / "lis", help="what data_scripts/lis_fingerspelling.py wrote")
    add("--every", type=positive, default=1, help="take each so manieth photo only")
    add("--folds", type=positive, default=5, help="groups of signers (default: %(default)s)")
    add("--seeds", type=positive, default=SEEDS)
    add("--signers", type=int, default=SIGNERS, help="of rendered hands; 0: none (default: %(default)s)")
    run(parser.parse_args(argv))


if __name__ == "__main__":
    raise SystemExit(main())
