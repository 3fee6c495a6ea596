"""The checkers of chapter 11: is an answer right, and where to look if it is not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from book.exercises.answers import Hint, call, checker, entries, judge, number
from book.studies.rare_signs import ClassLoss
from book.studies.real_transfer import logistic
from lib.ptn import PTN
from lib.ptn.network import parameter_count
from lib.ptn.training import STAGES


@checker
def check_learning(answer: Any, in_features: int, signs: int) -> str | None:
    """Exercise 1 of 11a: how many parameters learn in each of R2's stages, for PTN with so many inputs and signs."""
    model, given = PTN(in_features, signs), entries(answer, tuple(STAGES))
    everything = parameter_count(model)
    for stage, parts in STAGES.items():
        right = sum(parameter_count(getattr(model, part)) for part in parts)
        wrong = [
            (model.classifier.weight.numel(), "nearly: the classifier has a bias for each sign, too."),
            (parameter_count(model.sequence), "nearly: the classifier goes on learning in the second stage."),
            (everything - right, "those are the ones that do not learn."),
            (everything, "that is the whole network, of which a part is kept as it is."),
        ]
        value = number(given[stage], whole=True, what=f"your number for {stage!r}")
        if hint := judge(value, right, wrong, f"in this stage learns: {', '.join(parts)}."):
            return f"{stage!r}: {hint}"
    return None


Splits = Sequence[tuple[np.ndarray, np.ndarray]]  # each: clips to learn from, clips to judge by


@checker
def check_optimism(
    answer: Any, vectors: np.ndarray | None, labels: np.ndarray, random: Splits, by_signer: Splits
) -> str | None:
    """Exercise 1 of 11b: by how many points random splits are better in the mean than splits by signer.

    ``vectors`` (N, F) are None where the clips are missing.
    """
    if vectors is None:
        raise Hint("the synthetic languages are not here, so that there is nothing to compare.")
    value = number(answer)
    chance, unseen = (
        100 * np.mean([logistic(vectors, labels, *split).mean() for split in splits]) for splits in (random, by_signer)
    )
    wrong = [
        (unseen - chance, "nearly: the random splits minus the splits by signer."),
        (100 * (chance / unseen - 1), "that is how much better in relation; the difference is asked for."),
        (chance, "that is the accuracy of the random splits alone."),
        (unseen, "that is the accuracy on unseen signers alone."),
    ]
    otherwise = "judge the same regression by all splits, take the two means, and subtract one from the other."
    return judge(value, chance - unseen, wrong, otherwise, unit="percentage points", atol=0.05)


@checker
def check_adjusted(answer: Any) -> str | None:
    """Exercise 2 of 11a: ``answer(logits, labels, counts)`` is the logit-adjusted cross entropy with tau 1."""
    counts, labels = np.array([90, 9, 1]), torch.tensor([0, 1, 2, 2])
    logits = torch.linspace(-1, 1, 12).reshape(4, 3)
    given = number(call(answer, logits, labels, counts))
    right = {kind: ClassLoss(kind, counts)(logits, labels).item() for kind in ("plain", "weighted", "logit-adjusted")}
    inverse = ClassLoss("logit-adjusted", counts, tau=-1)(logits, labels).item()
    wrong = [
        (right["plain"], "this is the plain loss; the logarithms of the shares, added to the logits, change it."),
        (right["weighted"], "this is the weighted loss; here the logits change, not the weights."),
        (inverse, "nearly: the logarithms are added, not subtracted."),
        (4 * right["logit-adjusted"], "nearly: the mean over the clips, not the sum."),
    ]
    otherwise = "logits + log(counts / their sum), then cross entropy."
    return judge(given, right["logit-adjusted"], wrong, otherwise, rtol=1e-4)
