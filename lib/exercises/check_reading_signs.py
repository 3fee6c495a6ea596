"""Chapter 10's checkers: each calls the reader's function and says whether it is right, and where to look if not."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from lib.exercises.check_training import NOTHING
from lib.ptn import PTN, parameter_count


def check_count(answer: Callable[[int, int], int]) -> str:
    """Exercise 1: ``answer(in_features, num_classes)`` is the number of parameters of a PTN with dim 128."""
    if answer(134, 60) is None:
        return NOTHING
    for features, classes in ((134, 60), (108, 292)):
        right, given = parameter_count(PTN(features, classes)), answer(features, classes)
        if given != right:
            hint = "a LayerNorm has two numbers a feature, a Linear (inputs + 1) times outputs"
            return f"Not yet: PTN({features}, {classes}) has {right:,} parameters, yours {given:,} ({hint})."
    return "Correct."


def check_macro(answer: Callable[[np.ndarray, np.ndarray], float]) -> str:
    """Exercise 2: ``answer(guesses, labels)`` is the macro accuracy: the mean over signs of their own accuracy."""
    guesses, labels = np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 0, 0, 2])
    given = answer(guesses, labels)
    if given is None:
        return NOTHING
    if np.isclose(given, (0.8 + 1) / 2):
        return "Correct."
    if np.isclose(given, 5 / 6):
        return "Not yet: that is the micro accuracy; here each *sign* counts once, however many clips it has."
    return f"Not yet: sign 0 is right in 4 of 5 clips, sign 2 in 1 of 1, sign 1 is never made; yours gives {given:.3f}."


def check_mask(answer: Callable[[Tensor], Tensor]) -> str:
    """Exercise 3: ``answer(lengths)`` is the mask (N, longest) of a padded batch, True where a frame is real."""
    lengths = torch.tensor([2, 4, 1])
    given = answer(lengths)
    if given is None:
        return NOTHING
    right = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]]).bool()
    if given.shape != right.shape:
        return f"Not yet: three clips of at most 4 frames need a mask of shape (3, 4), not {tuple(given.shape)}."
    if torch.equal(given.bool(), ~right):
        return "Not yet: this one is True where there is padding. PyTorch wants it so, but PTN's forward does not."
    return "Correct." if torch.equal(given.bool(), right) else "Not yet: compare arange(longest) with each length."
