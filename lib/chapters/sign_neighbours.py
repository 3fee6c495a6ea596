"""Which signs are alike: how many of Stokoe's parts two signs share, and whether those are mixed up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.signer.phonology import Sign

PARTS = ("handshape", "handshape_end", "place", "orientation", "path", "hands")


def shared_parts(a: Sign, b: Sign) -> int:
    """Of handshape at start and end, place, orientation, movement and number of hands: how many are equal, 0 to 6."""
    return sum(getattr(a, part) == getattr(b, part) for part in PARTS)


def likeness(lexicon: Sequence[Sign]) -> np.ndarray:
    """`shared_parts` of every two signs, int (C, C), 6 on the diagonal."""
    return np.array([[shared_parts(a, b) for b in lexicon] for a in lexicon])


@dataclass(frozen=True)
class Mixups:
    """Parts shared by the true sign and the one guessed in its place (``shared``, one number a mistake), and by the
    true sign and any other sign (``expected``, the mean: what mistakes at random would share)."""

    shared: np.ndarray
    expected: np.ndarray


def mixups(guesses: np.ndarray, labels: np.ndarray, lexicon: Sequence[Sign]) -> Mixups:
    """The mistakes among ``guesses`` (N,) of ``labels`` (N,), indices of the lexicon."""
    alike, wrong = likeness(lexicon), np.asarray(guesses) != labels
    others = (alike.sum(axis=1) - len(PARTS)) / (len(lexicon) - 1)
    return Mixups(alike[labels[wrong], guesses[wrong]], others[labels[wrong]])
