"""Chapter 14: a hand that comes and goes, days of work, and jumps."""

import numpy as np

from book.chapters.ch14_films import Cost
from book.exercises.own_video import check_days, check_flow, check_jumps
from exercise_cases import Case, nothing

BEFORE = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1], bool)
AFTER = np.array([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], bool)
COST = Cost(seconds=3.0, video=1.0, keypoints=1.0)
DAYS = 3.0 * 60 / 24 / 4


def far(wrist, furthest, order=2):
    step = np.linalg.norm(np.diff(wrist, axis=0, prepend=wrist[:1]), order, axis=1)
    return step > furthest


def far_in_place(wrist, furthest):
    wrist[np.isnan(wrist)] = 0
    return far(wrist, furthest)


CASES = [
    Case(
        check_flow,
        lambda *answers: check_flow(*answers, BEFORE, AFTER),
        right=(3, 1),
        also_right=((np.int64(3), 1.0),),
        answers=2,
        wrong=[
            ((1, 3), "other way round"),
            ((2, 0), "all a UHP shows"),
            ((8, 2), "with and without the hand afterwards"),
            ((3, 2), "the first number is right"),
            ((0.3, 0.1), "a whole number"),
            ((~BEFORE & AFTER, 1), "10 numbers"),
            ((5, 5), "missing before and there after"),
        ],
    ),
    Case(
        check_days,
        lambda answer: check_days(answer, COST, hours=60, machines=4),
        right=DAYS,
        wrong=[
            (4 * DAYS, "share the work"),
            (24 * DAYS, "right as hours"),
            (86400 * DAYS, "right as seconds"),
            (DAYS / 3600, "3600 of them"),
            (DAYS / 3, "share of the film"),
            (17.0, "over the seconds of a day"),
        ],
    ),
    Case(
        check_jumps,
        check_jumps,
        right=far,
        also_right=(lambda wrist, furthest: far(wrist, furthest).tolist(),),
        stub=nothing,
        wrong=[
            (far_in_place, "work on a copy"),
            (lambda wrist, furthest: far(np.nan_to_num(wrist), furthest), "nobody knows"),
            (lambda wrist, furthest: far(wrist, furthest - 1e-6), "still allowed"),
            (lambda wrist, furthest: far(wrist, furthest / 3), "5 pixels"),
            (lambda wrist, furthest: far(wrist, furthest)[1:], "shape (8,)"),
            (lambda wrist, furthest: far(wrist, furthest).astype(float), "True and False are asked for"),
            (lambda wrist, furthest: np.flatnonzero(far(wrist, furthest)), "shape (3,)"),
            (lambda wrist, furthest: far(wrist, furthest, order=1), "as the crow flies"),
            (lambda wrist, furthest: far(wrist, furthest, order=np.inf), "as the crow flies"),
            (lambda wrist, furthest: far(wrist[:, :1], furthest), "one frame before"),
            (lambda wrist, furthest: np.zeros(9, bool), "one frame before"),
        ],
    ),
]
