"""Chapter 9: a made-up table of gaps, and hands of length one."""

import numpy as np
import pandas as pd

from book.exercises.repairing import check_hand, check_share
from exercise_cases import Case, nothing

GAPS = [(1, "inside"), (3, "inside"), (16, "inside"), (2, "at an end"), (58, "whole clip")]
TABLE = pd.DataFrame(GAPS, columns=["frames", "where"])


def hand(hand, length=None):
    moved = hand - hand[:, :1]
    return moved / (np.linalg.norm(moved[:, 9], axis=-1)[:, None, None] if length is None else length)


def in_place(hand):
    hand -= hand[:, :1].copy()
    return hand


CASES = [
    Case(
        check_share,
        lambda answer: check_share(answer, TABLE, longest=3),
        right=5.0,
        wrong=[
            (0.05, "a share; give it in per cent"),
            (95.0, "out of reach"),
            (40.0, "count their frames"),
            (20.0, "not only those of the gaps inside"),
            (7.5, "at an end"),
            (1.25, "3 frames counts as well"),
            (63.0, "divide by the frames of all gaps"),
        ],
    ),
    Case(
        check_hand,
        check_hand,
        right=hand,
        stub=nothing,
        wrong=[
            (in_place, "work on a copy"),
            (lambda points: points - points[:, :1], "now divide"),
            (lambda points: hand(points, np.linalg.norm((points - points[:, :1])[0, 9])), "length of its own"),
            (lambda points: hand(points, np.linalg.norm((points - points[:, :1])[:, 9, :2], axis=-1)[:, None, None]),
             "three dimensions"),
            (lambda points: points / np.linalg.norm(points[:, 9], axis=-1)[:, None, None], "first subtract point 0"),
            (lambda points: hand(points)[..., :2], "shape (4, 21, 2)"),
            (lambda points: hand(points, np.full((4, 1, 1), np.nan)), "NaN in 252 of 252 places"),
            (lambda points: hand(points, np.linalg.norm((points - points[:, :1])[:, 9], axis=-1)), "ValueError"),
        ],
    ),
]  # fmt: skip
