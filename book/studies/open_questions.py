"""Chapter 13's trainings: signs read from smoothed keypoints, and two languages learned at once.

    python -m book.studies.open_questions              every training that is missing, then book/results/open.json
    python -m book.studies.open_questions --only raw --seeds 0     some of them

As in `book.studies.signs`, seed k trains with seed k and is tested on fold k of the signers, and a finished training
leaves a file in the cache and is not repeated. Every training makes the same number of steps at most, however many
clips it has: otherwise the network of two languages would have more of them. Filters get their parameters from shipped
training films of which every second frame is taken: 12.5 frames a second, near the corpora's 10. No network and no test
clip has a say in them.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from book.shared.filter_scores import FUNCTIONS, choose, filters, sweep
from book.shared.smoothing import Filter, smooth
from book.studies.rows.sign_rows import OPEN
from book.studies.signs import FEW, Sets, classes, few_of_each, run_all, sets, study_parser, tested
from lib.keypoints import Keypoints
from lib.ptn import PTN
from lib.ptn.corpora import Inputs, load_corpus
from lib.ptn.training import Recipe, SignSet, train
from lib.signer.clips import Clip, clips, in_target_pixels
from lib.tools.commands import command
from lib.tools.files import write_json
from lib.tools.openers import read_json


# One network for two sign languages: a body that both share, and a classifier for each.
#
# R2 carries a network over from one language to the other (`lib.ptn.training.transfer`); here it learns both at once. A
# batch holds clips of both languages. Each clip says in its last column which language it is in; the body does not see
# that column, and the signs of the other language get a score of minus infinity, so that the softmax runs over the
# clip's own language. Rows of one linear layer whose scores never meet are two classifiers.
#
#     both = together(source, target)                    # sets of clips (T, F) become one, of clips (T, F + 1)
#     model = Bilingual(134, (60, 40)); train(model, both, ...); predict(model, marked(target_test, 1, 60).clips)
class Bilingual(PTN):
    """PTN for clips (N, T, in_features + 1) of two languages with ``signs`` signs each; scores (N, sum of signs)."""

    def __init__(self, in_features: int, signs: tuple[int, int], **options):
        super().__init__(in_features, sum(signs), **options)
        language = torch.tensor([0.0] * signs[0] + [1.0] * signs[1])
        self.register_buffer("language", language, persistent=False)

    @property
    def in_features(self) -> int:
        """Those of PTN, and the language."""
        return super().in_features + 1

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """The last column of ``x`` is the clip's language, 0 or 1; ``mask`` as in `PTN`."""
        scores = super().forward(x[..., :-1], mask)
        return scores.masked_fill(self.language != x[:, 0, -1:], float("-inf"))


def marked(clips: SignSet, language: int, first: int) -> SignSet:
    """The clips with their language in a last column, and the signs numbered from ``first``."""
    columns = [np.full((len(clip), 1), language, np.float32) for clip in clips.clips]
    both = [np.concatenate(pair, axis=1) for pair in zip(clips.clips, columns)]
    return replace(clips, clips=both, labels=np.asarray(clips.labels) + first)


def together(source: SignSet, target: SignSet, first: int) -> SignSet:
    """Clips of two languages as one set: the target's signs are numbered from ``first``, the number of the source's."""
    sets = (marked(source, 0, 0), marked(target, 1, first))
    return SignSet([clip for part in sets for clip in part.clips], np.concatenate([part.labels for part in sets]))


# At chapter 10's 3e-4 so few steps would not do; 1e-3 was taken after a look at one validation signer's accuracy.
RECIPE, STEPS = Recipe(batch=32, learning_rate=1e-3, bfloat16=True), 400
RUNS = ("raw", *FUNCTIONS, "source", "few", "both")  # "both" gives two rows: one for each language


def run(name: str, seed: int, chosen: Mapping[str, dict]) -> dict[str, dict]:
    """The training of one name and seed: for each row that it gives, which test clips were recognised."""
    started = time.perf_counter()
    torch.manual_seed(seed)
    if name == "both":
        rows = {f"both: {language}": score for language, score in _both(seed).items()}
    else:
        data = _sets("source" if name == "source" else "target", seed, filters(chosen).get(name))
        rows = {name: _alone(_few(data, seed) if name == "few" else data, seed)}
    seconds = round(time.perf_counter() - started, 1)
    return {row: score | {"seed": seed, "seconds": seconds} for row, score in rows.items()}


def _alone(data: Sets, seed: int) -> dict:
    """One language, one network."""
    model = PTN(data[0].clips[0].shape[1], classes(data))
    train(model, *data[:2], recipe(len(data[0]), seed))
    return tested(model, data[2])


def recipe(clips: int, seed: int) -> Recipe:
    """`STEPS` as epochs of so many clips; a fifth of them without gain cuts the learning rate, a third ends it."""
    epochs = round(STEPS / math.ceil(clips / RECIPE.batch))
    return replace(RECIPE, seed=seed, epochs=epochs, plateau=epochs // 5, patience=epochs // 3)


def _both(seed: int) -> dict[str, dict]:
    """All of the source and a little of the target in one network; validation, too, is over both."""
    source, target = _sets("source", seed), _few(_sets("target", seed), seed)
    signs = classes(source), classes(target)
    learn, judge = (together(source[part], target[part], signs[0]) for part in (0, 1))
    model = Bilingual(source[0].clips[0].shape[1], signs)
    train(model, learn, judge, recipe(len(learn), seed))
    tests = {"source": marked(source[2], 0, 0), "target": marked(target[2], 1, signs[0])}
    return {language: tested(model, test) for language, test in tests.items()}


def _few(data: Sets, seed: int) -> Sets:
    return few_of_each(data[0], FEW, seed), *data[1:]


def _sets(language: str, seed: int, method: Filter | None = None) -> Sets:
    """Smoothed first, then repaired and normalised as ever."""
    smoothed = (lambda keypoints: smooth(keypoints, method)) if method else (lambda keypoints: keypoints)
    return sets(load_corpus(language), lambda keypoints: Inputs()(smoothed(keypoints)), seed)


@cache
def parameters(place: Path) -> dict[str, dict]:
    """The filters' parameters, chosen on the shipped training films; kept in a file at ``place``."""
    from book.shared.stages import look

    if not place.exists():
        films = clips("d1_train")
        found = look(films, {"input": Clip.input})["input"]
        found = [_thinned(in_target_pixels(clip, film)) for clip, film in zip(found, films)]
        chosen = choose(sweep(found, [_thinned(film.truth()) for film in films]))
        write_json(place, chosen, indent=None)
    return read_json(place, "delete it, and it is made again")


def _thinned(clip: Keypoints) -> Keypoints:
    """Every second frame."""
    return replace(clip, xyz=clip.xyz[::2], confidence=clip.confidence[::2], fps=clip.fps / 2)


@command
def main(argv: list[str] | None = None) -> None:
    options = study_parser(__doc__, RUNS, "open", OPEN).parse_args(argv)
    torch.set_num_threads(1)
    chosen = parameters(options.cache / "filters.json")
    told = {key: getattr(RECIPE, key) for key in ("learning_rate", "batch", "l1")} | {"steps": STEPS}
    facts = {"recipe": told, "few": FEW, "filters": chosen}
    run_all(options, lambda name, seed: run(name, seed, chosen), facts)


if __name__ == "__main__":
    raise SystemExit(main())
