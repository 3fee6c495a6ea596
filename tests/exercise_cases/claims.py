"""Chapter 15: a rule to write, and forty claims of which thirty have an interval."""

from book.exercises.claims import check_by_luck, check_rule
from book.ledger.claim_answers import Answer
from book.ledger.claims import Claim, Judged
from exercise_cases import Case
from lib.evaluation.verdicts import FAILS, HOLDS, NO_RUN, OPEN

CLAIM = Claim("id", "short", "It is above 0.", on="made up", rule="> 0")
SURE = Answer(1.0, 0.5, 1.5, 12, "clips", "here")
JUDGED = (
    [Judged(CLAIM, SURE, HOLDS, "")] * 20
    + [Judged(CLAIM, SURE, FAILS, "")] * 10
    + [Judged(CLAIM, None, NO_RUN, "")] * 6
    + [Judged(CLAIM, Answer(1.0, 0.5, 1.5, 2, "clips", "here"), OPEN, "")] * 4
)


def rule(low, high, limit):
    return HOLDS if low > limit else FAILS if high < limit else OPEN


def touching(low, high, limit):
    return HOLDS if low >= limit else FAILS if high <= limit else OPEN


def by_the_mean(low, high, limit):
    return HOLDS if (low + high) / 2 > limit else FAILS


def forgets_the_limit(low, high, _):
    return HOLDS if low > 0 else FAILS if high < 0 else OPEN


CASES = [
    Case(
        check_rule,
        check_rule,
        right=rule,
        wrong=[
            (touching, "begins at the limit"),
            (by_the_mean, "the limit inside"),
            (forgets_the_limit, "a limit of 5"),
            (lambda low, high, limit: low > limit, "name in quotation marks"),
            (lambda low, high, limit: "true", "names are holds"),
        ],
    ),
    Case(
        check_by_luck,
        lambda answer: check_by_luck(answer, JUDGED),
        right=0.75,
        wrong=[
            (1.5, "other side"),
            (28.5, "contain the true value"),
            (1.0, "without an interval"),
            (30, "only a small share"),
            (7, "wholly above"),
        ],
    ),
]
