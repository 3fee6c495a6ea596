"""Chapter 2: a finger, a made-up codec; R2's data set (10a): the lazy model, and splitting again."""

import numpy as np

from book.exercises.data_sets import check_chain, check_crf, check_lazy, check_order
from exercise_cases import Case, nothing
from lib.ptn.splits import SUBSETS, in_every_subset, signer_independent_split


def chain(lengths, angles, turn=np.cumsum, along=(np.cos, np.sin), add=np.cumsum):
    bones = lengths[:, None] * np.stack([way(turn(angles)) for way in along], axis=1)
    return np.vstack([np.zeros(2), add(bones, axis=0) if add else bones])


def quality(crf):
    return 50 - 0.6 * crf  # below 35 from 26 on


def lazy(part, learn="train", judge="test", scale=100):
    chosen = part.gloss if learn == "all" else part[part.subset == learn].gloss
    judged = part.gloss if judge == "all" else part[part.subset == judge].gloss
    return scale * (judged == chosen.mode()[0]).mean()


def again(part):
    subset = np.empty(len(part), dtype=object)
    for name, indices in zip(SUBSETS, signer_independent_split(part.gloss, part.signer), strict=True):
        subset[indices] = name
    return subset


def resplit(part, kept=in_every_subset):
    return (again(part) != part.subset).sum(), part.gloss[kept(part.gloss, again(part))].nunique()


def resplit_unsorted(part):
    return resplit(part.assign(subset=part.subset.to_numpy()[::-1]))


def resplit_in_place(part):
    part["subset"] = again(part)
    return 0, part.gloss.nunique()


CASES = [
    Case(
        check_chain,
        check_chain,
        right=chain,
        stub=nothing,
        wrong=[
            (lambda lengths, angles: chain(lengths, angles, turn=np.array), "by its own angle alone"),
            (lambda lengths, angles: chain(lengths, np.radians(angles)), "in radians already"),
            (lambda lengths, angles: chain(lengths, angles, along=(np.sin, np.cos)), "exchanged"),
            (lambda lengths, angles: chain(lengths, angles, add=None), "begins where"),
            (lambda lengths, angles: chain(np.ones(3), angles), "its own length"),
            (lambda lengths, angles: chain(lengths, angles)[1:], "shape (3, 2)"),
            (lambda lengths, angles: chain(lengths, -angles), "try it by hand"),
        ],
    ),
    Case(
        check_crf,
        lambda answer: check_crf(answer, quality, 35),
        right=26,
        also_right=(26.0,),
        wrong=[
            (25, "it takes more"),
            (27, "CRF 26 is, too"),
            (25.5, "whole number"),
            (60, "between 0 and 51"),
            ("26", "without quotation marks"),
        ],
    ),
    Case(
        check_lazy,
        check_lazy,
        right=lazy,
        stub=nothing,
        wrong=[
            (lambda part: lazy(part, scale=1), "a share; give it in per cent"),
            (lambda part: lazy(part, learn="test"), "nobody knows before"),
            (lambda part: lazy(part, learn="all"), "training alone"),
            (lambda part: lazy(part.assign(subset=part.subset.replace("val", "train"))), "training alone"),
            (lambda part: lazy(part, judge="train"), "learned from"),
            (lambda part: lazy(part, judge="all"), "on all parts"),
            (lambda part: (part[part.subset == "test"].gloss == "A").sum(), "divide by"),
            (lambda part: part[part.subset == "train"].gloss.mode(), "of type Series"),
            (lambda part: part.drop(columns="subset", inplace=True) or 12.5, "work on a copy"),
        ],
    ),
    Case(
        check_order,
        check_order,
        right=resplit,
        also_right=(lambda part: list(resplit(part)),),
        stub=nothing,
        wrong=[
            (lambda part: resplit(part)[::-1], "other way round"),
            (lambda part: (len(part) - resplit(part)[0], resplit(part)[1]), "examples that stay"),
            (lambda part: resplit(part, kept=lambda gloss, subset: gloss == gloss), "all glosses"),
            (lambda part: resplit(part, kept=lambda gloss, subset: in_every_subset(gloss, part.subset)), "all glosses"),
            (lambda part: resplit(part, kept=lambda gloss, subset: subset == "test"), "first number is right"),
            (resplit_unsorted, "Mind the order"),
            (lambda part: resplit(part)[0], "shape ()"),
            (resplit_in_place, "work on a copy"),
        ],
    ),
]
