"""Which minutes of which films: a choice without chance, since R1 (III-C) does not say which it took."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from lib.holistic.corpus import Outcome
from lib.tools.errors import BadInput


def evenly(count: int, wanted: int) -> list[int]:
    """``wanted`` of the numbers from 0 to ``count`` - 1, evenly apart; all of them where there are not more."""
    return sorted({int(place) for place in np.arange(wanted) * max(1.0, count / max(wanted, 1)) if place < count})


def plan_pieces(
    films: Sequence[Path], length: Callable[[Path], float], count: int, episodes: int, seconds: float
) -> tuple[list[tuple[Path, int]], list[Outcome]]:
    """``count`` pieces of ``seconds``, as (film, number from 0), from ``episodes`` films that are evenly apart.

    Where a film is too short, or ``length(film)`` raises BadInput, the next ones fill up; the second part of the
    result says which were refused. No chance is in it: the same films give the same pieces.
    """
    first = evenly(len(films), episodes)
    order = [films[i] for i in [*first, *(i for i in range(len(films)) if i not in first)]]
    each, pieces, refused = -(-count // max(1, min(episodes, len(films)))), [], []
    for film in order:
        try:
            whole = int(length(film) / seconds + 1e-6) if len(pieces) < count else 0
        except BadInput as error:
            refused.append(Outcome(film, str(error)))
            continue
        pieces += [(film, number) for number in evenly(whole, min(each, count - len(pieces)))]
    return sorted(pieces), refused
