"""The frame of the benchmarks: things to time, side by side, printed as one table.

A machine's speed drifts, so absolute times say little. Every round therefore runs all cases once, in turn, and what
counts is the ratio of each case to the first one, the yardstick, in the same round: the median over the rounds, with
the smallest and the largest beside it.
"""

import statistics
import sys
import time
from collections.abc import Callable


def measure(cases: dict[str, Callable[[], object]], rounds: int = 5) -> dict[str, list[float]]:
    """Seconds of each case in each round, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, run in cases.items():
            start = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def compare(
    title: str, cases: dict[str, Callable[[], object]], items: int = 1, unit: str = "run", rounds: int = 5
) -> dict[str, float]:
    """Time the cases, print the table, and return each case's median ratio to the first one.

    ``items`` is what one call works through (say, 100 frames), ``unit`` what these are called.
    """
    if sys.stderr.isatty():
        print(f"{title}: {rounds + 1} rounds of {len(cases)} ...", file=sys.stderr)
    seconds = measure(cases, rounds)
    yardstick = next(iter(seconds.values()))
    width = max(map(len, cases))
    print(f"\n{title}\n{'':{width}}  {f'ms a {unit}':>12}  {f'{unit}s a s':>12}  {'ratio':>7}  smallest to largest")
    medians = {}
    for name, times in seconds.items():
        ratios = [mine / other for mine, other in zip(times, yardstick, strict=True)]
        each = statistics.median(times) / items
        medians[name] = statistics.median(ratios)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name:{width}}  {1000 * each:12.3f}  {1 / each:12.1f}  {medians[name]:7.2f}  {spread}")
    return medians
