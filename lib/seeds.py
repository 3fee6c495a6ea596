"""How sure a mean over a handful of trainings is: Student's t, since a bootstrap of five is far too sure of itself."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import t

from lib.intervals import Interval
from lib.tools.errors import BadInput


def over_seeds(values: Sequence[float], level: float = 0.95) -> Interval:
    """Mean over trainings that differ in their seed, with its t interval: mean +- t s / sqrt(n), n - 1 degrees.

    It says what another seed would do on the *same* test clips, not what other test clips would do. For two ways to
    train, give the differences seed by seed. Raises BadInput for fewer than two values or one that is not finite.
    """
    values = np.asarray(values, float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise BadInput(f"An interval over seeds needs two finite values or more, not {values.tolist()}; train again.")
    half = t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    mean = values.mean()
    return Interval(float(mean), float(mean - half), float(mean + half), len(values), level)


def wider(seeds: Interval, clips: Interval) -> Interval:
    """The interval over trainings or that over test clips, whichever reaches further, on either side."""
    return replace(seeds, low=min(seeds.low, clips.low), high=max(seeds.high, clips.high))
