"""The checkers of chapter 2 and of R2's data set (10a): is an answer right, and where to look if it is not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from book.exercises.answers import array, call, checker, judge, number
from lib.ptn.splits import SUBSETS, in_every_subset, signer_independent_split

# one language's examples, made up so that the most frequent gloss differs between training, test and all
FEW = pd.DataFrame({"gloss": list("AAAAABBBCCCCCCCCABBBBCCC"), "subset": np.repeat(["train", "val", "test"], 8)})


@checker
def check_chain(answer: Any) -> str | None:
    """Exercise 1 of 2a: ``answer(lengths, angles)`` places a finger's joints, (4, 2), each turned against the last."""
    lengths, angles = np.array([40.0, 25.0, 20.0]), np.array([0.3, 0.5, 0.4])

    def placed(turned: np.ndarray, bones: np.ndarray = lengths) -> np.ndarray:
        steps = bones[:, None] * np.stack([np.cos(turned), np.sin(turned)], axis=1)
        return np.vstack([np.zeros(2), np.cumsum(steps, axis=0)])

    yours = array(call(answer, lengths.copy(), angles.copy()), (4, 2), "what your function returns")
    turned = np.cumsum(angles)
    slips = {
        "each bone is turned by its own angle alone; those of the bones before it turn it as well.": placed(angles),
        "the angles are in radians already.": placed(np.radians(turned)),
        "x and y are exchanged: with all angles 0 the finger lies along x.": placed(turned)[:, ::-1],
        "these are the bones, each from (0, 0); every one begins where the one before it ends.": np.diff(
            placed(turned), axis=0, prepend=0.0
        ),
        "the angles are right; now give each bone its own length.": placed(turned, np.ones(3)),
    }
    if np.allclose(yours, placed(turned), atol=1e-6):
        return None
    slip = next((said for said, wrong in slips.items() if np.allclose(yours, wrong, atol=1e-6)), None)
    return slip or "with lengths 1, 1, 1 and angles 90 degrees, 0, 0 the finger stands upright: try it by hand."


@checker
def check_crf(answer: Any, quality: Callable[[int], float], least: float) -> str | None:
    """Exercise 1 of 2b: the smallest CRF (0 to 51) after which ``quality`` (dB) is below ``least``."""
    crf = int(number(answer, whole=True))
    if not 0 <= crf <= 51:
        return f"a CRF of H.264 lies between 0 and 51, yours is {crf}."
    if (yours := quality(crf)) >= least:
        return f"after CRF {crf} the frames still have {yours:.2f} dB; it takes more."
    if crf and (one_less := quality(crf - 1)) < least:
        return f"it is below {least:g} dB, but CRF {crf - 1} is, too ({one_less:.2f} dB); find the smallest."
    return None


@checker
def check_lazy(answer: Any) -> str | None:
    """Exercise 2 of 10a: ``answer(part)`` is the test accuracy, %, of always saying training's usual gloss."""
    train, test = (FEW[FEW.subset == subset].gloss for subset in ("train", "test"))

    def accuracy(glosses: pd.Series, favourite: str) -> float:
        return 100 * (glosses == favourite).mean()

    often, overall = train.mode()[0], FEW.gloss.mode()[0]
    wrong = [
        (accuracy(test, test.mode()[0]), "this takes the most frequent gloss of the test, which nobody knows before."),
        (accuracy(test, overall), "take the most frequent gloss of training alone, not that of other parts as well."),
        (accuracy(train, often), "that is the accuracy on the examples it has learned from; judge it on the test."),
        (accuracy(FEW.gloss, often), "that is the accuracy on all parts; judge it on the test."),
        ((test == often).sum(), "that is how many test examples are right; divide by the number of all of them."),
    ]
    value = number(call(answer, FEW), what="what your function returns")
    return judge(value, accuracy(test, often), wrong, "count in train, then compare with test.", "per cent", atol=0.01)


def _split(examples: pd.DataFrame) -> np.ndarray:
    """The part of each example, (N,), as R2 splits."""
    parts = np.empty(len(examples), dtype=object)
    for subset, indices in zip(SUBSETS, signer_independent_split(examples.gloss, examples.signer), strict=True):
        parts[indices] = subset
    return parts


def made_up_examples() -> pd.DataFrame:
    """40 signers with 12 signs each, some of them rare, split and thinned out as R2 does it."""
    rng = np.random.default_rng(1)
    glosses = rng.choice([f"SIGN-{n}" for n in range(30)], 480, p=(1 / np.arange(1, 31)) / (1 / np.arange(1, 31)).sum())
    examples = pd.DataFrame({"id": range(480), "gloss": glosses, "signer": np.repeat(np.arange(40), 12)})
    examples["subset"] = _split(examples)
    return examples[in_every_subset(examples.gloss, examples.subset)].reset_index(drop=True)


@checker
def check_order(answer: Any) -> str | None:
    """Exercise 1 of 10a: ``answer(part)`` splits the examples left once more: how many move, how many glosses stay."""
    examples = made_up_examples()
    again = _split(examples)
    moved, left = (again != examples.subset).sum(), examples.gloss[in_every_subset(examples.gloss, again)].nunique()
    yours = array(call(answer, examples), (2,), "what your function returns")
    if tuple(yours) == (moved, left):
        return None
    if tuple(yours) == (left, moved):
        return "these are the two numbers, the other way round."
    if yours[0] == len(examples) - moved:
        return "the first number counts the examples that stay; those that move are asked for."
    if yours[0] != moved:
        return "in how many examples does the new part differ from the column `subset`? Mind the order of the rows."
    if yours[1] == examples.gloss.nunique():
        return "the second number counts all glosses; which of them occur in each of the three new parts?"
    return "the first number is right. For the second, see `in_every_subset`, with the new parts."
