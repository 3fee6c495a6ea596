"""What an interval says about a claim: by a rule, the same for all claims, and never by taste.

    rule        holds where              does not hold where      cannot be told where
    "> 5"       all of it is above 5     all of it is below 5     5 is in it (its ends included)
    ">= 5"      none of it is below 5    all of it is below 5     5 is inside, or its upper end
    "< 5", "<= 5"                        the same, mirrored
    "within 5"  all of it is nearer      all of it is farther     5 or -5 is in it
                to 0 than 5              from 0 than 5
    "= paper"   the number is the paper's own, to the last digit; else it does not hold. For exact counts only.

"It" is the 95 % interval. A number without one, or one over fewer than `FEWEST` clips or trainings, decides nothing.
"""

import math

from lib.evaluation.intervals import Interval
from lib.tools.errors import BadInput

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot be told"
UNTESTABLE, NO_RUN = "not testable here", "no run"
VERDICTS = (HOLDS, FAILS, OPEN, UNTESTABLE, NO_RUN)
SYMBOLS = {HOLDS: "✓", FAILS: "✗", OPEN: "?", UNTESTABLE: "–", NO_RUN: "○"}
WITHIN = "within"
SIDES = (">=", "<=", ">", "<", WITHIN)
EXACT = "= paper"
FEWEST = 5


def verdict(
    rule: str, value: float, low: float | None, high: float | None, n: int | None, paper: float | None = None
) -> tuple[str, str]:
    """One of `VERDICTS`, and in a few words why.

    ``low`` and ``high`` are the ends of the 95 % interval of ``value`` over ``n`` clips, None where there is none.
    NaN in place of the value is no run. Raises BadInput for a rule that is none, or for "= paper" without ``paper``.
    """
    if rule != EXACT:
        side, limit = parse(rule)
    elif paper is None:
        raise BadInput(f"The rule {EXACT!r} needs the paper's number: give it, or another rule")
    if not math.isfinite(value):
        return NO_RUN, "there was nothing to measure"
    if rule == EXACT:
        return (HOLDS, "the same number") if value == paper else (FAILS, "another number")
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return OPEN, "one number, no interval"
    if n is not None and n < FEWEST:
        return OPEN, f"only {n} measured"
    return _decide(side, limit, low, high)


def decide(rule: str, interval: Interval) -> str:
    """`verdict` of a mean with its interval: the word alone."""
    return verdict(rule, interval.mean, interval.low, interval.high, interval.n)[0]


def parse(rule: str) -> tuple[str, float]:
    """``">= -2"`` -> (">=", -2.0). Raises BadInput."""
    side = next((side for side in SIDES if rule.startswith(side)), "")
    try:
        limit = float(rule.removeprefix(side))
    except ValueError:
        limit = math.nan
    if not side or not math.isfinite(limit):
        raise BadInput(f"{rule!r} is no rule: write one like '> 0', '<= 5' or 'within 1.5', or {EXACT!r}")
    return side, limit


def from_zero(low: float, high: float) -> tuple[float, float]:
    """The least and the greatest distance from zero that an interval holds."""
    ends = sorted((abs(low), abs(high)))
    return 0.0 if low <= 0 <= high else ends[0], ends[1]


def _decide(side: str, limit: float, low: float, high: float) -> tuple[str, str]:
    """The four inequalities; "<" is ">" in a mirror, "within" the distance from zero against "<"."""
    if side == WITHIN:
        side, (low, high) = "<", from_zero(low, high)
    nearest, farthest = (limit - high, limit - low) if side.startswith("<") else (low - limit, high - limit)
    if nearest > 0 or (nearest == 0 and side.endswith("=")):
        return HOLDS, f"the interval is on the claim's side of {limit:g}"
    if farthest < 0:
        return FAILS, f"the interval is on the other side of {limit:g}"
    return OPEN, f"{limit:g} is in the interval"
