"""Chapter 12: angles, a loss with holes, and leaks."""

import math

import numpy as np

from book.exercises.joins2sign import check_angle, check_leak, check_masked
from exercise_cases import Case, nothing


def angle(wrist, joint):
    return math.atan2(joint[1] - wrist[1], joint[0] - wrist[0])


def masked(pred, truth, known=None):
    known = ~np.isnan(truth) if known is None else known
    return ((pred - truth)[known] ** 2).mean() if known.any() else 0.0


CASES = [
    Case(
        check_angle,
        check_angle,
        right=angle,
        also_right=(lambda w, j: angle(w, j) + 2 * math.pi, lambda w, j: np.float32(angle(w, j))),
        stub=nothing,
        wrong=[
            (lambda w, j: math.atan((j[1] - w[1]) / (j[0] - w[0])), "below the wrist your function stops with ZeroDiv"),
            (lambda w, j: math.atan2(w[1] - j[1], j[0] - w[0]), "a joint below the wrist is at 1.57, yours at -1.57"),
            (lambda w, j: math.degrees(angle(w, j)), "give it in radians"),
            (lambda w, j: math.atan2(j[0] - w[0], j[1] - w[1]), "a joint right of the wrist is at 0.00"),
            (lambda w, j: np.subtract(j, w), "shape (2,)"),
            (lambda w, j: math.atan2(np.sign(j[1] - w[1]), np.sign(j[0] - w[0])), "up-left of the wrist is at -2.03"),
            (angle((0, 0), (1, 1)), "a function is asked for"),
        ],
    ),
    Case(
        check_masked,
        check_masked,
        right=masked,
        stub=nothing,
        wrong=[
            (lambda p, t: ((p - t) ** 2).mean(), "everything NaN"),
            (lambda p, t: np.nan_to_num((p - t) ** 2).mean(), "as if it had been hit"),
            (lambda p, t: np.abs(p - t)[~np.isnan(t)].mean(), "off by 2"),
            (lambda p, t: masked(p, t) ** 0.5, "off by 2"),
            (lambda p, t: masked(p, t, ~np.isnan(t).any(axis=1)), "one coordinate is known"),
            (lambda p, t: masked(p, t, ~np.isnan(t[:, 0])), "one coordinate is known"),
            (lambda p, t: np.nansum((p - t) ** 2) / max(1, (~np.isnan(t[:, 0])).sum()), "not by that of joints"),
            (lambda p, t: np.nansum((p - t) ** 2) / len(p), "not by that of joints"),
            (lambda p, t: ((p - t)[~np.isnan(t)] ** 2).sum() / (~np.isnan(t)).sum(), "without any known joint"),
            (lambda p, t: (p - t)[~np.isnan(t)] ** 2, "5 numbers"),
        ],
    ),
    Case(
        check_leak,
        check_leak,
        right=lambda learn, test: not set(learn).isdisjoint(test),
        stub=nothing,
        wrong=[
            (lambda learn, test: set(learn) == set(test), "the answer is True"),
            (lambda learn, test: set(test) <= set(learn), "the answer is True"),
            (lambda learn, test: set(learn).isdisjoint(test), "the answer is False"),
            (lambda learn, test: test[-1] in learn, "the answer is True"),
            (lambda learn, test: test[0] in learn, "the answer is True"),
            (lambda learn, test: any(one == other for one, other in zip(learn, test)), "the answer is True"),
            (lambda learn, test: True, "the answer is False"),
            (lambda learn, test: set(learn) & set(test), "of type set"),
            (lambda learn, test: learn.sort(), "returns nothing"),
        ],
    ),
]
