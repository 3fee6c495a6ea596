"""Whether PTN notices how gaps were filled: the one that ships, which has learned from lines, and five trainings."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from book.shared.gaps import HANDS
from book.studies import runner, signs
from book.studies.long_gaps import judging
from book.studies.long_gaps.network import Filler, filled, four_times
from book.studies.real_words import known_signs
from book.studies.real_words.few_shots import head
from book.studies.real_words.languages import at_moments
from book.studies.rows import sign_rows
from lib.evaluation.intervals import Interval, wider
from lib.keypoints import Keypoints
from lib.ptn import PTN
from lib.ptn.corpora import Inputs, load_corpus
from lib.ptn.splits import signer_independent_split
from lib.ptn.training import SignSet, predict, train
from lib.tools.openers import read_json

SYNTHETIC = ("source", "target")
LINES = "ptn"  # the row of `book.studies.signs` whose gaps lie on lines


def inputs(clip: Keypoints, model: Filler, way: Callable[..., np.ndarray]) -> np.ndarray:
    """What PTN sees of a clip, with the gaps of its hands filled by a network."""
    xyz = clip.xyz.copy()
    for part in HANDS:
        if clip.present(part).any():
            xyz[:, clip.layout.parts[part]] = way(model, clip, part)
    return Inputs()(replace(clip, xyz=xyz))


def by_shipped(model: Filler, name: str) -> list[dict]:
    """Rows of a synthetic language's test clips: which the PTN that ships reads rightly, by how gaps were filled."""
    facts = read_json(known_signs.SHIPPED.with_suffix(".json"), known_signs.AGAIN)
    corpus, starts, place = load_corpus(name), np.cumsum([0, *facts["signs"].values()]), SYNTHETIC.index(name)
    network = head(known_signs.read(), *starts[place : place + 2])
    ways = {
        judging.LINE: Inputs(),
        judging.LEARNED: partial(inputs, model=model, way=filled),
        judging.FOUR: partial(inputs, model=model, way=four_times),
    }
    rows, found = corpus.split[2], []
    for way, see in ways.items():
        clips = [at_moments(see(corpus.keypoints(row))) for row in rows]
        right = predict(network, clips).argmax(axis=1) == corpus.labels[rows]
        found.append({"language": name, "method": way, "right": runner.digits(right)})
    return found


def filled_source(model: Filler) -> SignSet:
    """Every clip of the source language with its gaps filled four times."""
    corpus = load_corpus("source")
    return SignSet(corpus.each(partial(inputs, model=model, way=four_times)), corpus.labels)


def by_trained(everything: SignSet, seed: int, folder: Path) -> dict:
    """A training as `book.studies.signs` makes it with this seed, on such clips; ``folder`` keeps unfinished ones."""
    corpus = load_corpus("source")
    parts = signer_independent_split(corpus.labels, corpus.signers, seed) if seed else corpus.split
    learn, judge, test = (everything.take(rows) for rows in parts)
    torch.manual_seed(seed)
    ptn = PTN(learn.clips[0].shape[-1], signs.classes((learn, judge, test)))
    train(ptn, learn, judge, replace(signs.RECIPE, seed=seed), folder)
    shutil.rmtree(folder)
    return {"method": judging.FOUR, "seed": seed} | signs.tested(ptn, test)


def noticed(rows: Sequence[Mapping]) -> Interval:
    """How many points more the trainings read than those on lines: over seeds or test clips, whichever is wider."""
    both = {judging.FOUR: [dict(row) for row in rows], LINES: sign_rows.read().rows[LINES]}
    results = sign_rows.SignResults({}, both)
    return wider(results.gain(judging.FOUR, LINES), results.gain_by_clip(judging.FOUR, LINES))
