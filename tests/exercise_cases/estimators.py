"""Chapter 8: missing points, and hours of work."""

import numpy as np

from book.exercises.estimators import check_hours, check_missing
from exercise_cases import Case, nothing


def mark(points, found=None):
    found = points[:, 2] > 0 if found is None else found
    return np.where(found[:, None], points[:, :2], np.nan)


def mark_in_place(points):
    points[points[:, 2] == 0] = np.nan
    return points[:, :2]


HOURS = 1000 * 60 * 30 / 3.6e6

CASES = [
    Case(
        check_missing,
        check_missing,
        right=mark,
        also_right=(lambda points: mark(points).tolist(),),
        stub=nothing,
        wrong=[
            (mark_in_place, "work on a copy"),
            (lambda points: points, "shape (6, 3)"),
            (lambda points: points[:, :2], "become NaN"),
            (lambda points: mark(points, points[:, :2].any(axis=1)), "the corner"),
            (lambda points: mark(points, points.all(axis=1) | (points[:, :2] == 0).all(axis=1)), "become NaN"),
            (lambda points: np.where((points[:, :2] == 0) & (points[:, 2:] < 0.5), np.nan, points[:, :2]), "the edge"),
            (lambda points: mark(points, points[:, 1] > 0), "the corner"),
            (lambda points: mark(points, points[:, :2].all(axis=1) | ~points[:, 0].astype(bool)), "become NaN"),
            (lambda points: mark(points, points[:, 2] >= 0.5), "any confidence above 0"),
            (lambda points: mark(points, points[:, 2] > 0.05), "any confidence above 0"),
            (lambda points: mark(points)[:, ::-1], "keep their x and y"),
            (lambda points: str(points), "numbers are asked for"),
        ],
    ),
    Case(
        check_hours,
        lambda answer: check_hours(answer, clips=1000, frames=60, milliseconds=30),
        right=HOURS,
        wrong=[
            (HOURS * 60, "right as minutes"),
            (HOURS * 3600, "right as seconds"),
            (HOURS * 3.6e6, "right as milliseconds"),
            (HOURS / 24, "right as days"),
            (HOURS / 8, "eight processes"),
            (HOURS / 60, "many frames"),
            (f"{HOURS} h", "without its unit"),
            (1e9, "how many milliseconds"),
        ],
    ),
]
