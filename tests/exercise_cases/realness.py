"""Chapter 7: two clips of a made-up set, before and after the second look; and cheats."""

import numpy as np

from book.exercises.realness import check_added, check_cheat
from exercise_cases import Case, nothing

AGAIN = "input + second look"
ROWS = [
    {"set": "td2", "method": method, "clip": clip, "frames": frames, "uhp_both": lost, "false_all": false}
    for method, clip, frames, lost, false in [
        ("input", "a", 10, 0.4, 0.05), (AGAIN, "a", 10, 0.2, 0.10),
        ("input", "b", 30, 0.6, 0.05), (AGAIN, "b", 30, 0.3, 0.10),
    ]
]  # fmt: skip
ADDED, FALSE = 10 * 0.2 + 30 * 0.3, 40 * 0.05
RIGHT = 100 * FALSE / ADDED


def repeat(hand, first=1):
    filled = hand.copy()
    for t in range(first, len(filled)):
        if np.isnan(filled[t]).all():
            filled[t] = filled[t - 1]
    return filled


def repeat_in_place(hand):
    hand[:] = repeat(hand)
    return hand


def repeat_once(hand):
    filled, gone = hand.copy(), np.isnan(hand).all((1, 2))
    filled[1:][gone[1:]] = hand[:-1][gone[1:]]
    return filled


def seen(hand):
    return ~np.isnan(hand).all((1, 2))


def first_instead_of_last(hand):
    first = seen(hand).argmax()
    return np.where((np.arange(len(hand)) > first)[:, None, None] & np.isnan(hand), hand[first], hand)


def needs_a_hand(hand):
    found = np.flatnonzero(seen(hand))
    filled = hand.copy()
    for t in range(found[0], len(hand)):
        filled[t] = hand[found[found <= t][-1]]
    return filled


CASES = [
    Case(
        check_added,
        lambda answer: check_added(answer, ROWS, "td2"),
        right=RIGHT,
        wrong=[
            (RIGHT / 100, "a share"),
            (100 - RIGHT, "is real"),
            (5.0, "divide by the hands that were added"),
            (100 * 4 / (8 + 21), "only those that it adds"),
            (77, "Multiply by the clips' frames"),
            (float("nan"), "nan"),
        ],
    ),
    Case(
        check_cheat,
        check_cheat,
        right=repeat,
        stub=nothing,
        wrong=[
            (np.nan_to_num, "before the first hand"),
            (repeat_in_place, "work on a copy"),
            (repeat_once, "later ones are still missing"),
            (lambda hand: repeat_once(repeat_once(hand)), "later ones are still missing"),
            (lambda hand: repeat(hand, first=0), "`hand[-1]` is the last frame"),
            (lambda hand: repeat(hand[::-1])[::-1], "before the first hand"),
            (first_instead_of_last, "the last frame before it"),
            (needs_a_hand, "for a hand that is never found your function stops with IndexError"),
            (lambda hand: repeat(hand)[:, 0], "shape (8, 3)"),
            (lambda hand: np.full_like(hand, np.nan), "stays as it is"),
            (lambda hand: hand, "last frame before it"),
            (lambda hand: hand["wrist"], "stops with IndexError"),
        ],
    ),
]
