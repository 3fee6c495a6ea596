"""Chapter 4: a weighted loss, circles, and what losses like best."""

import torch

from book.exercises.losses import check_circles, check_preferences, check_weighted_l2
from exercise_cases import Case, nothing
from lib.losses import hand_weights, l1, l2


def circles(wrists, size, radius):
    y, x = torch.meshgrid(torch.arange(size[0]), torch.arange(size[1]), indexing="ij")
    near = [(x - w[0]) ** 2 + (y - w[1]) ** 2 <= radius**2 for w in wrists]
    return near[0] | near[1]


def all_or_nothing(wrists, size, radius):
    return circles(wrists, size, radius) & ~wrists.isnan().any()


def only_known(wrists, size, radius):
    known = wrists[~wrists.isnan().any(dim=1)]
    return circles(torch.stack([known[0], known[-1]]), size, radius)


COSTS = {"L1": {"a": 1.0, "b": 2.0}, "L2": {"a": 3.0, "b": 2.0}}

CASES = [
    Case(
        check_weighted_l2,
        check_weighted_l2,
        right=l2,
        also_right=(lambda p, t, w: (w * (p - t) ** 2).mean().item(),),
        stub=nothing,
        wrong=[
            (lambda p, t, w: l2(p, t), "does not enter"),
            (lambda p, t, w: ((w * (p - t)) ** 2).mean(), "not the difference inside"),
            (lambda p, t, w: (w * (p - t) ** 2).sum() / (3 * w.sum()), "sum of the weights"),
            (lambda p, t, w: (w * (p - t) ** 2).sum() / w.sum(), "pixels and colours"),
            (lambda p, t, w: (w * (p - t) ** 2).sum(), "not the sum"),
            (l1, "that is L1"),
            (lambda p, t, w: l2(p, t, w).sqrt(), "no root"),
            (lambda p, t, w: w * (p - t) ** 2, "holds 288 numbers, shape (2, 3, 8, 6)"),
            (lambda p, t, w: l2(p, t, w[:, 0]), "stops with"),
            (lambda p, t, w: p.sub_(t).square().mul(w).mean(), "work on a copy"),
        ],
    ),
    Case(
        check_circles,
        check_circles,
        right=circles,
        stub=nothing,
        wrong=[
            (lambda w, s, r: circles(w.flip(1), s, r), "other way round"),
            (lambda w, s, r: ~circles(w, s, r), "inside it is True"),
            (lambda w, s, r: circles(w.flip(1), s[::-1], r), "shape (56, 40)"),
            (lambda w, s, r: hand_weights(w[None], s, r)[0, 0], "True and False are asked for"),
            (lambda w, s, r: circles(w, s, 2 * r), "two wrists it is wrong at"),
            (all_or_nothing, "one wrist that is NaN it is wrong at"),
            (lambda w, s, r: circles(w, s, r * (not w[0].isnan().any())), "a first wrist that is NaN it is wrong at"),
            (only_known, "for two wrists that are NaN your function stops with"),
            (lambda w, s, r: circles(w, s, r - 1e-3), "still inside"),
            (lambda w, s, r: circles(w[:1], s, r), "IndexError"),
        ],
    ),
    Case(
        check_preferences,
        lambda answer: check_preferences(answer, COSTS),
        right={"L1": "a", "L2": "b"},
        stub={"L1": None, "L2": None},
        wrong=[
            ({"L1": "b", "L2": "b"}, "L1: 'b' is number 2 of 2. L2: correct."),
            ({"L1": "a", "L2": None}, "L1: correct. L2: it is still empty"),
            ({"L1": "c", "L2": "b"}, "the names are a, b"),
            ({"L1": 1.0, "L2": 2.0}, "a name in quotation marks"),
            ({"L1": "a"}, "it needs 'L1', 'L2'"),
            (["a", "b"], "a dictionary with the keys"),
        ],
    ),
]
