"""How sure a mean over clips is: bootstrap intervals that draw whole clips.

Frames of one clip are no independent trials: a hand that is lost in one frame is likely lost in the next. Drawing
frames would make every interval far too narrow, so clips are drawn, each with all its frames.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t

from lib.tools.errors import BadInput

Clips = Sequence[float] | Sequence[np.ndarray]
LEVEL = 0.95  # how often an interval shall contain the true mean


@dataclass(frozen=True)
class Interval:
    """A mean over ``n`` clips and the ends of its 95 % confidence interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        mean, low, high = alike(self.mean, self.low, self.high)
        return f"{mean} [{low}, {high}]"


def alike(*numbers: float) -> list[str]:
    """Numbers that belong together as text, with as many decimals as leave three digits to the largest of them.

    No more precision is shown than a few dozen clips can give, and "0.0587 to 2.79" becomes "0.06 to 2.79".
    """
    largest = max(map(abs, numbers))
    if not 0 < largest < math.inf:
        return [f"{number:.3g}" for number in numbers]
    decimals = max(0, 2 - math.floor(math.log10(largest)))
    return [f"{number:,.{decimals}f}" for number in numbers]


def alone(number: float) -> str:
    """A number without others beside it as text: three digits, as in `alike`; counts in full."""
    return f"{number:,.0f}" if number == int(number) or abs(number) >= 1000 else f"{number:.3g}"


def clip_bootstrap(
    values: Clips, weights: Sequence[float] | None = None, *, n: int = 10_000, seed: int = 0
) -> Interval:
    """Mean over clips with its percentile bootstrap interval (Efron and Tibshirani, 1993, chapter 13).

    values   one number for each clip, or for each clip an array of numbers for its frames, whose mean is taken first;
             NaN frames are skipped, and clips that have nothing but NaN are left out (and out of ``Interval.n``)
    weights  how much each clip counts, such as its number of frames; None: all alike, the mean over videos of the paper
    n        number of draws; equal seeds give equal intervals

    With few clips (say under ten) the interval is too narrow; report how many there were. Raises BadInput for fewer
    than two clips: one clip says nothing about the next.
    """
    means = np.array([clip_mean(clip) for clip in values], float)
    weights = np.ones(len(means)) if weights is None else np.asarray(weights, float)
    if weights.shape != means.shape or not np.all(weights > 0):
        raise BadInput(f"A bootstrap over {len(means)} clips needs as many positive weights, not {weights.tolist()}.")
    kept = ~np.isnan(means)
    means, weights = means[kept], weights[kept]
    if len(means) < 2:
        raise BadInput(f"An interval over clips needs at least two clips with a value, not {len(means)}; add clips.")
    drawn = np.random.default_rng(seed).integers(len(means), size=(n, len(means)))
    draws = (means * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    return Interval(float(np.average(means, weights=weights)), *ends(draws), len(means))


def paired_bootstrap(a: Clips, b: Clips, *, seed: int = 0) -> Interval:
    """Mean of ``a - b`` over clips, with its interval, where clip i of both is the same clip treated in two ways.

    Much narrower than two intervals apart, since what makes a clip hard for both cancels. An interval without 0 means
    that the two differ. Errors as in `clip_bootstrap`.
    """
    if len(a) != len(b):
        raise BadInput(f"A paired comparison needs the same clips twice, not {len(a)} and {len(b)}.")
    differences = [clip_mean(first) - clip_mean(second) for first, second in zip(a, b, strict=True)]
    return clip_bootstrap(differences, seed=seed)


def ratio_bootstrap(part: Sequence[float], whole: Sequence[float]) -> Interval | None:
    """Sum of ``part`` over the sum of ``whole``, where clip i gives a number to both, with its interval.

    The ratio of the means, not the mean of the clips' ratios, which clips with next to nothing in ``whole`` would rule.
    None where the whole is 0 or less: then there is no share of it. Draws where it is are left out. Errors as in
    `clip_bootstrap`.
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    if part.shape != whole.shape or len(part) < 2:
        raise BadInput(f"A ratio over clips needs two numbers for each of two clips or more, not {part.shape}.")
    if whole.sum() <= 0:
        return None
    drawn = np.random.default_rng(0).integers(len(part), size=(10_000, len(part)))
    parts, wholes = part[drawn].sum(axis=1), whole[drawn].sum(axis=1)
    draws = parts[wholes > 0] / wholes[wholes > 0]
    return Interval(float(part.sum() / whole.sum()), *ends(draws), len(part))


def ends(draws: np.ndarray) -> tuple[float, float]:
    """Between which the middle `LEVEL` of the draws (N,) lie."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def clip_mean(clip: float | np.ndarray) -> float:
    """A clip's value, or the mean over its frames (T,) that have one; NaN where none has."""
    frames = np.asarray(clip, float)
    frames = frames[~np.isnan(frames)]
    return float(frames.mean()) if frames.size else float("nan")


def over_seeds(values: Sequence[float]) -> Interval:
    """Mean over trainings that differ in their seed, with its t interval: mean +- t s / sqrt(n), n - 1 degrees.

    It says what another seed would do on the *same* test clips, not what other test clips would do. For two ways to
    train, give the differences seed by seed. Raises BadInput for fewer than two values or one that is not finite.
    """
    values = np.asarray(values, float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise BadInput(f"An interval over seeds needs two finite values or more, not {values.tolist()}; train again.")
    half = t.ppf((1 + LEVEL) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    mean = values.mean()
    return Interval(float(mean), float(mean - half), float(mean + half), len(values))


def wider(seeds: Interval, clips: Interval) -> Interval:
    """The interval over trainings or that over test clips, whichever reaches further, on either side."""
    return replace(seeds, low=min(seeds.low, clips.low), high=max(seeds.high, clips.high))
