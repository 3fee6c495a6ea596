"""Which of five real languages helps which: a network that has learned one of them goes over to another.

    python -m book.studies.embeddings.pairs    every run that is missing, then book/results/pairs.json

It is `book.studies.transfer` with one language to learn from in the place of four, and as many steps there as four
have. What it is compared with depends on the new language and the seed alone, and is taken from that study's rows:
"scratch", and a frozen body with random weights.

**The rule, written before the runs.** At 5 examples a sign, a language helps another where the t interval over the
seeds lies above zero, and is in the way where it lies below. There are twenty pairs: by chance alone one of them is
found to do either. Of the whole the mean over pairs is told, by `over_languages` with the new languages as groups.
"""

import argparse
import copy
from collections.abc import Sequence
from functools import partial
from itertools import product

import torch

from book.studies import runner
from book.studies.embeddings.rows import PAIRS, PAIRS_COMMAND
from book.studies.real_transfer import draw
from book.studies.real_words import few_shots, language_rows
from book.studies.real_words.few_shots import STEPS, learned, right, to_learn, together, with_classifier
from book.studies.real_words.languages import Language, read_languages
from lib.ptn.training import STAGES
from lib.tools.commands import command, positive
from lib.tools.errors import BadInput
from lib.tools.paths import CACHE

SHOTS, SEEDS = 5, 10
AS_MANY = 4  # languages that `book.studies.transfer` learns from


def from_one(source: Language, others: Sequence[Language], seed: int, steps: int = STEPS) -> list[dict]:
    """A row for each of the ``others``: how many of its test clips a network reads that has learned ``source``."""
    number = AS_MANY * few_shots.KNOWN_STEPS
    body = together([source], [to_learn(source, few_shots.EACH, seed)], number, seed)
    rows = []
    for target in others:
        learn = target.signs.take(draw(target.signs.labels, ~target.test, SHOTS, seed))
        judge, signs = target.signs.take(target.test), len(target.words)
        frozen = with_classifier(body, learn, signs, seed)
        tuned = learned(copy.deepcopy(frozen), learn, steps, seed, parts=STAGES["all"])
        found = {"frozen": right(frozen, judge), "all": right(tuned, judge)}
        rows.append({"source": source.name, "language": target.name, "seed": seed, "of": len(judge), "right": found})
    return rows


def beside(rows: Sequence[dict], known: Sequence[dict]) -> list[dict]:
    """The rows with what a network from scratch, and a random body, read of the same clips. Raises BadInput."""
    there = {(row["language"], row["seed"]): row for row in language_rows.at(known, SHOTS)}
    found = []
    for row in rows:
        other = there.get((row["language"], row["seed"]))
        if other is None or other["of"] != row["of"]:
            raise BadInput(
                f"{language_rows.SHIPPED.name} has no row of the same clips, {row['language']}, seed {row['seed']}: "
                f"make it with {language_rows.COMMAND}"
            )
        found.append(row | {"right": {way: other["right"][way] for way in ("scratch", "random")} | row["right"]})
    return found


def run(options: argparse.Namespace) -> None:
    """What is missing; then everything that is finished in one small file."""
    torch.set_num_threads(1)
    languages = read_languages()
    jobs = {
        options.cache / f"pairs-{one.name}-{seed}.json": partial(
            from_one, one, [other for other in languages if other.name != one.name], seed
        )
        for seed, one in product(range(options.seeds), languages)
    }
    rows = [row for found in runner.finished(jobs, options).values() for row in found]
    facts = runner.made_by(PAIRS_COMMAND) | {"shots": SHOTS}
    runner.write(options.ship, facts, rows=beside(rows, language_rows.read()[1]))
    print(f"{options.ship.name} holds {len(rows)} rows.")


@command
def main(argv: Sequence[str] | None = None) -> None:
    parser = runner.command_line(__doc__, CACHE / "languages", PAIRS)
    parser.add_argument("--seeds", type=positive, default=SEEDS)
    run(parser.parse_args(argv))


if __name__ == "__main__":
    raise SystemExit(main())
