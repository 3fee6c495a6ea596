"""The checkers of chapter 10: is a function right, and where to look if it is not."""

from typing import Any

import numpy as np
import torch

from book.exercises.answers import array, call, checker, judge, judge_array, number
from lib.ptn import PTN
from lib.ptn.network import parameter_count

DIM = 128


@checker
def check_count(answer: Any) -> str | None:
    """Exercise 1 of 10b: ``answer(in_features, num_classes)`` is the number of parameters of a PTN with dim 128."""
    for features, classes in ((134, 60), (108, 292)):
        model, given = PTN(features, classes), number(call(answer, features, classes), whole=True)
        right, norms = parameter_count(model), 2 * sum((4 * features, 4 * DIM, 2 * DIM, DIM))
        wrong = [
            (right - parameter_count(model.classifier), "the classifier is missing."),
            (right - DIM, "nearly: CLS is learned, too."),
            (right - norms, "the LayerNorms of the embedding are missing: two numbers a feature."),
            (right - parameter_count(model.embedding.residual), "the short cut around the embedding is missing."),
            (right - 3 * parameter_count(model.sequence.encoder.layers[0]), "the transformer has four layers."),
        ]
        otherwise = "a Linear has (inputs + 1) x outputs, a LayerNorm two numbers a feature; go part by part."
        if hint := judge(given, right, wrong, otherwise):
            return f"for {features} inputs and {classes} signs, {hint}"
    return None


@checker
def check_macro(answer: Any) -> str | None:
    """Exercise 1 of 10c: ``answer(guesses, labels)`` is the macro accuracy: the mean over signs of their own."""
    guesses, labels = np.array([0, 0, 0, 0, 1, 2, 3, 0]), np.array([0, 0, 0, 0, 0, 2, 3, 3])
    given = number(call(answer, guesses, labels))
    wrong = [
        (6 / 8, "that is the micro accuracy; here each sign counts once, however many clips it has."),
        ((0.8 + 0 + 1 + 0.5) / 4, "a sign that nobody makes has no accuracy; take the signs that occur in the labels."),
        ((0.8 + 0 + 1 + 1) / 4, "go by the signs that were made, not by those that were guessed."),
        (2.3, "nearly: the mean over the signs, not the sum."),
    ]
    otherwise = "for each sign that occurs in the labels: which of its clips are right? Then the mean."
    return judge(given, (0.8 + 1 + 0.5) / 3, wrong, otherwise, unit="a share", atol=1e-6)


@checker
def check_mask(answer: Any) -> str | None:
    """Exercise 2 of 10b: ``answer(lengths)`` is the mask (N, longest) of a padded batch, True where a frame is real."""
    lengths = torch.tensor([2, 4, 1])
    right, longer = (np.arange(4) < lengths.numpy()[:, None] + more for more in (0, 1))
    given = array(call(answer, lengths), right.shape, kind="True and False", what="the mask of lengths 2, 4 and 1")
    wrong = [
        (~right, "this one is True where there is padding. PyTorch wants it so, but PTN's forward does not."),
        (longer, "one frame too many in the shorter clips: frames are counted from 0."),
    ]
    return judge_array(given, right, wrong, "compare the places 0, 1, 2 ... with each clip's length.")
