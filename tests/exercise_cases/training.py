"""Chapter 5: early stopping, the cosine, and loops with a bug."""

import copy

import numpy as np
import torch
from torch import nn

from book.exercises.training import check_loop, check_patience, check_rate
from exercise_cases import Case, nothing


def stop(scores, patience, best=float("inf")):
    without_gain = 0
    for epoch, score in enumerate(scores, start=1):
        best, without_gain = (score, 0) if score < best else (best, without_gain + 1)
        if without_gain == patience:
            return epoch
    return len(scores)


def as_good_is_a_gain(scores, patience):
    return stop([score - 1e-6 * epoch for epoch, score in enumerate(scores)], patience)


def never_renewed(scores, patience, best=float("inf")):
    """Counts all epochs without a gain together."""
    for epoch, score in enumerate(scores, start=1):
        best, patience = (score, patience) if score < best else (best, patience - 1)
        if not patience:
            return epoch
    return len(scores)


def worse_than_last(scores, patience):
    """Counts epochs that are worse than the one before: the usual mistake."""
    since = 0
    for epoch, (last, score) in enumerate(zip(scores, scores[1:]), start=2):
        since = since + 1 if score > last else 0
        if since == patience:
            return epoch
    return len(scores)


def cosine(epoch, epochs, full):
    return full * (1 + np.cos(np.pi * epoch / epochs)) / 2


def loop(model, batches, rate, zero="before", times=1, optimizer=torch.optim.Adam):
    optimizer = optimizer(model.parameters(), lr=rate)
    for x, y in batches:
        for _ in range(times):
            if zero == "before":
                optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            if zero == "too late":
                optimizer.zero_grad()
            optimizer.step()


CASES = [
    Case(
        check_patience,
        check_patience,
        right=stop,
        stub=nothing,
        wrong=[
            (lambda scores, patience: patience, "all of them are trained"),
            (lambda scores, patience: len(scores), "yours after 5"),
            (lambda scores, patience: stop(scores, patience + 1), "ends after 3 epochs"),
            (worse_than_last, "from the best epoch so far"),
            (lambda scores, patience: min(stop(scores, patience), 5), "trains to the end"),
            (as_good_is_a_gain, "just as good"),
            (never_renewed, "renews the patience"),
            (lambda scores, patience: min(len(scores), int(np.argmin(scores)) + 1 + patience), "best epoch so far"),
            (lambda scores, patience: scores[stop(scores, patience)], "stops with IndexError"),
            (lambda scores, patience: stop(sorted(scores), patience) if scores.sort() else 3, "work on a copy"),
        ],
    ),
    Case(
        check_rate,
        check_rate,
        right=cosine,
        also_right=(lambda epoch, epochs, full: torch.tensor(cosine(epoch, epochs, full)),),
        stub=nothing,
        wrong=[
            (lambda epoch, epochs, full: cosine(epoch + 1, epochs, full), "first epoch"),
            (lambda epoch, epochs, full: full, "half-way"),
            (lambda epoch, epochs, full: full * (1 - epoch / epochs), "quarters"),
            (lambda epoch, epochs, full: cosine(epoch, epochs - 1, full), "half-way"),
            (lambda epoch, epochs, full: full * np.cos(np.pi * epoch / epochs / 2), "half-way"),
            (lambda epoch, epochs, full: [cosine(at, epochs, full) for at in range(epochs)], "4 numbers"),
            (lambda epoch, epochs, full: 0.0, "yours 0 of 0.5"),
            (lambda epoch, epochs, full: full * (1 + np.cos(180 * epoch / epochs)) / 2, "radians"),
        ],
    ),
    Case(
        check_loop,
        check_loop,
        right=loop,
        stub=lambda *given: loop(*given, zero="never"),
        wrong=[
            (lambda *given: loop(*given, zero="never"), ".grad"),
            (lambda *given: loop(*given, times=2), "one step of Adam"),
            (lambda *given: loop(*given, zero="too late"), "when the step comes"),
            (lambda model, *given: loop(copy.deepcopy(model), *given), "no copy that learns"),
            (lambda *given: loop(*given, optimizer=torch.optim.SGD), "one step of Adam"),
            (lambda model, batches, rate: loop(model, batches[:1], rate), "for each batch"),
            (lambda model, *given: nn.init.constant_(model.bias, float("nan")), "holds NaN"),
            (lambda model: None, "TypeError"),
        ],
    ),
]
