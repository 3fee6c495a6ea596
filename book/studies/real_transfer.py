"""Real transfer: a network learns ASL words, then DGS words from a few examples each; and one that knows no ASL.

    python -m book.studies.real_transfer --ship book/results/transfer.json

How it was set up, and the one thing that a look at the test part prompted:

- The test part is the last 10 recordings of each DGS word, always. Of the first 20, ``shots`` are drawn by seed. Every
  second frame is used: 15 a recording, beside the 20 of an ASL recording.
- There are too few examples to keep some back for early stopping, so every stage makes a fixed number of steps. A
  first try with 30 steps at 3e-4 gave 10 % for the frozen stage in one test row (seed 0, one example a word): less than
  chance, so something had not converged. Indeed the classifier could not name its own *training* examples; by those,
  and not by the test part, 40 steps at 1e-3 were then chosen.
- "logistic" is a yardstick without a transformer: logistic regression on ten moments of the clip.
- "posture" is a control: logistic regression on the mean places of face, shoulders and hips. A raised arm may lift a
  shoulder, but most of what they tell is how the signer sat while one word's recordings were made.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch

from book.studies import runner
from data_scripts.shared.word_archive import Words, read_words
from lib.evaluation.intervals import Interval, over_seeds, paired_bootstrap
from lib.keypoints import HOLISTIC_67
from lib.ptn import PTN
from lib.ptn.corpora import Inputs
from lib.ptn.training import Recipe, SignSet, predict, train, transfer
from lib.tools.checkpoints import read_tensors, write_tensors
from lib.tools.commands import arguments, command, positive
from lib.tools.errors import BadInput
from lib.tools.paths import CACHE, DATA

SHIPPED = runner.RESULTS / "transfer.json"
COMMAND = "python -m book.studies.real_transfer --ship book/results/transfer.json"
SHOTS = (1, 2, 5, 10, 20)
SEEDS = 5
TEST, SOURCE_TEST = 10, 15  # recordings of a word kept back: in DGS, and in ASL for early stopping and for judging
MOMENTS = 10
POSTURE = [*range(HOLISTIC_67.index("mouth_right") + 1), *HOLISTIC_67.shoulders, *HOLISTIC_67.hips]  # signs nothing
SETTINGS = Recipe(batch=32, epochs=12)
FEW, STEPS = Recipe(batch=32, learning_rate=1e-3), 40  # steps of each stage, of 32 examples at most


def sign_set(words: Words, every: int = 1) -> SignSet:
    """All recordings, ready for training; of each the first frame and ``every`` so many after it."""
    return SignSet([Inputs()(clip, HOLISTIC_67)[::every] for clip in words.clips], words.labels)


def kept_back(words: Words, number: int) -> np.ndarray:
    """Which recordings are for the test, bool (N,): the last ``number`` of each word, as they were filmed.

    The recordings of a word follow one another without a pause, so neighbours are all but one film. Drawn at random,
    test recordings would have their twins in training; the last ones have not, but for the first of them.
    """
    mask = np.zeros(len(words), bool)
    for label in range(len(words.names)):
        rows = np.flatnonzero(words.labels == label)
        if len(rows) <= number:
            raise BadInput(f"{words.names[label]} has {len(rows)} recordings, too few to keep {number} for the test")
        mask[rows[np.argsort(words.numbers[rows])[-number:]]] = True
    return mask


def pretrain(source: SignSet, held: np.ndarray, seed: int, settings: Recipe = SETTINGS) -> PTN:
    """PTN on the source language; the recordings ``held`` (N,) back stop it early."""
    model = fresh(source, seed)
    train(model, source.take(~held), source.take(held), replace(settings, seed=seed))
    return model


def fresh(signs: SignSet, seed: int) -> PTN:
    """PTN before any training, for the features and the signs of these clips."""
    torch.manual_seed(seed)
    return PTN(signs.clips[0].shape[1], int(signs.labels.max()) + 1)


def named(model: PTN, signs: SignSet) -> np.ndarray:
    """Which clips the network names rightly, bool (N,)."""
    return predict(model, signs.clips).argmax(axis=1) == signs.labels


def draw(labels: np.ndarray, pool: np.ndarray, shots: int, seed: int) -> np.ndarray:
    """Indices of ``shots`` examples of each sign out of ``pool`` (N,) bool; fewer shots are a part of more."""
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [rng.permutation(np.flatnonzero(pool & (labels == sign)))[:shots] for sign in np.unique(labels)]
    )


def few_shot(
    source: PTN, target: SignSet, chosen: np.ndarray, test: np.ndarray, seed: int, settings: Recipe
) -> dict[str, np.ndarray]:
    """Which clips of ``test`` (N,) bool are named rightly after learning from the ``chosen``, in each way to train.

    ``settings.epochs`` are those of one stage; each way but "frozen" goes through two.
    """
    learn, judge, signs = target.take(chosen), target.take(test), int(target.labels.max()) + 1
    watched = learn.take(np.unique(learn.labels, return_index=True)[1])  # there is nothing to stop early by
    recipe = replace(settings, seed=seed, patience=2 * settings.epochs, plateau=None)
    networks = dict(transfer(source, signs, learn, watched, recipe))
    networks["scratch"] = fresh(target, seed)
    train(networks["scratch"], learn, watched, replace(recipe, epochs=2 * settings.epochs))
    found = {name: named(net, judge) for name, net in networks.items()}
    return found | {"logistic": logistic(moments(target), target.labels, chosen, test)}


def logistic(vectors: np.ndarray, labels: np.ndarray, learn: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Which ``test`` clips logistic regression names rightly, by vectors (N, F), fitted on ``learn``."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return model.fit(vectors[learn], labels[learn]).predict(vectors[test]) == labels[test]


def moments(signs: SignSet) -> np.ndarray:
    """Each clip at ten moments evenly apart, flat: (N, 10 F)."""
    return np.stack([clip[np.linspace(0, len(clip) - 1, MOMENTS).round().astype(int)].ravel() for clip in signs.clips])


def posture(signs: SignSet) -> np.ndarray:
    """The mean places of face, shoulders and hips, (N, 30)."""
    points = np.stack([clip.reshape(len(clip), len(HOLISTIC_67), 2).mean(axis=0) for clip in signs.clips])
    return points[:, POSTURE].reshape(len(points), -1)


def run(asl: Path, dgs: Path, seeds: int = SEEDS, cache: Path = CACHE / "transfer") -> list[dict]:
    """All rows. Finished settings and the source language's networks are kept in ``cache`` and not made again."""
    source, target = read_words(asl), read_words(dgs)
    held, test = kept_back(source, SOURCE_TEST), kept_back(target, TEST)
    source, target = sign_set(source), sign_set(target, every=2)

    def setting(seed: int, shots: int) -> list[dict]:
        own = partial(fresh, source, seed), partial(pretrain, source, held, seed)
        model = kept(cache / f"source-{seed}.pt", *own)
        chosen = draw(target.labels, ~test, shots, seed)
        few = replace(FEW, epochs=math.ceil(STEPS / math.ceil(len(chosen) / FEW.batch)))
        found = few_shot(model, target, chosen, test, seed, few) | {"source": named(model, source.take(held))}
        found["posture"] = logistic(posture(target), target.labels, chosen, test)
        right = {way: runner.digits(each) for way, each in found.items()}
        return [{"seed": seed, "shots": shots, "way": way, "right": each} for way, each in right.items()]

    settings = product(SHOTS, range(seeds))
    jobs = {cache / f"shots-{shots}-seed-{seed}.json": partial(setting, seed, shots) for shots, seed in settings}
    return [row for rows in runner.run_missing(jobs) for row in rows]


def kept(path: Path, empty: Callable[[], PTN], make: Callable[[], PTN]) -> PTN:
    """What ``make`` trains, once: its weights stay at ``path``, and a network as ``empty`` gives it takes them up."""
    if path.is_file():
        model = empty()
        model.load_state_dict(read_tensors(path))
        return model
    model = make()
    write_tensors(path, model.state_dict())
    return model


def read(path: str | Path = SHIPPED) -> list[dict]:
    """Rows with ``seed``, ``shots``, ``way`` and ``right``: a digit a test clip, 1 for right. Raises BadInput."""
    keys = ("seed", "shots", "way", "right")
    return runner.read(path, "results of a transfer", COMMAND, keys=keys)[1]["rows"]


def accuracy(rows: Sequence[dict], way: str, shots: int) -> Interval:
    """Accuracy of one way to train, in per cent, with its t interval over the seeds."""
    return over_seeds([100.0 * runner.right(row).mean() for row in _of(rows, way, shots)])


def gain(rows: Sequence[dict], way: str, other: str, shots: int) -> Interval:
    """``way`` minus ``other``, seed by seed on the same test clips, in points, with its t interval over the seeds."""
    return over_seeds([mine.mean() - theirs.mean() for mine, theirs in _pairs(rows, way, other, shots)])


def gain_by_clip(rows: Sequence[dict], way: str, other: str, shots: int) -> Interval:
    """The same difference with a bootstrap interval over the test clips, each the mean of its seeds.

    `gain` says what other examples to learn from would give on these clips, this what other clips would give to these
    networks. A result that both leave away from zero is the surer one.
    """
    pairs = _pairs(rows, way, other, shots)
    return paired_bootstrap(*(np.mean(side, axis=0) for side in zip(*pairs, strict=True)))


def _pairs(rows: Sequence[dict], way: str, other: str, shots: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each seed: 100 for each test clip that is right and 0 for each that is not, of both ways."""
    pairs = runner.pairs(_of(rows, way, shots), _of(rows, other, shots))
    return [(100.0 * runner.right(mine), 100.0 * runner.right(theirs)) for mine, theirs in pairs]


def _of(rows: Sequence[dict], way: str, shots: int) -> list[dict]:
    return [row for row in rows if row["way"] == way and row["shots"] == shots]


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("--asl", type=Path, default=DATA / "asl_words", help="folder of data_scripts/asl_words.py")
    parser.add_argument("--dgs", type=Path, default=DATA / "dgs_words", help="folder of data_scripts/dgs_words.py")
    parser.add_argument("--seeds", type=positive, default=SEEDS)
    parser.add_argument("--ship", type=Path, default=SHIPPED, help="file for the rows (default: %(default)s)")
    parser.add_argument("--cache", type=Path, default=CACHE / "transfer", help="folder for what is finished")
    options = parser.parse_args(argv)
    rows = run(options.asl, options.dgs, options.seeds, options.cache)
    runner.write(options.ship, {"command": COMMAND}, rows=rows)
    print(f"{options.ship.name} holds {len(rows)} rows.")


if __name__ == "__main__":
    raise SystemExit(main())
