"""Chapter 10: the functions as students write them, with a part forgotten."""

import numpy as np
import torch

from book.exercises.reading_signs import check_count, check_macro, check_mask
from exercise_cases import Case, nothing


def count(features, classes, d=128, cls=128, layers=4, norms=1, short_cut=1):
    sizes = [features, 4 * features, 4 * d, 2 * d, d]
    embedding = sum((a + 1) * b for a, b in zip(sizes, sizes[1:])) + norms * 2 * sum(sizes[1:])
    embedding += short_cut * (features + 1) * d
    layer = 4 * (d + 1) * d + (d + 1) * 2 * d + (2 * d + 1) * d + 4 * d
    return embedding + layers * layer + cls + (d + 1) * classes


def macro(guesses, labels, of_all=np.mean):
    return float(of_all([(guesses[labels == sign] == sign).mean() for sign in np.unique(labels)]))


def mask(lengths):
    return torch.arange(int(lengths.max())) < lengths[:, None]


CASES = [
    Case(
        check_count,
        check_count,
        right=count,
        stub=nothing,
        wrong=[
            (lambda f, c: count(f, c, cls=0), "CLS"),
            (lambda f, c: count(f, c, layers=1), "four layers"),
            (lambda f, c: count(f, c, norms=0), "two numbers a feature"),
            (lambda f, c: count(f, c, short_cut=0), "short cut"),
            (lambda f, c: count(f, 0), "classifier"),
            (lambda f, c: count(134, 60), "108 inputs"),
            (lambda f, c: 1_000_000, "part by part"),
            (lambda f: 1, "stops with TypeError"),
        ],
    ),
    Case(
        check_macro,
        check_macro,
        right=macro,
        stub=nothing,
        also_right=(lambda guesses, labels: np.float64(macro(guesses, labels)),),
        wrong=[
            (lambda guesses, labels: (guesses == labels).mean(), "micro"),
            (lambda guesses, labels: 100 * macro(guesses, labels), "per cent"),
            (lambda guesses, labels: macro(labels, guesses), "made"),
            (lambda guesses, labels: 2.3, "the sum"),
            (lambda guesses, labels: 0.575, "nobody makes"),
            (lambda guesses, labels: macro(guesses, labels, np.median), "for each sign"),
        ],
    ),
    Case(
        check_mask,
        check_mask,
        right=mask,
        stub=nothing,
        also_right=(lambda lengths: mask(lengths).numpy(),),
        wrong=[
            (lambda lengths: ~mask(lengths), "padding"),
            (lambda lengths: mask(lengths).float(), "True and False"),
            (lambda lengths: mask(lengths).T, "shape (4, 3)"),
            (lambda lengths: torch.arange(4) <= lengths[:, None], "counted from 0"),
            (lambda lengths: mask(lengths.flip(0)), "each clip's length"),
        ],
    ),
]
