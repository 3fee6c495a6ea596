"""Chapter 11's checker: it says whether an answer is right, and where to look if it is not."""

from collections.abc import Callable, Mapping

import numpy as np
import torch

from lib.imbalance import ClassLoss
from lib.ptn import PTN, parameter_count
from lib.sign_training import STAGES


def check_learning(answer: Mapping[str, int | None], in_features: int, signs: int) -> str:
    """Exercise 1: how many parameters learn in each of R2's stages, for PTN with so many inputs and signs."""
    if any(answer.get(stage) is None for stage in STAGES):
        return "Nothing to check yet: put your three numbers in place of None."
    model = PTN(in_features, signs)
    for stage, parts in STAGES.items():
        right = sum(parameter_count(getattr(model, part)) for part in parts)
        if answer[stage] == right:
            continue
        if stage == "frozen" and answer[stage] == model.classifier.weight.numel():
            return "Nearly: the classifier has a bias for each sign, too."
        if stage == "sequence" and answer[stage] == parameter_count(model.sequence):
            return "Nearly: the classifier goes on learning in the second stage."
        return f"Not yet: in the stage {stage!r} these parts learn: {', '.join(parts)}."
    return "Correct."


def check_optimism(answer: float | None, random: float, unseen: float) -> str:
    """Exercise 2: by how many points the random split is too good, from the two accuracies (shares)."""
    if answer is None:
        return "Nothing to check yet: put your number in place of None."
    right = 100 * (random - unseen)
    if np.isclose(answer, right, atol=0.2):
        return "Correct."
    if np.isclose(answer, -right, atol=0.2):
        return "Nearly: the random split minus the split by signer."
    if np.isclose(100 * answer, right, atol=0.2):
        return "Nearly: give it in percentage points."
    return "Not yet: train on 80 % of the clips drawn at random, judge on the rest, and subtract."


def check_adjusted(loss: Callable[[torch.Tensor, torch.Tensor, np.ndarray], torch.Tensor]) -> str:
    """Exercise 3: ``loss(logits, labels, counts)`` is the logit-adjusted cross entropy with tau 1."""
    counts, labels = np.array([90, 9, 1]), torch.tensor([0, 1, 2, 2])
    logits = torch.linspace(-1, 1, 12).reshape(4, 3)
    answer = loss(logits, labels, counts)
    if answer is None:
        return "Nothing to check yet: let the function return the loss."
    right = {kind: ClassLoss(kind, counts)(logits, labels).item() for kind in ("plain", "weighted", "logit-adjusted")}
    inverse = ClassLoss("logit-adjusted", counts, tau=-1)(logits, labels).item()
    hints = {
        right["logit-adjusted"]: "Correct.",
        right["plain"]: "Not yet: this is the plain loss; shares as logarithms, added to the logits, change it.",
        right["weighted"]: "Not yet: this is the weighted loss; here the logits change, not the weights.",
        inverse: "Nearly: the logarithms are added, not subtracted.",
    }
    near = [said for value, said in hints.items() if np.isclose(float(answer), value, rtol=1e-4)]
    return near[0] if near else "Not yet: logits + log(counts / their sum), then cross entropy."
