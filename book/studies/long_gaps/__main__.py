"""Chapter 13's long gaps: a network that fills them, from what it learns to how it is judged.

    python -m book.studies.long_gaps            everything that is missing, then book/results/long_gaps.json
    python -m book.studies.long_gaps --gather   train nothing, ship what is finished

`signing` makes what is learned from, `network` is what learns, `learning` how, and `judging` has the rule by which it
is judged, which was written before the run. A base learns from made-up signing alone: it judges on film and may ship.
(One that went on with ASL and DGS words was tried on the films to learn from, where it was no better.) What is hidden
in real recordings had been found, errors and all: a network that makes hands truer is further from it (on the words it
was, by far, even after it had gone on to learn from them). So for each of five real languages another starts at the
line and learns from the found hands of the other four. Finished parts lie in the cache and are not made again. It needs
the folders that data_scripts/{asl,dgs,bisindo,isl,bhutanese}_words.py write.
"""

import argparse
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch

from book.shared.stages import look
from book.studies import runner
from book.studies.long_gaps import judging, network as weights, reading
from book.studies.long_gaps.learning import Windows, hidden, learn, seen
from book.studies.long_gaps.network import Filler, fill_of, four_times
from book.studies.long_gaps.retrieval import Library
from book.studies.long_gaps.signing import Eye, signing
from book.studies.real_words.languages import ARCHIVES
from data_scripts.shared.word_folders import read_folder
from lib.keypoints import Keypoints
from lib.ptn.training import SignSet
from lib.signer.clips import Clip, clips, in_target_pixels
from lib.tools.checkpoints import read_tensors, write_tensors
from lib.tools.commands import command
from lib.tools.openers import read_json
from lib.tools.paths import CACHE, DATA
from lib.training import parameter_count

SIGNERS, JUDGES, SENTENCES = range(600, 630), range(640, 645), 20  # synthetic signers whom no film shows
STEPS, MORE = 2400, 400  # on made-up signing, and on the words of four languages
EACH, SCORED = 40, 40  # recordings of a language to learn from, and to judge by
TIMES = 2  # how often each sentence and recording is seen, with other gaps
FILMS = ("d1_test", "td2")
TRAININGS = 5  # of PTN
SEED, BASE, AGAIN = 0, "base", "delete it and run again"


class Study:
    """What is learned and judged, each part made when it is first asked for."""

    def __init__(self, cache: Path):
        self.cache = cache

    @cached_property
    def eye(self) -> Eye:
        """How MediaPipe errs and loses hands on the films to learn from."""
        return Eye(*films("d1_train"))

    @cached_property
    def made(self) -> Windows:
        """Windows of made-up signing."""
        return self._windows("made", SIGNERS, SENTENCES, TIMES)

    @cached_property
    def judge(self) -> Windows:
        """The same of other signers, by whom the weights are chosen."""
        return self._windows("judge", JUDGES, SENTENCES // 2, 1)

    def _windows(self, name: str, signers: Sequence[int], sentences: int, times: int) -> Windows:
        place = self.cache / f"{name}.pt"
        if not place.is_file():
            pairs = seen(signing(signers, sentences, SEED), self.eye, times, SEED)
            write_tensors(place, vars(Windows.of(pairs, np.random.default_rng(SEED))))
        return Windows(**read_tensors(place))

    @cached_property
    def source(self) -> SignSet:
        """The synthetic source language, its gaps filled."""
        return reading.filled_source(self.network(BASE))

    def ptn(self, seed: int) -> dict:
        """A row of a PTN that has learned from it."""
        return reading.by_trained(self.source, seed, self.cache / f"unfinished-{seed}")

    @cached_property
    def words(self) -> dict[str, list[Keypoints]]:
        """The recordings of each real language."""
        return {name: read_folder(DATA / folder).clips for name, folder in ARCHIVES.items()}

    def network(self, name: str) -> Filler:
        """The base, or the one "without" a language, made once."""
        place, model = self.cache / f"{name}.weights", Filler()
        if place.is_file():
            model.load_state_dict(read_tensors(place))
            return model
        torch.manual_seed(SEED)
        if name == BASE:
            learn(model, self.made, self.judge, STEPS, SEED)
        else:
            model = self._from_words([one for one in ARCHIVES if one != name.removeprefix("without ")])
        write_tensors(place, model.state_dict())
        return model

    def _from_words(self, known: Sequence[str]) -> Filler:
        """One that starts at the line and learns from recordings of these languages, of which every fifth judges."""
        learned, judges = [], []
        for number, name in enumerate(known):
            few, rng = thinned(self.words[name], EACH), np.random.default_rng([SEED, number])
            rest = [clip for row, clip in enumerate(few) if row % 5]
            learned.append(Windows.of(hidden(rest, self.eye.losses, TIMES, SEED), rng))
            judges.append(Windows.of(hidden(few[::5], self.eye.losses, TIMES, SEED), rng))
        return learn(Filler(), Windows.together(learned), Windows.together(judges), MORE, SEED)


def films(name: str) -> tuple[list[Keypoints], list[Keypoints]]:
    """What MediaPipe finds in a set's degraded films, and the truth."""
    shown = clips(name)
    found = look(shown, {"input": Clip.input})["input"]
    return [in_target_pixels(*pair) for pair in zip(found, shown)], [film.truth() for film in shown]


def thinned(some: Sequence[Keypoints], most: int) -> list[Keypoints]:
    """At most so many, evenly from the first to the last."""
    return [some[i] for i in np.unique(np.linspace(0, len(some) - 1, most).round().astype(int))]


def on_film(study: Study, name: str) -> list[dict]:
    """Rows of a set's lost hands."""
    model, library = study.network(BASE), Library(study.made)

    def fills(clip: Keypoints, part: str) -> Mapping:
        learned = {judging.LEARNED: fill_of(model, clip, part), judging.FOUR: fill_of(model, clip, part, four_times)}
        return judging.line(clip, part) | learned | {judging.LOOKED_UP: library.fill_of(clip, part)}

    pairs = enumerate(zip(*films(name)))
    return [{"set": name, "clip": f"{name}-{number:03d}"} | row
            for number, (found, truth) in pairs for row in judging.lost(found, truth, fills)]  # fmt: skip


def on_words(study: Study, name: str) -> list[dict]:
    """Rows of a language's hidden hands, by the network that has not seen it, and by the base, which has seen none."""
    model, base = study.network(f"without {name}"), study.network(BASE)

    def fills(clip: Keypoints, part: str) -> Mapping:
        learned = {judging.LEARNED: fill_of(model, clip, part), judging.MADE_UP: fill_of(base, clip, part)}
        return judging.line(clip, part) | learned

    judges = enumerate(thinned(study.words[name], SCORED))
    return [{"set": name, "clip": f"{name}-{number:03d}"} | row
            for number, clip in judges for row in judging.hidden(clip, fills)]  # fmt: skip


def on_signs(study: Study, name: str) -> list[dict]:
    """Rows of a synthetic language's test clips."""
    return reading.by_shipped(study.network(BASE), name)


def run(options: argparse.Namespace) -> None:
    """What is missing; then everything that is finished in one small file."""
    torch.set_num_threads(1)
    study, cache = Study(options.cache), options.cache
    jobs = {cache / f"film-{name}.json": partial(on_film, study, name) for name in FILMS}
    jobs |= {cache / f"words-{name}.json": partial(on_words, study, name) for name in options.languages}
    jobs |= {cache / f"signs-{name}.json": partial(on_signs, study, name) for name in reading.SYNTHETIC}
    jobs |= {cache / f"ptn-{seed}.json": partial(study.ptn, seed) for seed in range(TRAININGS)}
    if not options.gather:
        runner.run_missing(jobs)
    kept = sorted(cache.glob("film-*.json")) + sorted(cache.glob("words-*.json"))
    rows = [row for path in kept for row in read_json(path, AGAIN)]
    of_signs = [row for path in sorted(cache.glob("signs-*.json")) for row in read_json(path, AGAIN)]
    trained = [read_json(path, AGAIN) for path in sorted(cache.glob("ptn-*.json"))]
    facts = {
        "about": "Long gaps of hands filled by a network; what ships has learned made-up signing alone",
        **runner.made_by(weights.COMMAND),
        "parameters": parameter_count(Filler()),
        "sentences": len(SIGNERS) * SENTENCES,
        "steps": [STEPS, MORE],
        "recordings": {"learned from": EACH, "judged": SCORED},
    }
    runner.write(options.ship, facts, rows=rows, signs=of_signs, trained=trained)
    if judging.gain(rows, FILMS, judging.LEARNED).high < 0:  # what does not beat the line does not ship
        weights.write(study.network(BASE))
    print(f"{options.ship.name} holds {len(rows)}, {len(of_signs)} and {len(trained)} rows.")


@command
def main(argv: list[str] | None = None) -> None:
    parser = runner.command_line(__doc__, CACHE / "long_gaps", judging.SHIPPED)
    parser.add_argument("--languages", nargs="*", choices=list(ARCHIVES), default=list(ARCHIVES))
    run(parser.parse_args(argv))


if __name__ == "__main__":
    raise SystemExit(main())
