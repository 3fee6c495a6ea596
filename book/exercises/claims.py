"""The checkers of chapter 15: is an answer right, and where to look if it is not."""

from collections.abc import Callable, Sequence
from typing import Any

from book.exercises.answers import call, checker, choice, judge, number
from book.ledger.claims import Judged
from lib.evaluation.verdicts import FAILS, FEWEST, HOLDS, OPEN, verdict

TRIED = (
    (0.5, 3.0, 0.0, "an interval above the limit"),
    (-3.0, -0.5, 0.0, "an interval below the limit"),
    (-1.0, 2.0, 0.0, "an interval with the limit inside"),
    (0.0, 2.0, 0.0, "an interval that begins at the limit"),
    (-2.0, 0.0, 0.0, "an interval that ends at the limit"),
    (2.0, 4.0, 5.0, "an interval above 0 and below a limit of 5"),
    (-4.0, -2.0, -5.0, "an interval below 0 and above a limit of -5"),
)


@checker
def check_rule(judging: Callable[[float, float, float], str]) -> str | None:
    """Exercise 1: ``judging(low, high, limit)`` is the verdict on the claim that the true value is above ``limit``."""
    for low, high, limit, what in TRIED:
        said = choice(call(judging, low, high, limit), (HOLDS, FAILS, OPEN), "what your function returns")
        right, _ = verdict(f"> {limit:g}", (low + high) / 2, low, high, FEWEST)
        if said != right:
            return f"for {what} ({low:g} to {high:g}) your function says {said!r}; which values does it leave open?"
    return None


@checker
def check_by_luck(answer: Any, judged: Sequence[Judged]) -> str | None:
    """Exercise 2: of the claims that an interval can decide, how many would hold by luck if nothing were true."""
    decided = sum(decidable(one) for one in judged)
    wrong = [
        (0.05 * decided, 'half of these would come out on the other side, as "does not hold".'),
        (0.95 * decided, "that is how many intervals contain the true value."),
        (0.025 * len(judged), "claims without an interval, or counted exactly, cannot hold by luck in this way."),
        (0.05 * len(judged), "take the claims that an interval can decide, and one side of it."),
        (decided, "so many could; by luck only a small share of them does."),
    ]
    otherwise = "what share of 95 % intervals lies wholly above the true value? Multiply by the number of claims."
    return judge(number(answer), 0.025 * decided, wrong, otherwise, atol=0.005)


def decidable(one: Judged) -> bool:
    """Has a claim an interval, a limit, and as many clips or trainings as it takes?"""
    if one.verdict not in (HOLDS, FAILS, OPEN) or one.ours is None or one.ours.low is None:
        return False
    return one.ours.n is None or one.ours.n >= FEWEST
