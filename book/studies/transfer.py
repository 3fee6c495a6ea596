"""Between five real languages: one is left out and learned from a few examples; and one network with a head for each.

    python -m book.studies.transfer                   every run that is missing, then book/results/languages.json
    python -m book.studies.transfer --new FOLDER      the few-shot table of words that you have, and its controls

The first needs the folders that data_scripts/{asl,dgs,bisindo,isl,bhutanese}_words.py write. A finished run leaves a
file in the cache and is not repeated. In `book.studies.real_words`, `languages` says what is judged, and by what,
`few_shots` how it is learned, and `language_rows` how sure it is.

**The rules, written before the runs.** Languages are few and differ; seeds are many and cheap. So a difference between
two ways to train is first taken by language and seed, as a share of the same test clips in points. Its interval is the
wider of two: Student's t over the languages' means, and a bootstrap that draws languages and, in each, seeds.

- *Transfer*: at 5 examples a sign, "all" (R2's third stage) minus "scratch", ten seeds. It holds where the whole
  interval is above zero, does not hold where all of it is below, and else cannot be told.
- *Heads*: at 5 examples a sign, one network with a head for each language minus one network for each, twenty seeds: the
  same rule.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path

import torch

from book.studies import runner
from book.studies.real_transfer import kept
from book.studies.real_words import few_shots, languages
from book.studies.real_words.language_rows import COMMAND, SHIPPED
from book.studies.real_words.languages import Language, read_languages
from book.studies.real_words.new_language import new_language
from lib.ptn import PTN
from lib.ptn.training import SignSet
from lib.tools.commands import command, from_zero, positive
from lib.tools.openers import read_json
from lib.tools.paths import CACHE

JUDGED = 5  # examples a sign by which the verdicts are
SEEDS, HEADS_SEEDS, NEW_SEEDS = 10, 20, 5
AGAIN = "delete it and run again"


def left_out(
    all_of_them: Sequence[Language], name: str, shots: int, seed: int, cache: Path, steps: int = few_shots.STEPS
) -> dict:
    """A row: the others are learned, then ``name`` from ``shots`` examples of each sign, ``steps`` a stage."""
    target = next(one for one in all_of_them if one.name == name)
    source = _kept([one for one in all_of_them if one.name != name], seed, cache / f"without-{name}-{seed}.pt")
    found = few_shots.few_shot(source, target, shots, seed, steps)
    return {"language": name, "shots": shots, "seed": seed, "of": int(target.test.sum())} | found


def one_or_many(all_of_them: Sequence[Language], seed: int, cache: Path, steps: int = few_shots.STEPS) -> list[dict]:
    """Rows: each language read by a network of its own, and by the one that has learned all of them."""
    parts, starts = [few_shots.to_learn(one, JUDGED, seed) for one in all_of_them], few_shots.heads(all_of_them)
    joint, rows = few_shots.together(all_of_them, parts, 2 * steps, seed), []
    for one, part, start, end in zip(all_of_them, parts, starts, starts[1:]):
        judge, its = one.signs.take(one.test), few_shots.head(joint, start, end)
        row = {"language": one.name, "seed": seed, "of": len(judge)}
        done = cache / f"left-out-{one.name}-{JUDGED}-{seed}.json"
        own = _alone(one, part, judge, seed, done, steps)
        found = {"right": few_shots.right(its, judge), "learned": few_shots.right(its, part)}
        rows.append(row | {what: {"alone": own[what], "together": found[what]} for what in found})
    return rows


def _alone(one: Language, part: SignSet, judge: SignSet, seed: int, done: Path, steps: int) -> dict[str, int]:
    """What a network of the language's own reads: where it was left out, "scratch" has been just that training."""
    if done.is_file():
        row = read_json(done, AGAIN)
        return {what: row[what]["scratch"] for what in ("right", "learned")}
    model = few_shots.learned(few_shots.fresh(part.clips[0].shape[1], len(one.words), seed), part, 2 * steps, seed)
    return {"right": few_shots.right(model, judge), "learned": few_shots.right(model, part)}


def _kept(known: Sequence[Language], seed: int, path: Path) -> PTN:
    """The network that has learned these languages, made once."""
    parts = [few_shots.to_learn(one, few_shots.EACH, seed) for one in known]
    empty = partial(few_shots.fresh, parts[0].clips[0].shape[1], int(few_shots.heads(known)[-1]), seed)
    return kept(path, empty, partial(few_shots.together, known, parts, few_shots.KNOWN_STEPS, seed))


def run(options: argparse.Namespace) -> None:
    """What is missing; then everything that is finished in one small file."""
    torch.set_num_threads(1)
    found, cache, steps = read_languages(), options.cache, options.steps
    order = sorted(
        product(range(options.seeds or SEEDS), options.shots, found), key=lambda job: (job[1] != JUDGED, job[0])
    )
    jobs = {
        cache / f"left-out-{one.name}-{shots}-{seed}.json": partial(
            left_out, found, one.name, shots, seed, cache, steps
        )
        for seed, shots, one in order
        if shots <= one.pool
    }
    joint = {
        cache / f"heads-{seed}.json": partial(one_or_many, found, seed, cache, steps) for seed in range(options.heads)
    }
    judged = {path: job for path, job in jobs.items() if f"-{JUDGED}-" in path.name}
    if not options.gather:
        runner.run_missing(judged | joint | jobs)
    ship(found, cache, options.ship, steps)


def ship(found: Sequence[Language], cache: Path, out: Path, steps: int = few_shots.STEPS) -> None:
    """All finished runs, each with so many steps a stage, and what was left out of which language."""
    rows = [read_json(path, AGAIN) for path in sorted(cache.glob("left-out-*.json"))]
    joint = [row for path in sorted(cache.glob("heads-*.json")) for row in read_json(path, AGAIN)]
    facts = {
        **runner.made_by(COMMAND),
        "frames": languages.FRAMES,
        "steps": steps,
        "words": {one.name: len(one.words) for one in found},
        "left out": {one.name: list(one.left_out) for one in found},
    }
    names = list(languages.ARCHIVES)
    rows.sort(key=lambda row: (names.index(row["language"]), row["shots"], row["seed"]))
    joint.sort(key=lambda row: (names.index(row["language"]), row["seed"]))
    runner.write(out, facts, rows=rows, heads=joint)
    print(f"{out.name} holds {len(rows)} and {len(joint)} rows.")


@command
def main(argv: list[str] | None = None) -> None:
    parser = runner.command_line(__doc__, CACHE / "languages", SHIPPED)
    parser.add_argument("--new", type=Path, metavar="FOLDER", help="holds MP_Data/WORD/RECORDING/FRAME.npy")
    parser.add_argument("--seeds", type=positive, help=f"default: {SEEDS}; {NEW_SEEDS} with --new")
    parser.add_argument("--heads", type=from_zero, default=HEADS_SEEDS, help="seeds of one network with many heads")
    parser.add_argument("--steps", type=positive, default=few_shots.STEPS, help="a stage; others want another --cache")
    parser.add_argument("--shots", type=positive, nargs="+", default=few_shots.SHOTS)
    options = parser.parse_args(argv)
    if options.new:
        torch.set_num_threads(1)
        print(new_language(options.new, options.seeds or NEW_SEEDS, options.shots, options.steps))
    else:
        run(options)


if __name__ == "__main__":
    raise SystemExit(main())
